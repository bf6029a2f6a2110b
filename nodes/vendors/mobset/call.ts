/**
 * One call of the platform (document, 3): the fixed parameters, the request, the answer. Every call goes by POST to one
 * address; `Methods` says what is wanted.
 */
import { createHash } from 'node:crypto';
import { failure, vendorTextKey, type Failure } from '../../core/failure';
import type { AccountConfig, DriverIo, HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, parseJson, textOf, type JsonRecord } from '../json';
import { CLOCK_OFF, PlatformClock } from './clock';
import { ERRORS, SDK_CODES, TIME_CODES } from './codes';

/** A parameter under its name in the document. */
export type Parameter = readonly [name: string, value: string];

export interface PlatformAnswer {
  readonly http: HttpAnswer;
  /** What the body holds: JSON where it is that, else its text. */
  readonly raw: unknown;
  /** Present where the body is an object with a whole number as `Code`. */
  readonly record?: JsonRecord;
  readonly code?: number;
}

/** An account's way to the platform. Keeps the password, and shows it to nobody. */
export class Connection {
  readonly clock: PlatformClock;
  readonly #url: string;
  readonly #config: AccountConfig;
  readonly #io: DriverIo;

  constructor(url: string, config: AccountConfig, io: DriverIo) {
    this.#url = url;
    this.#config = config;
    this.#io = io;
    this.clock = new PlatformClock(io);
  }

  /**
   * Calls the platform. Where it refuses the login and its `Date` shows that our time was wrong, the call is repeated
   * once with the right time: the refusal is definite, nothing was taken. The document does not name the code of such
   * a refusal, so all codes count that an unacceptable TimeStamp may have.
   */
  async call(methods: string, parameters: readonly Parameter[]): Promise<PlatformAnswer> {
    const first = await this.#once(methods, parameters);
    return first.refusedForTime ? (await this.#once(methods, parameters)).answer : first.answer;
  }

  async #once(
    methods: string,
    parameters: readonly Parameter[],
  ): Promise<{ answer: PlatformAnswer; refusedForTime: boolean }> {
    const asked = this.clock.mark();
    const http = await this.#io.http({
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      body: encodeForm([...this.#fixed(methods), ...parameters]),
    });
    const answer = readAnswer(http);
    // Only an answer of the platform itself tells its time; a proxy on the way has a clock of its own.
    if (answer.record === undefined) return { answer, refusedForTime: false };
    const error = this.clock.learn(http.headers.date, asked);
    return { answer, refusedForTime: error > CLOCK_OFF && mayBeRefusedForTime(answer) };
  }

  /** Section 3.2. `Methods` comes first: the platform was seen to want it before `Content`. */
  #fixed(methods: string): Parameter[] {
    const { accountId, username, password, options } = this.#config;
    const stamp = this.clock.stamp(options.timestamp === '10' ? 10 : 14);
    return [
      ['Methods', methods],
      ['CorpID', accountId],
      ['LoginName', username],
      ['TimeStamp', stamp],
      ['SecretKey', createHash('md5').update(`${accountId}${password}${stamp}`, 'utf8').digest('hex')],
    ];
  }
}

/** A form body in UTF-8 in the order given. A blank is `%20`, which every reader of forms and URLs takes. */
export function encodeForm(parameters: readonly Parameter[]): string {
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** What an answer holds. */
export function readAnswer(http: HttpAnswer): PlatformAnswer {
  const parsed = parseJson(http.body);
  if (!isRecord(parsed)) return { http, raw: parsed ?? http.body.toString('utf8') };
  const code = integerOf(fieldOf(parsed, 'Code'));
  return code === undefined ? { http, raw: parsed } : { http, raw: parsed, record: parsed, code };
}

/** A whole number, written as a number or a string, and nothing beside it. */
export function integerOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function mayBeRefusedForTime({ http, record, code }: PlatformAnswer): boolean {
  if (http.status !== 200 || record === undefined || code === undefined) return false;
  return TIME_CODES.has(code) && fieldOf(record, 'SmsIdList') === undefined;
}

/** An answer that was read, with its `Code`. */
export interface Answered {
  readonly record: JsonRecord;
  readonly code: number;
}

/** An answer whose `Code` is no error, or why there is none. */
export function answeredOrFailure(answer: PlatformAnswer): Answered | Failure {
  const status = statusResult(answer.http);
  if (status !== undefined) return status.failure;
  const { record, code } = answer;
  if (record === undefined || code === undefined) return failure('unreadable-answer');
  return code < 0 ? refusal({ ...answer, code }) : { record, code };
}

/** What a `Code` below 0 means (document, 6). */
export function refusal(answer: PlatformAnswer & { readonly code: number }): Failure {
  const { code, record = {} } = answer;
  return codeFailure(code, textOf(fieldOf(record, 'Code')), textOf(fieldOf(record, 'Message')));
}

/** What a code of section 6 means, as it was written and with the words beside it. */
export function codeFailure(code: number, written = String(code), vendorText?: string): Failure {
  const known = ERRORS[String(code)];
  return {
    code: known ?? 'vendor-error',
    ...(SDK_CODES.has(code) ? { detail: 'mobset-sdk' } : {}),
    vendorCode: written,
    ...(vendorText === undefined ? {} : { vendorText }),
    ...(known === undefined ? {} : { vendorTextKey: vendorTextKey('error', code) }),
  };
}
