/** Section 3: the balance, the one call that changes nothing. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, textOf } from '../json';
import { readAnswer } from './answer';

/** What the answer to `balance` (3.3) says against the account. A postpaid balance is negative by nature. */
export function readProbe(answer: HttpAnswer): Failure | undefined {
  const status = statusResult(answer);
  if (status) return status.failure;
  const { record, refusal, unreadable } = readAnswer(answer);
  if (!record || refusal) return refusal ?? unreadable;
  const isPrepaid = textOf(fieldOf(record, 'chargeType'))?.toUpperCase() === 'PRECHARGE';
  const balance = Number(textOf(fieldOf(record, 'balance')));
  return isPrepaid && balance <= 0 ? failure('insufficient-balance', 'sms57-balance') : undefined;
}
