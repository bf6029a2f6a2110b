import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mobset } from './mobset-client';

const DAY = 86_400_000;

describe('mobset simulator: SmsSend and SmsCancel', () => {
  let mobset: Mobset;
  before(async () => {
    mobset = await Mobset.start();
  });
  after(() => mobset.simulator.close());

  test('refuses what section 4.1 does not allow, and accepts nothing of it', async () => {
    const { accepted } = mobset.simulator;
    const before = accepted.length;
    const numbers = (count: number): string => Array.from({ length: count }, (_, n) => 13500000000 + n).join(',');
    assert.deepEqual(await mobset.send({ PhoneNumbers: undefined }), {
      Code: -102,
      Message: '请求参数不完整或有误:PhoneNumbers',
    });
    assert.deepEqual(await mobset.send({ Content: undefined }), {
      Code: -102,
      Message: '请求参数不完整或有误:Content',
    });
    assert.equal(await mobset.code({ PhoneNumbers: '' }), -112);
    assert.equal(await mobset.code({ PhoneNumbers: numbers(51) }), -112);
    assert.deepEqual(await mobset.send({ Content: '' }), { Code: -110, Message: '短信内容长度不符合要求' });
    assert.equal(await mobset.code({ Content: '长'.repeat(901) }), -110);
    assert.equal(await mobset.code({ AddNum: '12a' }), -102);
    for (const TimerSend of ['20220502120000', '2022-05-02', '2022-5-2 12:00:00', '2022-02-30 12:00:00', 'now']) {
      assert.equal(await mobset.code({ TimerSend }), -102, TimerSend);
    }
    assert.deepEqual(await mobset.send({ TimerSend: '2022-06-01 10:30:21' }), {
      Code: -333,
      Message: '定时时间不能超 1 个月',
    });
    assert.equal(accepted.length, before);
    assert.equal(await mobset.code({ PhoneNumbers: numbers(50) }), 50);
    assert.equal(accepted.length, before + 50);
    assert.equal(await mobset.code({ Content: '长'.repeat(900) }), 14);
  });

  test('a long text gets an id for every part of 67, in order, signature and brackets counted', async () => {
    const { accepted } = mobset.simulator;
    const signature = '【短信易】'.length;
    assert.equal((await mobset.ids({ Content: '长'.repeat(70 - signature) })).length, 1);
    assert.equal((await mobset.ids({ Content: '长'.repeat(71 - signature) })).length, 2);
    assert.equal((await mobset.ids({ Content: '长'.repeat(134 - signature) })).length, 2);
    assert.equal((await mobset.ids({ Content: '长'.repeat(135 - signature) })).length, 3);
    assert.equal((await mobset.ids({ Content: '【短信易】' + '长'.repeat(65) })).length, 1);
    assert.equal((await mobset.ids({ Content: '长'.repeat(65) + '【短信易】' })).length, 1);

    const before = accepted.length;
    const answer = await mobset.send({ PhoneNumbers: '13500000001,13500000002', Content: '长'.repeat(150) });
    assert.equal(answer.Code, '6');
    const list = answer.SmsIdList!;
    assert.deepEqual(
      list.map(({ PhoneNumber }) => PhoneNumber),
      [...Array<string>(3).fill('13500000001'), ...Array<string>(3).fill('13500000002')],
    );
    const ids = list.map(({ SmsId }) => SmsId);
    assert.equal(new Set(ids).size, 6);
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(
      accepted.slice(before).map(({ to, id, parameters }) => [to, id, parameters.SmsIds]),
      [
        ['13500000001', ids[0], ids.slice(0, 3)],
        ['13500000002', ids[3], ids.slice(3)],
      ],
    );
  });

  test('without LongSms every SMS stands alone, with a signature of its own', async () => {
    const room = 70 - '【短信易】'.length;
    assert.equal((await mobset.ids({ LongSms: '0', Content: '短'.repeat(room) })).length, 1);
    assert.equal((await mobset.ids({ LongSms: '0', Content: '短'.repeat(2 * room) })).length, 2);
    assert.equal((await mobset.ids({ LongSms: '0', Content: '短'.repeat(2 * room + 1) })).length, 3);
    assert.equal(mobset.simulator.accepted.at(-1)?.parameters.LongSms, false);
    assert.equal((await mobset.ids({ LongSms: '1', Content: '短'.repeat(2 * room) })).length, 3);
    assert.equal(mobset.simulator.accepted.at(-1)?.parameters.LongSms, true);
  });

  test('a number that alone is refused has SmsId 0; the others are accepted and paid for', async () => {
    const { accepted } = mobset.simulator;
    const [before, balance] = [accepted.length, await mobset.balance()];
    const answer = await mobset.send({ PhoneNumbers: '13500000001,19900000011,abc,,+8613500000002' });
    assert.equal(answer.Code, '2');
    const zero = answer.SmsIdList!.map(({ PhoneNumber, SmsId }) => [PhoneNumber, SmsId === '0']);
    assert.deepEqual(zero, [
      ['13500000001', false],
      ['19900000011', true],
      ['abc', true],
      ['', true],
      ['+8613500000002', false],
    ]);
    assert.deepEqual(
      accepted.slice(before).map(({ to }) => to),
      ['13500000001', '+8613500000002'],
    );
    assert.equal(await mobset.balance(), balance - 2);
    assert.deepEqual(await mobset.send({ PhoneNumbers: '19900000011' }), {
      Code: '0',
      Message: '成功提交 0 条短信',
      SmsIdList: [{ PhoneNumber: '19900000011', SmsId: '0' }],
    });
  });

  test('an empty account refuses the whole request (-128)', async (t) => {
    const poor = await Mobset.start({ balance: 2 });
    t.after(() => poor.simulator.close());
    const three = '13500000001,13500000002,13500000003';
    assert.deepEqual(await poor.send({ PhoneNumbers: three }), { Code: -128, Message: '企业余额不足以支持本次发送' });
    assert.equal(poor.simulator.accepted.length, 0);
    assert.equal(await poor.code({ PhoneNumbers: three.slice(0, 23) }), 2);
    assert.equal(await poor.code({}), -128);
    assert.equal(await poor.balance(), 0);
  });

  test('a scheduled SMS is accepted at once, leaves at its time, and only then has a report', async () => {
    const [id] = await mobset.ids({ TimerSend: '2022-05-01 12:00:00', AddNum: '07' });
    const sms = mobset.simulator.accepted.at(-1);
    assert.equal(sms?.id, id);
    assert.equal(sms?.parameters.TimerSend, '2022-05-01 12:00:00');
    assert.equal(sms.parameters.AddNum, '07');
    assert.equal(await mobset.code({ TimerSend: '2022-06-01 10:30:20' }), 1);

    const seen: unknown[] = [];
    mobset.pass(60_000);
    for (let page = await mobset.reports(); page.Details; page = await mobset.reports()) seen.push(page.Details);
    assert.ok(seen.length > 0);
    assert.equal(JSON.stringify(seen).includes(id!), false);
    mobset.pass(Date.parse('2022-05-01T12:00:00+08:00') - mobset.now);
    assert.equal((await mobset.reports()).code, '0');
    mobset.pass(1000);
    const expected = { SmsId: id, Status: '12', ReportTime: '2022-05-01 12:00:01', ExStatus: 'DELIVRD' };
    assert.deepEqual((await mobset.reports()).Details, [expected]);
  });

  test('a time in the past means at once', async () => {
    const [id] = await mobset.ids({ TimerSend: '2018-05-01 12:00:00' });
    assert.equal(mobset.simulator.accepted.at(-1)?.parameters.TimerSend, '');
    mobset.pass(1000);
    assert.equal((await mobset.reports()).Details?.[0]?.SmsId, id);
  });

  test('SmsCancel answers for every id, and what was cancelled is not sent', async () => {
    const stranger = { accountId: '200001', username: 'stranger', password: 'p' };
    mobset.simulator.addAccount(stranger);
    const balance = await mobset.balance();
    const [one] = await mobset.ids({ TimerSend: '2022-05-02 12:00:00', PhoneNumbers: '19900000005' });
    const cancelled = mobset.simulator.accepted.at(-1)?.parameters.Cancelled;
    const [two] = await mobset.ids({ TimerSend: '2022-05-02 12:00:00' });
    const [sent] = await mobset.ids({});
    const [kept] = await mobset.ids({ TimerSend: '2022-05-02 12:00:00' });
    assert.equal((await mobset.call('SmsCancel', { SmsID: kept }, stranger)).Code, 0);

    const answer = await mobset.call('SmsCancel', { SmsID: `${sent},${one},${two},500004690,x,0012,${one}` });
    assert.deepEqual(answer, {
      Code: 2,
      Message: '成功取消 2 条短信',
      Details: [
        { SmsID: Number(sent), Status: -142 },
        { SmsID: Number(one), Status: 1 },
        { SmsID: Number(two), Status: 1 },
        { SmsID: 500004690, Status: -142 },
        { SmsID: 'x', Status: -142 },
        { SmsID: '0012', Status: -142 },
        { SmsID: Number(one), Status: -142 },
      ],
    });
    assert.deepEqual(cancelled, [one]);
    assert.equal(await mobset.balance(), balance - 2);
    assert.equal((await mobset.call('SmsCancel', { SmsID: one })).Code, 0);

    mobset.pass(2 * DAY);
    const reported = (await mobset.reports()).Details?.map(({ SmsId }) => SmsId);
    assert.deepEqual(reported, [sent, kept]);
    assert.equal((await mobset.inbound()).code, '0');
    assert.equal((await mobset.call('SmsCancel', { SmsID: kept })).Code, 0);
  });

  test('SmsCancel takes 50 ids (-143), and at least one (-102)', async () => {
    const ids = (count: number): string => Array.from({ length: count }, (_, n) => n + 1).join(',');
    assert.equal((await mobset.call('SmsCancel', { SmsID: ids(50) })).Code, 0);
    assert.deepEqual(await mobset.call('SmsCancel', { SmsID: ids(51) }), {
      Code: -143,
      Message: '短信 ID(SmsID) 数量超出每次处理限额',
    });
    assert.deepEqual(await mobset.call('SmsCancel'), { Code: -102, Message: '请求参数不完整或有误:SmsID' });
  });
});
