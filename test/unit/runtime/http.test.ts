/** The HTTP client against real sockets: what it says of calls that fail, and that it never repeats one. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import { HttpClient } from '../../../nodes/runtime/http';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function client(timeout = 2000): HttpClient {
  const made = new HttpClient({ timeout, connections: 2, proxy: 'none' });
  closing.push(() => void made.close());
  return made;
}

async function listening(server: Server | HttpServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A server of sockets: `answer` is called with each request's bytes, once they are complete. */
function raw(answer: (socket: Socket, request: string) => void): Promise<string> {
  return listening(
    createServer((socket) => {
      let received = '';
      socket.setEncoding('latin1').on('data', (data: string) => {
        received += data;
        if (!received.endsWith('the end')) return;
        const request = received;
        received = '';
        answer(socket, request);
      });
    }),
  );
}

async function failing(url: string, timeout?: number): Promise<[string, string | undefined]> {
  const call = client(timeout).call({ method: 'POST', url, body: 'the end' });
  const error = await call.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SmsError);
  return [error.code, error.failure.detail];
}

describe('the HTTP client', () => {
  it('gives the answer whatever its status, and follows no redirect', async () => {
    const url = await listening(
      createHttpServer((_request, response) => {
        response.writeHead(302, { location: '/elsewhere', 'X-Kind': 'a' }).end('moved 水');
      }),
    );
    const { status, headers, body } = await client().call({ method: 'GET', url });
    assert.deepEqual(
      [status, headers.location, headers['x-kind'], body.toString()],
      [302, '/elsewhere', 'a', 'moved 水'],
    );
  });

  it('says that nothing was written where nobody listens, and where the name is unknown', async () => {
    const url = await listening(createServer());
    for (const close of closing.splice(0)) close();
    assert.deepEqual(await failing(url), ['network', 'refused']);
    assert.deepEqual(await failing('http://no-such-host.invalid/'), ['network', 'name']);
  });

  it('says that nothing was written where TLS fails', async () => {
    const url = await listening(createServer((socket) => socket.end('no TLS here')));
    const [code] = await failing(url.replace('http:', 'https:'));
    assert.equal(code, 'network');
  });

  it('says that there was no answer where the request may have arrived', async () => {
    const reset = await raw((socket) => socket.resetAndDestroy());
    assert.deepEqual(await failing(reset), ['no-answer', 'broken']);
    const ended = await raw((socket) => socket.end());
    assert.deepEqual(await failing(ended), ['no-answer', 'broken']);
    const cut = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'));
    assert.deepEqual(await failing(cut), ['no-answer', 'broken']);
    const noHttp = await raw((socket) => socket.end('220 mail ready\r\n'));
    assert.deepEqual(await failing(noHttp), ['no-answer', 'broken']);
    const silent = await raw(() => undefined);
    assert.deepEqual(await failing(silent, 150), ['no-answer', 'timeout']);
    const drip = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
    assert.deepEqual(await failing(drip, 200), ['no-answer', 'timeout']);
  });

  it('does not read an endless answer to its end', async () => {
    const url = await raw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${64 * 1024 * 1024}\r\n\r\n`);
      const chunk = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    });
    assert.deepEqual(await failing(url, 10_000), ['no-answer', 'too-long']);
  });

  it('writes a request once, also where the connection breaks', async () => {
    let requests = 0;
    const url = await raw((socket) => {
      requests++;
      socket.resetAndDestroy();
    });
    assert.deepEqual(await failing(url), ['no-answer', 'broken']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(requests, 1);
  });

  it('keeps a connection for calls that follow at once, and leaves an idle one alone', async () => {
    let connections = 0;
    const server = createHttpServer((_request, response) => {
      response.end('ok');
    });
    server.keepAliveTimeout = 0;
    server.on('connection', () => connections++);
    const url = await listening(server);
    const made = client();
    for (let index = 0; index < 5; index++) await made.call({ method: 'GET', url });
    const used = connections;
    assert.ok(used <= 2);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    await made.call({ method: 'GET', url });
    assert.equal(connections, used + 1);
  });
});
