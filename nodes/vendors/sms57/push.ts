/** Section 6: reports and inbound SMS that the gateway pushes, both to one URL. */
import type { Push, PushRead } from '../driver';
import { fieldOf, isRecord, parseJson, type JsonRecord } from '../json';
import { readEvents, rowsOf, type Reading } from './rows';

/** 6.3: what is answered once the rows are stored, exactly. */
export const PUSH_ANSWER = 'OK';

/** 6.2: an array. One row without it is taken as well, and a list in the form that the polls have. */
export function readPush({ body }: Push, reading: Reading): PushRead | undefined {
  const value = parseJson(body);
  if (!isRecord(value) && !Array.isArray(value)) return undefined;
  const rows = rowsOf(isRecord(value) && isList(value) ? fieldOf(value, 'list') : value);
  if (!rows) return undefined;
  const events = readEvents(rows, reading);
  const [reports, inbound] = [events.reports.length > 0, events.inbound.length > 0];
  if (rows.length > 0 && !reports && !inbound) return undefined;
  const type = reports ? (inbound ? 'mixed' : 'report') : inbound ? 'inbound' : 'empty';
  return { type, ...events };
}

function isList(value: JsonRecord): boolean {
  return fieldOf(value, 'list') !== undefined && fieldOf(value, 'mobile') === undefined;
}
