/** A store that is still being opened: what is written before waits until it is. */
import type { Change, Store } from './store';

export class DeferredStore implements Store {
  readonly #opening: Promise<Store>;
  #store?: Store;

  constructor(opening: Promise<Store>) {
    this.#opening = opening.then((store) => (this.#store = store));
    // Whoever writes hears of it.
    this.#opening.catch(() => undefined);
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

  async *read(prefix: string): AsyncGenerator<readonly [string, unknown]> {
    yield* (await this.#opening).read(prefix);
  }

  async close(): Promise<void> {
    await (await this.#opening).close();
  }
}
