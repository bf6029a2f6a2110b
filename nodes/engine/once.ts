/** The caller's idempotency keys: what was sent under a key is not sent to the same recipient again for a day. */
import { FAILED_STATES } from '../core/state';
import type { RecipientOutcome } from './dispatcher';

/** Counted from the outcome: what waited for long is not forgotten the sooner. */
const DAY = 86_400_000;
const SWEEP_EVERY = 1000;

/** What became of one recipient under a key, or that it is still open. */
export class OnceRecord {
  outcome?: RecipientOutcome;
  /** Epoch milliseconds. */
  #since = 0;
  readonly #followers: ((outcome: RecipientOutcome) => void)[] = [];

  /** Calls back with the outcome: now, or when it is out. */
  follow(follower: (outcome: RecipientOutcome) => void): void {
    if (this.outcome) follower(this.outcome);
    else this.#followers.push(follower);
  }

  conclude(outcome: RecipientOutcome, now: number): void {
    this.outcome = outcome;
    this.#since = now;
    for (const follower of this.#followers.splice(0)) follower(outcome);
  }

  /** It is being sent again: whoever comes now waits for what comes of that. */
  reopen(): void {
    this.outcome = undefined;
  }

  /** It failed for certain everywhere, or its day is over: it may be sent again. */
  isFree(now: number): boolean {
    return this.outcome !== undefined && (FAILED_STATES.has(this.outcome.state) || now - this.#since >= DAY);
  }
}

interface Entry {
  readonly texts: Set<string>;
  /** By comparable number. */
  readonly records: Map<string, OnceRecord>;
}

export class OnceRegister {
  readonly #entries = new Map<string, Entry>();
  #sinceSweep = 0;

  /** Whether the texts fit what was sent under the key before. */
  fits(key: string, texts: readonly string[], now: number): boolean {
    const entry = this.#entry(key, now);
    const live = isLive(entry, now);
    if (live && texts.some((text) => !entry.texts.has(text))) return false;
    if (!live) entry.texts.clear();
    for (const text of texts) entry.texts.add(text);
    return true;
  }

  /**
   * The record to follow where the number is taken care of under the key; else a new record, `mine`, that the caller
   * must conclude.
   */
  claim(key: string, number: string, now: number): { record: OnceRecord; mine: boolean } {
    const entry = this.#entry(key, now);
    const known = entry.records.get(number);
    if (known && !known.isFree(now)) return { record: known, mine: false };
    const record = new OnceRecord();
    entry.records.set(number, record);
    return { record, mine: true };
  }

  #entry(key: string, now: number): Entry {
    if (++this.#sinceSweep >= SWEEP_EVERY) this.#sweep(now);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { texts: new Set(), records: new Map() };
    this.#entries.set(key, entry);
    return entry;
  }

  #sweep(now: number): void {
    this.#sinceSweep = 0;
    for (const [key, entry] of this.#entries) if (!isLive(entry, now)) this.#entries.delete(key);
  }
}

/** Whether a recipient is taken care of under the key. */
function isLive({ records }: Entry, now: number): boolean {
  for (const record of records.values()) if (!record.isFree(now)) return true;
  return false;
}
