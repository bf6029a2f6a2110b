/** Wakes a simulator when something of it is due. It is one timer, however much waits. */
import type { Timers } from './server';

/** What is due within this many milliseconds is done at one go. */
const SHORTEST = 10;
/** The clock is looked at this often at least: tests turn it, and computers sleep. */
const LONGEST = 200;

export class Alarm {
  readonly #timers: Pick<Timers, 'later'>;
  readonly #now: () => number;
  readonly #ring: () => number;
  readonly #gather: number;
  /** What the alarm is set to; infinitely early while things are gathered. */
  #at = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /**
   * `ring` does what is due, and gives when the next is: epoch milliseconds, infinitely late where nothing is. It is called
   * `gather` milliseconds after something was found to be due.
   */
  constructor(timers: Pick<Timers, 'later'>, now: () => number, ring: () => number, gather = 0) {
    this.#timers = timers;
    this.#now = now;
    this.#ring = ring;
    this.#gather = gather;
  }

  /** Something is due at `at`, epoch milliseconds. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#at = at;
    this.#arm();
  }

  #arm(): void {
    this.#cancel?.();
    const wait = Math.min(Math.max(this.#at - this.#now(), SHORTEST), LONGEST);
    this.#cancel = this.#timers.later(wait, () => {
      if (this.#now() < this.#at) {
        this.#arm();
        return;
      }
      this.#at = Number.NEGATIVE_INFINITY;
      this.#timers.later(this.#gather, () => {
        this.#at = Number.POSITIVE_INFINITY;
        this.set(this.#ring());
      });
    });
  }
}
