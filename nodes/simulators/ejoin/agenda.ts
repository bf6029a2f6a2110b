/** What is going to happen on the device, by time. Whoever looks at the device moves it on, or an alarm that it sets. */

const MOST_EVENTS = 100_000;

interface Event {
  readonly at: number;
  readonly happen: (at: number) => void;
}

export class Agenda {
  /** Earliest first; of one time, in the order they were added. */
  #events: Event[] = [];
  /** How many of them have happened: they are taken away all at once. */
  #done = 0;
  readonly #expect: (at: number) => void;
  #now = 0;

  /** `expect` is told when something was added: its time, epoch milliseconds. */
  constructor(expect: (at: number) => void = () => undefined) {
    this.#expect = expect;
  }

  /** The time up to which everything has happened, or is just happening; epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** When something happens next, epoch milliseconds; infinitely late where nothing does. */
  get next(): number {
    return this.#events[this.#done]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Lets `happen` be called with its own time once `advance` reaches it. Beyond a bound the earliest are forgotten. */
  add(at: number, happen: (at: number) => void): void {
    this.#events.splice(this.#countUntil(at), 0, { at, happen });
    if (this.#events.length > MOST_EVENTS) this.#events.splice(this.#done, MOST_EVENTS / 10);
    this.#expect(at);
  }

  /** Makes everything happen that is due, in the order of time, with what is added meanwhile. */
  advance(now: number): void {
    this.#now = now;
    for (;;) {
      const event = this.#events[this.#done];
      if (event === undefined || event.at > now) break;
      this.#done += 1;
      event.happen(event.at);
    }
    this.#events.splice(0, this.#done);
    this.#done = 0;
  }

  /** Nothing of it happens any more. Not to be called by what happens. */
  clear(): void {
    this.#events = [];
  }

  /** How many events come at `time` or before. */
  #countUntil(time: number): number {
    let [low, high] = [this.#done, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? Infinity) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
