/** The device as an HTTP server: its address, its login, and the one place where a call is made. */
import { failure, SmsError } from '../../core/failure';
import type { AccountConfig, HttpAnswer, HttpCall } from '../driver';

const JSON_TYPE = 'application/json;charset=utf-8';

export class Connection {
  readonly #root: string;
  readonly #login: string;
  readonly #http: HttpCall;

  /** Throws an `SmsError` of code `invalid-config` that names the field. */
  constructor(config: AccountConfig, http: HttpCall) {
    this.#root = rootOf(config.url);
    this.#login = `username=${encoded(config.username, 'username')}&password=${encoded(config.password, 'password')}`;
    this.#http = http;
  }

  /** A call with data. The login stands in the URL of a POST too, whatever the note in 6.3.1.2 says. */
  post(call: string, body: string): Promise<HttpAnswer> {
    return this.#http({ method: 'POST', url: this.#url(call), headers: { 'content-type': JSON_TYPE }, body });
  }

  /** A call without data, its parameters behind the login. */
  get(call: string, parameters: Readonly<Record<string, string | number>> = {}): Promise<HttpAnswer> {
    const query = Object.entries(parameters).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
    return this.#http({ method: 'GET', url: this.#url(call) + query.join('') });
  }

  #url(call: string): string {
    return `${this.#root}/${call}?version=1.1&${this.#login}`;
  }
}

/** The address without what a call adds to it. A path in front of the calls stays: a proxy may need it. */
function rootOf(typed: string): string {
  const text = typed.trim();
  if (text === '') throw new SmsError(failure('invalid-config', 'ejoin-url-blank', { field: 'url' }));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A login, a query or a fragment has no place in it: the calls bring their own.
  if (!url || !/^https?:$/.test(url.protocol) || url.username + url.password + url.search + url.hash !== '') {
    throw new SmsError(failure('invalid-config', 'ejoin-url', { field: 'url' }));
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function encoded(value: string, field: 'username' | 'password'): string {
  if (value === '') throw new SmsError(failure('invalid-config', 'ejoin-login-blank', { field }));
  if (/\p{Surrogate}/u.test(value)) throw new SmsError(failure('invalid-config', 'ejoin-login', { field }));
  return encodeURIComponent(value);
}
