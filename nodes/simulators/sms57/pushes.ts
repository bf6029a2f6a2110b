/**
 * The gateway's pushes (section 6): reports and inbound SMS of an account in one array, until the answer is `OK`. This is
 * the vendor that pushes everything twice.
 */
import { Alarm } from '../alarm';
import { Pusher, type Push } from '../pusher';
import type { Timers } from '../server';
import type { Account } from './account-state';

/** Rows of one push; the document has no limit. */
const MOST_ROWS = 100;
/** Milliseconds that rows are gathered. */
const GATHER = 50;
/** Milliseconds between a push that was acknowledged and its repetition. */
const REPEAT_AFTER = 500;
/** Pauses before a push that was not acknowledged is pushed again, in milliseconds. The document names none. */
export const PAUSES: readonly number[] = [1000, 2000, 4000, 8000, 16_000];

export class Pushes {
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #pauses: readonly number[];
  readonly #pusher: Pusher;
  readonly #alarm: Alarm;
  /** Those that have a URL. */
  readonly #accounts = new Set<Account>();

  constructor(timers: Timers, now: () => number, pauses: readonly number[] = PAUSES) {
    this.#timers = timers;
    this.#now = now;
    this.#pauses = pauses;
    this.#pusher = new Pusher(timers);
    this.#alarm = new Alarm(timers, now, () => this.#pushDue(), GATHER);
  }

  pushTo(account: Account, url: string | undefined): void {
    if (url === account.pushUrl) return;
    account.pushUrl = url;
    account.reports.forgetPushes();
    account.inbound.forgetPushes();
    if (url === undefined) this.#accounts.delete(account);
    else this.#accounts.add(account);
    this.expect(account);
  }

  /** Something was added to what waits for the account. */
  expect(account: Account): void {
    if (this.#accounts.has(account)) this.#alarm.set(nextOf(account));
  }

  #pushDue(): number {
    for (const account of this.#accounts) while (this.#pushRows(account));
    return Math.min(...[...this.#accounts].map(nextOf));
  }

  /** False where nothing is due. */
  #pushRows(account: Account): boolean {
    const { pushUrl: url, reports, inbound } = account;
    const now = this.#now();
    const received = inbound.takeForPush(now, MOST_ROWS);
    const reported = reports.takeForPush(now, MOST_ROWS - received.length);
    if (url === undefined || received.length + reported.length === 0) return false;
    const rows = [...received, ...reported].sort((one, other) => one.due - other.due).map(({ value }) => value);
    const push: Push = {
      url,
      headers: { 'content-type': 'application/json;charset=UTF-8' },
      body: JSON.stringify(rows),
      isWanted: () => account.pushUrl === url,
      acknowledges: ({ status, body }) => status === 200 && body === 'OK',
    };
    this.#pusher.push({
      ...push,
      again: this.#pauses,
      onEnd: (end) => {
        if (end !== 'arrived') return;
        const arrived = new Set<object>(rows);
        reports.acknowledge(arrived);
        inbound.acknowledge(arrived);
        this.#timers.later(REPEAT_AFTER, () => {
          this.#pusher.push(push);
        });
      },
    });
    return true;
  }
}

function nextOf({ reports, inbound }: Account): number {
  return Math.min(reports.next, inbound.next);
}
