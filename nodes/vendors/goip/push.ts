/** 2.3 and 5: what the server pushes, an object for each POST. One URL serves both. */
import type { Inbound } from '../../core/inbound';
import type { Report } from '../../core/report';
import type { Push, PushRead } from '../driver';
import { fieldOf, isRecord, parseJson, type JsonRecord } from '../json';
import { readInbound } from './received';
import { readReport } from './task-status';

/** The server takes any answer (seen). */
export const PUSH_ANSWER = 'OK';

/** What comes where the server had nothing to tell (seen). */
const NOTHING: readonly string[] = ['', 'false', 'null'];

/** Reads a push; an array of such objects is taken as well. */
export function readPush({ body }: Push, zone: string): PushRead | undefined {
  // A byte order mark is trimmed like a blank.
  const text = body.toString('utf8').trim();
  const value = NOTHING.includes(text) ? [] : parseJson(text);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  const reports: Report[] = [];
  const inbound: Inbound[] = [];
  const unreadable: unknown[] = [];
  for (const row of rows) {
    const report = isRecord(row) ? readReport(row, zone) : undefined;
    const received = isRecord(row) && !isOfTask(row) ? readInbound(row, zone) : undefined;
    if (report) reports.push(report);
    else if (received) inbound.push(received);
    else unreadable.push(row);
  }
  const type = reports.length > 0 ? 'report' : inbound.length > 0 ? 'inbound' : 'empty';
  if (type === 'empty' && rows.length > 0) return undefined;
  return { type, reports, inbound, devices: [], unreadable };
}

function isOfTask(row: JsonRecord): boolean {
  return fieldOf(row, 'taskID') !== undefined;
}
