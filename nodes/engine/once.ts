/** The caller's idempotency keys: what was sent under a key is not sent to the same recipient again for a day. */
import { FAILED_STATES } from '../core/state';
import type { RecipientOutcome } from './dispatcher';
import { digest } from './store/keys';
import type { Change } from './store/store';

/** Counted from the outcome: what waited for long is not forgotten the sooner. */
const DAY = 86_400_000;
const SWEEP_EVERY = 1000;

export const ONCE = 'once!';

/** What is kept of a recipient under a key; its own key has the rest. */
interface KeptOnce {
  /** Digest of the text. */
  readonly text: string;
  readonly outcome: RecipientOutcome;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** What became of one recipient under a key, or that it is still open. */
export class OnceRecord {
  outcome?: RecipientOutcome;
  /** Epoch milliseconds. */
  #since = 0;
  readonly #followers: ((outcome: RecipientOutcome) => void)[] = [];

  constructor(
    /** Under which key it is kept. */
    readonly place: string,
    /** Digest of the text. */
    readonly text: string,
  ) {}

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

  /** What is to be kept of it now. */
  get change(): Change {
    const { outcome, text } = this;
    return outcome
      ? { key: this.place, value: { text, outcome, since: this.#since } satisfies KeptOnce }
      : { key: this.place };
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
  /** Digests of the texts. */
  readonly texts: Set<string>;
  /** By digest of comparable number and text. */
  readonly records: Map<string, OnceRecord>;
}

export class OnceRegister {
  /** By digest of the key. */
  readonly #entries = new Map<string, Entry>();
  #sinceSweep = 0;

  /** `forget` is told what need not be kept any more. */
  constructor(private readonly forget: (change: Change) => void = () => undefined) {}

  /** Takes up a record that was kept. Gives whether it still counts. */
  restore(place: string, value: unknown, now: number): boolean {
    const { text, outcome, since } = value as KeptOnce;
    const [, key = '', recipient = ''] = place.split('!');
    const record = new OnceRecord(place, text);
    record.conclude(outcome, since);
    if (record.isFree(now)) return false;
    const entry = this.#entry(key, now);
    entry.texts.add(text);
    entry.records.set(recipient, record);
    return true;
  }

  /** Whether the texts fit what was sent under the key before. */
  fits(key: string, texts: readonly string[], now: number): boolean {
    const entry = this.#entry(digest(key), now);
    const digests = texts.map(digest);
    const live = isLive(entry, now);
    if (live && digests.some((text) => !entry.texts.has(text))) return false;
    if (!live) entry.texts.clear();
    for (const text of digests) entry.texts.add(text);
    return true;
  }

  /**
   * The record to follow where the text to the number is taken care of under the key; else a new record, `mine`, that the
   * caller must conclude.
   */
  claim(key: string, number: string, text: string, now: number): { record: OnceRecord; mine: boolean } {
    const entry = this.#entry(digest(key), now);
    const recipient = digest(`${number} ${text}`);
    const known = entry.records.get(recipient);
    if (known && !known.isFree(now)) return { record: known, mine: false };
    const record = new OnceRecord(`${ONCE}${digest(key)}!${recipient}`, digest(text));
    entry.records.set(recipient, record);
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
    for (const [key, entry] of this.#entries) {
      if (isLive(entry, now)) continue;
      this.#entries.delete(key);
      for (const { place } of entry.records.values()) this.forget({ key: place });
    }
  }
}

/** Whether a recipient is taken care of under the key. */
function isLive({ records }: Entry, now: number): boolean {
  for (const record of records.values()) if (!record.isFree(now)) return true;
  return false;
}
