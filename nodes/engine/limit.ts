/** How many recipients of an account may be asked for at a moment. */

const SECOND = 1000;

/**
 * Paces recipients: each takes its share of time, and no second sees more than the rate (rounded up where it is a
 * fraction). A rate of 0 is no limit.
 */
export class RateLimit {
  rate = 0;
  #free = 0;
  readonly #recent: { at: number; count: number }[] = [];

  /** How many may go now, of those that wait. */
  allowance(now: number, waiting: number): number {
    if (this.rate <= 0) return waiting;
    if (now < this.#free) return 0;
    this.#forget(now);
    const left = Math.ceil(this.rate) - this.#recent.reduce((sum, { count }) => sum + count, 0);
    return Math.max(0, Math.min(waiting, left, Math.max(1, Math.floor(this.rate))));
  }

  /** Notes that `count` went. */
  take(now: number, count: number): void {
    if (this.rate <= 0) return;
    this.#free = now + (count * SECOND) / this.rate;
    this.#recent.push({ at: now, count });
  }

  /** When it is worth asking again. */
  nextAt(now: number): number {
    this.#forget(now);
    const oldest = this.#recent[0];
    return this.#free > now ? this.#free : oldest ? oldest.at + SECOND : now;
  }

  #forget(now: number): void {
    // A clock that was set back would otherwise hold messages until it has caught up.
    if (this.#free > now + Math.max(SECOND, (2 * SECOND * Math.max(1, this.rate)) / this.rate)) this.#free = now;
    while (this.#recent[0] && (this.#recent[0].at <= now - SECOND || this.#recent[0].at > now)) this.#recent.shift();
  }
}
