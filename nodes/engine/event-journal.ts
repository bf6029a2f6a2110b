/**
 * Where what a vendor tells is kept from the moment it came until every node that it is for has had it. What cannot be
 * kept must not be acknowledged: the vendor may tell it again.
 */
import { failure, SmsError } from '../core/failure';
import type { HttpAnswer, Position, Push } from '../vendors/driver';
import { ENTRIES } from './event-memory';
import type { Store } from './store/store';

/** Bytes of all entries. Reached only where nodes that should have them have been away for long. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Bytes that an entry takes beside its body. */
const OVERHEAD = 512;

/** A push or the answer to a poll, as it came. */
export interface JournalEntry {
  /** Key of the account. */
  readonly account: string;
  /** Epoch milliseconds at which it came. */
  readonly at: number;
  readonly push?: Push;
  /** Id of the node that is told of the push as a whole; absent: all of the account. */
  readonly node?: string;
  readonly poll?: {
    readonly source: string;
    readonly answer: HttpAnswer;
    readonly position: Position;
    /** Epoch milliseconds: what is of before is no news. Absent: all is. */
    readonly oldest?: number;
  };
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
  /** An entry that was kept when the process ended, held once, by the caller. */
  resume(key: string): Kept;
}

/** For what is in no journal: it did not come from the vendor, or there is no room for it. */
export const NOT_KEPT: Kept = { hold: () => undefined, release: () => undefined };

/** One event of an entry: `done` is called once everyone who is to have it has had it. Held once, by the caller. */
export function partOf(entry: Kept, done: () => void): Kept {
  entry.hold();
  return heldOnce(() => {
    done();
    entry.release();
  });
}

function heldOnce(end: () => void): Kept {
  let holders = 1;
  return {
    hold: () => {
      holders++;
    },
    release: () => {
      if (--holders === 0) end();
    },
  };
}

/** How many bytes entries take. */
class Room {
  #bytes = 0;

  constructor(private readonly most: number) {}

  /** Takes room for an entry, and gives what leaves it again. Throws where there is none. */
  take({ push, poll }: JournalEntry): () => void {
    const bytes = OVERHEAD + (push?.body.length ?? 0) + (poll?.answer.body.length ?? 0);
    if (this.#bytes + bytes > this.most) throw new SmsError(failure('store-failed', 'journal-full'));
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
    };
  }
}

/** Keeps entries in memory: what no node has had is lost when the process ends. */
export class MemoryJournal implements EventJournal {
  readonly #room: Room;

  constructor(mostBytes = MOST_BYTES) {
    this.#room = new Room(mostBytes);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  async keep(entry: JournalEntry): Promise<Kept> {
    return heldOnce(this.#room.take(entry));
  }

  resume(): Kept {
    return NOT_KEPT;
  }
}

/** Keeps entries on disk until they have been handed on. */
export class StoredJournal implements EventJournal {
  readonly #store: Store;
  readonly #room: Room;
  #count = 0;

  constructor(store: Store, mostBytes = MOST_BYTES) {
    this.#store = store;
    this.#room = new Room(mostBytes);
  }

  async keep(entry: JournalEntry): Promise<Kept> {
    const leave = this.#room.take(entry);
    // Entries of an earlier process may still be there, with numbers of their own.
    const key = `${ENTRIES}${entry.at.toString(36)}!${process.pid}!${(this.#count++).toString(36).padStart(8, '0')}`;
    try {
      await this.#store.write([{ key, value: entry }]);
    } catch (error) {
      leave();
      throw error;
    }
    return heldOnce(() => {
      leave();
      this.#store.note([{ key }]);
    });
  }

  resume(key: string): Kept {
    return heldOnce(() => {
      this.#store.note([{ key }]);
    });
  }
}
