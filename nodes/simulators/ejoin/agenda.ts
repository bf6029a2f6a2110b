/** What is going to happen on the device, by time. Nothing happens by itself: whoever looks at the device moves it on. */

const MOST_EVENTS = 100_000;

interface Event {
  readonly at: number;
  readonly happen: (at: number) => void;
}

export class Agenda {
  /** Earliest first; of one time, in the order they were added. */
  #events: Event[] = [];

  /** Lets `happen` be called with its own time once `advance` reaches it. Beyond a bound the earliest are forgotten. */
  add(at: number, happen: (at: number) => void): void {
    this.#events.splice(this.#countUntil(at), 0, { at, happen });
    if (this.#events.length > MOST_EVENTS) this.#events.splice(0, MOST_EVENTS / 10);
  }

  /** Makes everything happen that is due, in the order of time. */
  advance(now: number): void {
    for (;;) {
      const due = this.#events.splice(0, this.#countUntil(now));
      if (due.length === 0) return;
      for (const event of due) event.happen(event.at);
    }
  }

  /** How many events come at `time` or before. */
  #countUntil(time: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? Infinity) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
