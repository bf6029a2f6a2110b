/** The HTTP call that drivers are handed. It knows, of every call that failed, whether anything was written. */
import type { ConnectionOptions } from 'node:tls';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { SmsError, failure, type Failure } from '../core/failure';
import type { HttpAnswer, HttpCall } from '../vendors/driver';

/** Answers of vendors are short; a longer one is not read to its end. */
const MOST_ANSWER = 16 * 1024 * 1024;
const CONNECT_TIMEOUT = 15_000;
/**
 * A connection that was idle for longer is not used again. Vendors close idle connections without a word, and a request
 * written to a closed one would be in doubt.
 */
const IDLE = 1_000;
const LONGEST_IDLE = 10_000;

export interface HttpSettings {
  /** Milliseconds from the call to the end of the answer. */
  readonly timeout: number;
  /** Connections at once. */
  readonly connections: number;
  readonly tls?: ConnectionOptions;
  /**
   * `environment`: the usual proxy variables count. `none`: always direct. Else the proxy's URL, with its login if it
   * needs one, and the hosts that are reached without it.
   */
  readonly proxy: 'environment' | 'none' | { readonly url: string; readonly except: readonly string[] };
}

export class HttpClient {
  readonly #dispatcher: Dispatcher;
  readonly #timeout: number;

  constructor(settings: HttpSettings) {
    this.#timeout = settings.timeout;
    this.#dispatcher = dispatcherFor(settings);
  }

  /** Rejects with an `SmsError`: `network` where nothing was written, `no-answer` where no complete answer came. */
  readonly call: HttpCall = (request) =>
    new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const exchange = new Exchange(this.#timeout, resolve, reject);
      try {
        this.#dispatcher.dispatch(
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method,
            headers: { ...request.headers },
            body: request.body ?? null,
            headersTimeout: 0,
            bodyTimeout: 0,
          },
          exchange,
        );
      } catch (error) {
        exchange.onResponseError(null, error as Error);
      }
    });

  /** Lets calls under way end, then gives up the connections. */
  close(): Promise<void> {
    return this.#dispatcher.close();
  }
}

function dispatcherFor({ connections, tls, proxy }: HttpSettings): Dispatcher {
  const options = {
    connections,
    pipelining: 1,
    keepAliveTimeout: IDLE,
    keepAliveMaxTimeout: LONGEST_IDLE,
    connect: { timeout: CONNECT_TIMEOUT, ...tls },
    requestTls: { timeout: CONNECT_TIMEOUT, ...tls },
    // Plain HTTP goes to the proxy as such: many a proxy refuses tunnels to ports that are not TLS.
    proxyTunnel: false,
  };
  if (proxy === 'none') return new Agent(options);
  if (proxy === 'environment') {
    const proxies = environmentProxies();
    // It would look at the variables again for each call.
    return Object.keys(proxies).length === 0 ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxies });
  }
  const { url, except } = proxy;
  return new EnvHttpProxyAgent({ ...options, httpProxy: url, httpsProxy: url, noProxy: except.join(',') });
}

/** The proxies of the usual variables. Many leave out the scheme there. Throws `invalid-config` where one is no URL. */
function environmentProxies(): { httpProxy?: string; httpsProxy?: string } {
  const read = (...names: string[]): string | undefined => {
    const variable = names.find((name) => process.env[name]);
    if (variable === undefined) return undefined;
    const value = process.env[variable] ?? '';
    const url = value.includes('://') ? value : `http://${value}`;
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
    throw new SmsError(failure('invalid-config', 'proxy-variable', { variable }));
  };
  const httpProxy = read('http_proxy', 'HTTP_PROXY');
  const httpsProxy = read('https_proxy', 'HTTPS_PROXY');
  return { ...(httpProxy === undefined ? {} : { httpProxy }), ...(httpsProxy === undefined ? {} : { httpsProxy }) };
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: SmsError) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller?: Dispatcher.DispatchController;
  #size = 0;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};
  #over = false;

  constructor(timeout: number, resolve: (answer: HttpAnswer) => void, reject: (error: SmsError) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => {
      this.#fail(failure('no-answer', 'timeout', { seconds: timeout / 1000 }), 'timeout');
    }, timeout);
  }

  /** Called at the moment before the first byte is written. A second time would be a repetition, which is not ours. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#controller) {
      controller.abort(new Error('repeated'));
      this.#fail(failure('no-answer', 'broken', { reason: 'repeated' }), 'repeated');
    } else if (this.#over) {
      controller.abort(new Error('too late'));
    } else {
      this.#controller = controller;
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    const read: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(headers)) {
      read[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
    this.#headers = read;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MOST_ANSWER) this.#fail(failure('no-answer', 'too-long'), 'too long');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (isProxyLogin(error)) {
      // An answer, though not the vendor's: the proxy passed nothing on.
      if (this.#end()) this.#resolve({ status: 407, headers: {}, body: Buffer.alloc(0) });
      return;
    }
    this.#fail(failure('no-answer', 'broken', { reason: reasonOf(error) }), reasonOf(error));
  }

  #fail(afterWriting: Failure, reason: string): void {
    if (!this.#end()) return;
    const reached = this.#controller !== undefined;
    this.#controller?.abort(new Error(reason));
    this.#reject(new SmsError(reached ? afterWriting : failure('network', kindOf(reason), { reason })));
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    return true;
  }
}

/** The proxy wants another login, be it for a request or for a tunnel. The client says so in words alone. */
function isProxyLogin(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_ABORTED') && error.message.includes('(407)');
}

/** The code of the error, or of the one behind it. Messages are left out: they may hold addresses and logins. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && !(code.startsWith('UND_ERR_ABORTED') && at.cause)) return code;
    if (at instanceof AggregateError && at.errors.length > 0) return reasonOf(at.errors[0]);
  }
  return error instanceof Error ? error.name : 'unknown';
}

/** Which of the sentences for `network` tells the user where to look. */
function kindOf(reason: string): string {
  if (/^(ENOTFOUND|EAI_)/.test(reason)) return 'name';
  if (reason === 'ECONNREFUSED') return 'refused';
  if (/CERT|TLS|SSL|SELF_SIGNED|ISSUER|VERIFY/.test(reason)) return 'tls';
  if (/TIMEOUT|timeout|UNREACH/.test(reason)) return 'unreachable';
  return 'default';
}
