/** An account of the gateway: its password, its balance, and what waits to be fetched. */
import { createHash } from 'node:crypto';
import type { SimulatorAccount } from '../simulator';
import { Waiting } from './waiting';

/** In 厘, a thousandth of a yuan. */
const PREPAID = 50_000_000;
const PRICE_OF_PART = 45;

/** A status report (sections 4.2.1 and 6.2). */
export interface ReportRow {
  readonly flag: 1;
  readonly mid: string;
  readonly spid: string;
  readonly accessCode: string;
  readonly mobile: string;
  readonly stat: string;
  readonly time: string;
}

/** What a handset sent (sections 5.3 and 6.2). */
export interface InboundRow {
  readonly flag: 0;
  readonly mid: string;
  readonly spid: string;
  readonly accessCode: string;
  readonly mobile: string;
  readonly content: string;
  readonly time: string;
}

export class Account {
  readonly username: string;
  readonly chargeType: 'PRECHARGE' | 'POSTCHARGE';
  /** Where reports and inbound SMS are pushed, as the customer told the supplier (section 6.1). */
  pushUrl: string | undefined;
  readonly reports = new Waiting<ReportRow>();
  readonly inbound = new Waiting<InboundRow>();
  #password: string;
  #balance: number;

  /** The vendor has no account id: `POSTCHARGE` in its place makes an account that is paid afterwards. */
  constructor({ accountId, username, password }: SimulatorAccount) {
    this.username = username;
    this.#password = password;
    this.chargeType = accountId === 'POSTCHARGE' ? 'POSTCHARGE' : 'PRECHARGE';
    this.#balance = this.chargeType === 'POSTCHARGE' ? 0 : PREPAID;
  }

  /** In 厘; negative where the account is paid afterwards. */
  get balance(): number {
    return this.#balance;
  }

  /** What the account has and what waits for it stays. */
  changePassword(password: string): void {
    this.#password = password;
  }

  /** Whether this is the password, plain or as the MD5 of the password and what the call appends to it. */
  admits(password: string, appended: string): boolean {
    return password === this.#password || password === md5(this.#password + appended);
  }

  /** Charges one SMS to one number. False where the balance does not suffice. */
  charge(content: string): boolean {
    const parts = content.length <= 70 ? 1 : Math.ceil(content.length / 67);
    const price = parts * PRICE_OF_PART;
    if (this.chargeType === 'PRECHARGE' && price > this.#balance) return false;
    this.#balance -= price;
    return true;
  }
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}
