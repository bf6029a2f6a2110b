/** Section 4: the state of all lines. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, textOf } from '../json';
import { readAnswer } from './answer';
import { rejection } from './sendsms';

/** What the answer to `querylines` (4.2) says against the account: nothing, where it is a list, be it an empty one. */
export function readProbe(answer: HttpAnswer): Failure | undefined {
  const status = statusResult(answer);
  if (status) return status.failure;
  const { value, broken } = readAnswer(answer);
  if (broken) return broken;
  if (Array.isArray(value)) return undefined;
  const isRejected = isRecord(value) && textOf(fieldOf(value, 'result'))?.toUpperCase() === 'REJECT';
  return isRejected ? rejection(value) : failure('unreadable-answer');
}
