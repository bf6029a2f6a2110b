/** A small HTTP proxy: absolute URLs for plain HTTP, CONNECT for everything else. It keeps a log of both. */
import { createServer, request as forward, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export class TestProxy {
  /** What it was asked for: `POST http://…` or `CONNECT host:port`. */
  readonly requests: string[] = [];
  /** Every byte that went through it on the way to the vendor, as text. */
  passed = '';
  readonly #server: Server;
  readonly #login: string | undefined;
  readonly #sockets = new Set<Duplex>();

  private constructor(login?: { username: string; password: string }) {
    this.#login = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (!this.#admits(request)) {
        response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
        return;
      }
      const { 'proxy-authorization': _login, ...headers } = request.headers;
      const onward = forward(request.url ?? '', { method: request.method, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.on('data', (chunk: Buffer) => {
        this.passed += chunk.toString('latin1');
      });
      request.pipe(onward);
    });
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex) => {
      this.requests.push(`CONNECT ${request.url ?? ''}`);
      this.#tunnel(request, socket);
    });
  }

  /** With a login, whoever does not give it is answered by 407. */
  static async start(login?: { username: string; password: string }): Promise<TestProxy> {
    const proxy = new TestProxy(login);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  #admits(request: IncomingMessage): boolean {
    return this.#login === undefined || request.headers['proxy-authorization'] === this.#login;
  }

  #tunnel(request: IncomingMessage, near: Duplex): void {
    if (!this.#admits(request)) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const far: Socket = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    near.on('data', (chunk: Buffer) => {
      this.passed += chunk.toString('latin1');
    });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
  }
}
