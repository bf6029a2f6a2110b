/** Ids that the client chooses, where a vendor wants them: rising, and never the same twice at a device. */

/** Start of the counting: 2025-01-01 UTC, in seconds. */
const EPOCH = 1_735_689_600;
const LARGEST = 2 ** 31 - 1;

/**
 * Counts from the time at which the process started. A device remembers the ids it was given for as long as it runs, and
 * sends far less than one SMS a second on average, so that a process that starts later starts higher.
 */
export class IdCounters {
  readonly #start: number;
  readonly #next = new Map<string, number>();

  /** `startedAt`: seconds since 1970. */
  constructor(startedAt: number) {
    this.#start = 1 + (Math.max(0, startedAt - EPOCH) % LARGEST);
  }

  /** Reserves `count` ids of a device and gives the first; the others follow it one by one. */
  reserve(device: string, count: number): number {
    const next = this.#next.get(device) ?? this.#start;
    const first = next + count - 1 > LARGEST ? 1 : next;
    this.#next.set(device, first + count);
    return first;
  }
}
