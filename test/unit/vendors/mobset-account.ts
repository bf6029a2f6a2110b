/** What the tests of the mobset driver share: an account whose `http` is a function, and readers of requests. */
import type {
  AccountConfig,
  HttpAnswer,
  HttpRequest,
  RecipientResult,
  SendRequest,
} from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/mobset';

/** 2024-02-29 16:30:45 UTC is already the next day in Beijing, and month and day change with it. */
export const NOW = Date.UTC(2024, 1, 29, 16, 30, 45);
export const CONFIG: AccountConfig = {
  url: '',
  accountId: '300003',
  username: 'wuww',
  password: 'p&ss=字',
  options: { longSms: true, http: false, timestamp: '14', vendorSchedule: false },
  timezone: 'Europe/Berlin',
  country: '86',
};
export const ACCEPTED =
  '{"Code":"1","Message":"成功提交1条短信","SmsIdList":[{"PhoneNumber":"13512346789","SmsId":"135555551"}]}';

export interface Reply {
  status?: number;
  date?: number;
  body: string | Buffer;
}

/** An account whose `http` gives the replies in turn (the last one for ever) and keeps what it was asked. */
export function account(replies: Reply | Reply[], config: Partial<AccountConfig> = {}, clock = { now: NOW }) {
  const queue = [replies].flat();
  const requests: HttpRequest[] = [];
  const notices: { key: string; params?: unknown }[] = [];
  const opened = driver.open(
    { ...CONFIG, ...config, options: { ...CONFIG.options, ...config.options } },
    {
      http: (request) => {
        requests.push(request);
        const reply = (queue.length > 1 ? queue.shift() : queue[0])!;
        const answer: HttpAnswer = {
          status: reply.status ?? 200,
          headers: reply.date === undefined ? {} : { date: new Date(reply.date).toUTCString() },
          body: Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(reply.body),
        };
        return Promise.resolve(answer);
      },
      now: () => clock.now,
      nextIds: () => Promise.reject(new Error('no ids are needed')),
      notice: (key, params) => notices.push({ key, params }),
    },
  );
  return { ...opened, requests, notices };
}

export function request(over: Partial<SendRequest> & { text?: string; to?: string[] } = {}): SendRequest {
  const { text = '这是测试短信', to = ['13512346789'], ...rest } = over;
  return { items: [{ text, to }], options: CONFIG.options, wantReports: false, ...rest };
}

/** The names of a form body in order, and their values read by a reader that is not the driver's. */
export function form(asked: HttpRequest | undefined): { names: string[]; values: Record<string, string> } {
  const search = new URLSearchParams(String(asked?.body));
  return { names: [...search.keys()], values: Object.fromEntries(search) };
}

export async function sendOne(reply: Reply | string, to = ['13512346789']): Promise<readonly RecipientResult[]> {
  const opened = account(typeof reply === 'string' ? { body: reply } : reply);
  return (await opened.send(request({ to }))).results;
}

/** State and code of each result, as one reads them in a table. */
export function short(results: readonly RecipientResult[]): string[] {
  return results.map((result) => ('failure' in result ? `${result.state} ${result.failure.code}` : result.state));
}
