import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { encode } from 'iconv-lite';
import { isReachable } from '../../../nodes/simulators/hezhong/countries';
import { start, type HezhongSimulator, type HezhongSimulatorOptions } from '../../../nodes/simulators/hezhong';
import type { SimulatorAccount } from '../../../nodes/simulators/simulator';

type Fields = Record<string, string | Buffer | undefined>;

const BEGIN = Date.parse('2022-05-01T02:30:20Z');

const percent = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, '%$&');

/** The parameters as section 2.2 has them: every value GBK, percent-encoded. A Buffer goes as it is. */
function encoded(account: SimulatorAccount, fields: Fields): string {
  const { accountId, username, password } = account;
  return Object.entries<string | Buffer | undefined>({ userid: accountId, username, password, ...fields })
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${percent(typeof value === 'string' ? encode(value, 'gbk') : value)}`],
    )
    .join('&');
}

describe('hezhong simulator', () => {
  let now = BEGIN;
  let simulator: HezhongSimulator;
  before(async () => {
    simulator = await start({ now: () => now });
  });
  after(() => simulator.close());

  const post = (call: string, body: string | Buffer, signal?: AbortSignal): Promise<Response> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return fetch(`${simulator.url}/sms/api/${call}.do`, {
      method: 'POST',
      headers,
      body: new Uint8Array(Buffer.from(body)),
      signal,
    });
  };
  const sendForm = (fields: Fields, account = simulator.account): string =>
    encoded(account, { mobs: '13681507269', msg: '123456', sub: '', ...fields });
  const send = async (fields: Fields = {}, account?: SimulatorAccount): Promise<string> =>
    (await post('SendMt', sendForm(fields, account))).text();
  const balance = async (account = simulator.account): Promise<string> =>
    (await post('QueryBalance', encoded(account, {}))).text();
  const numbers = (count: number): string => Array.from({ length: count }, (_, n) => 13500000000 + n).join(',');

  test('answers the sample of section 2.2, a GET, with one id', async () => {
    const { accountId, username, password } = simulator.account;
    const query = `userid=${accountId}&username=${username}&password=${password}&mobs=13681507269&msg=123456&sub=`;
    const response = await fetch(`${simulator.url}/sms/api/SendMt.do?${query}`);
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.match(text, /^0,\d{6,15}$/);
    assert.deepEqual(simulator.accepted.at(-1), {
      at: now,
      to: '13681507269',
      text: '123456',
      id: text.slice(2),
      username,
      parameters: { userid: accountId, sub: '', msgFormat: '0' },
    });
  });

  test('one id for all numbers of a request, another for the next', async () => {
    const before = simulator.accepted.length;
    const first = await send({ mobs: '13500000001,13500000002', sub: '001' });
    const second = await send();
    assert.notEqual(first, second);
    assert.deepEqual(
      simulator.accepted.slice(before).map(({ to, id, parameters }) => [to, id, parameters.sub]),
      [
        ['13500000001', first.slice(2), '001'],
        ['13500000002', first.slice(2), '001'],
        ['13681507269', second.slice(2), ''],
      ],
    );
  });

  test('reads the text in GBK, in ISO 8859-1 or in UTF-8, as msgFormat says', async () => {
    const { accountId, username, password } = simulator.account;
    const login = `userid=${accountId}&username=${username}&password=${password}&mobs=13681507269`;
    const cases: [string, string][] = [
      ['msg=%D1%E9%D6%A4%C2%EB:1+2%2B3', '验证码:1 2+3'],
      ['msg=%d1%e9%d6%a4%c2%eb&msgFormat=0', '验证码'],
      ['msg=%D1%E9%D6%A4%C2%EB&msgFormat=', '验证码'],
      ['msg=na%EFve&msgFormat=1', 'naïve'],
      ['msg=%E9%AA%8C%F0%9F%98%80&msgFormat=2', '验😀'],
      // Not what was meant, but what a client that forgot msgFormat would really send.
      ['msg=%E9%AA%8C%E8%AF%81', '楠岃瘉'],
      ['msg=100%25+%26%23%3D%0D%0A50%+%zz', '100% &#=\r\n50% %zz'],
    ];
    for (const [msg, text] of cases) {
      assert.match(await (await post('SendMt', `${login}&${msg}`)).text(), /^0,/, msg);
      assert.equal(simulator.accepted.at(-1)?.text, text, msg);
      assert.match(await (await fetch(`${simulator.url}/sms/api/SendMt.do?${login}&${msg}`)).text(), /^0,/, msg);
      assert.equal(simulator.accepted.at(-1)?.text, text, msg);
    }
    await post('SendMt', Buffer.concat([Buffer.from(`${login}&msg=`), Buffer.from('d1e9', 'hex')]));
    assert.equal(simulator.accepted.at(-1)?.text, '验');
  });

  test('any text that a charset can carry arrives as it was typed', async () => {
    const gbk = fc.string({
      unit: fc.constantFrom(...Array.from('aZ09 %&#+=;,"\'\\\r\n\0,€。【】验证码简體あア')),
      minLength: 1,
      maxLength: 300,
    });
    const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), minLength: 1 });
    const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
    const cases = fc.oneof(
      gbk.map((text) => ({ text, msg: encode(text, 'gbk'), msgFormat: '0' })),
      latin1.map((text) => ({ text, msg: Buffer.from(text, 'latin1'), msgFormat: '1' })),
      any.map((text) => ({ text, msg: Buffer.from(text), msgFormat: '2' })),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ text, msg, msgFormat }) => {
        assert.match(await send({ msg, msgFormat }), /^0,/);
        assert.equal(simulator.accepted.at(-1)?.text, text);
        assert.equal(simulator.accepted.at(-1)?.parameters.msgFormat, msgFormat);
      }),
      { numRuns: 100 },
    );
  });

  test('takes a login only as it is written (-1), in GBK', async () => {
    const { account } = simulator;
    for (const wrong of [
      { userid: undefined },
      { userid: '1' },
      { username: account.username.toLowerCase() },
      { username: undefined },
      { password: 'x' },
      { password: undefined },
    ]) {
      assert.equal(await send(wrong), '-1');
      assert.equal(await (await post('QueryBalance', encoded(account, wrong))).text(), '-1');
    }
    const special = { accountId: '50001', username: '测试 &=', password: '密码+%#' };
    simulator.addAccount(special);
    assert.match(await send({}, special), /^0,/);
    assert.equal(simulator.accepted.at(-1)?.username, '测试 &=');
    assert.equal(await send({ password: Buffer.from('密码+%#') }, special), '-1');
  });

  test('refuses what section 2 does not allow, each by its code, and accepts nothing of it', async () => {
    const before = simulator.accepted.length;
    const refusals: [Fields, string][] = [
      [{ mobs: '' }, '-7'],
      [{ mobs: undefined }, '-7'],
      [{ mobs: ',' }, '-7'],
      [{ mobs: '13500000001,abc' }, '-7'],
      [{ mobs: '+2101234567' }, '-7'],
      [{ mobs: '00999123456' }, '-7'],
      [{ mobs: numbers(1001) }, '-10'],
      [{ msg: '' }, '-8'],
      [{ msg: undefined }, '-8'],
      [{ msg: '长'.repeat(1001) }, '-9'],
      [{ sub: '1234567' }, '-11'],
      [{ sub: '12a' }, '-11'],
      [{ sub: '１' }, '-11'],
      [{ msg: '请勿代开发票' }, '-5'],
      [{ msg: Buffer.from('黑词'), msgFormat: '2' }, '-5'],
      [{ msgFormat: '3' }, '-99'],
      [{ msgFormat: 'utf8' }, '-99'],
    ];
    for (const [fields, code] of refusals) assert.equal(await send(fields), code, JSON.stringify(fields).slice(0, 99));
    assert.equal(simulator.accepted.length, before);

    const accepted = [{ mobs: numbers(1000) }, { msg: '长'.repeat(1000) }, { sub: '123456' }];
    for (const fields of accepted) assert.match(await send(fields), /^0,/);
    for (const mobs of ['+8613500000001', '0085291234567', '+17584567890', '+380441234567', '4915112345678', '10086']) {
      assert.match(await send({ mobs }), /^0,/, mobs);
    }
  });

  test('sends abroad to the 165 codes of appendix 2, and to no other', () => {
    const prefixes = Array.from({ length: 900 }, (_, index) => `+${100 + index}`);
    const reached = prefixes.filter((prefix) => isReachable(`${prefix}123456`));
    // 1 and 7 open a hundred prefixes each, 42 codes of two digits ten each, and 111 codes of three digits themselves.
    // The ten codes of four digits all begin with 1.
    assert.equal(reached.length, 200 + 420 + 111);
    assert.equal(isReachable('+236123456'), true);
    assert.equal(isReachable('+244123456'), false);
  });

  test('the balance is a decimal number, falls by what each part costs, and runs out (-4)', async () => {
    const poor = { accountId: '50002', username: 'poor', password: 'p' };
    const other = { accountId: '50002', username: 'other', password: 'p' };
    const options: HezhongSimulatorOptions = { balance: 0.27 };
    const small = await start(options);
    small.addAccount(poor);
    small.addAccount(other);
    const call = async (name: string, account: SimulatorAccount, fields: Fields): Promise<string> =>
      (await fetch(`${small.url}/sms/api/${name}.do?${encoded(account, fields)}`)).text();
    try {
      assert.equal(await call('QueryBalance', poor, {}), '0.27');
      assert.match(await call('SendMt', poor, { mobs: '13500000001,13500000002', msg: '长'.repeat(71) }), /^0,/);
      assert.equal(await call('QueryBalance', poor, {}), '0.07');
      assert.equal(await call('SendMt', poor, { mobs: '13500000001', msg: '长'.repeat(71) }), '-4');
      assert.match(await call('SendMt', poor, { mobs: '13500000001', msg: '长'.repeat(70) }), /^0,/);
      assert.equal(await call('QueryBalance', poor, {}), '0.02');
      assert.equal(await call('QueryBalance', other, {}), '0.27');
      assert.equal(small.accepted.length, 3);
    } finally {
      await small.close();
    }
    assert.match(await balance(), /^\d+\.\d\d$/);
  });

  test('has two paths and two methods', async () => {
    const form = sendForm({});
    for (const path of ['/', '/sms/api/SendMt', '/sms/api/SendMt.do/', '/sms/api/sendmt.do']) {
      assert.equal((await fetch(`${simulator.url}${path}?${form}`)).status, 404, path);
    }
    assert.equal((await fetch(`${simulator.url}/sms/api/SendMt.do?${form}`, { method: 'PUT' })).status, 405);
    const text = await fetch(`${simulator.url}/sms/api/SendMt.do`, { method: 'POST', body: form });
    assert.equal(await text.text(), '-1');
  });

  test('magic numbers: refusals', async () => {
    const before = simulator.accepted.length;
    for (const [number, code] of [
      ['19900000011', '-7'],
      ['19900000012', '-5'],
      ['19900000013', '-4'],
      ['19900000014', '-99'],
      ['19900000015', '-99'],
      ['+8619900000016', '-1'],
      ['19900000017', '-3'],
    ]) {
      assert.equal(await send({ mobs: `13500000001,${number}` }), code, number);
    }
    assert.equal(await send({ mobs: '19900000015' }), '-99');
    assert.equal(simulator.accepted.length, before);
    assert.match(await send({ mobs: '19900000015' }), /^0,/);
  });

  test('magic numbers: bad answers, to what was accepted and to what was not', async () => {
    const outcome = async (mobs: string): Promise<[string, number]> => {
      const before = simulator.accepted.length;
      const said = await post('SendMt', sendForm({ mobs }), AbortSignal.timeout(400)).then(
        async (response) => (response.ok ? response.text() : String(response.status)),
        (error: unknown) => (error as Error).name,
      );
      return [said, simulator.accepted.length - before];
    };
    assert.deepEqual(await outcome('19900000021'), ['TimeoutError', 1]);
    assert.deepEqual(await outcome('19900000022'), ['TypeError', 1]);
    assert.deepEqual(await outcome('19900000023'), ['0,', 1]);
    assert.deepEqual(await outcome('19900000024'), ['500', 1]);
    assert.deepEqual(await outcome('19900000025'), ['500', 0]);
    assert.deepEqual(await outcome('19900000026'), ['TypeError', 0]);
    assert.deepEqual(await outcome('19900000027'), ['TimeoutError', 1]);
    assert.deepEqual(await outcome('19900000028'), ['429', 0]);
    assert.equal((await outcome('19900000028'))[1], 1);
  });

  test('reports and replies wait in the outbox until a push takes them, once', async () => {
    const other = { accountId: '50003', username: 'other', password: 'p' };
    simulator.addAccount(other);
    const outbox = simulator.outboxOf(other)!;
    const mobs = '13500000001,19900000001,19900000002,19900000003,19900000004,19900000005,19900000006';
    const sent = now;
    const id = (await send({ mobs, sub: '77' }, other)).slice(2);
    now += 999;
    assert.deepEqual(outbox.takeReports(now), []);
    now += 1;
    const report = (mob: string, status: string) => ({ due: sent + 1000, value: { mob, id, status } });
    assert.deepEqual(outbox.takeReports(now), [
      report('13500000001', 'DELIVRD'),
      report('19900000002', 'UNDELIV'),
      report('19900000003', 'MC:0001'),
      report('19900000005', 'DELIVRD'),
    ]);
    assert.deepEqual(outbox.takeInbound(now), []);
    now += 9000;
    assert.deepEqual(outbox.takeReports(now), [
      { due: sent + 10_000, value: { mob: '19900000001', id, status: 'DELIVRD' } },
    ]);
    const reply = { due: sent + 2000, value: { mob: '19900000005', sub: '77', text: 'YES' } };
    assert.deepEqual(outbox.takeInbound(now), [reply]);
    now += 1_000_000;
    assert.deepEqual([outbox.takeReports(now), outbox.takeInbound(now)], [[], []]);

    await send({ mobs: numbers(501) }, other);
    now += 1000;
    assert.deepEqual(
      [500, 1, 0].map(() => outbox.takeReports(now).length),
      [500, 1, 0],
    );
    assert.equal(simulator.outboxOf({ ...other, username: 'OTHER' }), undefined);
  });

  test('an SMS from a handset arrives at the first account, from this process or another', async () => {
    const outbox = simulator.outboxOf(simulator.account)!;
    outbox.takeInbound(now);
    simulator.receive({ from: '13000000000', to: '001', text: 'hello,;' });
    const sms = JSON.stringify({ from: '13000000000', text: '你好' });
    assert.equal((await fetch(`${simulator.url}/simulator/inbound`, { method: 'POST', body: sms })).status, 200);
    assert.deepEqual(
      outbox.takeInbound(now).map(({ value }) => value),
      [
        { mob: '13000000000', sub: '001', text: 'hello,;' },
        { mob: '13000000000', sub: '', text: '你好' },
      ],
    );
  });

  test('nothing that it receives makes it fail', async () => {
    const names = ['mobs', 'msg', 'sub', 'msgFormat', 'userid', '__proto__', ''];
    const bytes = fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value));
    const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(bytes, fc.string({ unit: 'grapheme' })));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, fields), fc.constantFrom('SendMt', 'QueryBalance'), async (input, call) => {
        const response = await post(call, Buffer.isBuffer(input) ? input : sendForm(input));
        assert.equal(response.status, 200);
        assert.match(await response.text(), call === 'SendMt' ? /^(0,\d+|-\d+)$/ : /^(\d+\.\d\d|-1)$/);
      }),
      { numRuns: 300 },
    );
    assert.match(await send(), /^0,/);
  });
});
