/** A server that answers whatever it is told to, down to the bytes on the wire. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What is written once a whole request has come; then the connection ends, or is reset where `reset` says so. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly reset?: boolean;
}

export class RawServer {
  /** Every request that came, head and body as one text of bytes. */
  readonly requests: string[] = [];
  answer: (request: string) => RawAnswer = () => ({ bytes: Buffer.alloc(0) });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      let got = '';
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1');
        const head = got.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/^content-length:\s*(\d+)/im.exec(got.slice(0, head))?.[1] ?? 0);
        if (got.length < head + 4 + length) return;
        const request = got;
        got = '';
        this.requests.push(request);
        const { bytes, reset = false } = this.answer(request);
        if (reset) socket.write(bytes, () => socket.resetAndDestroy());
        else socket.end(bytes);
      });
    });
  }

  static async start(): Promise<RawServer> {
    const raw = new RawServer();
    await new Promise<void>((resolve) => raw.#server.listen(0, '127.0.0.1', resolve));
    return raw;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** An HTTP answer as bytes; `length` is what its `Content-Length` claims, where that is not the truth. */
export function http(status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}, length?: number) {
  const lines = Object.entries({ connection: 'close', 'content-length': String(length ?? body.length), ...headers });
  const head = [`HTTP/1.1 ${status} Whatever`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]);
}
