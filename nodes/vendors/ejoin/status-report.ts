/** What became of tasks: the push `status-report` (6.3.2). */
import { ACCOUNT_CODES, failure, type Failure } from '../../core/failure';
import type { Report } from '../../core/report';
import type { Events } from '../driver';
import { fieldOf, isRecord, leadingInteger, textOf, type JsonRecord } from '../json';
import { wordsOf } from './answer';
import { eventsOf, lineIn, momentIn, withoutIccid, type Row } from './cells';
import { isSuccess, TASK_CODES, taskFailure, TIMEOUT } from './codes';

/**
 * A push; `undefined` where it has no list of reports (one report may stand for the list). The totals of a report are
 * those since the task began, and say of no recipient what became of it: only the rows count.
 */
export function readStatusReport(body: JsonRecord): Events | undefined {
  const rpts = fieldOf(body, 'rpts');
  if (!Array.isArray(rpts) && !isRecord(rpts)) return undefined;
  const reports: Report[] = [];
  const unreadable: unknown[] = [];
  for (const rpt of Array.isArray(rpts) ? (rpts as Row) : [rpts]) {
    const id = isRecord(rpt) ? textOf(fieldOf(rpt, 'tid')) : undefined;
    if (!isRecord(rpt) || id === undefined || !/^\d+$/.test(id)) {
      unreadable.push(rpt);
      continue;
    }
    for (const name of ['sdr', 'fdr'] as const) {
      const rows = fieldOf(rpt, name) ?? [];
      if (!Array.isArray(rows)) unreadable.push(rpt);
      else {
        for (const row of rows as Row) {
          const report = Array.isArray(row) ? reportOf(id, name, row) : undefined;
          if (report) reports.push(report);
          else unreadable.push(row);
        }
      }
    }
  }
  return eventsOf({ reports, unreadable });
}

/**
 * `[index, number, port, seconds]`, and in `fdr` the program's and the operator's cause. Where the index begins is not
 * said, so the number tells whom the row is about.
 */
function reportOf(id: string, name: 'sdr' | 'fdr', row: Row): Report | undefined {
  const { cells } = withoutIccid(row, 3);
  const [, number, port, seconds, program, operator] = cells;
  const to = textOf(number);
  const line = lineIn(port);
  const at = momentIn(seconds);
  if (to === undefined || line === undefined || at === undefined) return undefined;
  const told = { id, to, at, ...line };
  if (name === 'sdr') return { ...told, state: 'sent', final: false, raw: row };
  const why = causeOf(program, operator);
  const { vendorCode, vendorText, vendorTextKey } = why;
  return {
    ...told,
    // The device heard nothing from the network, which is no proof that nothing was sent.
    state: why.code === 'no-answer' ? 'unknown' : 'undelivered',
    final: true,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(vendorText === undefined ? {} : { vendorText }),
    ...(vendorTextKey === undefined ? {} : { vendorTextKey }),
    failure: why,
    raw: row,
  };
}

/**
 * Why an SMS failed. The table of the program's causes is in another document; samples use the task codes. Where the
 * operator names a cause, the program's only says that sending failed, and the operator's words are worth more.
 */
function causeOf(program: unknown, operator: unknown): Failure {
  const code = leadingInteger(program);
  const why = programCause(code, wordsOf(program));
  const said = leadingInteger(operator);
  if (code === TIMEOUT || said === 0 || textOf(operator) === undefined) return why;
  const known = code !== undefined && Object.hasOwn(TASK_CODES, code);
  const words = wordsOf(operator);
  return {
    ...failure(known ? why.code : 'undelivered'),
    ...(said === undefined ? {} : { vendorCode: String(said) }),
    ...(words === undefined ? {} : { vendorText: words }),
  };
}

function programCause(code: number | undefined, words: string | undefined): Failure {
  if (code === undefined) return { ...failure('undelivered'), ...(words === undefined ? {} : { vendorText: words }) };
  const why = taskFailure(code, words);
  // What a task code says of the account is about the call, and this is about an SMS that was taken.
  return isSuccess(code) || ACCOUNT_CODES.has(why.code) ? { ...why, code: 'undelivered' } : why;
}
