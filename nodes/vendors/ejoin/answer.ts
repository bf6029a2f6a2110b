/** Answers to calls (6.3.1.4), and what they say of each task. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer, RecipientResult } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, leadingInteger, parseJson, textOf, type JsonRecord } from '../json';
import { isDoubtful, isSuccess, taskFailure, TIMEOUT } from './codes';

export interface TaskAnswer {
  /** One for each tid, in their order. */
  readonly results: readonly RecipientResult[];
  readonly raw: unknown;
}

/** The body as JSON, or its text where it is none. */
export function rawOf(answer: HttpAnswer): unknown {
  return parseJson(answer.body) ?? answer.body.toString('utf8');
}

/** What an answer says of the tasks that were sent. A task that it does not speak of is in doubt. */
export function readTasks(answer: HttpAnswer, tids: readonly number[]): TaskAnswer {
  const raw = rawOf(answer);
  const all = (result: RecipientResult): TaskAnswer => ({ results: tids.map(() => result), raw });
  const refused = statusResult(answer);
  if (refused) return all(refused);
  if (!isRecord(raw)) return all(inDoubt(failure('unreadable-answer')));
  const rows = rowsOf(raw);
  const known = tids.map((tid) => rowResult(tid, rows));
  if (known.every((result) => result === undefined)) {
    const refusal = refusalOf(raw);
    // A tid is one task's: of several tasks without a row each, the others may have been taken.
    const unclear = refusal?.failure.code === 'duplicate-id' && tids.length > 1;
    if (refusal) return all(unclear ? inDoubt(refusal.failure) : refusal);
  }
  return { results: known.map((result) => result ?? inDoubt(failure('unreadable-answer', 'ejoin-no-row'))), raw };
}

/** The refusal of a whole call, by the `code` of its answer; nothing where it has none or the call was taken. */
export function refusalOf(raw: JsonRecord): Exclude<RecipientResult, { id: string }> | undefined {
  const code = leadingInteger(fieldOf(raw, 'code'));
  if (code === undefined || isSuccess(code)) return undefined;
  // What concerns the session has its words in `desc` (3.2.2).
  const why = taskFailure(code, textOf(fieldOf(raw, 'reason')) ?? textOf(fieldOf(raw, 'desc')));
  return { state: isDoubtful(code) ? 'in-doubt' : 'rejected', failure: why };
}

/** The rows of `status`; one object counts as a list of one. */
function rowsOf(raw: JsonRecord): readonly JsonRecord[] {
  const status = fieldOf(raw, 'status');
  if (Array.isArray(status)) return status.filter(isRecord);
  return isRecord(status) ? [status] : [];
}

/** What the rows say of one task; nothing where none is about it. Rows that contradict each other leave it in doubt. */
function rowResult(tid: number, rows: readonly JsonRecord[]): RecipientResult | undefined {
  const statuses = rows.filter((row) => isTid(fieldOf(row, 'tid'), tid)).map((row) => fieldOf(row, 'status'));
  if (statuses.length === 0) return undefined;
  const codes = new Set(statuses.map(leadingInteger));
  const code = leadingInteger(statuses[0]);
  if (codes.size > 1 || code === undefined) return inDoubt(failure('unreadable-answer', 'ejoin-no-row'));
  if (isSuccess(code)) return { state: 'accepted', id: String(tid) };
  const why = taskFailure(code, wordsOf(statuses[0]));
  return code === TIMEOUT ? inDoubt(why) : { state: 'rejected', failure: why };
}

function isTid(value: unknown, tid: number): boolean {
  const text = textOf(value);
  return text !== undefined && /^\d+$/.test(text) && Number(text) === tid;
}

/** What stands behind the code: `Port Unavailable` of `2 Port Unavailable`. */
export function wordsOf(status: unknown): string | undefined {
  return textOf((textOf(status) ?? '').replace(/^[+-]?\d+/, ''));
}

function inDoubt(why: Failure): RecipientResult {
  return { state: 'in-doubt', failure: why };
}
