/** Counts what is sent in a day, by the hour, and says once when it is more than a limit. */

const HOUR = 3_600_000;
const HOURS = 24;

export class Throughput {
  /** Counts by hour since 1970. */
  readonly #hours = new Map<number, number>();
  #saidAt = -Infinity;

  add(count: number, now: number): void {
    const hour = Math.floor(now / HOUR);
    this.#hours.set(hour, (this.#hours.get(hour) ?? 0) + count);
    for (const old of this.#hours.keys()) if (old <= hour - HOURS) this.#hours.delete(old);
  }

  /** Whether more than `perDay` was sent in the last 24 hours; true at most once a day. */
  exceeds(perDay: number, now: number): boolean {
    if (now - this.#saidAt < HOURS * HOUR) return false;
    let sum = 0;
    for (const count of this.#hours.values()) sum += count;
    if (sum <= perDay) return false;
    this.#saidAt = now;
    return true;
  }
}
