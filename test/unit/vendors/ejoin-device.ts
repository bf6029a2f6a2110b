/** A prepared device on the other side of the ejoin driver: what it was asked, and what it answers. */
import type { ErrorCode } from '../../../nodes/core/failure';
import type { AccountConfig, HttpAnswer, HttpRequest, SendRequest } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/ejoin';

export type Json = Record<string, unknown>;
export interface Body extends Json {
  tasks: Json[];
}
export type Reply = string | Json | HttpAnswer | Error;

export const CONFIG: AccountConfig = {
  url: 'http://192.168.1.67:80/',
  accountId: '',
  username: 'root',
  password: 'r&o?o=t #1%',
  options: {},
  timezone: 'Asia/Shanghai',
  country: '86',
};

export function http(status: number, body: string | Buffer): HttpAnswer {
  return { status, headers: {}, body: Buffer.from(body) };
}

/** An answer that takes every task of the request. */
export function takeAll(request: HttpRequest): Json {
  const { tasks } = JSON.parse(String(request.body)) as Body;
  const status = tasks.map(({ tid }) => ({ tid, status: '0 OK' }));
  return { code: 200, reason: 'OK', type: 'task-status', status };
}

/** A device that records what it is asked and gives the answers in turn; tids begin at 5011. */
export function open(config: Partial<AccountConfig> = {}, ...replies: (Reply | ((request: HttpRequest) => Reply))[]) {
  const requests: HttpRequest[] = [];
  const reserved: number[] = [];
  let next = 5011;
  /** Milliseconds by which its time is ahead. */
  const clock = { ahead: 0 };
  const account = driver.open(
    { ...CONFIG, ...config },
    {
      http: (request) => {
        requests.push(request);
        const reply = replies[requests.length - 1] ?? replies.at(-1) ?? takeAll;
        const answer = typeof reply === 'function' ? reply(request) : reply;
        if (answer instanceof Error) return Promise.reject(answer);
        if (typeof answer === 'string') return Promise.resolve(http(200, answer));
        if (Buffer.isBuffer(answer.body)) return Promise.resolve(answer as HttpAnswer);
        return Promise.resolve(http(200, JSON.stringify(answer)));
      },
      now: () => Date.UTC(2024, 0, 1) + clock.ahead,
      nextIds: (count) => {
        reserved.push(count);
        next += count;
        return Promise.resolve(next - count);
      },
      notice: () => undefined,
    },
  );
  const body = (index = 0): Body => JSON.parse(String(requests[index]?.body)) as Body;
  return { account, requests, reserved, body, clock };
}

export function request(to: readonly string[], more: Partial<SendRequest> = {}): SendRequest {
  return { items: [{ text: 'hello123', to }], options: {}, wantReports: false, ...more };
}

export const ONE = request(['13686876620']);
export const TWO = request(['13686876620', '10086']);
export const refused = (code: ErrorCode, more: Json = {}): Json => ({ state: 'rejected', failure: { code, ...more } });
