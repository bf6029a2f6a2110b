/** What went through each card (sections 9 and 10), counted when it happens. A restart of the device does not end it. */
import { shanghaiDay } from '../shanghai';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Nobody asks for more than the last day by the minute. */
const MOST_MINUTES = 25 * 60;

/** The values of `type`: the last hour, the last two hours, the day (of Shanghai), all. */
export type Span = '0' | '1' | '2' | '3';

/** Of one card in one minute, or in a span of time. */
export interface Counts {
  received: number;
  /** Handed to the network, with whatever success. */
  sent: number;
  sentOk: number;
  sentFailed: number;
  calls: number;
  alerted: number;
  connected: number;
  /** Seconds that its calls were connected. */
  seconds: number;
  /** Whole minutes of each call, as they are charged. */
  minutes: number;
}

const NONE: Counts = {
  received: 0,
  sent: 0,
  sentOk: 0,
  sentFailed: 0,
  calls: 0,
  alerted: 0,
  connected: 0,
  seconds: 0,
  minutes: 0,
};

/** One card: the slot of a port. */
export class CardStatistics {
  /** SMS that are on their way. */
  sending = 0;
  /** SMS that failed since the last that did not. */
  failedInARow = 0;
  /** Calls that were not connected since the last that was. */
  callsFailedInARow = 0;
  readonly #total: Counts = { ...NONE };
  readonly #minutes = new Map<number, Counts>();

  received(at: number): void {
    this.#count(at, { received: 1 });
  }

  begun(at: number): void {
    this.sending++;
    this.#count(at, { sent: 1 });
  }

  /** An SMS that was begun has come to its end. */
  ended(isSent: boolean, at: number): void {
    this.sending--;
    this.failedInARow = isSent ? 0 : this.failedInARow + 1;
    this.#count(at, isSent ? { sentOk: 1 } : { sentFailed: 1 });
  }

  /** A call that rang; `seconds` = how long it was connected, 0 = not at all. */
  called(seconds: number, at: number): void {
    const connected = seconds > 0 ? 1 : 0;
    this.callsFailedInARow = connected === 1 ? 0 : this.callsFailedInARow + 1;
    this.#count(at, { calls: 1, alerted: 1, connected, seconds, minutes: Math.ceil(seconds / 60) });
  }

  in(span: Span, now: number): Counts {
    if (span === '3') return this.#total;
    const sum = { ...NONE };
    const today = shanghaiDay(now);
    for (const [minute, counts] of this.#minutes) {
      const at = minute * MINUTE;
      if (span === '2' ? shanghaiDay(at) === today : at > now - (span === '0' ? HOUR : 2 * HOUR)) add(sum, counts);
    }
    return sum;
  }

  #count(at: number, counts: Partial<Counts>): void {
    add(this.#total, counts);
    const minute = Math.floor(at / MINUTE);
    const entry = this.#minutes.get(minute) ?? { ...NONE };
    add(entry, counts);
    this.#minutes.set(minute, entry);
    for (const oldest of this.#minutes.keys()) {
      if (this.#minutes.size <= MOST_MINUTES) break;
      this.#minutes.delete(oldest);
    }
  }
}

export class Statistics {
  readonly #cards = new Map<string, CardStatistics>();

  of(port: number, slot: number): CardStatistics {
    const name = `${port}.${slot}`;
    const found = this.#cards.get(name) ?? new CardStatistics();
    this.#cards.set(name, found);
    return found;
  }

  /** The device was started again: nothing is on its way any more. */
  restart(): void {
    for (const card of this.#cards.values()) card.sending = 0;
  }
}

function add(sum: Counts, counts: Partial<Counts>): void {
  for (const name of Object.keys(NONE) as (keyof Counts)[]) sum[name] += counts[name] ?? 0;
}
