/** A clock that goes only when it is told to: `Date.now` and `setTimeout` of the process, with every timer at its time. */

import { ownTurn } from '../../../nodes/core/turns';

/** An ordinary noon in Shanghai. */
export const START = Date.UTC(2025, 5, 2, 4);

interface Timer {
  readonly due: number;
  readonly ring: () => void;
  cleared: boolean;
  unref(): Timer;
}

export class VirtualClock {
  now: number;
  /** Milliseconds by which the clock on the wall was put forward. Timers do not see that. */
  ahead = 0;
  /** Timers of each moment. */
  readonly #timers = new Map<number, Timer[]>();
  /** The moments, a heap with the next at its head. */
  readonly #moments: number[] = [];
  #pending = 0;

  constructor(start = START) {
    this.now = start;
  }

  /** Puts the clock in the place of the real one, and gives what takes it away again. */
  install(): () => void {
    const real = { now: Date.now.bind(Date), setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    Date.now = () => this.now + this.ahead;
    globalThis.setTimeout = ((ring: () => void, delay?: number) =>
      this.#set(ring, delay)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer?: Timer) => {
      this.#clear(timer);
    }) as typeof clearTimeout;
    return () => {
      Date.now = real.now;
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
    };
  }

  /** Lets time go by, timer by timer; promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settle();
    for (let next = this.#moments[0]; next !== undefined && next <= end; next = this.#moments[0]) {
      this.#dropFirst();
      const timers = this.#timers.get(next) ?? [];
      this.#timers.delete(next);
      this.now = Math.max(this.now, next);
      let rang = false;
      for (const timer of timers) {
        if (timer.cleared) continue;
        this.#clear(timer);
        timer.ring();
        rang = true;
      }
      if (rang) await settle();
    }
    this.now = Math.max(this.now, end);
  }

  /** A promise that settles after a while of this clock. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#set(resolve, milliseconds);
    });
  }

  /** Timers that have not rung. */
  get pending(): number {
    return this.#pending;
  }

  #set(ring: () => void, delay = 0): Timer {
    // As Node.js does it: whole milliseconds, at least one.
    const due = this.now + Math.max(1, Math.trunc(delay));
    const timer: Timer = { due, ring, cleared: false, unref: () => timer };
    const others = this.#timers.get(due);
    if (others) {
      others.push(timer);
    } else {
      this.#timers.set(due, [timer]);
      this.#addMoment(due);
    }
    this.#pending++;
    return timer;
  }

  #clear(timer: Timer | undefined): void {
    if (!timer || timer.cleared) return;
    timer.cleared = true;
    this.#pending--;
  }

  #addMoment(moment: number): void {
    const heap = this.#moments;
    let index = heap.push(moment) - 1;
    while (index > 0 && heap[(index - 1) >> 1]! > moment) {
      heap[index] = heap[(index - 1) >> 1]!;
      index = (index - 1) >> 1;
    }
    heap[index] = moment;
  }

  #dropFirst(): void {
    const heap = this.#moments;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= last) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

/** Lets every promise that can settle do so, also of those who wait for a turn. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  await ownTurn();
}
