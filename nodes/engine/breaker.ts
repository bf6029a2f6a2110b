/**
 * Keeps from asking a vendor, or one of its lines, that has failed again and again: after a pause one request is tried, and
 * all goes on with the first that works. So a vendor that is down is not stormed, and one that takes messages and does not
 * answer does not leave many in doubt.
 */
import { failure, RETRY, type ErrorCode, type Failure } from '../core/failure';
import type { RecipientResult } from '../vendors/driver';
import { pauseBefore } from './retry';

/** Failures in a row after which it opens. */
const MOST_FAILURES = 5;
/** Milliseconds between two tries, at most, and how they grow. */
const LONGEST_PAUSE = 30_000;
const GROWTH = 2;

/** What says nothing of a message, and all of whoever was to take it. */
const OF_VENDOR: ReadonlySet<ErrorCode> = new Set([
  'network',
  'no-answer',
  'unreadable-answer',
  'vendor-busy',
  'rate-limited',
]);
const OF_LINE: ReadonlySet<ErrorCode> = new Set(['line-unavailable', 'sim-error']);

/** What a request tells of whoever was asked: it works, it fails and why, or nothing. */
export type Health = 'works' | Failure | undefined;

/** What the results of a request tell of the vendor, and of the line that it was for. */
export function healthOf(results: readonly RecipientResult[]): { readonly vendor: Health; readonly line: Health } {
  const [first] = results;
  const failures = results.flatMap((result) => ('failure' in result ? result.failure : []));
  if (!first || failures.length < results.length) return { vendor: first && 'works', line: first && 'works' };
  const all = (codes: ReadonlySet<ErrorCode>): Failure | undefined =>
    failures.every(({ code }) => codes.has(code)) ? failures.at(-1) : undefined;
  return { vendor: all(OF_VENDOR) ?? 'works', line: all(OF_LINE) };
}

export class Breaker {
  #failures = 0;
  #openings = 0;
  /** Epoch milliseconds of the next try. */
  #tryAt = 0;
  #isTrying = false;
  #reason: Failure | undefined;

  /** Why it is open; nothing where it is closed. Its code is one that may work later. */
  get reason(): Failure | undefined {
    return this.#reason;
  }

  /** When the next request may be made, in epoch milliseconds: `Infinity` while one is tried. */
  get nextAt(): number {
    if (!this.#reason) return 0;
    return this.#isTrying ? Infinity : this.#tryAt;
  }

  /** A request is made. Gives what is to be called with what it tells; that gives whether it opened or closed by that. */
  begin(): (health: Health) => boolean {
    const isTry = this.#reason !== undefined;
    if (isTry) this.#isTrying = true;
    return (health) => {
      if (isTry) this.#isTrying = false;
      if (health === undefined) return false;
      return health === 'works' ? this.#close() : this.#fail(health, isTry);
    };
  }

  #close(): boolean {
    const wasOpen = this.#reason !== undefined;
    this.#failures = 0;
    this.#openings = 0;
    this.#reason = undefined;
    return wasOpen;
  }

  #fail(cause: Failure, isTry: boolean): boolean {
    const wasOpen = this.#reason !== undefined;
    this.#failures++;
    // What was under way when it opened tells nothing new.
    if (wasOpen ? !isTry : this.#failures < MOST_FAILURES) return false;
    const pauses = { atLeast: cause.retryAfter, longest: LONGEST_PAUSE, growth: GROWTH };
    this.#tryAt = Date.now() + pauseBefore(++this.#openings, pauses);
    this.#reason = RETRY[cause.code] === 'later' ? cause : failure('vendor-busy');
    return !wasOpen;
  }
}
