/** Times at which something is over, of very many at once: one timer for all of them. */
import { setAlarm } from './alarm';

/** The item itself keeps its place: an object for each deadline would take more memory than all else about it. */
export interface Expiring {
  /** Epoch milliseconds. Must not change while its place is in the heap. */
  readonly expiresAt: number;
  /** Its place in the heap; -1 where it is not there. */
  expiryPlace: number;
}

export class Deadlines<Item extends Expiring> {
  readonly #over: (item: Item) => void;
  /** A binary heap, the earliest first. */
  readonly #heap: Item[] = [];
  #cancel?: () => void;
  #alarmAt = Infinity;

  /** `over` is called once for each, in the order of their times. It must not throw. */
  constructor(over: (item: Item) => void) {
    this.#over = over;
  }

  add(item: Item): void {
    item.expiryPlace = this.#heap.length;
    this.#heap.push(item);
    this.#rise(item);
    if (item.expiresAt < this.#alarmAt) this.#setAlarm();
  }

  remove(item: Item): void {
    const place = item.expiryPlace;
    if (place < 0) return;
    item.expiryPlace = -1;
    const last = this.#heap.pop();
    if (!last || last === item) return;
    this.#put(last, place);
    this.#sink(last);
    this.#rise(last);
  }

  #setAlarm(): void {
    this.#cancel?.();
    const [first] = this.#heap;
    this.#alarmAt = first?.expiresAt ?? Infinity;
    this.#cancel =
      first &&
      setAlarm(first.expiresAt, () => {
        this.#ring();
      });
  }

  #ring(): void {
    const now = Date.now();
    for (let first = this.#heap[0]; first && first.expiresAt <= now; first = this.#heap[0]) {
      this.remove(first);
      this.#over(first);
    }
    this.#setAlarm();
  }

  #put(item: Item, place: number): void {
    this.#heap[place] = item;
    item.expiryPlace = place;
  }

  #rise(item: Item): void {
    for (;;) {
      const place = item.expiryPlace;
      const above = place === 0 ? undefined : this.#heap[(place - 1) >> 1];
      if (!above || above.expiresAt <= item.expiresAt) return;
      this.#put(item, above.expiryPlace);
      this.#put(above, place);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const place = item.expiryPlace;
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]];
      const below = right && left && right.expiresAt < left.expiresAt ? right : left;
      if (!below || below.expiresAt >= item.expiresAt) return;
      this.#put(item, below.expiryPlace);
      this.#put(below, place);
    }
  }
}
