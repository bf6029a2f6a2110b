/**
 * Pairs up inbound SMS that a vendor tells of in two forms which share no identity. Each of one form answers for one of
 * the other, so that two equal SMS stay two: as many come out as the form has that tells of more.
 */
import type { Inbound } from '../core/inbound';
import { forgetOldest } from './oldest';

/** Milliseconds that the times of the two forms may lie apart: one may be the network's, the other the device's. */
const NEAR = 3 * 60_000;
/** Names that are remembered; the oldest go first. */
const MOST_NAMES = 10_000;

export class Twins {
  /** By name the times of those that have no counterpart yet, all of one form. */
  readonly #single = new Map<string, { form: string; times: number[] }>();

  /** Whether the SMS was told in the other form before. If not, it waits for that. `at`: epoch milliseconds. */
  isTold({ twin }: Inbound, at: number): boolean {
    if (!twin) return false;
    const { name, form } = twin;
    const single = this.#single.get(name);
    if (single && single.form !== form) {
      const index = single.times.findIndex((time) => Math.abs(time - at) <= NEAR);
      if (index >= 0) {
        single.times.splice(index, 1);
        if (single.times.length === 0) this.#single.delete(name);
        return true;
      }
    }
    const times = single?.form === form ? single.times.filter((time) => Math.abs(time - at) <= NEAR) : [];
    this.#single.delete(name);
    this.#single.set(name, { form, times: [...times, at] });
    forgetOldest(this.#single, MOST_NAMES);
    return false;
  }
}
