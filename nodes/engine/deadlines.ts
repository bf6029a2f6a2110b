/** Times at which something is over, of very many at once: one timer for all of them. */
import { setAlarm } from './alarm';

/** To be kept by whoever may be done before. */
export interface Deadline<Item> {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly item: Item;
  /** Its place in the heap; -1 once it is over or was taken away. */
  place: number;
}

export class Deadlines<Item> {
  readonly #over: (item: Item) => void;
  /** A binary heap, the earliest first. */
  readonly #heap: Deadline<Item>[] = [];
  #cancel?: () => void;
  #alarmAt = Infinity;

  /** `over` is called once for each, in the order of their times. It must not throw. */
  constructor(over: (item: Item) => void) {
    this.#over = over;
  }

  add(at: number, item: Item): Deadline<Item> {
    const deadline = { at, item, place: this.#heap.length };
    this.#heap.push(deadline);
    this.#rise(deadline);
    if (at < this.#alarmAt) this.#setAlarm();
    return deadline;
  }

  remove(deadline: Deadline<Item>): void {
    const { place } = deadline;
    if (this.#heap[place] !== deadline) return;
    deadline.place = -1;
    const last = this.#heap.pop();
    if (!last || last === deadline) return;
    this.#put(last, place);
    this.#sink(last);
    this.#rise(last);
  }

  #setAlarm(): void {
    this.#cancel?.();
    const [first] = this.#heap;
    this.#alarmAt = first?.at ?? Infinity;
    this.#cancel =
      first &&
      setAlarm(first.at, () => {
        this.#ring();
      });
  }

  #ring(): void {
    const now = Date.now();
    for (let first = this.#heap[0]; first && first.at <= now; first = this.#heap[0]) {
      this.remove(first);
      this.#over(first.item);
    }
    this.#setAlarm();
  }

  #put(deadline: Deadline<Item>, place: number): void {
    this.#heap[place] = deadline;
    deadline.place = place;
  }

  #rise(deadline: Deadline<Item>): void {
    for (;;) {
      const { place } = deadline;
      const above = place === 0 ? undefined : this.#heap[(place - 1) >> 1];
      if (!above || above.at <= deadline.at) return;
      this.#put(deadline, above.place);
      this.#put(above, place);
    }
  }

  #sink(deadline: Deadline<Item>): void {
    for (;;) {
      const { place } = deadline;
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]];
      const below = right && left && right.at < left.at ? right : left;
      if (!below || below.at >= deadline.at) return;
      this.#put(deadline, below.place);
      this.#put(below, place);
    }
  }
}
