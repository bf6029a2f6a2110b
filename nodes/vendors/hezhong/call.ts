/** One call of the platform: its address (document, 二.1 and 三.1), the account's parameters, the plain-text answer. */
import { failure, SmsError, vendorTextKey, type Failure } from '../../core/failure';
import type { AccountConfig, DriverIo, HttpAnswer } from '../driver';
import { decodeAnswer, percentEncode, type Charset } from './charset';
import { ERRORS } from './codes';

/** The document's own address. */
export const DEFAULT_ROOT = 'http://39.105.107.78:28011';

/** A parameter under its name in the document; GBK unless it says otherwise. */
export type Parameter = readonly [name: string, value: string, charset?: Charset];

export interface PlatformAnswer {
  readonly http: HttpAnswer;
  readonly text: string;
}

/** An account's way to the platform. Keeps the password, and shows it to nobody. */
export class Connection {
  readonly #base: string;
  readonly #config: AccountConfig;
  readonly #io: DriverIo;

  constructor(config: AccountConfig, io: DriverIo) {
    this.#base = apiBase(config.url);
    this.#config = config;
    this.#io = io;
  }

  /** By POST: the document takes both, but a GET is cut where it grows long. */
  async call(name: 'SendMt' | 'QueryBalance', parameters: readonly Parameter[]): Promise<PlatformAnswer> {
    const { accountId, username, password } = this.#config;
    const account: Parameter[] = [
      ['userid', accountId],
      ['username', username],
      ['password', password],
    ];
    const http = await this.#io.http({
      method: 'POST',
      url: `${this.#base}${name}.do`,
      // Without a charset: the values may have two.
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: [...account, ...parameters]
        .map(([key, value, charset = 'gbk']) => `${key}=${percentEncode(value, charset)}`)
        .join('&'),
    });
    return { http, text: decodeAnswer(http.body) };
  }
}

/** The server's root with `/sms/api/` once, also where the user typed that or a whole call. */
export function apiBase(typed: string): string {
  let url: URL;
  try {
    url = new URL(typed.trim() || DEFAULT_ROOT);
  } catch {
    throw unusable();
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') throw unusable();
  const path = url.pathname.replace(/\/+(?:SendMt|QueryBalance)\.do$/i, '').replace(/\/+$/, '');
  return `${url.origin}${path.replace(/\/sms\/api$/i, '')}/sms/api/`;
}

function unusable(): SmsError {
  return new SmsError(failure('invalid-config', 'hezhong-url', { field: 'url' }));
}

/** An answer without what may stand around and between its parts: blanks, line breaks, a byte order mark, full-width commas. */
export function tidy(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/，/g, ',')
    .replace(/\s*,\s*/g, ',')
    .trim();
}

/** A refusal: a number below 0 (section 二.3), alone or with words after it. */
export function refusal(text: string): Failure | undefined {
  const [, digits, words = ''] = /^-\s*(\d+)(?![\w.%-])[\s,:：;|]*(.*)$/s.exec(tidy(text)) ?? [];
  if (digits === undefined || Number(digits) === 0) return undefined;
  const code = String(-Number(digits));
  const known = ERRORS[code];
  return {
    code: known ?? 'vendor-error',
    vendorCode: `-${digits}`,
    ...(words.trim() === '' ? {} : { vendorText: words.trim() }),
    ...(known === undefined ? {} : { vendorTextKey: vendorTextKey('send', code) }),
  };
}
