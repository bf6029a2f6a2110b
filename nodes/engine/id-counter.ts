/** Ids that the client chooses, where a vendor wants them: rising, and never the same twice at a device. */
import type { Store } from './store/store';

/** Start of the counting: 2025-01-01 UTC, in seconds. */
const EPOCH = 1_735_689_600;
const LARGEST = 2 ** 31 - 1;

/** Ids that are kept as given before they are: a process that ends leaves a gap of fewer than these. */
const AHEAD = 1000;
const COUNTERS = 'ids!';

/**
 * Counts on from where the last process ended, or from the time at which this one started, whichever is more: a device
 * remembers the ids it was given for as long as it runs, and sends far less than one SMS a second on average.
 */
/** Reserves ids of a device (its name), and gives the first; the others follow it one by one. */
export interface IdReserve {
  reserve(device: string, count: number): Promise<number>;
}

export class IdCounters implements IdReserve {
  readonly #start: number;
  readonly #store: Store | undefined;
  readonly #next = new Map<string, number>();
  /** Below which ids are kept as given. */
  readonly #kept = new Map<string, number>();

  /** `startedAt`: seconds since 1970. */
  constructor(startedAt: number, store?: Store) {
    this.#start = 1 + (Math.max(0, startedAt - EPOCH) % LARGEST);
    this.#store = store;
  }

  /** Reads where the last process ended. To be called before all else, and again where it rejects. */
  async recover(): Promise<void> {
    for await (const [key, value] of this.#store?.read(COUNTERS) ?? []) {
      const device = key.slice(COUNTERS.length);
      this.#next.set(device, Math.max(Number(value), this.#start));
    }
  }

  /**
   * Reserves `count` ids of a device and gives the first; the others follow it one by one. Rejects with an `SmsError` of
   * code `store-failed` where it cannot be kept that they are given.
   */
  async reserve(device: string, count: number): Promise<number> {
    const next = this.#next.get(device) ?? this.#start;
    const first = next + count - 1 > LARGEST ? 1 : next;
    const end = first + count;
    this.#next.set(device, end);
    const kept = this.#kept.get(device);
    if (this.#store && (kept === undefined || end > kept || first < next)) {
      const ahead = Math.min(end + AHEAD, LARGEST);
      await this.#store.write([{ key: COUNTERS + device, value: ahead }]);
      this.#kept.set(device, ahead);
    }
    return first;
  }
}
