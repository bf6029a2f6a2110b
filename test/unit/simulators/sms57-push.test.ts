import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { start } from '../../../nodes/simulators/sms57/index';
import type { Simulator } from '../../../nodes/simulators/simulator';
import { Receiver } from '../../support/receiver';

/** 2017-04-12 01:38:20 in Shanghai: a report is due at the time of the sample in section 6.2. */
const NIGHT = Date.UTC(2017, 3, 11, 17, 38, 20);
const DEMO = { accountId: '', username: '900057', password: 'sms57-demo-password' };
const OTHER = { accountId: '', username: 'other', password: 'p' };

interface Row {
  readonly flag: number;
  readonly mobile: string;
}

let clock = NIGHT;
let sms57: Simulator;
let receiver: Receiver;

beforeEach(async () => {
  clock = NIGHT;
  sms57 = await start({ now: () => clock, pushPauses: [100, 200] });
  receiver = await Receiver.start();
  receiver.answer = () => ({ body: 'OK' });
});
afterEach(async () => {
  await sms57.close();
  await receiver.close();
});

async function call(action: string, fields: Record<string, string> = {}, account = DEMO) {
  const { username, password } = account;
  const body = new URLSearchParams({ action, account: username, password, rt: 'json', ...fields });
  return (await (await fetch(sms57.url, { method: 'POST', body })).json()) as { list: (Row & { mid: string })[] };
}
const send = (mobile: string, account = DEMO) => call('send', { mobile, content: 'x', extno: '10690' }, account);
const fetched = async (action: string, account = DEMO) =>
  (await call(action, { size: '1000' }, account)).list.map(({ mobile }) => mobile);
const rows = () => receiver.bodies.map((body) => JSON.parse(body) as Row[]);

test('a push as the sample of section 6.2 has it, and once more although it was acknowledged', async () => {
  sms57.pushTo?.(DEMO, `${receiver.url}/sms57`);
  const { list } = await send('18983437011');
  clock += 1000;
  await receiver.until(1);
  sms57.receive({ from: '18983437010', to: '10690', text: '上行内容' });
  await receiver.until(3);
  const report = {
    flag: 1,
    mid: list[0]?.mid,
    spid: '900057',
    accessCode: '10690',
    mobile: '18983437011',
    stat: 'DELIVRD',
    time: '2017-04-12 01:38:21',
  };
  const inbound = {
    flag: 0,
    mid: '0000000000000001',
    spid: '900057',
    accessCode: '10690',
    mobile: '18983437010',
    content: '上行内容',
    time: '2017-04-12 01:38:21',
  };
  await receiver.until(4);
  assert.deepEqual(rows(), [[report], [inbound], [report], [inbound]]);
  assert.deepEqual([receiver.received[0]?.method, receiver.received[0]?.url], ['POST', '/sms57']);
  await receiver.expectNone(700);
  assert.deepEqual([await fetched('report'), await fetched('mo')], [[], []]);
});

test('reports and inbound SMS that are due together share an array, in the order of their times', async () => {
  sms57.pushTo?.(DEMO, receiver.url);
  await send('13800000001,19900000005,19900000002');
  clock += 2000;
  const [first] = await receiver.until(1);
  assert.deepEqual(
    (JSON.parse(first?.body ?? '') as Row[]).map(({ flag, mobile }) => [flag, mobile]),
    [
      [1, '13800000001'],
      [1, '19900000005'],
      [1, '19900000002'],
      [0, '19900000005'],
    ],
  );
});

test('only OK acknowledges: all else is pushed again after growing pauses, and a fetch gets it meanwhile', async () => {
  sms57.pushTo?.(DEMO, receiver.url);
  const answers = [{ body: 'ok' }, { status: 500, body: 'OK' }, { body: 'OK' }];
  const times: number[] = [];
  receiver.answer = () => {
    times.push(Date.now());
    return answers[times.length - 1] ?? { body: 'OK' };
  };
  await send('13800000001');
  clock += 1000;
  await receiver.until(4);
  const [first = 0, second = 0, third = 0, repeated = 0] = times;
  assert.ok(second - first >= 95 && third - second >= 195 && repeated - third >= 495, times.join());
  await receiver.expectNone(600);
  assert.equal(new Set(receiver.bodies).size, 1);
  assert.deepEqual(await fetched('report'), []);

  receiver.answer = () => ({ status: 503 });
  await send('13800000002');
  clock += 1000;
  await receiver.until(5);
  assert.deepEqual(await fetched('report'), ['13800000002']);
  assert.deepEqual(await fetched('report'), []);
});

test('what no push could deliver is still there to be fetched, or for another URL', async () => {
  sms57.pushTo?.(DEMO, await Receiver.nowhere());
  await send('13800000001');
  clock += 1000;
  await wait(800);
  assert.deepEqual(await fetched('report'), ['13800000001']);
  await send('13800000002');
  clock += 1000;
  await wait(800);
  sms57.pushTo?.(DEMO, receiver.url);
  await receiver.until(1);
  assert.deepEqual(
    rows().map((list) => list.map(({ mobile }) => mobile)),
    [['13800000002']],
  );
});

test('without a URL all is fetched as ever; each account has its own', async () => {
  sms57.addAccount(OTHER);
  sms57.pushTo?.(OTHER, receiver.url);
  await send('13800000001');
  await send('13800000002', OTHER);
  clock += 1000;
  await receiver.until(2);
  assert.deepEqual(
    rows().map((list) => list.map(({ mobile }) => mobile)),
    [['13800000002'], ['13800000002']],
  );
  assert.deepEqual(await fetched('report'), ['13800000001']);
  sms57.pushTo?.(OTHER, undefined);
  await send('13800000003', OTHER);
  clock += 1000;
  await receiver.expectNone();
  assert.deepEqual(await fetched('report', OTHER), ['13800000003']);
});

test('what waits when a URL is told is pushed, a hundred rows a push', async () => {
  const numbers = Array.from({ length: 250 }, (_, index) => String(13_800_000_000 + index));
  await send(numbers.join(','));
  clock += 1000;
  await receiver.expectNone(50);
  sms57.pushTo?.(DEMO, receiver.url);
  await receiver.until(6);
  assert.deepEqual(
    rows().map((list) => list.length),
    [100, 100, 50, 100, 100, 50],
  );
  assert.deepEqual(
    rows()
      .slice(0, 3)
      .flatMap((list) => list.map(({ mobile }) => mobile)),
    numbers,
  );
});
