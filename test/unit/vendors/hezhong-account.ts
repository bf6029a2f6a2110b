/** What the tests of the hezhong driver share: an account whose `http` is a function, and a reader of requests. */
import type { AccountConfig, HttpRequest, RecipientResult, SendRequest } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/hezhong';

export const CONFIG: AccountConfig = {
  url: '',
  accountId: '50001',
  username: 'Test员',
  password: '密&=+% 6',
  options: { msgFormat: 'gbk' },
  timezone: 'Asia/Shanghai',
  country: '86',
};

export interface Reply {
  readonly status?: number;
  readonly body: string | Buffer;
}

/** An account that is always answered the same, and keeps what it was asked. */
export function account(reply: Reply, config: Partial<AccountConfig> = {}) {
  const requests: HttpRequest[] = [];
  const opened = driver.open(
    { ...CONFIG, ...config },
    {
      http: (request) => {
        requests.push(request);
        return Promise.resolve({ status: reply.status ?? 200, headers: {}, body: Buffer.from(reply.body) });
      },
      now: () => 0,
      nextIds: () => Promise.reject(new Error('no ids are needed')),
      notice: () => undefined,
    },
  );
  return { ...opened, requests };
}

export function request(over: Partial<SendRequest> & { text?: string; to?: string[] } = {}): SendRequest {
  const { text = '【XX 科技】验证码:986710', to = ['13681507269'], ...rest } = over;
  return { items: [{ text, to }], options: CONFIG.options, wantReports: false, ...rest };
}

/**
 * Reads a form as the document's own language does: runs of `%XX` are bytes of one charset, everything else stands for
 * itself. GBK unless `charsets` names another for a parameter; the decoder is not the driver's.
 */
export function form(asked: HttpRequest | undefined, charsets: Record<string, string> = {}): Record<string, string> {
  const pairs = String(asked?.body)
    .split('&')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      const decoder = new TextDecoder(charsets[name] ?? 'gbk', { fatal: true, ignoreBOM: true });
      const text = value
        .replace(/\+/g, ' ')
        .replace(/(?:%[0-9A-F]{2})+/g, (run) => decoder.decode(Buffer.from(run.replace(/%/g, ''), 'hex')));
      return [name, text];
    });
  return Object.fromEntries(pairs);
}

/** State and code of each result, as one reads them in a table. */
export function short(results: readonly RecipientResult[]): string[] {
  return results.map((result) => ('failure' in result ? `${result.state} ${result.failure.code}` : result.state));
}
