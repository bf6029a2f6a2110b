/** Section 3: the balance, the one call that changes nothing. */
import type { Balance } from '../../core/account';
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, textOf } from '../json';
import { readAnswer } from './answer';
import type { Call } from './submit';

/** 3.2: the MD5 form covers the password alone. */
export const BALANCE: Call = { parameters: { action: 'balance' }, signed: '' };

/** 3.3: 厘 in a yuan. */
const LI = 1000;

interface AccountState {
  /** In CNY; absent where the answer has no balance. */
  readonly amount?: number;
  /** In capitals: `PRECHARGE` or `POSTCHARGE`. */
  readonly chargeType?: string;
  readonly raw: unknown;
}

/** What the answer to `balance` (3.3) says of the account, or why it says nothing. */
function readState(answer: HttpAnswer): AccountState | Failure {
  const status = statusResult(answer);
  if (status) return status.failure;
  const { record, refusal, unreadable, raw } = readAnswer(answer);
  if (!record || refusal) return refusal ?? unreadable ?? failure('unreadable-answer');
  const balance = textOf(fieldOf(record, 'balance'));
  const amount =
    balance !== undefined && /^[+-]?\d{1,15}(?:\.\d{1,6})?$/.test(balance) ? Number(balance) / LI : undefined;
  return { amount, chargeType: textOf(fieldOf(record, 'chargeType'))?.toUpperCase(), raw };
}

/** The balance in CNY. An account that does not say how it is paid is known by a balance below 0. */
export function readBalance(answer: HttpAnswer): Balance | Failure {
  const state = readState(answer);
  if ('code' in state) return state;
  const { amount, chargeType, raw } = state;
  if (amount === undefined) return failure('unreadable-answer');
  const postpaid = chargeType === 'POSTCHARGE' || (chargeType !== 'PRECHARGE' && amount < 0);
  return { amount, unit: 'CNY', postpaid, raw };
}

/** What the answer says against the account. A postpaid balance is negative by nature. */
export function readProbe(answer: HttpAnswer): Failure | undefined {
  const state = readState(answer);
  if ('code' in state) return state;
  const { amount, chargeType } = state;
  const isSpent = chargeType === 'PRECHARGE' && amount !== undefined && amount <= 0;
  return isSpent ? failure('insufficient-balance', 'sms57-balance') : undefined;
}
