/** What the driver tests share: an account whose vendor gives prepared answers, and the locale files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SmsError, vendorTextKey, type Failure } from '../../../nodes/core/failure';
import type {
  Account,
  AccountConfig,
  Driver,
  HttpRequest,
  OptionValues,
  Page,
  Push,
  PushRead,
  RecipientResult,
  SendAnswer,
  SendItem,
} from '../../../nodes/vendors/driver';

export interface Prepared {
  readonly account: Account;
  /** What the vendor was asked. */
  readonly requests: HttpRequest[];
  readonly send: (items: SendItem[], options?: OptionValues) => Promise<SendAnswer>;
}

/** An account whose vendor gives one prepared answer and keeps what it was asked. */
export function prepare(driver: Driver, config: AccountConfig, body: string | Buffer, status = 200): Prepared {
  const requests: HttpRequest[] = [];
  const account = driver.open(config, {
    http: (request) => {
      requests.push(request);
      return Promise.resolve({ status, headers: { 'content-type': 'text/html' }, body: Buffer.from(body) });
    },
    now: () => 0,
    nextIds: () => Promise.reject(new Error('not for this vendor')),
    notice: () => undefined,
  });
  return {
    account,
    requests,
    send: (items, options = {}) => account.send({ items, options, wantReports: false }),
  };
}

/** An account whose every call fails in this way. */
export function failing(driver: Driver, config: AccountConfig, thrown: Error): Account {
  return driver.open(config, {
    http: () => Promise.reject(thrown),
    now: () => 0,
    nextIds: () => Promise.resolve(1),
    notice: () => undefined,
  });
}

/** What a call rejects with; fails where it does not, or with anything that is no `SmsError`. */
export async function problemOf(call: Promise<unknown> | undefined): Promise<SmsError> {
  const thrown = await call?.then(
    () => assert.fail('it did not reject'),
    (reason: unknown) => reason,
  );
  return thrown instanceof SmsError ? thrown : assert.fail(String(thrown));
}

/** Each result in a word or two: its id, or its state and code. */
export function brief(results: readonly RecipientResult[]): string[] {
  return results.map((result) => ('id' in result ? result.id : `${result.state} ${result.failure.code}`));
}

/** A push with this body. */
export function pushOf(body: string | Buffer, over: Partial<Push> = {}): Push {
  return { method: 'POST', path: '', query: '', contentType: 'application/json', ...over, body: Buffer.from(body) };
}

/** What an account makes of a push. */
export function pushed(account: Account, body: string | Buffer, over: Partial<Push> = {}): PushRead | undefined {
  return account.readPush?.(pushOf(body, over));
}

/** What a source of this name makes of its vendor's one answer. */
export async function polled(account: Account, name: string, id?: string): Promise<Page | Failure> {
  const source = account.sources?.find((each) => each.name === name);
  assert.ok(source, name);
  const position = id === undefined ? {} : { id };
  return source.read(await source.fetch(position), position);
}

/** The page; fails where there is none. */
export function pageOf(page: Page | Failure): Page {
  if ('code' in page) assert.fail(`${page.code} ${page.detail ?? ''}`);
  return page;
}

interface Locale {
  readonly codes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly errors: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly options: Readonly<Record<string, object>>;
  readonly credentials: Readonly<Record<string, string>>;
}

export const LANGUAGES = ['en-US', 'zh-CN'] as const;

/** Fails unless the vendor's texts in one language are exactly those of its tables, sentences, options and fields. */
export function checkLocale(
  driver: Driver,
  language: (typeof LANGUAGES)[number],
  tables: Readonly<Record<string, readonly string[]>>,
  sentences: readonly string[],
): void {
  const file = path.resolve(__dirname, '../../../locales', language, 'vendors', `${driver.id}.json`);
  const locale = JSON.parse(readFileSync(file, 'utf8')) as Locale;
  assert.deepEqual(Object.keys(locale.codes).sort(), Object.keys(tables).sort());
  for (const [table, codes] of Object.entries(tables)) {
    const texts = locale.codes[table] ?? {};
    const keys = codes.map((code) => vendorTextKey(table, code).split('.')[2]);
    assert.deepEqual(Object.keys(texts).sort(), keys.sort());
    for (const text of Object.values(texts)) assert.notEqual(text.trim(), '');
  }
  assert.deepEqual(
    Object.keys(locale.options),
    driver.options.map((option) => option.name),
  );
  assert.deepEqual(Object.keys(locale.credentials), driver.fields.credentials);
  assert.deepEqual(Object.values(locale.errors).flatMap(Object.keys).sort(), [...sentences].sort());
}
