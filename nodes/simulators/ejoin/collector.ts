/** What the device buffers before it pushes it: until so many have come, or so much time has passed (6.3.1.3). */
import type { Agenda } from './agenda';

export interface Limits {
  readonly count: number;
  /** How long the first of them waits at most. */
  readonly seconds: number;
}

export class Collector<T> {
  readonly #agenda: Agenda;
  readonly #limits: () => Limits;
  readonly #push: (items: readonly T[]) => void;
  #items: T[] = [];
  /** Counts the pushes, so that the timer of one does not end the next. */
  #round = 0;

  /** `limits` is asked each time: requests change them. */
  constructor(agenda: Agenda, limits: () => Limits, push: (items: readonly T[]) => void) {
    this.#agenda = agenda;
    this.#limits = limits;
    this.#push = push;
  }

  add(item: T, at: number): void {
    this.#items.push(item);
    const { count, seconds } = this.#limits();
    if (this.#items.length >= count || seconds <= 0) {
      this.#empty();
      return;
    }
    if (this.#items.length > 1) return;
    const round = this.#round;
    this.#agenda.add(at + seconds * 1000, () => {
      if (round === this.#round) this.#empty();
    });
  }

  /** Forgets what it holds. */
  clear(): void {
    this.#items = [];
    this.#round += 1;
  }

  #empty(): void {
    const items = this.#items;
    this.clear();
    this.#push(items);
  }
}
