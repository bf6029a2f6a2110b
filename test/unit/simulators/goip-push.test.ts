import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { start } from '../../../nodes/simulators/goip/index';
import type { Simulator } from '../../../nodes/simulators/simulator';
import { Receiver } from '../../support/receiver';

/** 2019-09-26 15:26:05 in Shanghai, as in the sample of section 5. */
const NOON = Date.UTC(2019, 8, 26, 7, 26, 5);
const DEMO = { accountId: '', username: 'demo', password: 'goip-demo-password' };
const OTHER = { accountId: '', username: 'other', password: 'p' };

let clock = NOON;
let goip: Simulator;
let receiver: Receiver;

beforeEach(async () => {
  clock = NOON;
  goip = await start({ now: () => clock });
  receiver = await Receiver.start();
  goip.pushTo?.(DEMO, `${receiver.url}/push`);
});
afterEach(async () => {
  await goip.close();
  await receiver.close();
});

async function call(name: string, parameters: object, { username, password } = DEMO): Promise<unknown> {
  const body = JSON.stringify({ auth: { username, password }, ...parameters });
  return (await fetch(`${goip.url}/goip/${name}/`, { method: 'POST', body })).json();
}
async function send(number: string, more: object = {}, account = DEMO): Promise<string> {
  const answer = (await call('sendsms', { number, content: '测试', ...more }, account)) as { taskID: string };
  return answer.taskID;
}
const values = () => receiver.bodies.map((body) => JSON.parse(body) as unknown);

test('a result as the samples of section 2.3 have it, then the receipt, without anybody asking', async () => {
  const id = await send('13600000000', { goip_line: 'G101' });
  await receiver.expectNone();
  clock += 500;
  await receiver.until(1);
  clock += 500;
  const [first] = await receiver.until(2);
  assert.deepEqual(receiver.bodies, [
    `{"taskID":"${id}.13600000000","goip_line":"G101","send":"succeeded"}`,
    `{"taskID":"${id}.13600000000","goip_line":"G101","send":"succeeded","receipt":"1"}`,
  ]);
  assert.deepEqual([first?.method, first?.url], ['POST', '/push']);
  clock += 100_000;
  await receiver.expectNone();
});

test('every fate, one object a push; unsend and sending are never pushed', async () => {
  const numbers = ['19900000002', '19900000003', '19900000004', '19900000006'];
  const id = await send(numbers.join(','), { goip_line: 'G101' });
  // The quota of this line is 56 SMS a day: the others stay unsend.
  const many = Array.from({ length: 60 }, (_, index) => `1380000${1000 + index}`);
  await send(many.join(','), { goip_line: 'G102' });
  clock += 1_000_000;
  await receiver.until(3 + 2 * 56);
  await receiver.expectNone(50);
  const sample = { goip_line: 'G101' };
  assert.deepEqual(
    values().filter((value) => (value as { taskID: string }).taskID.startsWith(id)),
    [
      { taskID: `${id}.19900000002`, ...sample, send: 'failed', err_code: '27' },
      { taskID: `${id}.19900000003`, ...sample, send: 'failed', err_code: '332' },
      { taskID: `${id}.19900000006`, ...sample, send: 'succeeded' },
    ],
  );
  const rows = (await call('querysms', { taskID: id })) as { send: string }[];
  assert.deepEqual(
    rows.map((row) => row.send),
    ['failed', 'failed', 'sending', 'succeeded'],
  );
});

test('a received SMS as in the sample of section 5, in PHP’s escapes', async () => {
  goip.receive({ from: '10086', to: 'G101', text: '尊敬的 😀/"\n' });
  await receiver.until(1);
  assert.deepEqual(receiver.bodies, [
    '{"goip_line":"G101","from_number":"10086",' +
      '"content":"\\u5c0a\\u656c\\u7684 \\ud83d\\ude00\\/\\"\\n","recv_time":"2019-09-26 15:26:05"}',
  ]);
  assert.deepEqual(values(), [
    { goip_line: 'G101', from_number: '10086', content: '尊敬的 😀/"\n', recv_time: '2019-09-26 15:26:05' },
  ]);
});

test('a handset answers the line that wrote to it last, and the magic number does so by itself', async () => {
  await send('19900000005', { goip_line: 'G201' });
  clock += 2000;
  await receiver.until(3);
  const sms = (line: string, text: string) => ({
    goip_line: line,
    from_number: '19900000005',
    content: text,
    recv_time: '2019-09-26 15:26:07',
  });
  assert.deepEqual(values().slice(2), [sms('G201', 'YES')]);
  const inbound = (body: object) =>
    fetch(`${goip.url}/simulator/inbound`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal((await inbound({ from: '19900000005', text: 'again' })).status, 200);
  await receiver.until(4);
  await inbound({ from: '19900000005', to: '19900000102', text: 'by number' });
  await inbound({ from: '13900000000', text: 'stranger' });
  await receiver.until(6);
  assert.deepEqual(values().slice(3), [
    sms('G201', 'again'),
    sms('G102', 'by number'),
    { ...sms('G101', 'stranger'), from_number: '13900000000' },
  ]);
});

test('each account has its own URL, and none where it was taken away', async () => {
  goip.addAccount(OTHER);
  const second = await Receiver.start();
  goip.pushTo?.(OTHER, second.url);
  const mine = await send('13600000001');
  const theirs = await send('13600000002', {}, OTHER);
  clock += 1000;
  await receiver.until(2);
  await second.until(2);
  assert.match(receiver.bodies.join(), new RegExp(`${mine}\\.13600000001.*${mine}\\.13600000001`));
  assert.match(second.bodies.join(), new RegExp(`${theirs}\\.13600000002.*${theirs}\\.13600000002`));
  goip.receive({ from: '13600000002', text: 'to the other' });
  await second.until(3);
  goip.pushTo?.(OTHER, undefined);
  await send('13600000003', {}, OTHER);
  clock += 1000;
  await second.expectNone();
  // What nobody was told then is told nobody later.
  goip.pushTo?.(OTHER, second.url);
  await second.expectNone();
  assert.equal(receiver.received.length, 2);
  await second.close();
});

test('whatever is answered, nothing is pushed again and the server goes on', async () => {
  receiver.answer = ({ body }) => (body.includes('0001') ? { status: 500, body: 'no' } : 'reset');
  await send('13600000001,13600000002');
  clock += 1000;
  await receiver.until(4);
  await receiver.expectNone();
  goip.pushTo?.(DEMO, await Receiver.nowhere());
  const id = await send('13600000004');
  clock += 1000;
  await receiver.expectNone();
  assert.equal(((await call('querysms', { taskID: id })) as { send: string }[])[0]?.send, 'succeeded');
});

test('ten thousand states are pushed, each once', async () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => String(13_600_000_000 + index));
  const id = await send(numbers.join(','), { goip_line: 'G101' });
  clock += 1000;
  for (let tries = 0; receiver.received.length < 10_000 && tries < 60; tries += 1)
    await receiver.until(Math.min(10_000, receiver.received.length + 200));
  const seen = new Map<string, number>();
  for (const body of receiver.bodies) seen.set(body, (seen.get(body) ?? 0) + 1);
  const row = (number: string) => `{"taskID":"${id}.${number}","goip_line":"G101","send":"succeeded"`;
  assert.equal(seen.size, 10_000);
  for (const number of numbers) {
    assert.equal(seen.get(`${row(number)}}`), 1);
    assert.equal(seen.get(`${row(number)},"receipt":"1"}`), 1);
  }
});
