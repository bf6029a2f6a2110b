import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mobset, type Answer } from './mobset-client';

const HOUR = 3_600_000;

describe('mobset simulator: what is fetched', () => {
  let mobset: Mobset;
  before(async () => {
    mobset = await Mobset.start({ balance: 1000 });
  });
  after(() => mobset.simulator.close());

  test('a report is due after its time, written as the sample of section 4.3.3, and handed out once', async () => {
    const [id] = await mobset.ids({});
    mobset.pass(999);
    assert.deepEqual(await mobset.reports(), { code: '0', Message: '取短信状态报告成功' });
    mobset.pass(1);
    assert.deepEqual(await mobset.reports(), {
      code: '1',
      Message: '取短信状态报告成功',
      Details: [{ SmsId: id, Status: '12', ReportTime: '2022-05-01 10:30:21', ExStatus: 'DELIVRD' }],
    });
    assert.equal((await mobset.reports()).code, '0');
  });

  test('every part of a long SMS has its own report', async () => {
    const ids = await mobset.ids({ Content: '长'.repeat(200) });
    assert.equal(ids.length, 4);
    mobset.pass(1000);
    assert.deepEqual(
      (await mobset.reports()).Details?.map(({ SmsId }) => SmsId),
      ids,
    );
  });

  test('fifty reports a call', async () => {
    const fifty = Array.from({ length: 50 }, (_, n) => 13500000000 + n).join(',');
    const ids = [...(await mobset.ids({ PhoneNumbers: fifty })), ...(await mobset.ids({ PhoneNumbers: fifty }))];
    ids.push(...(await mobset.ids({})));
    mobset.pass(1000);
    const pages: Answer[] = [];
    for (let page = await mobset.reports(); page.Details; page = await mobset.reports()) pages.push(page);
    assert.deepEqual(
      pages.map(({ code }) => code),
      ['50', '50', '1'],
    );
    assert.deepEqual(
      pages.flatMap(({ Details }) => Details?.map(({ SmsId }) => SmsId)),
      ids,
    );
  });

  test('reports are kept for 48 hours, inbound SMS for ten days', async () => {
    await mobset.send();
    mobset.simulator.receive({ from: '13512346789', text: 'kept' });
    mobset.pass(1000 + 48 * HOUR + 1);
    assert.equal((await mobset.reports()).code, '0');
    await mobset.send();
    mobset.pass(1000 + 48 * HOUR);
    assert.equal((await mobset.reports()).code, '1');
    assert.equal((await mobset.inbound()).code, '1');
    mobset.simulator.receive({ from: '13512346789', text: 'lost' });
    mobset.pass(240 * HOUR + 1);
    assert.equal((await mobset.inbound()).code, '0');
  });

  test('magic numbers: what becomes of an accepted SMS', async () => {
    const fates: [string, number, string | undefined][] = [
      ['19900000001', 10_000, '12'],
      ['8619900000002', 1000, '13'],
      ['19900000003', 1000, '15'],
      ['19900000006', 1000, '10'],
      ['19900000004', 1_000_000, undefined],
    ];
    for (const [number, wait, status] of fates) {
      await mobset.send({ PhoneNumbers: number });
      mobset.pass(wait - 1);
      assert.equal((await mobset.reports()).code, '0', number);
      mobset.pass(1);
      assert.equal((await mobset.reports()).Details?.[0]?.Status, status, number);
    }
  });

  test('an inbound SMS is written as the sample of section 4.2.3, and handed out once', async () => {
    mobset.pass(Date.parse('2022-06-01T12:00:00+08:00') - mobset.now);
    const { accountId } = mobset.simulator.account;
    mobset.simulator.receive({ from: '13512346789', text: '收到!' });
    mobset.simulator.receive({ from: '13512346789', to: `10691179${accountId}123`, text: 'a "b"\r\n😀' });
    const sms = JSON.stringify({ from: '13512346789', to: '12345', text: '' });
    await fetch(new URL('/simulator/inbound', mobset.simulator.url), { method: 'POST', body: sms });
    const common = { PhoneNumber: '13512346789', RecvTime: '2022-06-01 12:00:00' };
    assert.deepEqual(await mobset.inbound(), {
      code: '3',
      Message: '取上行短信成功',
      Details: [
        { ...common, RecvNumber: `10691179${accountId}`, AddNum: '', Content: '收到!' },
        { ...common, RecvNumber: `10691179${accountId}123`, AddNum: '123', Content: 'a "b"\r\n😀' },
        { ...common, RecvNumber: '12345', AddNum: '', Content: '' },
      ],
    });
    assert.deepEqual(await mobset.inbound(), { code: '0', Message: '取上行短信成功' });
  });

  test('twenty inbound SMS a call', async () => {
    for (let index = 0; index < 41; index += 1) mobset.simulator.receive({ from: '13512346789', text: String(index) });
    const texts: unknown[] = [];
    for (const count of ['20', '20', '1', '0']) {
      const page = await mobset.inbound();
      assert.equal(page.code, count);
      texts.push(...(page.Details ?? []).map(({ Content }) => Content));
    }
    assert.deepEqual(
      texts,
      Array.from({ length: 41 }, (_, index) => String(index)),
    );
  });

  test('a magic number answers by itself, a second after it got the SMS, to the extension', async () => {
    await mobset.send({ PhoneNumbers: '19900000005', AddNum: '88', Content: '长'.repeat(200) });
    mobset.pass(1999);
    assert.equal((await mobset.inbound()).code, '0');
    mobset.pass(1);
    const { Details } = await mobset.inbound();
    assert.equal(Details?.length, 1);
    assert.equal(Details[0]?.PhoneNumber, '19900000005');
    assert.equal(Details[0].AddNum, '88');
    assert.equal(Details[0].Content, 'YES');
  });

  test('balance and signature are written as their samples, the comma too much included', async (t) => {
    const poor = await Mobset.start({ balance: 269 });
    t.after(() => poor.simulator.close());
    const balance = await poor.post(poor.form('SmsGetBalance'));
    assert.equal(await balance.text(), '{"Code":"269","Message":"取短信余额成功"}');
    const sign = await poor.post(poor.form('SmsGetSign'));
    assert.equal(await sign.text(), '{"Code": "0", "Message": "取签名成功", "Sign": "短信易", }');
  });
});
