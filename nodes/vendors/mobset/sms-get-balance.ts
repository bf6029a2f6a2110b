/** The account (document, 4.4, `Methods=SmsGetBalance`). */
import type { Balance } from '../../core/account';
import { failure, SmsError, type Failure } from '../../core/failure';
import { answeredOrFailure, type Connection } from './call';

/** 4.4.2: `Code` is the number of SMS that may still be sent. */
async function query(connection: Connection): Promise<Balance | Failure> {
  const answer = answeredOrFailure(await connection.call('SmsGetBalance', []));
  if (!('record' in answer)) return answer;
  const { code, record } = answer;
  if (!Number.isSafeInteger(code)) return failure('unreadable-answer');
  return { amount: code, unit: 'messages', postpaid: false, raw: record };
}

export async function balance(connection: Connection): Promise<Balance> {
  const answer = await query(connection);
  if ('code' in answer) throw new SmsError(answer);
  return answer;
}

/** Whether the account works: its login is taken and there is at least one SMS left. */
export async function probe(connection: Connection): Promise<Failure | undefined> {
  const answer = await query(connection);
  if ('code' in answer) return answer;
  return answer.amount > 0 ? undefined : failure('insufficient-balance');
}
