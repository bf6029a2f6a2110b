/** Section 3: asking what became of a task. Pushes are sent once (seen), so a lost one is made up for here. */
import type { HttpAnswer, Page, Source } from '../driver';
import { isRecord, type JsonRecord } from '../json';
import { readRows } from './rows';
import { readReport } from './task-status';

/** `querysms` (3.1), by the id that `sendsms` gave: it answers for all numbers of the task. */
export function querysms(ask: (parameters: JsonRecord) => Promise<HttpAnswer>, zone: string): Source {
  return {
    name: 'querysms',
    gives: ['reports'],
    interval: { default: 30, least: 5 },
    perId: true,
    fetch: ({ id = '' }) => ask({ taskID: id }),
    read: (answer) => {
      const rows = readRows(answer);
      return 'code' in rows ? rows : pageOf(rows, zone);
    },
  };
}

/** 3.2: a row for each number; none where the server does not know the task. */
function pageOf(rows: readonly unknown[], zone: string): Page {
  const read = rows.map((row) => ({ row, report: isRecord(row) ? readReport(row, zone) : undefined }));
  return {
    reports: read.flatMap(({ report }) => report ?? []),
    inbound: [],
    devices: [],
    unreadable: read.filter(({ report }) => report === undefined).map(({ row }) => row),
    more: false,
  };
}
