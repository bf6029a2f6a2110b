/** Inbound SMS and delivery reports: the push `recv-sms` (7), whose rows are those of the poll (8) as well. */
import { failure, vendorTextKey } from '../../core/failure';
import type { Inbound } from '../../core/inbound';
import type { Report } from '../../core/report';
import type { Events } from '../driver';
import { identityOf } from '../identity';
import { fieldOf, textOf, type JsonRecord } from '../json';
import { eventsOf, lineIn, momentIn, withoutIccid, type Row } from './cells';
import { DELIVERY_CODES, deliveryMeaning } from './codes';
import { readContent } from './sms-text';

/** A push (7.2.3); `undefined` where it has no list of SMS. */
export function readRecvSms(body: JsonRecord): Events | undefined {
  const rows = fieldOf(body, 'sms');
  return Array.isArray(rows) ? readSmsRows(rows) : undefined;
}

/** The rows of a push or of a poll. */
export function readSmsRows(rows: Row): Events {
  const reports: Report[] = [];
  const inbound: Inbound[] = [];
  const unreadable: unknown[] = [];
  for (const row of rows) {
    const parts = Array.isArray(row) ? partsOf(row) : undefined;
    const report = parts?.flag === '1' ? deliveryReport(parts) : undefined;
    const sms = parts?.flag === '0' ? inboundSms(parts) : undefined;
    if (report) reports.push(report);
    else if (sms) inbound.push(sms);
    else unreadable.push(row);
  }
  return eventsOf({ reports, inbound, unreadable });
}

/** What SMS and delivery reports have in common. */
interface Parts {
  /** 0 = an SMS, 1 = a delivery report. */
  readonly flag: string | undefined;
  readonly line?: string;
  readonly iccid?: string;
  /** When the device received it, in epoch milliseconds. */
  readonly at: number;
  /** Sender; the service centre of a delivery report. */
  readonly from?: string;
  /** Recipient; that of the SMS that a delivery report is about. */
  readonly to?: string;
  readonly content: string;
  readonly raw: Row;
}

/** `[flag, port, seconds, from, to, content]`, an ICCID perhaps in the third place, anything behind it. */
function partsOf(row: Row): Parts | undefined {
  const { cells, iccid } = withoutIccid(row, 2);
  const [flag, port, seconds, from, to, content] = cells;
  const line = lineIn(port);
  const at = momentIn(seconds);
  if (line === undefined || at === undefined) return undefined;
  if (typeof content !== 'string' && typeof content !== 'number') return undefined;
  const numbers = { from: textOf(from), to: textOf(to) };
  return { flag: textOf(flag), ...line, iccid, at, ...numbers, content: String(content), raw: row };
}

/** What a row has in common with the same SMS in the form "SMS to HTTP", which has other times and need not have a recipient. */
export function twinName(line: string | undefined, from: string, text: string): string {
  return identityOf(line, from.replace(/^(\+|00)/, ''), text);
}

/** An SMS. It has no id: what the device tells of it, and the text, tell it from others. */
function inboundSms(parts: Parts): Inbound | undefined {
  const { line, iccid, to, raw } = parts;
  const { text, sender, smsc, at } = readContent(parts.content);
  const from = parts.from ?? sender;
  if (from === undefined) return undefined;
  return {
    from,
    ...(to === undefined ? {} : { to }),
    ...(line === undefined ? {} : { line }),
    text,
    at: at ?? parts.at,
    ...(smsc === undefined ? {} : { smsc }),
    ...(iccid === undefined ? {} : { iccid }),
    identity: identityOf(line, parts.at, from, to, text),
    twin: { name: twinName(line, from, text), form: 'row' },
    raw,
  };
}

/** A delivery report, `code scts`. It does not say which task the SMS was of. */
function deliveryReport({ flag, line, at, from, to, content, raw }: Parts): Report | undefined {
  const vendorCode = /^\s*(\d{1,9})(?:\s|$)/.exec(content)?.[1];
  if (vendorCode === undefined || to === undefined) return undefined;
  const code = Number(vendorCode);
  const { state, final, code: reason } = deliveryMeaning(code);
  const isListed = Object.hasOwn(DELIVERY_CODES, code);
  const said = { vendorCode, ...(isListed ? { vendorTextKey: vendorTextKey('delivery', code) } : {}) };
  return {
    ...{ to, state, final, at },
    ...(line === undefined ? {} : { line }),
    ...said,
    ...(reason === undefined ? {} : { failure: { ...failure(reason), ...said } }),
    identity: identityOf(flag, line, at, from, to, content),
    raw,
  };
}
