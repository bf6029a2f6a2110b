/**
 * The platform's pushes: `rpts` (section 4) to `<url>/report`, `mos` (section 5) to `<url>/mo`. Nobody looks at the answer,
 * and what did not arrive is lost. This is the vendor that pushes out of order: the records of a push are mixed, of several
 * pushes at one time the last goes first, and every third is held up until others have overtaken it.
 */
import { Alarm } from '../alarm';
import type { Due } from '../due-queue';
import { Pusher } from '../pusher';
import type { Timers } from '../server';
import { shanghaiDigits } from '../shanghai';
import type { Inbound, Outbox, Report } from './outbox';

/** Milliseconds that records are gathered. */
const GATHER = 200;
const HELD_UP = 700;
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' };

/** Whose records are pushed, and where. */
export interface Addressee {
  readonly outbox: Outbox;
  pushUrl: string | undefined;
}

export class Pushes {
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #pusher: Pusher;
  readonly #alarm: Alarm;
  /** Those that have a URL. */
  readonly #addressees = new Set<Addressee>();
  #pushed = 0;
  #serial = 0;

  constructor(timers: Timers, now: () => number) {
    this.#timers = timers;
    this.#now = now;
    this.#pusher = new Pusher(timers);
    this.#alarm = new Alarm(timers, now, () => this.#pushDue(), GATHER);
  }

  pushTo(addressee: Addressee, url: string | undefined): void {
    addressee.pushUrl = url;
    if (url === undefined) this.#addressees.delete(addressee);
    else this.#addressees.add(addressee);
    this.expect(addressee);
  }

  /** Something was added to the outbox. */
  expect(addressee: Addressee): void {
    if (this.#addressees.has(addressee)) this.#alarm.set(addressee.outbox.next);
  }

  #pushDue(): number {
    const now = this.#now();
    for (const addressee of this.#addressees) {
      const { outbox, pushUrl: url } = addressee;
      if (url === undefined) continue;
      const reports = pagesOf(() => outbox.takeReports(now)).map((page) => ({
        call: 'report',
        form: `rpts=${mixed(page)
          .map((report) => this.#reportRecord(report))
          .join(';')}`,
        giveBack: () => {
          for (const { due, value } of page) outbox.addReport(due, value);
        },
      }));
      const inbound = pagesOf(() => outbox.takeInbound(now)).map((page) => ({
        call: 'mo',
        // A semicolon also stands behind the last one, as in the sample of section 5.2.
        form: `mos=${mixed(page)
          .map((sms) => `${this.#inboundRecord(sms)};`)
          .join('')}`,
        giveBack: () => {
          for (const { due, value } of page) outbox.arrive(due, value);
        },
      }));
      for (const { call, form, giveBack } of [...reports.reverse(), ...inbound.reverse()]) {
        const push = {
          url: below(url, call),
          headers: HEADERS,
          body: form,
          isWanted: () => addressee.pushUrl === url,
          // It was never pushed: it goes where the account has its pushes now.
          onEnd: (end: string) => {
            if (end !== 'unwanted') return;
            giveBack();
            this.expect(addressee);
          },
        };
        this.#pushed += 1;
        if (this.#pushed % 3 !== 0) this.#pusher.push(push);
        else
          this.#timers.later(HELD_UP, () => {
            this.#pusher.push(push);
          });
      }
    }
    return Math.min(...[...this.#addressees].map(({ outbox }) => outbox.next));
  }

  #reportRecord({ due, value }: Due<Report>): string {
    return this.#record([guarded(value.mob), value.status, value.id, shanghaiDigits(due)]);
  }

  #inboundRecord({ due, value }: Due<Inbound>): string {
    return this.#record([guarded(value.mob), guarded(value.sub), urlEncoded(value.text), shanghaiDigits(due)]);
  }

  /** Fields by commas. Every second record ends with the serial number that only one of the tables names. */
  #record(fields: readonly string[]): string {
    this.#serial += 1;
    const serial = this.#serial % 2 === 0 ? [String(this.#serial).padStart(12, '0')] : [];
    return [...fields, ...serial].join(',');
  }
}

function pagesOf<T>(take: () => T[]): T[][] {
  const pages: T[][] = [];
  for (let page = take(); page.length > 0; page = take()) pages.push(page);
  return pages;
}

/** The second, the fourth and so on from behind, then the first, the third and so on: never in order. */
function mixed<T>(records: readonly T[]): T[] {
  const isSecond = (_: T, index: number): boolean => index % 2 === 1;
  const isFirst = (_: T, index: number): boolean => index % 2 === 0;
  return [...records.filter(isSecond).reverse(), ...records.filter(isFirst)];
}

/** A number stands there as it is; what would be no form is encoded. */
function guarded(number: string): string {
  return number.replace(/[^\w.*-]/gu, urlEncoded);
}

/** UTF-8, percent-encoded as `URLEncoder` of the sample in section 2.2 does it: a blank is a `+`. */
function urlEncoded(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[\w.*-]/.test(character)) return character;
      return byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** An address below a URL, whatever that ends with. */
function below(url: string, call: string): string {
  if (!URL.canParse(url)) return url;
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/${call}`;
  return address.href;
}
