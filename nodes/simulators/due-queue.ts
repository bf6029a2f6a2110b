/** Things that happen at a time to come: reports on their way, replies being typed. Each is handed out once. */

export interface Due<T> {
  /** Epoch milliseconds. */
  readonly due: number;
  readonly value: T;
}

export class DueQueue<T> {
  #items: Due<T>[] = [];
  readonly #most: number;

  /** Keeps at least the last `most` things, and never twice as many. */
  constructor(most = 50_000) {
    this.#most = most;
  }

  get size(): number {
    return this.#items.length;
  }

  add(due: number, value: T): void {
    this.#items.push({ due, value });
    // Trimmed by halves: taking single things off the front of so long an array would cost more than all else here.
    if (this.#items.length >= 2 * this.#most) this.#items = this.#items.slice(-this.#most);
  }

  /**
   * At most `count` of the things that are due at `now`, in the order of their times; each is given once. What has been
   * due for more than `keepFor` milliseconds is lost.
   */
  take(now: number, count: number, keepFor = Number.POSITIVE_INFINITY): Due<T>[] {
    const ready: Due<T>[] = [];
    const rest: Due<T>[] = [];
    for (const item of this.#items) {
      if (item.due > now) rest.push(item);
      else if (now - item.due <= keepFor) ready.push(item);
    }
    ready.sort((a, b) => a.due - b.due);
    this.#items = [...ready.slice(count), ...rest];
    return ready.slice(0, count);
  }

  /** Takes back what has not been handed out. */
  remove(matches: (value: T) => boolean): void {
    this.#items = this.#items.filter((item) => !matches(item.value));
  }
}
