/** Things that happen at a time to come: reports on their way, replies being typed. Each is handed out once. */

export interface Due<T> {
  /** Epoch milliseconds. */
  readonly due: number;
  readonly value: T;
}

export class DueQueue<T> {
  /** Earliest first; of one time, in the order they were added. */
  #items: Due<T>[] = [];
  readonly #most: number;

  /** Keeps at least the last `most` things, by the times they are due, and never twice as many. */
  constructor(most = 50_000) {
    this.#most = most;
  }

  get size(): number {
    return this.#items.length;
  }

  /** When the first thing is due, epoch milliseconds; infinitely late where there is none. */
  get next(): number {
    return this.#items[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  add(due: number, value: T): void {
    this.#items.splice(
      this.#count((item) => item <= due),
      0,
      { due, value },
    );
    // Trimmed by halves: taking single things off the front of so long an array would cost more than all else here.
    if (this.#items.length >= 2 * this.#most) this.#items = this.#items.slice(-this.#most);
  }

  /**
   * At most `count` of the things that are due at `now`, in the order of their times; each is given once. What has been
   * due for more than `keepFor` milliseconds is lost.
   */
  take(now: number, count: number, keepFor = Number.POSITIVE_INFINITY): Due<T>[] {
    const lost = this.#count((due) => due < now - keepFor);
    const ready = this.#count((due) => due <= now);
    const taken = this.#items.slice(lost, Math.min(ready, lost + count));
    this.#items.splice(0, lost + taken.length);
    return taken;
  }

  /** Takes back what has not been handed out. */
  remove(matches: (value: T) => boolean): void {
    this.#items = this.#items.filter((item) => !matches(item.value));
  }

  /** How many of the first things are due at a time that `holds`: it holds for the earlier ones and not for the later. */
  #count(holds: (due: number) => boolean): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#items[middle]?.due ?? Number.POSITIVE_INFINITY)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
