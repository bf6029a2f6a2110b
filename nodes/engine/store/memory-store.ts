/** The store that keeps nothing beyond the process. */
import { failure, SmsError } from '../../core/failure';
import { decode, encode } from './encoding';
import type { Change, Entry, Store } from './store';

export class MemoryStore implements Store {
  /** As text, as the durable store has them: what is read is never what somebody else still changes. */
  readonly #entries = new Map<string, string>();
  #closed = false;

  write(changes: readonly Change[]): Promise<void> {
    if (this.#closed) return Promise.reject(new SmsError(failure('store-failed', 'closed')));
    this.#apply(changes);
    return Promise.resolve();
  }

  note(changes: readonly Change[]): void {
    if (!this.#closed) this.#apply(changes);
  }

  async *read(prefix: string): AsyncGenerator<Entry> {
    for (const [key, text] of await this.#below(prefix)) yield [key, decode(text)];
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #apply(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) this.#entries.delete(key);
      else this.#entries.set(key, encode(value));
    }
  }

  #below(prefix: string): Promise<[string, string][]> {
    if (this.#closed) return Promise.reject(new SmsError(failure('store-failed', 'closed')));
    const found = [...this.#entries].filter(([key]) => key.startsWith(prefix));
    return Promise.resolve(found.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
  }
}
