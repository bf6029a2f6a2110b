import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { start } from '../../../nodes/simulators/sms57/index';
import type { Simulator } from '../../../nodes/simulators/simulator';

/** 2025-09-26 15:26:05 in Shanghai, 07:26:05 UTC. */
const NOON = 1_758_871_565_000;
const PASSWORD = 'sms57-demo-password';
const LOGIN = { account: '900057', password: PASSWORD, rt: 'json' };

interface Answer {
  status: string | number;
  balance?: number;
  chargeType?: string;
  list?: Record<string, unknown>[] | null;
}

let clock = NOON;
let sms57: Simulator;

beforeEach(async () => {
  clock = NOON;
  sms57 = await start({ now: () => clock });
});
afterEach(() => sms57.close());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

async function post(body: string): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
  const answer = await fetch(sms57.url, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
  return answer.text();
}

const call = async (action: string, fields: Record<string, string> = {}) =>
  JSON.parse(await post(form({ ...LOGIN, action, ...fields }))) as Answer;
const send = (mobile: string, content = 'x', more = {}) => call('send', { mobile, content, ...more });
const p2p = (mobileContentList: string, more = {}) => call('p2p', { mobileContentList, ...more });
const results = (answer: Answer) => answer.list?.map(({ mobile, result }) => [mobile, result]);
const texts = () => sms57.accepted.map(({ to, text }) => [to, text]);

describe('the calls', () => {
  test('send by POST and by GET', async () => {
    const body = form({
      ...LOGIN,
      action: 'send',
      mobile: '13800000001,13800000002',
      content: '测试 &=+%#',
      extno: '10690',
    });
    const answer = JSON.parse(await post(body)) as Answer;
    assert.equal(answer.status, '0');
    assert.deepEqual(results(answer), [
      ['13800000001', 0],
      ['13800000002', 0],
    ]);
    const mids = answer.list?.map(({ mid }) => mid);
    for (const mid of mids ?? []) assert.match(String(mid), /^[0-9A-F]{16}$/);
    const entry = { at: NOON, text: '测试 &=+%#', username: '900057', parameters: { action: 'send', extno: '10690' } };
    assert.deepEqual(sms57.accepted, [
      { ...entry, to: '13800000001', id: mids?.[0] },
      { ...entry, to: '13800000002', id: mids?.[1] },
    ]);
    assert.notEqual(mids?.[0], mids?.[1]);

    const got = (await (await fetch(`${sms57.url}?${body}`)).json()) as Answer;
    assert.equal(got.status, '0');
    assert.equal(sms57.accepted.length, 4);
    assert.equal(sms57.accepted[3]?.text, '测试 &=+%#');
  });

  test('p2p with the records of section 2.2, whatever ends them', async () => {
    const records = ['13800000001#下发内容1', '13800000002#下#发', '13800000001#下发内容3'];
    const expected = [
      ['13800000001', '下发内容1'],
      ['13800000002', '下#发'],
      ['13800000001', '下发内容3'],
    ];
    for (const separator of ['\n', '\r', '\r\n'])
      for (const end of ['', separator]) {
        const before = sms57.accepted.length;
        const answer = await p2p(records.join(separator) + end);
        assert.deepEqual(
          answer.list?.map(({ mobile }) => mobile),
          ['13800000001', '13800000002', '13800000001'],
        );
        assert.deepEqual(texts().slice(before), expected);
      }
  });

  test('the sample request of section 2.2', async () => {
    sms57.addAccount({ accountId: '', username: '922011', password: '123456' });
    const text = (last: number) => `%e4%b8%8b%e5%8f%91%e5%86%85%e5%ae%b9${last}%0d`;
    const list = [1, 2, 3, 4].map((last) => `1380000000${last}%23${text(last)}`).join('');
    const query = `action=p2p&rt=json&account=922011&password=123456&mobileContentList=${list}&extno=10690231221`;
    const answer = (await (await fetch(`${sms57.url}?${query}`)).json()) as Answer;
    assert.equal(answer.list?.length, 4);
    assert.deepEqual(sms57.accepted.at(3)?.text, '下发内容4');
    assert.equal(sms57.accepted.at(3)?.username, '922011');
    assert.deepEqual(sms57.accepted.at(3)?.parameters, { action: 'p2p', extno: '10690231221' });
  });

  test('the balance falls by the part, and its status is a number', async () => {
    assert.deepEqual(await call('balance'), { status: 0, balance: 50_000_000, chargeType: 'PRECHARGE' });
    assert.equal((await send('13800000001', '字'.repeat(70))).balance, 49_999_955);
    assert.equal((await send('13800000001,13800000002', '字'.repeat(71))).balance, 49_999_775);
    assert.equal((await call('balance')).balance, 49_999_775);
  });

  test('an account that is paid afterwards has a negative balance, of its own', async () => {
    sms57.addAccount({ accountId: 'POSTCHARGE', username: 'later', password: 'p' });
    const later = { account: 'later', password: 'p' };
    await send('13800000001', 'x', later);
    assert.deepEqual(await call('balance', later), { status: 0, balance: -45, chargeType: 'POSTCHARGE' });
    assert.equal((await call('balance')).balance, 50_000_000);
  });
});

describe('logins', () => {
  test('plain and MD5 passwords, over the values before URL encoding', async () => {
    const content = '测试&1';
    const mobile = '13800000001,13800000002';
    const password = md5(`${PASSWORD}10690${content}${mobile}`);
    assert.equal((await send(mobile, content, { extno: '10690', password })).status, '0');
    assert.equal((await send(mobile, content, { password: md5(PASSWORD + content + mobile) })).status, '0');
    const list = '13800000001#一\r\n13800000002#二\n';
    const signed = md5(`${PASSWORD}1069013800000001#一13800000002#二`);
    assert.equal((await p2p(list, { extno: '10690', password: signed })).status, '0');
    for (const [action, status] of [
      ['balance', 0],
      ['report', '0'],
      ['mo', '0'],
    ] as const)
      assert.equal((await call(action, { password: md5(PASSWORD) })).status, status);
    assert.equal(sms57.accepted.length, 6);
  });

  test('a wrong one is STATUS 3', async () => {
    for (const password of ['', 'wrong', md5(PASSWORD), md5(`${PASSWORD}x13800000001`).toUpperCase()])
      assert.deepEqual(await send('13800000001', 'x', { password }), { status: '3' }, password);
    assert.deepEqual(await send('13800000001', 'x', { account: 'constructor' }), { status: '3' });
    for (const action of ['p2p', 'report', 'mo'])
      assert.deepEqual(await call(action, { password: '' }), { status: '3' });
    assert.deepEqual(await call('balance', { password: 'wrong' }), { status: 3 });
    assert.deepEqual(sms57.accepted, []);
  });

  test('a new password keeps what the account has', async () => {
    await send('13800000001');
    sms57.addAccount({ accountId: '', username: '900057', password: 'new' });
    assert.equal((await call('balance')).status, 3);
    assert.equal((await call('balance', { password: 'new' })).balance, 49_999_955);
  });
});

describe('refusals', () => {
  test('another address is not found, another method not allowed', async () => {
    for (const path of ['/', '/s', '/sms57', '/sms/', '/SMS'])
      assert.equal((await fetch(new URL(path, sms57.url))).status, 404, path);
    assert.equal((await fetch(sms57.url, { method: 'PUT' })).status, 405);
  });

  test('STATUS 1: what is missing or no form', async () => {
    assert.deepEqual(await call('other'), { status: '1' });
    assert.deepEqual(await send('13800000001', 'x', { account: '' }), { status: '1' });
    const refused = { status: '1', balance: 50_000_000, list: null };
    for (const [mobile, content] of [
      ['', 'x'],
      [',', 'x'],
      ['13800000001', ''],
    ] as const)
      assert.deepEqual(await send(mobile, content), refused);
    for (const list of ['', '\n', 'x', '13800000001#', '#x', '13800000001#x\ny'])
      assert.deepEqual(await p2p(list), refused, JSON.stringify(list));
    const body = form({ ...LOGIN, action: 'send', mobile: '13800000001', content: 'x' });
    const plain = await fetch(sms57.url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    assert.match(await plain.text(), /<status>1<\/status>/);
    assert.match(await post(`${body}&extno=%`), /<status>1<\/status>/);
    assert.match(await post(`${body}&extno=%b2%e2`), /<status>1<\/status>/);
    assert.deepEqual(sms57.accepted, []);
  });

  test('STATUS 102: more than 500 numbers', async () => {
    const mobiles = Array.from({ length: 501 }, (_, index) => String(13_800_000_000 + index));
    const refused = { status: '102', balance: 50_000_000, list: null };
    assert.deepEqual(await send(mobiles.join()), refused);
    assert.deepEqual(await p2p(mobiles.map((mobile) => `${mobile}#x`).join('\n')), refused);
    assert.deepEqual(sms57.accepted, []);
    assert.equal((await send(mobiles.slice(1).join())).list?.length, 500);
    assert.equal(
      (
        await p2p(
          mobiles
            .slice(1)
            .map((mobile) => `${mobile}#x`)
            .join('\n'),
        )
      ).list?.length,
      500,
    );
  });

  test('STATUS 100: no channel for a number', async () => {
    assert.equal((await send('13800000001,13490000001')).status, '100');
    assert.equal((await p2p('17400000001#x')).status, '100');
    assert.deepEqual(sms57.accepted, []);
  });

  test('RESULT 10: an extno that is none', async () => {
    for (const extno of ['1', '10', '1061', '10690x', '106902312211234567890', '95555'])
      assert.deepEqual(results(await send('13800000001', 'x', { extno })), [['13800000001', 10]], extno);
    assert.deepEqual(sms57.accepted, []);
    assert.equal((await send('13800000001', 'x', { extno: '' })).list?.[0]?.result, 0);
  });

  test('RESULT 17: a signature that is not registered', async () => {
    const answer = await p2p('13800000001#【未报备】x\n13800000002#【公司】x');
    assert.deepEqual(results(answer), [
      ['13800000001', 17],
      ['13800000002', 0],
    ]);
    assert.deepEqual(texts(), [['13800000002', '【公司】x']]);
  });

  test('RESULT 15: the balance ends in the middle of a request', async () => {
    const mobiles = Array.from({ length: 500 }, (_, index) => String(13_800_000_000 + index));
    // 2239 parts each: 100,755 厘, so that 496 fit.
    const answer = await send(mobiles.join(), 'x'.repeat(150_000));
    assert.equal(answer.status, '0');
    assert.deepEqual(
      answer.list?.map(({ result }) => result),
      mobiles.map((_, index) => (index < 496 ? 0 : 15)),
    );
    assert.equal(answer.balance, 50_000_000 - 496 * 2239 * 45);
    assert.equal(sms57.accepted.length, 496);
    assert.equal((await send('13800000001')).list?.[0]?.result, 0);
  });

  test('without rt=json the answer is XML, with decimal ids', async () => {
    for (const rt of ['', 'JSON', 'xml']) {
      const body = form({ ...LOGIN, action: 'send', mobile: '13800000001&<', content: 'x', rt });
      const xml = await post(body);
      const mid = BigInt(`0x${sms57.accepted.at(-1)!.id}`).toString();
      assert.equal(mid.length, 19);
      assert.match(
        xml,
        new RegExp(
          `<status>0</status><balance>\\d+</balance><list><item><mid>${mid}</mid><mobile>13800000001&#38;&#60;<`,
        ),
      );
    }
    assert.match(await post('action=balance'), /^<\?xml .*<status>1<\/status><\/response>$/);
  });
});

describe('report and mo', () => {
  const empty = (balance: number) => ({ status: '0', balance, list: [] });

  test('a report is handed out once, when it is due', async () => {
    const mid = (await send('13800000001', 'x', { extno: '106901234' })).list?.[0]?.mid;
    assert.deepEqual(await call('report'), empty(49_999_955));
    clock += 1000;
    const row = { flag: 1, mid, spid: '900057', accessCode: '106901234', mobile: '13800000001', stat: 'DELIVRD' };
    assert.deepEqual(await call('report', { size: '10' }), {
      status: '0',
      balance: 49_999_955,
      list: [{ ...row, time: '2025-09-26 15:26:06' }],
    });
    assert.deepEqual(await call('report'), empty(49_999_955));
  });

  test('every fate, in the order in which reports come due', async () => {
    await send('19900000001,19900000002,19900000003,19900000004,19900000006,abc');
    clock += 9_999;
    const rows = async () => (await call('report')).list?.map(({ mobile, stat }) => [mobile, stat]);
    assert.deepEqual(await rows(), [
      ['19900000002', 'MA:0029'],
      ['19900000003', 'MO:0254'],
      ['19900000006', 'ENROUTE'],
      ['abc', 'MA:0005'],
    ]);
    clock += 1;
    assert.deepEqual(await rows(), [['19900000001', 'DELIVRD']]);
  });

  test('sizes are kept, in both spellings and within their limits', async () => {
    const mobiles = Array.from({ length: 25 }, (_, index) => String(13_800_000_000 + index));
    await send(mobiles.join());
    for (const mobile of mobiles) sms57.receive({ from: mobile, text: 'x' });
    clock += 1000;
    for (const action of ['report', 'mo']) {
      const fetched: unknown[] = [];
      for (const fields of [{ size: '10' }, { szie: '10' }, { size: '10', szie: '10000' }]) {
        const list = (await call(action, fields as Record<string, string>)).list!;
        assert.equal(list.length, Math.min(10, 25 - fetched.length), action);
        fetched.push(...list.map(({ mobile }) => mobile));
      }
      assert.deepEqual(fetched, mobiles, action);
      const most = action === 'report' ? 10_000 : 1000;
      assert.equal((await call(action, { size: String(most) })).status, '0');
      for (const size of ['9', '0', '-10', '', '1e3', 'x', String(most + 1)]) {
        assert.deepEqual((await call(action, { size })).status, '1', `${action} ${size}`);
        assert.deepEqual((await call(action, { szie: size })).status, '1', `${action} ${size}`);
      }
    }
  });

  test('an inbound SMS is handed out once, to the account that wrote to the handset', async () => {
    sms57.addAccount({ accountId: '', username: 'other', password: 'p' });
    const other = { account: 'other', password: 'p' };
    await send('+8613800000001', 'x', { ...other, extno: '10690999' });
    await call('balance');
    sms57.receive({ from: '13800000001', text: '上行' });
    sms57.receive({ from: '13800000002', to: '10690888', text: '内容' });
    const row = { flag: 0, time: '2025-09-26 15:26:05' };
    const ofOther = {
      mid: '0000000000000001',
      spid: 'other',
      accessCode: '10690999',
      mobile: '13800000001',
      content: '上行',
    };
    const ofDemo = {
      mid: '0000000000000002',
      spid: '900057',
      accessCode: '10690888',
      mobile: '13800000002',
      content: '内容',
    };
    assert.deepEqual((await call('mo', other)).list, [{ ...row, ...ofOther }]);
    assert.deepEqual((await call('mo')).list, [{ ...row, ...ofDemo }]);
    assert.deepEqual((await call('mo')).list, []);
    assert.deepEqual((await call('mo', other)).list, []);
  });

  test('an inbound SMS comes in over the control address, and a handset may answer', async () => {
    const inbound = new URL('/simulator/inbound', sms57.url);
    const sms = { from: '13800000003', text: 'a' };
    assert.equal((await fetch(inbound, { method: 'POST', body: JSON.stringify(sms) })).status, 200);
    await send('19900000005', 'x', { extno: '106901234' });
    clock += 1999;
    const rows = async () =>
      (await call('mo')).list?.map(({ mobile, content, accessCode }) => [mobile, content, accessCode]);
    assert.deepEqual(await rows(), [['13800000003', 'a', '10690000057']]);
    clock += 1;
    assert.deepEqual(await rows(), [['19900000005', 'YES', '106901234']]);
  });
});
