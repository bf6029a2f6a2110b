/** How a session begins: `crypt_sess.json` (3.2.1, 3.2.2). */
import { randomBytes } from 'node:crypto';
import { failure, failureOf, SmsError, type Failure } from '../../core/failure';
import type { HttpAnswer, HttpCall } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, leadingInteger, textOf } from '../json';
import { rawOf } from './answer';
import { queryOf } from './call';
import { INVALID_USER, isDoubtful, isSuccess, UNAUTHORIZED } from './codes';
import { md5, type Method } from './crypt';

/** Seconds that a session lives, which is also the document's default. */
export const EXPIRES = 180;

const RESOURCE = '/crypt_sess.json';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a handshake agreed on. */
export interface Agreement {
  /** The device's id of the session. */
  readonly session: string;
  /** Ours: the first `auth`, of which the keys are made. */
  readonly auth: string;
  /** Seconds that the session lives without a call. */
  readonly expires: number;
}

/**
 * Agrees on a session. Rejects with an `SmsError` whose code says that the call which needs the session was certainly
 * not made: never `no-answer`, nor `unreadable-answer`.
 */
export async function shakeHands(root: string, login: Login, crypt: Method, http: HttpCall): Promise<Agreement> {
  const cnonce = randomBytes(16).toString('hex');
  const auth = md5(login.username, login.password, cnonce, RESOURCE);
  const query = queryOf(Object.entries({ username: login.username, cnonce, expires: EXPIRES, auth, crypt }));
  const answer = await http({ method: 'GET', url: `${root}${RESOURCE}?${query}` }).catch((error: unknown) => {
    const why = failureOf(error, failure('no-answer'));
    throw new SmsError(why.code === 'no-answer' ? failure('network', 'ejoin-session') : why);
  });
  const agreed = readAgreement(answer);
  if ('code' in agreed) throw new SmsError(agreed);
  return { ...agreed, auth };
}

function readAgreement(answer: HttpAnswer): Omit<Agreement, 'auth'> | Failure {
  if ([404, 405, 410].includes(answer.status)) return failure('invalid-config', 'ejoin-no-session', { field: 'crypt' });
  const status = statusResult(answer)?.failure;
  if (status) return status.code === 'no-answer' ? { ...status, ...failure('network', 'ejoin-session') } : status;
  const raw = rawOf(answer);
  const code = isRecord(raw) ? leadingInteger(fieldOf(raw, 'code')) : undefined;
  if (!isRecord(raw) || code === undefined) return failure('vendor-error', 'ejoin-session', { field: 'crypt' });
  if (!isSuccess(code)) return refusal(code, textOf(fieldOf(raw, 'desc')) ?? textOf(fieldOf(raw, 'reason')));
  const session = textOf(fieldOf(raw, 'session'));
  // It stands in URLs.
  if (session === undefined || !/^[\x21-\x7e]{1,256}$/.test(session)) {
    return failure('vendor-error', 'ejoin-session', { field: 'crypt' });
  }
  const expires = leadingInteger(fieldOf(raw, 'expires')) ?? EXPIRES;
  return { session, expires: expires > 0 && expires <= EXPIRES ? expires : EXPIRES };
}

/** The document has no table of these codes: only that 0 is success. */
function refusal(code: number, words: string | undefined): Failure {
  const said = { vendorCode: String(code), ...(words === undefined ? {} : { vendorText: words }) };
  if (isDoubtful(code)) return { ...failure('network', 'ejoin-session'), ...said };
  const login = code === INVALID_USER || code === UNAUTHORIZED || /auth|user|password|login/i.test(words ?? '');
  return { ...failure(login ? 'auth-failed' : 'vendor-error'), ...said };
}
