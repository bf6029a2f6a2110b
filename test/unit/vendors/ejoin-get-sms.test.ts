/** SMS and delivery reports that are fetched from an ejoin device (8): cursor, pages, restarts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AccountConfig, Page, Source } from '../../../nodes/vendors/driver';
import { base64, mustRead } from './ejoin-push';
import { http, open, type Json, type Reply } from './ejoin-device';

const SSRC = '0123456789abcdef';
const sms = (at = 1466506477): unknown[] => [0, '1B', at, '10010', '13265825775', base64('您好\0')];
const delivery = [1, '2.02', 1466506480, '+8613010314500', '13265825775', '0 16062118542732'];
const rows = (count: number): unknown[] => Array.from({ length: count }, (_, index) => sms(1466506477 + index));
const answer = (data: unknown[], next: number, more: Json = {}): Json => ({
  ...{ code: 0, reason: 'OK', ssrc: SSRC, sms_num: data.length, next_sms: next, data },
  ...more,
});

function device(config: Partial<AccountConfig>, ...replies: Reply[]) {
  const opened = open(config, ...replies);
  const source = opened.account.sources?.[0];
  assert.ok(source);
  return { source, requests: opened.requests };
}

async function read(reply: Reply, cursor?: string, config = {}): Promise<ReturnType<Source['read']>> {
  const { source } = device(config, reply);
  return source.read(await source.fetch({ cursor }), { cursor });
}

async function page(reply: Reply, cursor?: string, config = {}): Promise<Page> {
  const got = await read(reply, cursor, config);
  assert.ok('more' in got, JSON.stringify(got));
  return got;
}

/** The parameters of a request behind the login. */
async function asked(cursor?: string, config = {}): Promise<Record<string, string>> {
  const { source, requests } = device(config, answer([], 1));
  await source.fetch({ cursor });
  const { pathname, searchParams } = new URL(requests[0]!.url);
  assert.deepEqual([requests[0]?.method, pathname], ['GET', '/goip_get_sms.html']);
  const { version, username, password, ...rest } = Object.fromEntries(searchParams);
  assert.deepEqual([version, username, password], ['1.1', 'root', 'r&o?o=t #1%']);
  return rest;
}

const cursorOf = (next: number, ssrc = SSRC): string => JSON.stringify({ ssrc, next });

describe('ejoin: fetching SMS (8)', () => {
  it('is one source of reports and inbound SMS, which the device keeps', () => {
    const { source } = device({});
    const { name, gives, interval, perId, once } = source;
    assert.deepEqual(
      { name, gives, interval, perId, once },
      {
        ...{ name: 'goip_get_sms', gives: ['reports', 'inbound'], interval: { default: 15, least: 5 } },
        ...{ perId: false, once: undefined },
      },
    );
  });

  it('is a source that hands out once where what was read is deleted', () => {
    const options = { deleteRead: true };
    assert.deepEqual(device({ options }).source.once, { page: 100 });
  });

  it('begins with the first SMS and goes on where the last page ended', async () => {
    assert.deepEqual(await asked(), { sms_id: '1', sms_num: '100' });
    assert.deepEqual(await asked(cursorOf(3)), { sms_id: '3', sms_num: '100' });
    for (const odd of ['', 'x', '3', 'null', '{}', '{"ssrc":1,"next":3}', '{"ssrc":"a","next":0}', '{"ssrc":"a"}']) {
      assert.equal((await asked(odd)).sms_id, '1', odd);
    }
  });

  it('deletes only where the gateway says so', async () => {
    assert.equal((await asked(undefined, { options: { deleteRead: true } })).sms_del, '1');
    assert.equal((await asked(cursorOf(7), { options: { deleteRead: true } })).sms_del, '1');
    assert.equal('sms_del' in (await asked(undefined, { options: { deleteRead: false } })), false);
  });

  it('reads the sample: SMS and delivery reports, and where to go on', async () => {
    const got = await page(answer([sms(), delivery], 3));
    assert.deepEqual([got.cursor, got.more, got.unreadable, got.devices], [cursorOf(3), false, [], []]);
    assert.deepEqual(
      got.inbound.map(({ from, to, text, line, at }) => ({ from, to, text, line, at })),
      [{ from: '10010', to: '13265825775', text: '您好', line: '1B', at: 1466506477000 }],
    );
    assert.deepEqual(
      got.reports.map(({ id, to, state, line, at }) => ({ id, to, state, line, at })),
      [{ id: undefined, to: '13265825775', state: 'delivered', line: '2B', at: 1466506480000 }],
    );
  });

  it('has the same identities as the push of the same rows', async () => {
    const polled = await page(answer([sms(), delivery], 3));
    const pushed = mustRead({ type: 'recv-sms', sms: [sms(), delivery] });
    assert.equal(polled.inbound[0]?.identity, pushed.inbound[0]?.identity);
    assert.equal(polled.reports[0]?.identity, pushed.reports[0]?.identity);
    assert.ok(polled.inbound[0]?.identity && polled.reports[0]?.identity);
  });

  it('code 200 is success as well, and names have any case', async () => {
    const got = await page({ Code: '200 OK', SSRC, Next_SMS: '3', DATA: [sms()] });
    assert.deepEqual([got.cursor, got.inbound.length], [cursorOf(3), 1]);
  });

  it('a full page means that there is more', async () => {
    assert.equal((await page(answer(rows(99), 100))).more, false);
    const full = await page(answer(rows(100), 101));
    assert.deepEqual([full.more, full.cursor, full.inbound.length], [true, cursorOf(101), 100]);
    assert.equal((await page(answer(Array<null>(100).fill(null), 101))).more, true);
    assert.equal((await page(answer(rows(3), 4), cursorOf(1))).more, false);
  });

  it('always gets on, whatever the device says comes next', async () => {
    const next = async (data: unknown[], said: unknown): Promise<string | undefined> =>
      (await page(answer(data, 0, { next_sms: said }), cursorOf(50))).cursor;
    for (const odd of [50, 1, 0, -1, 1.5, 'x', null, '99999999999999999999']) {
      assert.equal(await next(rows(2), odd), cursorOf(52), String(odd));
    }
    assert.equal(await next(rows(2), 60), cursorOf(60), 'numbers may be missing in between');
    assert.equal(await next([], 60), cursorOf(60));
    assert.equal(await next([], 7), cursorOf(7), 'a device that counts anew');
    for (const odd of [0, null, 'x']) assert.equal(await next([], odd), cursorOf(50));
  });

  it('a device that has started again is asked from the first SMS on, and what it gave now comes again', async () => {
    const restarted = answer(rows(2), 52, { ssrc: 'fedcba9876543210' });
    assert.deepEqual(await page(restarted, cursorOf(50)), {
      ...{ reports: [], inbound: [], devices: [], unreadable: [] },
      cursor: cursorOf(1, 'fedcba9876543210'),
      more: true,
    });
    const first = await page(restarted);
    assert.deepEqual([first.inbound.length, first.cursor], [2, cursorOf(52, 'fedcba9876543210')]);
    const again = await page(restarted, cursorOf(1, 'fedcba9876543210'));
    assert.deepEqual([again.inbound.length, again.more], [2, false]);
  });

  it('notices a restart in a refusal, for the old number may be out of range', async () => {
    const got = await page({ code: 8, reason: 'SMS expected', ssrc: 'new' }, cursorOf(50));
    assert.deepEqual([got.cursor, got.more], [cursorOf(1, 'new'), true]);
  });

  it('loses nothing that was deleted on the device while it was found to have started again', async () => {
    const restarted = answer([sms(), delivery], 52, { ssrc: 'new' });
    const got = await page(restarted, cursorOf(50), { options: { deleteRead: true } });
    assert.deepEqual([got.inbound.length, got.reports.length, got.cursor], [1, 1, cursorOf(1, 'new')]);
    assert.equal(got.more, true);
  });

  it('without an ssrc the device is taken for the same', async () => {
    const got = await page(answer([sms()], 51, { ssrc: undefined }), cursorOf(50));
    assert.deepEqual([got.inbound.length, got.cursor], [1, cursorOf(51)]);
    assert.equal((await page(answer([], 1, { ssrc: undefined }))).cursor, cursorOf(1, ''));
  });

  it('nothing to fetch', async () => {
    for (const data of [[], null, undefined]) {
      const got = await page(answer([], 3, { data }), cursorOf(3));
      assert.deepEqual([got.inbound, got.reports, got.cursor, got.more], [[], [], cursorOf(3), false]);
    }
  });

  it('keeps rows that make no sense apart', async () => {
    const got = await page(answer([null, sms(), [0, 1.1]], 4));
    assert.deepEqual([got.unreadable, got.inbound.length], [[null, [0, 1.1]], 1]);
  });

  const refused: [string, Reply, string, string?][] = [
    ['a wrong login', { code: 1, reason: 'Invalid User' }, 'auth-failed', '1'],
    ['a code of the table', { code: 15, reason: 'Invalid CMD', ssrc: SSRC }, 'unsupported', '15'],
    ['a code of no table', { code: 404 }, 'vendor-error', '404'],
    ['a login refused by HTTP', http(401, ''), 'auth-failed', 'HTTP 401'],
    ['a broken device', http(500, JSON.stringify(answer([sms()], 2))), 'no-answer', 'HTTP 500'],
    ['no body', http(200, ''), 'unreadable-answer'],
    ['a page', http(200, '<html>'), 'unreadable-answer'],
    ['a list', http(200, '[]'), 'unreadable-answer'],
    ['no code', { ...answer([sms()], 2), code: undefined }, 'unreadable-answer'],
    ['a code in words', { ...answer([sms()], 2), code: 'OK' }, 'unreadable-answer'],
    ['no list', { ...answer([], 2), data: 'x' }, 'unreadable-answer'],
    ['a list that is missing', { code: 0, ssrc: SSRC, sms_num: 2, next_sms: 3 }, 'unreadable-answer'],
    ['an answer cut short', http(200, JSON.stringify(answer([sms()], 2)).slice(0, -20)), 'unreadable-answer'],
  ];
  for (const [name, reply, code, vendorCode] of refused) {
    it(`moves on by nothing after ${name}`, async () => {
      for (const cursor of [undefined, cursorOf(50)]) {
        const got = await read(reply, cursor);
        assert.ok('code' in got, JSON.stringify(got));
        assert.deepEqual([got.code, got.vendorCode], [code, vendorCode]);
      }
    });
  }

  it('no bytes and no cursor make it throw', () => {
    const { source } = device({});
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record({
          code: fc.constantFrom(0, 200, '0'),
          ssrc: fc.jsonValue(),
          next_sms: fc.jsonValue(),
          data: fc.jsonValue(),
        })
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(body, fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined }), (bytes, cursor) => {
        const got = source.read({ status: 200, headers: {}, body: bytes }, { cursor });
        assert.ok('more' in got || 'code' in got);
        if ('more' in got) assert.ok((JSON.parse(got.cursor ?? '') as { next: number }).next >= 1);
      }),
    );
  });
});
