/** A flow with a webhook in it, and what a vendor does to it. */
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FlowNode } from './flow';

export const PATH = 'k7Jd93mVqPzX41Lw';

/** A gateway that talks to nobody by itself. */
export function silentGateway(vendor: string, id = 'gw', properties: Record<string, unknown> = {}): FlowNode {
  const account = { options: {}, timezone: 'Asia/Shanghai', url: 'http://127.0.0.1:9/sms' };
  return { ...{ id, type: 'smswire-gateway', name: `Gateway ${id}`, vendor, version: 1 }, ...account, ...properties };
}

export const LOGIN = { accountId: '100001', username: 'me', password: 'password' };

/** A webhook node wired to helper nodes `device` and `push`; what it complains of goes to `caught`. */
export function webhookOn(gateway: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    ...hook('hook', gateway, properties),
    { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'watching', type: 'status', scope: ['hook', 'second'], wires: [['status']] },
    ...['device', 'push', 'caught', 'status'].map((id) => ({ id, type: 'helper' })),
  ];
}

export function hook(id: string, gateway: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    { id, type: 'smswire-webhook', gateway, allow: '', version: 1, wires: [['device'], ['push']], ...properties },
  ];
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Call {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request on a connection of its own. Rejects where no answer comes. */
export function call(url: string, { method = 'POST', body = '', headers = {} }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, text, headers: incoming.headers });
      });
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' ? undefined : body);
  });
}

/** A request whose body does not come: what is answered, once the connection has ended, and how long that took. */
export function dawdle(url: string, sent = ''): Promise<{ text: string; seconds: number; socket: Socket }> {
  const { hostname, port, pathname } = new URL(url);
  const started = Date.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve({ text, seconds: (Date.now() - started) / 1000, socket });
    });
    socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 100\r\n\r\n${sent}`);
  });
}
