/**
 * Beijing time as the platform sees it (document, 3.2): it refuses a request whose TimeStamp is more than 20 minutes
 * from the right time. The host's zone does not matter, and a host clock that is off is made up for by the `Date` of
 * the platform's answers.
 */
import { readMoment } from '../../core/time';
import type { DriverIo } from '../driver';
import { textOf } from '../json';

const BEIJING = 8 * 3_600_000;
/** Below this a difference is taken for delay on the way, not for a wrong clock. */
const JITTER = 30_000;
/** Above this the user is told, and a refusal may be due to the clock. */
export const CLOCK_OFF = 5 * 60_000;

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** `yyyy-MM-dd HH:mm:ss` in Beijing; the form of TimerSend (document, 4.1.1). */
export function beijingTime(epoch: number): string {
  return new Date(epoch + BEIJING).toISOString().slice(0, 19).replace('T', ' ');
}

/** The same read back (document, 4.2.2 and 4.3.2): epoch milliseconds, or `undefined` where it is no such time. */
export function readBeijingTime(value: unknown): number | undefined {
  const text = textOf(value);
  const isTime = text !== undefined && /^\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d$/.test(text);
  return isTime ? readMoment(`${text.replace(/ +/, 'T')}+08:00`, 'UTC') : undefined;
}

/** The same wall clock time one calendar month later; the month's last day where it has no such day. */
export function monthAfter(epoch: number): number {
  const date = new Date(epoch + BEIJING);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + 1);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime() - BEIJING;
}

/** When a request was made by the host's clock, and the offset that its TimeStamp had. */
export interface Mark {
  readonly host: number;
  readonly offset: number;
}

/** The host's clock and how far the platform's is ahead of it. */
export class PlatformClock {
  readonly #io: DriverIo;
  #offset = 0;

  constructor(io: DriverIo) {
    this.#io = io;
  }

  /** Epoch milliseconds by the platform's clock, as far as it is known. */
  now(): number {
    return this.#io.now() + this.#offset;
  }

  /** A TimeStamp: `yyyyMMddHHmmss`, or without the year where `digits` is 10 (the form of the document's samples). */
  stamp(digits: 10 | 14): string {
    return beijingTime(this.now()).replace(/\D/g, '').slice(-digits);
  }

  /** The moment of a request, to learn from its answer. */
  mark(): Mark {
    return { host: this.#io.now(), offset: this.#offset };
  }

  /**
   * Learns from the `Date` header of the answer to a request of that moment. Gives how far off its TimeStamp was, in
   * milliseconds; 0 where that was no more than delay, or there is no `Date`. Requests may overlap: what one has learnt
   * does not mend the stamp that another went out with.
   */
  learn(header: string | undefined, asked: Mark): number {
    if (header === undefined || !HTTP_DATE.test(header)) return 0;
    const date = Date.parse(header);
    if (!Number.isFinite(date)) return 0;
    const answeredAt = this.#io.now();
    // The header has whole seconds, and was written at an unknown moment of the call.
    const measured = date + 500 - (asked.host + answeredAt) / 2;
    const slack = Math.max(JITTER, Math.abs(answeredAt - asked.host) / 2 + 1000);
    if (Math.abs(measured - this.#offset) > slack) {
      this.#offset = Math.abs(measured) <= slack ? 0 : measured;
      const away = Math.abs(this.#offset);
      if (away > CLOCK_OFF) this.#io.notice('clock', { minutes: Math.round(away / 60_000) });
    }
    const error = Math.abs(measured - asked.offset);
    return error > slack ? error : 0;
  }
}
