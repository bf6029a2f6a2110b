/** The signature of the account (document, 4.5, `Methods=SmsGetSign`). */
import type { Signature } from '../../core/account';
import { failure, SmsError } from '../../core/failure';
import { fieldOf } from '../json';
import { answeredOrFailure, codeFailure, type Connection } from './call';

/** The brackets that a signature stands in. The document says that it comes without them. */
const IN_BRACKETS = /^(?:【([^【】]*)】|\[([^[\]]*)\])$/;

/** 4.5.2: success is `Code` 0 alone. Blank where the account has no signature. */
export async function signature(connection: Connection): Promise<Signature> {
  const answer = answeredOrFailure(await connection.call('SmsGetSign', []));
  if (!('record' in answer)) throw new SmsError(answer);
  const { code, record } = answer;
  if (code !== 0) throw new SmsError(codeFailure(code));
  const written = fieldOf(record, 'Sign');
  const sign = typeof written === 'number' ? String(written) : written;
  if (typeof sign !== 'string') throw new SmsError(failure('unreadable-answer'));
  const [whole, chinese, square] = IN_BRACKETS.exec(sign.trim()) ?? [sign];
  return { text: (chinese ?? square ?? whole).trim(), raw: record };
}
