/** The balance (document, 三, `QueryBalance.do`). Its unit is not stated. */
import { failure, type Failure } from '../../core/failure';
import { statusResult } from '../http-status';
import { refusal, tidy, type Connection } from './call';

/** Whether the account works: its login is taken and something is left. */
export async function probe(connection: Connection): Promise<Failure | undefined> {
  const { http, text } = await connection.call('QueryBalance', []);
  const status = statusResult(http);
  if (status !== undefined) return status.failure;
  const balance = /^\+?\d+(?:\.\d*)?$/.test(tidy(text)) ? Number(tidy(text)) : undefined;
  if (balance === undefined) return refusal(text) ?? failure('unreadable-answer');
  return balance > 0 ? undefined : failure('insufficient-balance');
}
