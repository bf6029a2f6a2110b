/** Fetching reports (section 4) and inbound SMS (5) from sms57, and whatever it may answer or push. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../../nodes/core/failure';
import { STATES } from '../../../nodes/core/state';
import { driver } from '../../../nodes/vendors/sms57';
import { pageOf, polled, prepare, pushed } from './prepared';
import { CONFIG } from './sms57-account';

const page = async (source: string, body: string, status = 200) =>
  polled(prepare(driver, CONFIG, body, status).account, source);

// Both mended: the samples of 4.2.1 and 5.3 lack brackets.
const REPORTS = `{
  "status": "0",
  "balance": -153278040,
  "list": [
    {"flag":1,"mid":"4C36654382720005","spid":"922011","accessCode":"106901234","mobile":"18983437010",
     "stat":"MA:0029","time":"2017-04-12 01:38:21"},
    {"flag":1,"mid":"4C36654382720006","spid":"922011","accessCode":"106901234","mobile":"18983437011",
     "stat":"MA:0029","time":"2017-04-12 01:38:21"}
  ]
}`;
const INBOUND = `{
  "status": "0",
  "balance": -153278040,
  "list": [
    {"flag":0,"mid":"4C36654382720005","spid":"922011","accessCode":"10690","mobile":"18983437010",
     "content":"上行内容 1","time":"2017-04-12 01:38:21"},
    {"flag":0,"mid":"4C36654382720006","spid":"922011","accessCode":"10690","mobile":"18983437011",
     "content":"上行内容 2","time":"2017-04-12 01:38:21"}
  ]
}`;
const AT = Date.UTC(2017, 3, 11, 17, 38, 21);

describe('sms57: report and mo', () => {
  it('say what they are', () => {
    const { account } = prepare(driver, CONFIG, '');
    assert.deepEqual(
      account.sources?.map(({ name, gives, interval, perId, once }) => ({ name, gives, interval, perId, once })),
      [
        { name: 'report', gives: ['reports'], interval: { default: 15, least: 5 }, perId: false, once: { page: 1000 } },
        { name: 'mo', gives: ['inbound'], interval: { default: 15, least: 5 }, perId: false, once: { page: 1000 } },
      ],
    );
  });

  for (const name of ['report', 'mo']) {
    for (const md5 of [false, true]) {
      it(`ask for ${name} ${md5 ? 'with' : 'without'} MD5, the size in both spellings`, async () => {
        const { account, requests } = prepare(
          driver,
          { ...CONFIG, options: { ...CONFIG.options, md5, extno: '10690' } },
          '{}',
        );
        await polled(account, name);
        assert.equal(requests.length, 1);
        const [{ method, url, headers, body } = assert.fail()] = requests;
        assert.deepEqual([method, url], ['POST', 'http://192.168.1.4:7822/sms']);
        assert.equal(headers?.['content-type'], 'application/x-www-form-urlencoded; charset=UTF-8');
        const password = md5 ? createHash('md5').update('p&ss+1').digest('hex') : 'p&ss+1';
        assert.deepEqual(Object.fromEntries(new URLSearchParams(String(body))), {
          action: name,
          rt: 'json',
          account: '922011',
          password,
          size: '1000',
          szie: '1000',
        });
      });
    }
  }

  it('read the sample of 4.2.1', async () => {
    const { reports, ...rest } = pageOf(await page('report', REPORTS));
    assert.deepEqual(rest, { inbound: [], devices: [], unreadable: [], more: false });
    assert.deepEqual(
      reports.map(({ id, to, state, at, vendorCode, failure }) => [id, to, state, at, vendorCode, failure?.code]),
      ['0', '1'].map((last) => [
        `4C3665438272000${Number(last) + 5}`,
        `1898343701${last}`,
        'undelivered',
        AT,
        'MA:0029',
        'recipient-refused',
      ]),
    );
  });

  it('read the sample of 5.3', async () => {
    const { inbound, ...rest } = pageOf(await page('mo', INBOUND));
    assert.deepEqual(rest, { reports: [], devices: [], unreadable: [], more: false });
    assert.deepEqual(
      inbound.map(({ id, from, to, text, at }) => [id, from, to, text, at]),
      [
        ['4C36654382720005', '18983437010', '10690', '上行内容 1', AT],
        ['4C36654382720006', '18983437011', '10690', '上行内容 2', AT],
      ],
    );
  });

  it('give an SMS the identity that it has where it is pushed', async () => {
    const polledOnes = pageOf(await page('mo', INBOUND)).inbound;
    const { list } = JSON.parse(INBOUND) as { list: object[] };
    const pushedOnes = pushed(prepare(driver, CONFIG, '').account, JSON.stringify(list))?.inbound;
    assert.deepEqual(polledOnes, pushedOnes);
    assert.notEqual(polledOnes[0]?.identity, polledOnes[1]?.identity);
  });

  it('do not mend what was cut short: the samples as they stand in the document', async () => {
    for (const body of [REPORTS.slice(1), REPORTS.slice(0, -1), REPORTS.slice(0, REPORTS.lastIndexOf(']'))]) {
      const why = await page('report', body);
      assert.equal('code' in why && why.code, 'unreadable-answer');
    }
  });

  const empty = [
    '{"status":"0","list":[]}',
    '{"status":0,"list":null}',
    '{"status":"0","balance":1}',
    '{"status":"0","list":""}',
  ];
  for (const body of empty) {
    it(`have a page without events for ${body}`, async () => {
      for (const name of ['report', 'mo']) {
        const expected = { reports: [], inbound: [], devices: [], unreadable: [], more: false };
        assert.deepEqual(await page(name, body), expected);
      }
    });
  }

  it('have more where they gave as much as was asked for', async () => {
    const list = (rows: number) =>
      JSON.stringify({
        status: '0',
        list: Array.from({ length: rows }, (_, mid) => (mid === 7 ? {} : { flag: 1, mid, stat: 'DELIVRD' })),
      });
    for (const [rows, more] of [
      [999, false],
      [1000, true],
      [1001, true],
    ] as const) {
      const read = pageOf(await page('report', list(rows)));
      assert.deepEqual([read.more, read.reports.length, read.unreadable.length], [more, rows - 1, 1]);
    }
  });

  const failures: readonly [string, number, string, string?, string?][] = [
    ['{"status":"3"}', 200, 'auth-failed', undefined, '3'],
    ['{"status":2,"list":null}', 200, 'ip-refused', undefined, '2'],
    ['{"status":"0007","list":[]}', 200, 'account-disabled', undefined, '0007'],
    ['{"status":"21"}', 200, 'vendor-busy', undefined, '21'],
    ['{"status":"77"}', 200, 'vendor-error', undefined, '77'],
    ['{"status":"15"}', 200, 'insufficient-balance', 'sms57-balance', '15'],
    ['{"status":"0","list":7}', 200, 'unreadable-answer'],
    ['{"list":[]}', 200, 'unreadable-answer'],
    ['[]', 200, 'unreadable-answer'],
    ['', 200, 'unreadable-answer'],
    ['<html>', 200, 'unreadable-answer'],
    ['<?xml version="1.0"?><returnsms><status>0</status></returnsms>', 200, 'unreadable-answer', 'sms57-xml'],
    ['<returnsms><statusbox><mid>1</mid></statusbox></returnsms>', 200, 'unreadable-answer', 'sms57-xml'],
    ['<returnsms><status>3</status></returnsms>', 200, 'auth-failed', undefined, '3'],
    ['', 502, 'no-answer', 'http', 'HTTP 502'],
    [REPORTS, 404, 'invalid-config', 'no-such-address', 'HTTP 404'],
  ];
  for (const [body, status, code, detail, vendorCode] of failures) {
    it(`take HTTP ${status} ${body.slice(0, 60)} as ${code}`, async () => {
      for (const name of ['report', 'mo']) {
        const why = await page(name, body, status);
        if (!('code' in why)) assert.fail('a page was read');
        assert.deepEqual([why.code, why.detail, why.vendorCode], [code, detail, vendorCode]);
      }
    });
  }
});

describe('sms57: anything at all', () => {
  const value = fc.oneof(fc.constantFrom('0', '1', 'DELIVRD', 'MA:', 'MO:x', '', null, 0, 1, {}), fc.anything());
  const names = [
    'flag',
    'mid',
    'mobile',
    'stat',
    'content',
    'accessCode',
    'time',
    'list',
    'status',
    '__proto__',
    'spid',
  ];
  const row = fc.dictionary(fc.constantFrom(...names), value);
  const plain = (_: string, each: unknown) => (typeof each === 'bigint' ? 0 : each);
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.array(row).map((rows) => Buffer.from(JSON.stringify(rows, plain))),
    fc.array(row).map((list) => Buffer.from(JSON.stringify({ status: 0, list }, plain))),
  );

  it('throws nothing, and gives events that make sense', () => {
    const { account } = prepare(driver, { ...CONFIG, options: { ...CONFIG.options, extno: '1' } }, '');
    const [source = assert.fail()] = account.sources ?? [];
    fc.assert(
      fc.property(body, (bytes) => {
        const read = source.read({ status: 200, headers: {}, body: bytes }, {});
        for (const events of [pushed(account, bytes), 'code' in read ? undefined : read]) {
          for (const each of events?.reports ?? []) {
            assert.ok(STATES.includes(each.state) && each.id !== '' && each.vendorCode !== '');
            assert.ok(each.failure === undefined || Object.hasOwn(RETRY, each.failure.code));
            assert.ok(each.failure === undefined || ['undelivered', 'unknown'].includes(each.state));
          }
          for (const each of events?.inbound ?? []) assert.ok(each.from !== '' && typeof each.text === 'string');
        }
      }),
    );
  });
});
