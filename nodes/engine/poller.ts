/** Fetches events from one source of an account: one request at a time, never faster than the vendor bears. */
import { failure, failureOf, type Failure } from '../core/failure';
import type { HttpAnswer, Page, Position, Source } from '../vendors/driver';
import { setAlarm } from './alarm';
import type { PollRecord } from './event-memory';
import { NO_GATEWAY } from './gateway';
import { pauseAfter } from './retry';

/** Ids that are asked for in one round. */
const MOST_IDS = 50;
/** Milliseconds between two questions about one id, at most. */
const LONGEST_PAUSE = 15 * 60_000;
/** Milliseconds after which nobody expects a report about an id any more. */
const OLDEST_ID = 72 * 3_600_000;

/** What the poller needs of its account. */
export interface PollerHost {
  /** The source, as it is configured now; nothing while no gateway of the account is there. */
  source(): Source | undefined;
  /** Ids to ask for, where the source is `perId`. `pauseFor` gives the pause that suits an age; nothing where it is too old. */
  ids(pauseFor: (age: number) => number | undefined, most: number): readonly string[];
  asked(id: string): void;
  /**
   * Keeps an answer before anything is made of it. Gives what reads it and hands on what it tells. `since`: what lay at
   * the vendor when it began to be asked is still being read, and this is when that was.
   */
  take(source: Source, answer: HttpAnswer, position: Position, since?: number): Promise<Page | Failure>;
  /** Keeps how far the source has been read; nothing: nobody asks any more. */
  remember(record: PollRecord | undefined): void;
  /** Polling fails, and why; nothing: it works again. */
  trouble(reason: Failure | undefined): void;
}

export class Poller {
  readonly #host: PollerHost;
  /** Seconds; nothing while nobody asks. */
  #pace?: number;
  #cursor?: string;
  /** Epoch milliseconds since when somebody asks. */
  #since?: number;
  /** What lay at the vendor by then has been read. */
  #caughtUp = false;
  #failures = 0;
  /** A page was full: the next one is fetched as soon as the vendor bears it. */
  #more = false;
  /** Epoch milliseconds of the last request. */
  #lastAt = -Infinity;
  #running?: Promise<Failure | undefined>;
  #cancel?: () => void;

  /** `kept`: how far the source had been read when the process ended. */
  constructor(host: PollerHost, kept?: PollRecord) {
    this.#host = host;
    this.#cursor = kept?.cursor;
    this.#since = kept?.since;
    this.#caughtUp = kept?.caughtUp ?? false;
  }

  /** Seconds between polls; nothing: nobody asks. */
  set pace(seconds: number | undefined) {
    if (seconds === this.#pace) return;
    this.#pace = seconds;
    if (seconds === undefined) this.#forget();
    else this.#since ??= Date.now();
    this.schedule();
  }

  /** Polls as soon as the vendor bears it, whatever the pace. Resolves with what went wrong. */
  async now(): Promise<Failure | undefined> {
    this.#since ??= Date.now();
    await this.#running;
    const wait = this.#earliest() - Date.now();
    if (wait > 0) {
      await new Promise<void>((resolve) => {
        setAlarm(Date.now() + wait, resolve);
      });
    }
    return this.#run(true);
  }

  /** Resolves once the round that is under way is over. Never rejects. */
  async drained(): Promise<void> {
    await this.#running;
  }

  /** A gateway of the account is new: what made polling fail may be mended, so the pauses begin anew. */
  renew(): void {
    this.#failures = Math.min(this.#failures, 1);
    this.schedule();
  }

  /** Looks again when the next poll is due: the account's gateway may have come or gone. */
  schedule(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#pace === undefined || this.#running || !this.#host.source()) return;
    this.#cancel = setAlarm(Math.max(this.#due(this.#pace), Date.now()), () => {
      void this.#run();
    });
  }

  /** Nobody asks any more. Whoever does so one day begins anew, for what comes meanwhile is no news by then. */
  #forget(): void {
    this.#cursor = undefined;
    this.#since = undefined;
    this.#caughtUp = false;
    this.#host.remember(undefined);
  }

  #remember(): void {
    this.#host.remember({
      ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }),
      ...(this.#since === undefined ? {} : { since: this.#since }),
      caughtUp: this.#caughtUp,
    });
  }

  #least(): number {
    return (this.#host.source()?.interval.least ?? 0) * 1000;
  }

  /** Epoch milliseconds. A clock that was set back does not keep anybody waiting. */
  #earliest(): number {
    this.#lastAt = Math.min(this.#lastAt, Date.now());
    return this.#lastAt + this.#least();
  }

  #due(pace: number): number {
    const usual = Math.max(pace * 1000, this.#least());
    const earliest = this.#earliest();
    if (this.#failures > 0) return this.#lastAt + pauseAfter(this.#failures, usual);
    return this.#more ? earliest : this.#lastAt + usual;
  }

  /** One round; a second one joins the first. `all`: ids are asked for whose turn has not come. Never rejects. */
  #run(all = false): Promise<Failure | undefined> {
    this.#running ??= this.#round(all).then((reason) => {
      this.#running = undefined;
      const before = this.#failures;
      this.#failures = reason ? before + 1 : 0;
      if (reason || before > 0) this.#host.trouble(reason);
      this.schedule();
      return reason;
    });
    return this.#running;
  }

  async #round(all: boolean): Promise<Failure | undefined> {
    const source = this.#host.source();
    this.#lastAt = Date.now();
    this.#more = false;
    if (!source) return NO_GATEWAY;
    if (!source.perId) return this.#fetch(source, this.#cursor === undefined ? {} : { cursor: this.#cursor });
    const usual = Math.max(this.#pace ?? source.interval.default, source.interval.least) * 1000;
    const pauseFor = (age: number): number | undefined => {
      if (age > OLDEST_ID) return undefined;
      // What has been on its way for long is asked for more and more rarely.
      return all ? 0 : Math.max(usual / 2, Math.min(age / 8, LONGEST_PAUSE));
    };
    const ids = this.#host.ids(pauseFor, MOST_IDS);
    for (const id of ids) {
      if (!this.#host.source()) {
        // Whoever closed the gateway waits for the question that was under way alone; the others have their turn later.
        this.#more = true;
        return undefined;
      }
      this.#host.asked(id);
      const reason = await this.#fetch(source, { id });
      if (reason) return reason;
    }
    this.#more = ids.length === MOST_IDS;
    return undefined;
  }

  async #fetch(source: Source, position: Position): Promise<Failure | undefined> {
    try {
      const answer = await source.fetch(position);
      this.#lastAt = Date.now();
      const isOver = source.perId || source.once !== undefined || this.#caughtUp;
      const page = await this.#host.take(source, answer, position, isOver ? undefined : this.#since);
      if ('code' in page) return page;
      this.#cursor = page.cursor ?? this.#cursor;
      this.#more = page.more;
      if (!page.more) this.#caughtUp = true;
      if (!source.perId && source.once === undefined) this.#remember();
      return undefined;
    } catch (error) {
      return failureOf(error, failure('unreadable-answer'));
    }
  }
}
