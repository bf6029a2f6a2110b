import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { Mobset, secretOf } from './mobset-client';

process.env.TZ = 'America/New_York';

const MINUTE = 60_000;
const TEST_TEXT = '%E8%BF%99%E6%98%AF%E6%B5%8B%E8%AF%95%E7%9F%AD%E4%BF%A1';

describe('mobset simulator', () => {
  let mobset: Mobset;
  before(async () => {
    mobset = await Mobset.start();
  });
  after(() => mobset.simulator.close());

  test('answers the sample of section 4.1.3, with ten digits of time, as the sample is answered', async () => {
    const { account, url } = mobset.simulator;
    const query =
      `Methods=SmsSend&CorpID=${account.accountId}&LoginName=${account.username}&TimeStamp=0501103020` +
      `&SecretKey=${secretOf(account, '0501103020')}&PhoneNumbers=13512346789&Content=${TEST_TEXT}`;
    const response = await fetch(`${url}?${query}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /json.*utf-8/i);
    const text = await response.text();
    const id = /"SmsId":"(\d+)"/.exec(text)?.[1];
    assert.equal(
      text,
      `{"Code":"1","Message":"成功提交 1 条短信","SmsIdList":[{"PhoneNumber":"13512346789","SmsId":"${id}"}]}`,
    );
    const sms = mobset.simulator.accepted.at(-1);
    assert.deepEqual(sms, {
      at: mobset.now,
      to: '13512346789',
      text: '这是测试短信',
      id,
      username: account.username,
      parameters: {
        CorpID: account.accountId,
        SmsIds: [id],
        LongSms: true,
        AddNum: '',
        TimerSend: '',
        Cancelled: [],
      },
    });
  });

  test('takes the second sample too: the first of two secrets counts', async () => {
    const answer = await mobset.post(
      `${mobset.form('SmsSend')}&SecretKey=123456&PhoneNumbers=135&Content=${TEST_TEXT}`,
    );
    assert.match(await answer.text(), /"Code":"1"/);
  });

  test('a text that a tool left bare in the form is UTF-8', async () => {
    await mobset.post(`${mobset.form('SmsSend')}&PhoneNumbers=13512346789&Content=短信`);
    assert.equal(mobset.simulator.accepted.at(-1)?.text, '短信');
  });

  test('any text of up to 900 characters arrives as it was typed', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 900 }).filter((value) => value.length <= 900);
    const tricky = fc.constantFrom('a&Content=b', '100% + 1', '#;,="\'<>\\', '😀\r\n\0', '%E4%BD', '\uFEFF短信', ' ');
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, tricky), async (Content) => {
        assert.equal((await mobset.send({ Content })).Message?.toString().startsWith('成功提交'), true);
        assert.equal(mobset.simulator.accepted.at(-1)?.text, Content);
      }),
      { numRuns: 100 },
    );
  });

  test('names the fixed parameter that is missing (-102)', async () => {
    for (const name of ['CorpID', 'LoginName', 'TimeStamp', 'SecretKey', 'Methods']) {
      const expected = { Code: -102, Message: `请求参数不完整或有误:${name}` };
      assert.deepEqual(
        await mobset.send({ [name]: undefined, SecretKey: name === 'SecretKey' ? undefined : 'x' }),
        expected,
      );
      assert.deepEqual(await mobset.send({ [name]: '' }), expected);
    }
  });

  test('refuses a wrong method, company, login and secret, each by its code', async () => {
    assert.deepEqual(await mobset.call('SmsSendd'), { Code: -191, Message: 'Method 不存在' });
    assert.equal((await mobset.call('smssend')).Code, -191);
    assert.deepEqual(await mobset.send({ CorpID: '999999' }), { Code: -107, Message: '企业不存在或状态异常' });
    assert.deepEqual(await mobset.send({ LoginName: 'SMSWIRE' }), { Code: -103, Message: '帐号不存在' });
    const refused = { Code: -105, Message: '帐号验证失败' };
    assert.deepEqual(await mobset.send({ SecretKey: '0'.repeat(32) }), refused);
    assert.deepEqual(await mobset.send({}, { ...mobset.simulator.account, password: 'wrong' }), refused);
    assert.deepEqual(await mobset.call('SmsGetBalance', { SecretKey: '0'.repeat(32) }), refused);
  });

  test('takes the secret in either case', async () => {
    const SecretKey = secretOf(mobset.simulator.account, mobset.timeStamp).toUpperCase();
    assert.equal(await mobset.code({ SecretKey }), 1);
  });

  test('sees no Methods that comes after Content', async () => {
    const [methods = '', ...rest] = mobset.form('SmsSend').split('&');
    const answer = await mobset.post([...rest, 'PhoneNumbers=13512346789', 'Content=a', methods].join('&'));
    assert.match(await answer.text(), /-102.*:Methods/);
  });

  test('refuses a time that is no time (-102) or more than 20 minutes off (-109)', async () => {
    const codes: Record<string, number> = {
      '20220501101020': 1,
      '20220501105020': 1,
      '20220501101019': -109,
      '20220501105021': -109,
      '20210501103020': -109,
      '0501101019': -109,
      '0501105020': 1,
      // The hour of London, which is what a host that ignores the zone would send.
      '20220501023020': -109,
      '20220230103020': -102,
      '1651372220': -102,
      '1651372220000': -102,
      now: -102,
    };
    for (const [TimeStamp, code] of Object.entries(codes)) {
      assert.equal(await mobset.code({ TimeStamp }), code, TimeStamp);
    }
  });

  test('ten digits of the other year around New Year are close', async (t) => {
    const other = await Mobset.start();
    t.after(() => other.simulator.close());
    other.now = Date.parse('2022-12-31T23:55:00+08:00');
    assert.equal(await other.code({ TimeStamp: '0101000500' }), 1);
    other.now = Date.parse('2023-01-01T00:05:00+08:00');
    assert.equal(await other.code({ TimeStamp: '1231235500' }), 1);
    assert.equal(await other.code({ TimeStamp: '1231230000' }), -109);
    assert.equal(await other.code({ TimeStamp: '0230000000' }), -102);
  });

  test('tells its own time in the Date header, also when it refuses', async () => {
    const expected = 'Sun, 01 May 2022 02:30:20 GMT';
    assert.equal((await mobset.post(mobset.form('SmsGetBalance'))).headers.get('date'), expected);
    assert.equal((await mobset.post('')).headers.get('date'), expected);
    assert.equal(
      (await mobset.post(mobset.form('SmsGetBalance', { TimeStamp: '20200101000000' }))).headers.get('date'),
      expected,
    );
  });

  test('has one path, and two methods', async () => {
    const { url } = mobset.simulator;
    const query = mobset.form('SmsGetBalance');
    for (const path of [`${url}/`, new URL('/', url).href, new URL('/SDK3/sms', url).href]) {
      assert.equal((await fetch(`${path}?${query}`)).status, 404, path);
    }
    assert.equal((await fetch(`${url}?${query}`, { method: 'PUT' })).status, 405);
    const json = { method: 'POST', body: query, headers: { 'content-type': 'application/json' } };
    assert.match(await (await fetch(url, json)).text(), /-102/);
  });

  test('keeps the accounts apart', async () => {
    const second = { accountId: mobset.simulator.account.accountId, username: 'second', password: 'p' };
    const elsewhere = { accountId: '200001', username: 'second', password: 'q' };
    mobset.simulator.addAccount(second);
    mobset.simulator.addAccount(elsewhere);
    const before = await mobset.balance();
    assert.equal((await mobset.send({}, second)).Code, '1');
    assert.equal(await mobset.balance(), before);
    assert.equal((await mobset.send({}, { ...elsewhere, password: 'p' })).Code, -105);
    mobset.simulator.addAccount({ ...elsewhere, password: 'changed' });
    assert.equal((await mobset.send({}, elsewhere)).Code, -105);
    assert.equal((await mobset.send({}, { ...elsewhere, password: 'changed' })).Code, '1');
    assert.equal(mobset.simulator.accepted.at(-1)?.parameters.CorpID, '200001');
    mobset.pass(MINUTE);
    assert.equal((await mobset.reports(second)).code, '1');
    assert.equal((await mobset.reports({ ...elsewhere, password: 'changed' })).code, '1');
    mobset.simulator.receive({ from: '13512346789', to: '10691179200001', text: 'a' });
    assert.equal((await mobset.inbound()).code, '0');
    assert.equal((await mobset.inbound({ ...elsewhere, password: 'changed' })).code, '1');
  });

  test('nothing that it receives makes it fail', async () => {
    const names = [
      'Methods',
      'CorpID',
      'LoginName',
      'TimeStamp',
      'PhoneNumbers',
      'Content',
      'TimerSend',
      'SmsID',
      '__proto__',
    ];
    const methods = ['SmsSend', 'SmsGetRecv', 'SmsGetReport', 'SmsCancel', 'constructor', ''];
    const junk = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(junk, fc.string({ unit: 'binary' })));
    const wellMade = fc.record({ method: fc.constantFrom(...methods), fields });
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk, wellMade), async (input) => {
        const body = typeof input === 'string' ? input : mobset.form(input.method, input.fields);
        const response = await mobset.post(body);
        assert.equal(response.status, 200);
        assert.match(await response.text(), /^\{"[Cc]ode":/);
      }),
      { numRuns: 300 },
    );
    assert.equal(await mobset.code({}), 1);
  });
});
