/** The device as an HTTP server: its address, its login, and whether calls go out plainly or in a session (3). */
import { failure, SmsError } from '../../core/failure';
import type { AccountConfig, DriverIo, HttpAnswer } from '../driver';
import { requestOf, type Call, type Caller } from './call';
import { METHODS } from './crypt';
import { AUTH_ORDERS, SessionCaller } from './session';

export class Connection {
  readonly #call: Caller;
  readonly #session?: SessionCaller;

  /** Throws an `SmsError` of code `invalid-config` that names the field. */
  constructor(config: AccountConfig, io: DriverIo) {
    const root = rootOf(config.url);
    const login = {
      username: checkedLogin(config.username, 'username'),
      password: checkedLogin(config.password, 'password'),
    };
    const method = METHODS.find((each) => each === config.options.crypt);
    if (method === undefined) {
      // The login stands in the URL of a POST too, whatever the note in 6.3.1.2 says.
      this.#call = (call) => io.http(requestOf(root, call, Object.entries(login)));
    } else {
      const order = AUTH_ORDERS.find((each) => each === config.options.authOrder) ?? 'auto';
      const session = new SessionCaller(root, login, method, order, io);
      this.#call = (call) => session.call(call);
      this.#session = session;
    }
  }

  /** The number of the session that calls are made in now; nothing where they go out plainly. */
  get session(): number | undefined {
    return this.#session?.opened;
  }

  /** A call with data; in that session alone where one is named. */
  post(name: string, data: string, session?: number): Promise<HttpAnswer> {
    return this.#call({ name, parameters: {}, data, ...(session === undefined ? {} : { session }) });
  }

  /** A call without data, its parameters behind what shows who calls. */
  get(name: string, parameters: Call['parameters'] = {}): Promise<HttpAnswer> {
    return this.#call({ name, parameters });
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

function checkedLogin(value: string, field: 'username' | 'password'): string {
  if (value === '') throw new SmsError(failure('invalid-config', 'ejoin-login-blank', { field }));
  if (/\p{Surrogate}/u.test(value)) throw new SmsError(failure('invalid-config', 'ejoin-login', { field }));
  return value;
}
