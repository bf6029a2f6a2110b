/** Asking the goip server what became of a task (section 3), and whatever it may answer or push. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../../nodes/core/failure';
import { STATES } from '../../../nodes/core/state';
import { driver } from '../../../nodes/vendors/goip';
import { brief, CONFIG } from './goip-account';
import { pageOf, polled, prepare, pushed } from './prepared';

const { account } = prepare(driver, CONFIG, '');

describe('goip: querysms (3)', () => {
  // Mended: the sample ends with an ellipsis.
  const sample = `[
    {"taskID":"5689.13600000000","goip_line":"G101","send":"failed","err_code":"350"},
    {"taskID":"5689.13600000001","goip_line":"G102","send":"succeeded"},
    {"taskID":"5689.13600000002","goip_line":"null","send":"sending"},
    {"taskID":"5689.13600000003","goip_line":"null","send":"unsend"}
  ]`;

  it('is asked by the id of the send', async () => {
    const { account: asked, requests } = prepare(driver, CONFIG, sample);
    await polled(asked, 'querysms', '5689');
    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.url, 'http://192.168.1.2/goip/querysms/');
    assert.equal(requests[0].method, 'POST');
    assert.deepEqual(JSON.parse(String(requests[0].body)), {
      auth: { username: 'root', password: 'pass"word' },
      taskID: '5689',
    });
  });

  it('says what it is', () => {
    const [source, ...others] = account.sources ?? [];
    const { name, gives, interval, perId, once } = source ?? assert.fail();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [name, gives, interval, perId, once],
      ['querysms', ['reports'], { default: 30, least: 5 }, true, undefined],
    );
  });

  const page = async (body: string, status = 200) =>
    polled(prepare(driver, CONFIG, body, status).account, 'querysms', '5689');

  it('reads the sample', async () => {
    const { reports, ...rest } = pageOf(await page(sample));
    assert.deepEqual(reports.map(brief), [
      ['5689', '13600000000', 'G101', 'undelivered', true, '350', null, 'vendor-error'],
      ['5689', '13600000001', 'G102', 'sent', false, 'succeeded', 'codes.send.succeeded', null],
      ['5689', '13600000002', null, 'accepted', false, 'sending', 'codes.send.sending', null],
      ['5689', '13600000003', null, 'accepted', false, 'unsend', 'codes.send.unsend', null],
    ]);
    assert.deepEqual(rest, { inbound: [], devices: [], unreadable: [], more: false });
  });

  it('reads a row as it is seen', async () => {
    const body =
      'Warning: x<br>\n[{"taskID":"7.+861","goip_line":null,"send":"succeeded","receipt":1,"sendTime":"2019-09-26 15:26:05"},]';
    const [row] = pageOf(await page(body)).reports;
    assert.deepEqual(
      [row?.id, row?.to, row?.state, row?.at],
      ['7', '+861', 'delivered', Date.UTC(2019, 8, 26, 7, 26, 5)],
    );
  });

  it('has a page without reports for a task that the server does not know', async () => {
    const expected = { reports: [], inbound: [], devices: [], unreadable: [], more: false };
    assert.deepEqual(await page('[]'), expected);
    assert.deepEqual(await page('[7,{"taskID":"1.2"}]'), { ...expected, unreadable: [7, { taskID: '1.2' }] });
  });

  const failures: readonly [string, number, string][] = [
    ['', 401, 'auth-failed'],
    ['', 200, 'unreadable-answer'],
    ['{}', 200, 'unreadable-answer'],
    ['false', 200, 'unreadable-answer'],
    ['[{"taskID":"1.2","send":"succ', 200, 'unreadable-answer'],
    ['{"result":"REJECT","reason":"unknown"}', 200, 'vendor-error'],
    ["Bad query: select * from x where id='5689'", 200, 'vendor-error'],
    ['Could not connect', 200, 'vendor-error'],
    ['', 503, 'no-answer'],
    ['[]', 404, 'invalid-config'],
  ];
  for (const [body, status, code] of failures) {
    it(`takes HTTP ${status} ${JSON.stringify(body)} as ${code}`, async () => {
      const why = await page(body, status);
      assert.equal('code' in why && why.code, code);
      assert.ok(!JSON.stringify(why).includes('select'));
    });
  }
});

describe('goip: anything at all', () => {
  const value = fc.oneof(fc.constantFrom('1.2', 'failed', 'succeeded', '332', 'null', '', null, 1, {}), fc.anything());
  const names = [
    'taskID',
    'goip_line',
    'send',
    'receipt',
    'err_code',
    'from_number',
    'content',
    'recv_time',
    '__proto__',
  ];
  const row = fc.dictionary(fc.constantFrom(...names), value);
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .array(row)
      .map((rows) => Buffer.from(JSON.stringify(rows, (_, each: unknown) => (typeof each === 'bigint' ? 0 : each)))),
  );

  it('throws nothing, and gives events that make sense', () => {
    const source = account.sources?.[0] ?? assert.fail();
    fc.assert(
      fc.property(body, (bytes) => {
        const page = source.read({ status: 200, headers: {}, body: bytes }, { id: '1' });
        for (const events of [pushed(account, bytes), 'code' in page ? undefined : page]) {
          for (const each of events?.reports ?? []) {
            assert.ok(STATES.includes(each.state) && each.id !== '' && each.to !== '');
            assert.ok(each.failure === undefined || Object.hasOwn(RETRY, each.failure.code));
            assert.ok(each.failure === undefined || ['undelivered', 'unknown'].includes(each.state));
          }
          for (const each of events?.inbound ?? []) assert.ok(each.from !== '' && typeof each.text === 'string');
        }
      }),
    );
  });
});
