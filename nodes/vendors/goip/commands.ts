/** Commands of flows: what became of a task (section 3), and the state of all lines (section 4). */
import type { CommandAnswer, CommandRequest, CommandSpec } from '../../core/command';
import { failure, SmsError, type Failure } from '../../core/failure';
import type { Report } from '../../core/report';
import { writeMoment } from '../../core/time';
import type { HttpAnswer } from '../driver';
import { textOf, type JsonRecord } from '../json';
import type { Call } from './endpoint';
import { readLines } from './querylines';
import { readEach, type RowsRead } from './rows';
import { readReport } from './task-status';

/** Makes a call of this account. */
export type Ask = (call: Call, parameters: JsonRecord) => Promise<HttpAnswer>;

export const COMMANDS: readonly CommandSpec[] = [
  { name: 'status', ports: 'none', args: [] },
  {
    name: 'query',
    ports: 'none',
    // The server puts an id into its SQL as it comes: nothing but what 2.2 says an id is.
    args: [{ name: 'id', type: 'string', scope: 'both', pattern: /\d{1,20}(?:\.\+?\d{1,20})?/ }],
  },
];

/**
 * Runs a command: `status` gives `{ ports: PortStatus[] }`, `query` gives `{ rows: TaskRow[] }`, no rows where the server
 * does not know the task. Times are written in `zone`. Throws `invalid-message` where `query` lacks its id.
 */
export async function run(ask: Ask, zone: string, command: string, { args }: CommandRequest): Promise<CommandAnswer> {
  switch (command) {
    case 'status': {
      const { read, raw } = orThrow(readLines(await ask('querylines', {})));
      return { payload: { ports: read }, raw };
    }
    case 'query': {
      const taskID = textOf(args.id);
      if (taskID === undefined) throw new SmsError(failure('invalid-message', 'goip-no-id', { field: 'id' }));
      const answer = await ask('querysms', { taskID });
      const { read, raw } = orThrow(readEach(answer, (row) => readReport(row, zone)));
      return { payload: { rows: read.map((report) => rowOf(report, zone)) }, raw };
    }
    default:
      throw new SmsError(failure('unsupported'));
  }
}

/** How far the SMS to one recipient of a task has come. */
export interface TaskRow extends Pick<Report, 'id' | 'state'> {
  readonly to: string | null;
  readonly line: string | null;
  /** ISO 8601 with offset. */
  readonly at: string | null;
  readonly vendorCode: string | null;
  /** Where the locales hold the text of `vendorCode`: a key below `vendors.goip`. */
  readonly vendorTextKey: string | null;
}

function rowOf(report: Report, zone: string): TaskRow {
  const { id, to = null, line = null, state, at, vendorCode = null, vendorTextKey = null } = report;
  return { id, to, line, state, at: at === undefined ? null : writeMoment(at, zone), vendorCode, vendorTextKey };
}

function orThrow<Read>(rows: RowsRead<Read> | Failure): RowsRead<Read> {
  if ('code' in rows) throw new SmsError(rows);
  return rows;
}
