/** A clock that goes only when it is told to: `Date.now` and `setTimeout` of the process, with every timer at its time. */
import { mock } from 'node:test';

interface Timer {
  readonly due: number;
  readonly ring: () => void;
}

/** An ordinary noon. */
export const START = Date.UTC(2025, 5, 2, 4);

export class VirtualClock {
  now: number;
  readonly #timers = new Set<Timer>();

  constructor(start = START) {
    this.now = start;
  }

  /** Puts the clock in the place of the real one, and gives what takes it away again. */
  install(): () => void {
    const setTimer = (ring: () => void, delay = 0): object => {
      // As Node.js does it: whole milliseconds, at least one.
      const timer = { due: this.now + Math.max(1, Math.trunc(delay)), ring, unref: () => timer };
      this.#timers.add(timer);
      return timer;
    };
    const mocks = [
      mock.method(Date, 'now', () => this.now),
      mock.method(globalThis, 'setTimeout', setTimer as unknown as typeof setTimeout),
      mock.method(globalThis, 'clearTimeout', (timer: unknown) => this.#timers.delete(timer as Timer)),
    ];
    return () => {
      for (const { mock: one } of mocks) one.restore();
    };
  }

  /** Lets time go by, timer by timer; promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.due);
      next.ring();
      await settle();
    }
    this.now = end;
  }

  /** A promise that settles after a while of this clock. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  get pending(): number {
    return this.#timers.size;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (timer.due <= end && (!next || timer.due < next.due)) next = timer;
    return next;
  }
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
