/** The other end of a push: a real server on the loopback interface that keeps what comes and answers as it is told. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { readonly status?: number; readonly body?: string; readonly after?: number } | 'silent' | 'reset';

export class Receiver {
  readonly received: Received[] = [];
  answer: (push: Received) => Answer = () => ({});
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const push = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
        this.received.push(push);
        const answer = this.answer(push);
        if (answer === 'silent') return;
        if (answer === 'reset') {
          request.socket.resetAndDestroy();
          return;
        }
        const { status = 200, body = '', after = 0 } = answer;
        if (after === 0) response.writeHead(status).end(body);
        else setTimeout(() => response.writeHead(status).end(body), after);
      });
    });
  }

  static async start(port = 0): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get bodies(): string[] {
    return this.received.map(({ body }) => body);
  }

  /** Waits until so many pushes have come in all, at most some seconds, and gives them. */
  async until(count: number): Promise<readonly Received[]> {
    for (let tries = 0; this.received.length < count && tries < 600; tries += 1) await wait(10);
    assert.ok(
      this.received.length >= count,
      `${this.received.length} of ${count} pushes: ${this.bodies.slice(0, 50).join('\n')}`,
    );
    return this.received;
  }

  /** Waits for a while in which none may come, longer than a simulator takes to look at a clock that was turned. */
  async expectNone(milliseconds = 350): Promise<void> {
    const before = this.received.length;
    await wait(milliseconds);
    assert.deepEqual(this.bodies.slice(before), []);
  }

  /** A URL where nobody listens. */
  static async nowhere(): Promise<string> {
    const receiver = await Receiver.start();
    const { url } = receiver;
    await receiver.close();
    return url;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }
}
