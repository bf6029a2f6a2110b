/** What rows have in common: those of `querysms` and `querylines`, and the objects that the server pushes. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, textOf, type JsonRecord } from '../json';
import { readAnswer } from './answer';
import { rejection } from './sendsms';

/** The rows of an answer that is a list (3.2, 4.2), be it an empty one; else why there is none. */
export function readRows(answer: HttpAnswer): readonly unknown[] | Failure {
  const status = statusResult(answer);
  if (status) return status.failure;
  const { value, broken } = readAnswer(answer);
  if (broken) return broken;
  if (Array.isArray(value)) return value as unknown[];
  const isRejected = isRecord(value) && textOf(fieldOf(value, 'result'))?.toUpperCase() === 'REJECT';
  return isRejected ? rejection(value) : failure('unreadable-answer');
}

export interface RowsRead<Read> {
  readonly read: readonly Read[];
  /** All rows, as they came. */
  readonly raw: readonly unknown[];
}

/** What `read` makes of the rows. Those that make no sense are left out; where there are no others, nothing was read. */
export function readEach<Read extends object>(
  answer: HttpAnswer,
  read: (row: JsonRecord) => Read | undefined,
): RowsRead<Read> | Failure {
  const raw = readRows(answer);
  if ('code' in raw) return raw;
  const found = raw.map((row) => (isRecord(row) ? read(row) : undefined)).filter((each) => each !== undefined);
  return found.length > 0 || raw.length === 0 ? { read: found, raw } : failure('unreadable-answer');
}

/** The line of a row: none where it is null (seen) or `"null"` (3.2). */
export function lineOf(row: JsonRecord): string | undefined {
  const line = textOf(fieldOf(row, 'goip_line'));
  return line?.toLowerCase() === 'null' ? undefined : line;
}
