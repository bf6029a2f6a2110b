/**
 * What an account is to be told: reports (section 4) and SMS from handsets (section 5). The vendor has no call to fetch
 * them. Whoever pushes them takes them from here, a push at a time.
 */
import { DueQueue, type Due } from '../due-queue';
import type { Fate } from '../magic';

/** Sections 4.2 and 5.2: the most that one push carries. */
const MOST_A_PUSH = 500;

/** One record of `rpts`; the time it is due is the time it tells. */
export interface Report {
  readonly mob: string;
  /** Appendix 1. */
  readonly status: string;
  readonly id: string;
}

/** One record of `mos`. */
export interface Inbound {
  readonly mob: string;
  /** The extension that the handset answered to. */
  readonly sub: string;
  readonly text: string;
}

/** Appendix 1, of China Mobile. It has no word for "left for the network": nothing is told of that. */
const STATUS: Readonly<Partial<Record<Fate['report'], string>>> = {
  delivered: 'DELIVRD',
  undelivered: 'UNDELIV',
  'no-answer': 'MC:0001',
};

export class Outbox {
  readonly #reports = new DueQueue<Report>();
  readonly #inbound = new DueQueue<Inbound>();

  /** When the first record is due, epoch milliseconds; infinitely late where there is none. */
  get next(): number {
    return Math.min(this.#reports.next, this.#inbound.next);
  }

  /** What becomes of an SMS that left at `at`. */
  expectReport(sms: { mob: string; id: string }, fate: Fate, at: number): void {
    const status = STATUS[fate.report];
    if (status !== undefined && fate.report !== 'none') this.addReport(at + fate.after, { ...sms, status });
  }

  addReport(due: number, report: Report): void {
    this.#reports.add(due, report);
  }

  arrive(at: number, inbound: Inbound): void {
    this.#inbound.add(at, inbound);
  }

  /** The records of the next push, oldest first; none where nothing is due. */
  takeReports(now: number): Due<Report>[] {
    return this.#reports.take(now, MOST_A_PUSH);
  }

  takeInbound(now: number): Due<Inbound>[] {
    return this.#inbound.take(now, MOST_A_PUSH);
  }
}
