/** What waits to be handed out once, each thing from its own time on. */

interface Waiting<T> {
  readonly due: number;
  readonly value: T;
}

/** Bounded: the oldest is forgotten where `most` would be exceeded. */
export class DueQueue<T> {
  /** In the order in which they come due; equal times keep the order in which they were added. */
  readonly #waiting: Waiting<T>[] = [];

  constructor(readonly most: number) {}

  add(due: number, value: T): void {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle]?.due ?? Infinity) <= due) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, { due, value });
    if (this.#waiting.length > this.most) this.#waiting.shift();
  }

  /** Hands out what is due, oldest first, at most `count`, and forgets it. */
  take(now: number, count: number): T[] {
    let ready = 0;
    while (ready < count && (this.#waiting[ready]?.due ?? Infinity) <= now) ready += 1;
    return this.#waiting.splice(0, ready).map(({ value }) => value);
  }
}
