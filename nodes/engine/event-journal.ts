/**
 * Where what a vendor tells is kept from the moment it came until every node that it is for has had it. What cannot be
 * kept must not be acknowledged: the vendor may tell it again.
 */
import { failure, SmsError } from '../core/failure';
import type { HttpAnswer, Position, Push } from '../vendors/driver';

/** A push or the answer to a poll, as it came. */
export interface JournalEntry {
  /** Key of the account. */
  readonly account: string;
  /** Epoch milliseconds at which it came. */
  readonly at: number;
  readonly push?: Push;
  readonly poll?: { readonly source: string; readonly answer: HttpAnswer; readonly position: Position };
}

/** An entry that is kept. */
export interface Kept {
  /** Someone is still to have something of it. */
  hold(): void;
  /** Has had it. With the last one the entry is forgotten. */
  release(): void;
}

export interface EventJournal {
  /** Keeps an entry; held once, by the caller. Rejects with an `SmsError` of code `store-failed` where there is no room. */
  keep(entry: JournalEntry): Promise<Kept>;
}

/** Bytes of all entries. Reached only where nodes that should have them have been away for long. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Bytes that an entry takes beside its body. */
const OVERHEAD = 512;

/** Keeps entries in memory: what no node has had is lost when the process ends. */
export class MemoryJournal implements EventJournal {
  #bytes = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  keep({ push, poll }: JournalEntry): Promise<Kept> {
    const bytes = OVERHEAD + (push?.body.length ?? 0) + (poll?.answer.body.length ?? 0);
    if (this.#bytes + bytes > this.mostBytes) return Promise.reject(new SmsError(failure('store-failed')));
    this.#bytes += bytes;
    let holders = 1;
    return Promise.resolve({
      hold: () => {
        holders++;
      },
      release: () => {
        if (--holders === 0) this.#bytes -= bytes;
      },
    });
  }
}
