/** The account (document, 4.4, `Methods=SmsGetBalance`). */
import { failure, type Failure } from '../../core/failure';
import { statusResult } from '../http-status';
import { refusal, type Connection } from './call';

/** Whether the account works: its login is taken and there is at least one SMS left. */
export async function probe(connection: Connection): Promise<Failure | undefined> {
  const answer = await connection.call('SmsGetBalance', []);
  const status = statusResult(answer.http);
  if (status !== undefined) return status.failure;
  const { code } = answer;
  if (code === undefined) return failure('unreadable-answer');
  if (code < 0) return refusal({ ...answer, code });
  return code === 0 ? failure('insufficient-balance') : undefined;
}
