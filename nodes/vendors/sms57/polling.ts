/** What the two calls have in common that fetch events (sections 4 and 5). What was fetched is gone (assumed). */
import { failure, type Failure } from '../../core/failure';
import type { EventKind, HttpAnswer, Page, Source } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf } from '../json';
import { readAnswer } from './answer';
import { readEvents, rowsOf, type Reading } from './rows';
import type { Call } from './submit';

/** Makes a call of this account. */
export type Ask = (call: Call) => Promise<HttpAnswer>;

/** Rows that are asked for, within the limits of both calls (4.2: 10 to 10000, 5.2: 10 to 1000). */
const SIZE = 1000;

export function polledBy(action: 'report' | 'mo', kind: EventKind, ask: Ask, reading: Reading): Source {
  const size = String(SIZE);
  return {
    name: action,
    gives: [kind],
    interval: { default: 15, least: 5 },
    perId: false,
    once: { page: SIZE },
    // The table of 5.2 spells it `szie`, its sample `size`. The MD5 form covers the password alone.
    fetch: () => ask({ parameters: { action, size, szie: size }, signed: '' }),
    read: (answer) => readPage(answer, reading),
  };
}

/** 4.2.1, 5.3: a status for the request, then the rows. */
function readPage(answer: HttpAnswer, reading: Reading): Page | Failure {
  const status = statusResult(answer);
  if (status) return status.failure;
  const { record, refusal, unreadable } = readAnswer(answer);
  const reason = refusal ?? unreadable;
  if (reason) return reason;
  const rows = record ? rowsOf(fieldOf(record, 'list')) : undefined;
  return rows ? { ...readEvents(rows, reading), more: rows.length >= SIZE } : failure('unreadable-answer');
}
