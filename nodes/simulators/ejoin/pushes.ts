/**
 * Status reports (6.3.2) and received SMS (7): what the device buffers of them, and where it pushes them. The URLs and the
 * limits are its own configuration; what a request to send names takes the place of it (6.3.1.3).
 */
import type { Push } from '../pusher';
import type { Agenda } from './agenda';
import type { Fields } from './call';
import { Collector, type Limits } from './collector';
import type { ReceivedSms, SmsRow } from './inbox';
import { MAC } from './status';
import type { StatusReport } from './tasks';

export const JSON_HEADERS = { 'content-type': 'application/json;charset=utf-8' };

/** Of the request as a whole, where it names nothing (6.3.1.3). */
const REPORT_LIMITS: Limits = { count: 100, seconds: 30 };
const SMS_LIMITS: Limits = { count: 1, seconds: 30 };

export class Pushes {
  readonly #push: (push: Push) => void;
  readonly #reports: Collector<StatusReport>;
  readonly #rows: Collector<SmsRow>;
  #reportUrl: string | undefined;
  #reportLimits = REPORT_LIMITS;
  #smsUrl: string | undefined;
  #smsLimits = SMS_LIMITS;
  /** What counts again after a restart. */
  #saved: { readonly reportUrl?: string | undefined; readonly smsUrl?: string | undefined } = {};

  constructor(agenda: Agenda, push: (push: Push) => void) {
    this.#push = push;
    this.#reports = new Collector(
      agenda,
      () => this.#reportLimits,
      (rpts) => {
        this.#toReportUrl({ type: 'status-report', rpt_num: rpts.length, rpts });
      },
    );
    this.#rows = new Collector(
      agenda,
      () => this.#smsLimits,
      (sms) => {
        this.#toSmsUrl('version=1.1', JSON_HEADERS, JSON.stringify({ type: 'recv-sms', sms_num: sms.length, sms }));
      },
    );
  }

  /** Sets both URLs, as in the device's own screens; `undefined` ends the pushes. What is entered there is saved. */
  setUrl(url: string | undefined): void {
    this.#reportUrl = url;
    this.#smsUrl = url;
    this.#saved = { reportUrl: url, smsUrl: url };
  }

  /** Where received SMS go, `undefined` = nowhere: the parameter `sms_url` of the configuration (5.1.2). */
  get smsUrl(): string | undefined {
    return this.#smsUrl;
  }

  set smsUrl(url: string | undefined) {
    this.#smsUrl = url;
  }

  save(): void {
    this.#saved = { reportUrl: this.#reportUrl, smsUrl: this.#smsUrl };
  }

  /** The device starts anew: what it buffered is gone, and so is what was not saved. */
  restart(): void {
    this.#reports.clear();
    this.#rows.clear();
    this.#reportUrl = this.#saved.reportUrl;
    this.#smsUrl = this.#saved.smsUrl;
    this.#reportLimits = REPORT_LIMITS;
    this.#smsLimits = SMS_LIMITS;
  }

  /** Takes over what a request names. Its values have been checked; an empty URL is none. */
  configure({ sr_url, sr_cnt, sr_prd, sms_url, sms_cnt, sms_prd }: Fields): void {
    if (typeof sr_url === 'string' && sr_url !== '') this.#reportUrl = sr_url;
    if (typeof sms_url === 'string' && sms_url !== '') this.#smsUrl = sms_url;
    this.#reportLimits = limited(this.#reportLimits, sr_cnt, sr_prd);
    this.#smsLimits = limited(this.#smsLimits, sms_cnt, sms_prd);
  }

  get wantsReports(): boolean {
    return this.#reportUrl !== undefined;
  }

  report(report: StatusReport, at: number): void {
    if (this.wantsReports) this.#reports.add(report, at);
  }

  /** A delivery report is a row of `recv-sms`; the older form has no place for it. */
  deliveryRow(row: SmsRow, at: number): void {
    if (this.#smsUrl !== undefined && this.#isBuffered) this.#rows.add(row, at);
  }

  /** A received SMS, and its row. */
  received(sms: ReceivedSms, row: SmsRow, at: number): void {
    if (this.#smsUrl === undefined) return;
    if (this.#isBuffered) this.#rows.add(row, at);
    else this.#pushAlone(sms);
  }

  /** "Must be set to more than 1", says the table, for `recv-sms` to be used at all. */
  get #isBuffered(): boolean {
    return this.#smsLimits.count > 1;
  }

  /** The older form, "SMS to HTTP": parameters in the query, a block of headers and the text in the body. */
  #pushAlone({ port, from, to, smsc, iccid, scts, text }: ReceivedSms): void {
    const query = new URLSearchParams({ port, sender: from, mac: MAC, iccid }).toString();
    const head = `Sender: ${from}\r\nReceiver: ${to}\r\nSMSC: ${smsc}\r\nSCTS: ${scts}\r\n\r\n`;
    this.#toSmsUrl(query, { 'content-type': 'text/plain;charset=utf-8' }, head + text);
  }

  #toReportUrl(report: object): void {
    const url = this.#reportUrl;
    if (url === undefined) return;
    this.#push({
      url: withQuery(url, 'version=1.1'),
      headers: JSON_HEADERS,
      body: JSON.stringify(report),
      isWanted: () => this.#reportUrl === url,
    });
  }

  #toSmsUrl(query: string, headers: Push['headers'], body: string): void {
    const url = this.#smsUrl;
    if (url !== undefined)
      this.#push({ url: withQuery(url, query), headers, body, isWanted: () => this.#smsUrl === url });
  }
}

function limited(old: Limits, count: unknown, seconds: unknown): Limits {
  return {
    ...old,
    ...(typeof count === 'number' ? { count } : {}),
    ...(typeof seconds === 'number' ? { seconds } : {}),
  };
}

function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
