/** How many recipients of an account may be asked for at a moment. */

const SECOND = 1000;

/** Time that is made up for where a timer came late: without it, a fast account would never reach its rate. */
const SLACK = 100;

/**
 * Paces recipients: each takes its share of time, and no second sees more than the rate (rounded up where it is a
 * fraction). A rate of 0 is no limit.
 */
export class RateLimit {
  rate = 0;
  /** When the share of those that went is used up. */
  #free = 0;
  /** What went within the last second, and the sum of it. */
  readonly #recent: { at: number; count: number }[] = [];
  #sum = 0;

  /** How many may go now, of those that wait. */
  allowance(now: number, waiting: number): number {
    if (this.rate <= 0) return waiting;
    this.#forget(now);
    if (now < this.#free) return 0;
    return Math.max(0, Math.min(waiting, Math.ceil(this.rate) - this.#sum, this.#mostAtOnce));
  }

  /** Notes that `count` went. */
  take(now: number, count: number): void {
    if (this.rate <= 0) return;
    this.#free = Math.max(this.#free, now - SLACK) + (count * SECOND) / this.rate;
    this.#recent.push({ at: now, count });
    this.#sum += count;
  }

  /** When it is worth asking again. */
  nextAt(now: number): number {
    this.#forget(now);
    const [oldest] = this.#recent;
    return this.#free > now ? this.#free : oldest ? oldest.at + SECOND : now;
  }

  get #mostAtOnce(): number {
    return Math.max(1, Math.floor(this.rate));
  }

  #forget(now: number): void {
    // A clock that was set back, or a rate that was raised, would otherwise hold messages for the time it left over.
    if (this.#free > now + (2 * SECOND * this.#mostAtOnce) / this.rate) this.#free = now;
    for (let oldest = this.#recent[0]; oldest; oldest = this.#recent[0]) {
      if (oldest.at > now - SECOND && oldest.at <= now) break;
      this.#sum -= oldest.count;
      this.#recent.shift();
    }
  }
}
