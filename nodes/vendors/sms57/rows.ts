/** 4.2.1, 5.3, 6.2: rows have one form, whether they are fetched or pushed. */
import type { Inbound } from '../../core/inbound';
import type { Report } from '../../core/report';
import { readWallClock } from '../../core/time';
import type { Events } from '../driver';
import { identityOf } from '../identity';
import { fieldOf, isRecord, textOf, type JsonRecord } from '../json';
import { integerOf } from './answer';
import { statMeaning } from './codes';

/** What it takes to read the rows of an account. */
export interface Reading {
  /** IANA zone of the times. */
  readonly zone: string;
  /** The account's access number; blank where none is configured. */
  readonly extno: string;
}

/** The rows of a list: that itself, or an object that stands for a list of one. Nothing to tell is null or missing. */
export function rowsOf(list: unknown): readonly unknown[] | undefined {
  if (list === undefined || list === null || list === '') return [];
  if (Array.isArray(list)) return list as unknown[];
  return isRecord(list) ? [list] : undefined;
}

export function readEvents(rows: readonly unknown[], reading: Reading): Events {
  const reports: Report[] = [];
  const inbound: Inbound[] = [];
  const unreadable: unknown[] = [];
  for (const row of rows) {
    const kind = isRecord(row) ? kindOf(row) : undefined;
    const report = isRecord(row) && kind === 'report' ? readReport(row, reading) : undefined;
    const received = isRecord(row) && kind === 'inbound' ? readInbound(row, reading) : undefined;
    if (report) reports.push(report);
    else if (received) inbound.push(received);
    else unreadable.push(row);
  }
  return { reports, inbound, devices: [], unreadable };
}

/** `flag` 1 is a report, 0 an SMS; of a row without it, `stat` or `content` tells. */
function kindOf(row: JsonRecord): 'report' | 'inbound' | undefined {
  const flag = fieldOf(row, 'flag');
  if (flag === undefined || flag === null || flag === '') {
    if (textOf(fieldOf(row, 'stat')) !== undefined) return 'report';
    return fieldOf(row, 'content') === undefined ? undefined : 'inbound';
  }
  const digits = integerOf(flag);
  const number = digits === undefined ? undefined : Number(digits);
  if (number === 1) return 'report';
  return number === 0 ? 'inbound' : undefined;
}

/** 4.2.1: nothing where the id or the status code is missing. */
function readReport(row: JsonRecord, { zone }: Reading): Report | undefined {
  const id = textOf(fieldOf(row, 'mid'));
  const stat = textOf(fieldOf(row, 'stat'));
  if (id === undefined || stat === undefined) return undefined;
  const { state, final, vendorTextKey, failure } = statMeaning(stat);
  const to = textOf(fieldOf(row, 'mobile'));
  const at = readWallClock(fieldOf(row, 'time'), zone);
  return {
    id,
    ...(to === undefined ? {} : { to }),
    state,
    final,
    ...(at === undefined ? {} : { at }),
    vendorCode: stat,
    ...(vendorTextKey === undefined ? {} : { vendorTextKey }),
    ...(failure === undefined ? {} : { failure }),
    raw: row,
  };
}

/** 5.3: nothing where the sender or the text is missing. A text may be empty. */
function readInbound(row: JsonRecord, { zone, extno }: Reading): Inbound | undefined {
  const from = textOf(fieldOf(row, 'mobile'));
  const content = fieldOf(row, 'content');
  const text = typeof content === 'number' ? String(content) : content;
  if (from === undefined || typeof text !== 'string') return undefined;
  const id = textOf(fieldOf(row, 'mid'));
  const to = textOf(fieldOf(row, 'accessCode'));
  const at = readWallClock(fieldOf(row, 'time'), zone);
  // With neither id nor time, nothing would tell a second YES from the first.
  const isAnybody = id === undefined && at === undefined;
  return {
    ...(id === undefined ? {} : { id }),
    from,
    ...(to === undefined ? {} : { to, ...extensionOf(to, extno) }),
    text,
    ...(at === undefined ? {} : { at }),
    ...(isAnybody ? {} : { identity: identityOf(id, from, to, at, text) }),
    raw: row,
  };
}

/** What follows the account's own access number. */
function extensionOf(accessCode: string, extno: string): Pick<Inbound, 'extension'> {
  const isExtended = extno !== '' && accessCode.length > extno.length && accessCode.startsWith(extno);
  return isExtended ? { extension: accessCode.slice(extno.length) } : {};
}
