/**
 * Stands before an HTTP server and makes its line slow and bad. It lives in the process of the test, so that what was under
 * way when the process before it was killed still reaches the server behind it, as it would with a real vendor.
 */
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  'none' | 'silent' | 'late' | 'reset-before' | 'reset-during' | 'reset-after' | 'half-answer' | 'refused';

/** What went through, or was meant to. */
export interface Passage {
  /** Epoch milliseconds at which it came. */
  readonly at: number;
  /** Method, path with query, and body, as one text. */
  readonly request: string;
  /** What the server behind answered. */
  readonly status: number;
  readonly answer: string;
  /** The whole answer left before the one who asked had gone. */
  readonly arrived: boolean;
}

export interface FrontOptions {
  /** Milliseconds before a request is handed on, and before its answer is handed back. */
  readonly delays?: () => readonly [before: number, after: number];
  /** What becomes of a request, by its number. */
  readonly fault?: (request: number) => Fault;
  /** Milliseconds that a late answer takes. */
  readonly late?: number;
  /** Keeps what went through. */
  readonly records?: boolean;
  /** Answers a request, as it is told of in a passage, in the place of the server behind, which hears nothing of it. */
  readonly instead?: (request: string) => Answer | undefined;
  /** What is handed back for an answer of the server behind to a request. */
  readonly spoil?: (answer: Answer, request: string) => Answer;
  /** Milliseconds after which what was handed on is handed on once more, each. */
  readonly echoes?: () => readonly number[];
  /** The server behind has answered, and its answer has not been handed back yet. */
  readonly answered?: (answer: string) => void;
  readonly port?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Headers that are about one connection, or that Node.js writes itself. */
const OWN_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Front {
  readonly passages: Passage[] = [];
  /** How often each fault happened. */
  readonly faults = new Map<Fault, number>();
  /** Epoch milliseconds of the first request since `expect` was called. */
  firstAt: number | undefined;
  options: FrontOptions;
  readonly #agent = new Agent({ keepAlive: true });
  #server: Server;
  #port = 0;
  #requests = 0;
  #closed = false;

  private constructor(
    /** Address of the server behind. */
    public target: string,
    options: FrontOptions,
  ) {
    this.options = options;
    this.#server = this.#newServer();
  }

  static async start(target: string, options: FrontOptions = {}): Promise<Front> {
    const front = new Front(target, options);
    await front.#listen(options.port ?? 0);
    return front;
  }

  /** The target's address, by way of this one. */
  get url(): string {
    const { pathname } = new URL(this.target);
    return `http://127.0.0.1:${this.#port}${pathname === '/' ? '' : pathname}`;
  }

  expect(): void {
    this.firstAt = undefined;
  }

  get faultCount(): number {
    return [...this.faults].reduce(
      (sum, [fault, count]) => sum + (fault === 'none' || fault === 'refused' ? 0 : count),
      0,
    );
  }

  /** Takes no connections for a while. */
  async refuse(milliseconds: number): Promise<void> {
    await this.#unlisten();
    this.faults.set('refused', (this.faults.get('refused') ?? 0) + 1);
    await sleep(milliseconds);
    if (this.#closed) return;
    this.#server = this.#newServer();
    await this.#listen(this.#port);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#unlisten();
    this.#agent.destroy();
  }

  #newServer(): Server {
    return createServer((incoming, response) => {
      this.firstAt ??= Date.now();
      this.#serve(incoming, response).catch(() => {
        response.destroy();
      });
    });
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #unlisten(): Promise<void> {
    const ended = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await ended;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const { delays = () => [0, 0] as const, fault: next = () => 'none' as const, late = 0 } = this.options;
    const fault = next(this.#requests++);
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    const { socket } = incoming;
    incoming.on('error', () => undefined);
    if (fault === 'reset-before') {
      socket.resetAndDestroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer);
      if (fault === 'reset-during') break;
    }
    if (fault === 'reset-during') {
      socket.resetAndDestroy();
      return;
    }
    const body = Buffer.concat(chunks);
    const asked = `${incoming.method ?? ''} ${incoming.url ?? ''}\n${body.toString('utf8')}`;
    const note = (answer: Answer, arrived: boolean): void => {
      if (!this.options.records) return;
      const { status, body: said } = answer;
      this.passages.push({ at, request: asked, status, answer: said.toString('utf8'), arrived });
    };
    const instead = this.options.instead?.(asked);
    const [before, after] = delays();
    await sleep(before);
    const real = instead ?? (await this.#ask(incoming, body));
    const answer = instead ?? this.options.spoil?.(real, asked) ?? real;
    this.options.answered?.(answer.body.toString('utf8'));
    for (const pause of this.options.echoes?.() ?? []) void this.#echo(incoming, body, pause);
    if (fault === 'reset-after') socket.resetAndDestroy();
    if (fault === 'silent' || fault === 'reset-after') {
      note(answer, false);
      return;
    }
    await sleep(fault === 'late' ? late : after);
    const length = answer.body.length;
    const headers = Object.entries(answer.headers).filter(([name]) => !OWN_HEADERS.has(name));
    response.writeHead(answer.status, { ...Object.fromEntries(headers), 'content-length': length });
    if (fault === 'half-answer') {
      response.write(answer.body.subarray(0, Math.floor(length / 2)), () => {
        socket.resetAndDestroy();
      });
      note(answer, false);
      return;
    }
    const isThere = !socket.destroyed;
    response.end(answer.body);
    note(answer, isThere);
  }

  async #ask({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const target = new URL(this.target);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: target.hostname, port: target.port, method, path: url, headers, agent: this.#agent },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
          incoming.on('end', () => {
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async #echo(incoming: IncomingMessage, body: Buffer, pause: number): Promise<void> {
    await sleep(pause);
    // Who does not hear the repetition has heard it before.
    if (!this.#closed) await this.#ask(incoming, body).catch(() => undefined);
  }
}
