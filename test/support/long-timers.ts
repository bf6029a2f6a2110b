/** Timers of some minutes ring when the test says so; all others, such as those of Node-RED and what is done hourly, are real. */

const LONG = 50_000;
const HOURLY = 3_600_000;

interface Waiting {
  readonly delay: number;
  readonly ring: () => void;
}

export class LongTimers {
  readonly #waiting = new Set<Waiting>();

  /** Takes the place of the real ones, and gives what puts those back. */
  install(): () => void {
    const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    globalThis.setTimeout = ((ring: () => void, delay = 0, ...more: unknown[]) => {
      if (delay < LONG || delay >= HOURLY) return real.setTimeout(ring, delay, ...more);
      const timer = { delay, ring, ref: () => timer, unref: () => timer, hasRef: () => false };
      this.#waiting.add(timer);
      return timer;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer?: NodeJS.Timeout) => {
      if (!this.#waiting.delete(timer as unknown as Waiting)) real.clearTimeout(timer);
    }) as typeof clearTimeout;
    return () => {
      Object.assign(globalThis, real);
    };
  }

  /** Milliseconds that each of them was set to, in their order. */
  get delays(): number[] {
    return [...this.#waiting].map(({ delay }) => delay);
  }

  /** Lets the one ring that was set first. */
  ring(): void {
    const [timer] = this.#waiting;
    if (!timer) throw new Error('no timer waits');
    this.#waiting.delete(timer);
    timer.ring();
  }
}
