/** First come, first served, however many come: to take the first out of a long array would move all others. */

/** Elements that are gone before the array is made shorter. */
const MOST_GONE = 1000;

export class Fifo<Element> {
  readonly #elements: Element[];
  /** Those before it are gone. */
  #head = 0;

  constructor(elements: Element[] = []) {
    this.#elements = elements;
  }

  get isEmpty(): boolean {
    return this.#head === this.#elements.length;
  }

  get first(): Element | undefined {
    return this.#elements[this.#head];
  }

  push(element: Element): void {
    this.#elements.push(element);
  }

  /** Takes the first away, and gives it. */
  shift(): Element | undefined {
    const { first } = this;
    if (this.isEmpty) return undefined;
    this.#head++;
    if (this.#head > MOST_GONE && this.#head > this.#elements.length / 2) {
      this.#elements.splice(0, this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** All that are left, in order. Nothing must be taken away meanwhile. */
  *[Symbol.iterator](): Generator<Element> {
    for (let index = this.#head; index < this.#elements.length; index++) yield this.#elements[index] as Element;
  }
}
