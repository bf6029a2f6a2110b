/** The HTTP server below every simulator: bounded bodies, a log of the requests, and every way to answer badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlAnswer } from './control';
import type { AcceptedSms, Simulator } from './simulator';

const MOST_BODY = 32 * 1024 * 1024;
const MOST_REQUESTS = 1000;
const MOST_ACCEPTED = 100_000;

export interface SimulatedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** The query, as it stands in the URL, without `?`. */
  readonly query: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** How a simulator answers. `silent` leaves the connection open; `reset` breaks it. */
export type SimulatedAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
      /** Milliseconds to wait first. */
      readonly after?: number;
    }
  | 'silent'
  | 'reset';

export type Handler = (request: SimulatedRequest) => SimulatedAnswer;

/** What the parts of a simulator need of the server to do something by themselves. */
export type Timers = Pick<SimulatorServer, 'later' | 'whenClosed'>;

/** A server that is listening, and what it has seen. */
export class SimulatorServer {
  readonly requests: Simulator['requests'][number][] = [];
  readonly #accepted: AcceptedSms[] = [];
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #endings: (() => void)[] = [];
  readonly #receive: Simulator['receive'] | undefined;
  #closed = false;

  private constructor(handler: Handler, receive: Simulator['receive'] | undefined) {
    this.#receive = receive;
    this.#server = createServer((request, response) => {
      this.#read(request, response, handler);
    });
    this.#server.keepAliveTimeout = 30_000;
  }

  /** Listens on the loopback interface; a free port is taken where `port` is 0. `receive` serves `/simulator/inbound`. */
  static async start(port: number, handler: Handler, receive?: Simulator['receive']): Promise<SimulatorServer> {
    const simulator = new SimulatorServer(handler, receive);
    await new Promise<void>((resolve, reject) => {
      simulator.#server.once('error', reject);
      simulator.#server.listen(port, '127.0.0.1', () => {
        simulator.#server.off('error', reject);
        resolve();
      });
    });
    return simulator;
  }

  get accepted(): readonly AcceptedSms[] {
    return this.#accepted;
  }

  /** The server's root, without a slash at the end. */
  get root(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  accept(sms: AcceptedSms): void {
    this.#accepted.push(sms);
    // Many at once: taking single ones off the front of so long an array would cost more than all else here.
    if (this.#accepted.length >= 1.5 * MOST_ACCEPTED) this.#accepted.splice(0, MOST_ACCEPTED / 2);
  }

  /** Runs `work` once after `milliseconds`, unless the simulator is closed or what it gives is called before. */
  later(milliseconds: number, work: () => void): () => void {
    if (this.#closed) return () => undefined;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Lets `end` be called when the simulator is closed. */
  whenClosed(end: () => void): void {
    this.#endings.push(end);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const end of this.#endings.splice(0)) end();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  #read(request: IncomingMessage, response: ServerResponse, handler: Handler): void {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BODY) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const url = request.url ?? '/';
      const body = Buffer.concat(chunks);
      const mark = url.indexOf('?');
      const seen: SimulatedRequest = {
        method: request.method ?? '',
        path: mark < 0 ? url : url.slice(0, mark),
        query: mark < 0 ? '' : url.slice(mark + 1),
        headers: request.headers,
        body,
      };
      this.#answer(request, response, () => {
        const control = controlAnswer(seen, this.#accepted, this.#receive);
        if (control !== undefined) return control;
        this.requests.push({ method: seen.method, url, headers: seen.headers, body });
        if (this.requests.length > MOST_REQUESTS) this.requests.shift();
        return handler(seen);
      });
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse, answerOf: () => SimulatedAnswer): void {
    let answer: SimulatedAnswer;
    try {
      answer = answerOf();
    } catch (error) {
      answer = { status: 500, body: `simulator error: ${String(error)}` };
    }
    if (answer === 'silent') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const { status = 200, headers = {}, body = '', after = 0 } = answer;
    const write = (): void => {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    };
    if (after > 0) this.later(after, write);
    else write();
  }
}
