/** A store that is still being opened: what is written before waits until it is, or hears that it cannot be. */
import type { Change, Entry, Store } from './store';

export class DeferredStore implements Store {
  readonly #begin: () => Promise<Store>;
  /** The last try. */
  #opening: Promise<Store>;
  #store?: Store;

  /** `begin` opens the store; it may reject, and is called again then. */
  constructor(begin: () => Promise<Store>) {
    this.#begin = begin;
    this.#opening = this.#try();
  }

  /** Waits until it is open; where the last try failed, it is tried once more. Rejects as the try does. */
  async open(): Promise<void> {
    if (this.#store) return;
    await this.#opening.catch(() => (this.#opening = this.#try()));
  }

  async write(changes: readonly Change[]): Promise<void> {
    // Once it is open nothing waits, so that the order of all calls is kept.
    await (this.#store ?? (await this.#opening)).write(changes);
  }

  note(changes: readonly Change[]): void {
    if (this.#store) {
      this.#store.note(changes);
      return;
    }
    this.#opening.then(
      (store) => {
        store.note(changes);
      },
      () => undefined,
    );
  }

  read(prefix: string): AsyncIterable<Entry> {
    return this.#store?.read(prefix) ?? this.#readLater(prefix);
  }

  async close(): Promise<void> {
    await (await this.#opening).close();
  }

  async *#readLater(prefix: string): AsyncGenerator<Entry> {
    yield* (await this.#opening).read(prefix);
  }

  #try(): Promise<Store> {
    const opening = this.#begin().then((store) => (this.#store = store));
    // Whoever opens or writes hears of it.
    opening.catch(() => undefined);
    return opening;
  }
}
