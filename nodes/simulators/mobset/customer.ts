/** One login of a company: its balance, and what waits for it. */
import { DueQueue } from '../due-queue';
import type { Fate } from '../magic';
import type { SimulatorAccount } from '../simulator';

const HOUR = 3_600_000;
/** Sections 4.2 and 4.3: how long the platform keeps what nobody fetched. */
const KEEP_REPORTS = 48 * HOUR;
const KEEP_INBOUND = 240 * HOUR;
/** Sections 4.2.2 and 4.3.2: the most that one call hands out. */
const REPORTS_A_CALL = 50;
const INBOUND_A_CALL = 20;
const MOST_SCHEDULED = 50_000;

/** The number that handsets see: the shape of the sample in section 4.2.3. */
const ACCESS_PREFIX = '10691179';

export interface Report {
  readonly smsId: string;
  /** Section 5. */
  readonly status: '10' | '12' | '13' | '15';
  /** What the operator said. */
  readonly exStatus: string;
}

export interface Inbound {
  readonly from: string;
  readonly recvNumber: string;
  readonly addNum: string;
  readonly text: string;
  /** The SMS that this answers; taken back with it. */
  readonly answers?: string;
}

const REPORT_OF: Readonly<Record<Exclude<Fate['report'], 'none'>, Omit<Report, 'smsId'>>> = {
  delivered: { status: '12', exStatus: 'DELIVRD' },
  undelivered: { status: '13', exStatus: 'UNDELIV' },
  'no-answer': { status: '15', exStatus: 'UNKNOWN' },
  sent: { status: '10', exStatus: '' },
};

export class Customer {
  login: SimulatorAccount;
  /** The signature without its brackets. */
  readonly sign = '短信易';
  /** Messages left. */
  balance: number;
  readonly #reports = new DueQueue<Report>();
  readonly #inbound = new DueQueue<Inbound>();
  /** Ids of what waits for its time, and what is told of a cancelled one. */
  readonly #scheduled = new Map<string, { at: number; cancelled: string[] }>();

  constructor(login: SimulatorAccount, balance: number) {
    this.login = login;
    this.balance = balance;
  }

  get accessNumber(): string {
    return ACCESS_PREFIX + this.login.accountId;
  }

  /** What becomes of one SMS (of a long one: one part) that leaves at `at`. */
  expectReport(smsId: string, fate: Fate, at: number): void {
    if (fate.report !== 'none') this.#reports.add(at + fate.after, { smsId, ...REPORT_OF[fate.report] });
  }

  /** An SMS from a handset. `to` is a number that begins with ours, an extension after it; blank means ours. */
  arrive(at: number, sms: { from: string; to?: string; text: string; answers?: string }): void {
    const recvNumber = sms.to || this.accessNumber;
    const addNum = recvNumber.startsWith(this.accessNumber) ? recvNumber.slice(this.accessNumber.length) : '';
    this.#inbound.add(at, { from: sms.from, recvNumber, addNum, text: sms.text, answers: sms.answers });
  }

  takeReports(now: number): { due: number; value: Report }[] {
    return this.#reports.take(now, REPORTS_A_CALL, KEEP_REPORTS);
  }

  takeInbound(now: number): { due: number; value: Inbound }[] {
    return this.#inbound.take(now, INBOUND_A_CALL, KEEP_INBOUND);
  }

  /** Remembers an SMS that leaves at `at`; its id is added to `cancelled` if it is cancelled before. */
  schedule(smsId: string, at: number, cancelled: string[]): void {
    this.#scheduled.set(smsId, { at, cancelled });
    if (this.#scheduled.size > MOST_SCHEDULED) {
      const [oldest] = this.#scheduled.keys();
      if (oldest !== undefined) this.#scheduled.delete(oldest);
    }
  }

  /** Takes back what has not left yet, and its price. Gives the ids that were cancelled. */
  cancel(smsIds: readonly string[], now: number): ReadonlySet<string> {
    const gone = new Set<string>();
    for (const id of smsIds) {
      const waiting = this.#scheduled.get(id);
      if (!waiting) continue;
      this.#scheduled.delete(id);
      if (waiting.at <= now) continue;
      waiting.cancelled.push(id);
      gone.add(id);
    }
    if (gone.size > 0) {
      this.#reports.remove((report) => gone.has(report.smsId));
      this.#inbound.remove((inbound) => inbound.answers !== undefined && gone.has(inbound.answers));
      this.balance += gone.size;
    }
    return gone;
  }
}
