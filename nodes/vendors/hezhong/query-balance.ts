/** The balance (document, 三, `QueryBalance.do`). Its unit is not stated. */
import type { Balance } from '../../core/account';
import { failure, SmsError, type Failure } from '../../core/failure';
import { statusResult } from '../http-status';
import { refusal, tidy, type Connection } from './call';

/** 三.3: a number from 0 on is the balance; all else is assumed to be a code of 二.3. */
async function query(connection: Connection): Promise<Balance | Failure> {
  const { http, text } = await connection.call('QueryBalance', []);
  const status = statusResult(http);
  if (status !== undefined) return status.failure;
  const digits = /^\+?(\d{1,15}(?:\.\d{0,15})?)$/.exec(tidy(text))?.[1];
  if (digits === undefined) return refusal(text) ?? failure('unreadable-answer');
  return { amount: Number(digits), unit: 'unspecified', postpaid: false, raw: text };
}

export async function balance(connection: Connection): Promise<Balance> {
  const answer = await query(connection);
  if ('code' in answer) throw new SmsError(answer);
  return answer;
}

/** Whether the account works: its login is taken and something is left. */
export async function probe(connection: Connection): Promise<Failure | undefined> {
  const answer = await query(connection);
  if ('code' in answer) return answer;
  return answer.amount > 0 ? undefined : failure('insufficient-balance');
}
