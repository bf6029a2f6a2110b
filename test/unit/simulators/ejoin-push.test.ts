import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { start, type EjoinSimulator } from '../../../nodes/simulators/ejoin';
import { Receiver, type Received } from '../../support/receiver';

const LOGIN = 'version=1.1&username=demo&password=demo-ejoin';
const JSON_TYPE = 'application/json;charset=utf-8';
/** 2019-09-26 07:26:05 UTC, 15:26:05 in Shanghai. */
const START = Date.UTC(2019, 8, 26, 7, 26, 5);
const START_SECONDS = START / 1000;

let clock = START;
let device: EjoinSimulator;
let receiver: Receiver;

beforeEach(async () => {
  clock = START;
  device = await start({ now: () => clock });
  receiver = await Receiver.start();
});
afterEach(async () => {
  await device.close();
  await receiver.close();
});

/** Sends tasks, with the parameters of the whole request. */
async function send(request: object, ...tasks: object[]): Promise<void> {
  const body = { type: 'send-sms', task_num: tasks.length, ...request, tasks };
  const url = `${device.url}/goip_post_sms.html?${LOGIN}`;
  const headers = { 'content-type': JSON_TYPE };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { code: number; status: { status: string }[] };
  assert.deepEqual(
    answer.status.map(({ status }) => status),
    tasks.map(() => '0 OK'),
  );
}
const status = async (query: string): Promise<unknown> =>
  (await fetch(`${device.url}/goip_get_status.html?${LOGIN}${query}`)).json();
const task = (tid: number, to: string, more: object = {}) => ({ tid, to, sms: 'hello', from: '1', ...more });
const bodyOf = (push: Received | undefined): unknown => JSON.parse(push?.body ?? '');
const base64 = (text: string): string => Buffer.from(`${text}\0\0\0\0`).toString('base64');

describe('status-report', () => {
  test('to the URL of the request, with the version in the query, totals and details', async () => {
    const sr_url = `${receiver.url}/hook?a=b`;
    await send({ sr_url, sr_cnt: 2 }, task(7, '13800000001', { sdr: 1 }), task(8, '19900000003'));
    clock += 1000;
    const [push] = await receiver.until(1);
    assert.deepEqual(
      [push?.method, push?.url, push?.headers['content-type']],
      ['POST', '/hook?a=b&version=1.1', JSON_TYPE],
    );
    assert.deepEqual(bodyOf(push), {
      type: 'status-report',
      rpt_num: 2,
      rpts: [
        { tid: 7, sending: 0, sent: 1, failed: 0, unsent: 0, sdr: [[0, '13800000001', '1A', START_SECONDS]] },
        {
          tid: 8,
          sending: 0,
          sent: 0,
          failed: 1,
          unsent: 0,
          fdr: [[0, '19900000003', '1A', START_SECONDS + 1, '6 Timeout', '']],
        },
      ],
    });
    clock += 1_000_000;
    await receiver.expectNone();
  });

  test('details only where the task wants them: sent ones are off and failed ones on by default', async () => {
    const to = '13800000001,19900000003';
    await send({ sr_url: receiver.url, sr_cnt: 1 }, task(1, to), task(2, to, { fdr: 0 }));
    clock += 1000;
    await receiver.until(2);
    const totals = { sending: 0, sent: 1, failed: 1, unsent: 0 };
    const fdr = [[1, '19900000003', '1A', START_SECONDS + 1, '6 Timeout', '']];
    assert.deepEqual(receiver.received.map(bodyOf), [
      { type: 'status-report', rpt_num: 1, rpts: [{ tid: 1, ...totals, fdr }] },
      { type: 'status-report', rpt_num: 1, rpts: [{ tid: 2, ...totals }] },
    ]);
  });

  test('buffered until there are sr_cnt of them', async () => {
    await send({ sr_url: receiver.url, sr_cnt: 3 }, task(1, '101'), task(2, '102'));
    clock += 1000;
    await receiver.expectNone();
    await send({}, task(3, '103'), task(4, '104'));
    clock += 1000;
    const [push] = await receiver.until(1);
    const { rpts } = bodyOf(push) as { rpts: { tid: number }[] };
    assert.deepEqual(
      rpts.map(({ tid }) => tid),
      [1, 2, 3],
    );
    // The fourth waits for its own period: 30 seconds from the time it was sent, after 0.2 seconds.
    clock += 29_100;
    await receiver.expectNone();
    clock += 100;
    await receiver.until(2);
  });

  test('buffered until sr_prd seconds are over', async () => {
    await send({ sr_url: receiver.url, sr_prd: 5 }, task(1, '101'));
    clock += 5199;
    await receiver.expectNone();
    clock += 1;
    await receiver.until(1);
  });

  test('a task with several SMS is reported on after every ten, with the totals so far and what is new', async () => {
    const to = Array.from({ length: 25 }, (_, index) => String(13_800_000_000 + index)).join(',');
    await send({ sr_url: receiver.url, sr_cnt: 1 }, task(1, to, { sdr: 1, intvl: '1000' }));
    clock += 24_000;
    await receiver.until(2);
    await receiver.expectNone();
    clock += 200;
    const pushes = await receiver.until(3);
    const reports = pushes.map((push) => (bodyOf(push) as { rpts: Record<string, unknown>[] }).rpts[0]);
    assert.deepEqual(
      reports.map((report) => [report?.sending, report?.sent, report?.failed, report?.unsent]),
      [
        [0, 10, 0, 15],
        [0, 20, 0, 5],
        [0, 25, 0, 0],
      ],
    );
    assert.deepEqual(
      reports.flatMap((report) => (report?.sdr as [number][]).map(([index]) => index)),
      Array.from({ length: 25 }, (_, index) => index),
    );
  });

  test('and after the task’s own number or period, until each of its SMS was sent or failed', async () => {
    const own = { sr_cnt: 2, sr_prd: 10, sdr: 1, intvl: '8000' };
    await send({ sr_url: receiver.url, sr_cnt: 1 }, task(1, '101,102,103,104', own));
    clock += 1_000_000;
    const pushes = await receiver.until(4);
    const reports = pushes.map((push) => (bodyOf(push) as { rpts: { sent: number; sdr?: unknown }[] }).rpts[0]);
    assert.deepEqual(
      reports.map((report) => [report?.sent, report?.sdr]),
      [
        // At 8.2 seconds by number, at 10 and 20 by period, and at 24.2 it is done.
        [
          2,
          [
            [0, '101', '1A', START_SECONDS],
            [1, '102', '1A', START_SECONDS + 8],
          ],
        ],
        [2, undefined],
        [3, [[2, '103', '1A', START_SECONDS + 16]]],
        [4, [[3, '104', '1A', START_SECONDS + 24]]],
      ],
    );
    await receiver.expectNone();
  });

  test('an SMS that is on its way for ever is never reported on by itself', async () => {
    await send({ sr_url: receiver.url, sr_cnt: 1 }, task(1, '19900000004'));
    clock += 1_000_000;
    await receiver.expectNone();
  });
});

describe('recv-sms', () => {
  const sms = (url: string) => ({ sms_url: url, sms_cnt: 2, sms_prd: 3 });

  test('what comes in and delivery rows, buffered by number', async () => {
    await send(
      sms(`${receiver.url}/x`),
      task(1, '13800000001', { dr: 1 }),
      task(2, '19900000002', { dr: 1, from: '2' }),
    );
    clock += 1000;
    const [push] = await receiver.until(1);
    assert.deepEqual([push?.url, push?.headers['content-type']], ['/x?version=1.1', JSON_TYPE]);
    assert.deepEqual(bodyOf(push), {
      type: 'recv-sms',
      sms_num: 2,
      sms: [
        [1, '1A', START_SECONDS + 1, '+8613800000500', '13800000001', '0 19092615260632'],
        [1, '2B', START_SECONDS + 1, '+8613010000500', '19900000002', '67 19092615260632'],
      ],
    });
    const held = (await (await fetch(`${device.url}/goip_get_sms.html?${LOGIN}`)).json()) as { data: unknown };
    assert.deepEqual(held.data, (bodyOf(push) as { sms: unknown }).sms);
  });

  test('buffered by time; the magic number answers at the port that wrote to it, as a handset does', async () => {
    await send(sms(receiver.url), task(1, '19900000005', { from: '4' }));
    clock += 4999;
    await receiver.expectNone();
    clock += 1;
    const [push] = await receiver.until(1);
    const row = [0, '4D', START_SECONDS + 2, '19900000005', '13900000404', base64('YES')];
    assert.deepEqual(bodyOf(push), { type: 'recv-sms', sms_num: 1, sms: [row] });
    const inbound = (body: object) =>
      fetch(`${device.url}/simulator/inbound`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await inbound({ from: '19900000005', text: '好😀' })).status, 200);
    await inbound({ from: '10086', to: '13900000202', text: 'b' });
    const [, next] = await receiver.until(2);
    assert.deepEqual((bodyOf(next) as { sms: unknown }).sms, [
      [0, '4D', START_SECONDS + 5, '19900000005', '13900000404', base64('好😀')],
      [0, '2B', START_SECONDS + 5, '10086', '13900000202', base64('b')],
    ]);
  });

  test('without sms_cnt the older form, each SMS at once and no delivery rows', async () => {
    await send({ sms_url: receiver.url }, task(1, '13800000001', { dr: 1 }));
    clock += 1000;
    await receiver.expectNone();
    device.receive({ from: '+8610086', text: '中国\r\n移动' });
    const [push] = await receiver.until(1);
    assert.deepEqual(
      [push?.url, push?.body],
      [
        '/?port=1A&sender=%2B8610086&mac=00-30-f1-01-02-03&iccid=89860000000000000101',
        'Sender: +8610086\r\nReceiver: 13900000101\r\nSMSC: +8613800000500\r\nSCTS: 19092615260632\r\n\r\n中国\r\n移动',
      ],
    );
  });
});

describe('the device’s own configuration', () => {
  test('counts where the request names nothing; the request takes its place; one for all logins', async () => {
    const demo = { accountId: '', username: 'demo', password: '' };
    device.pushTo?.({ ...demo, username: 'somebody' }, `${receiver.url}/own`);
    await send({ sr_prd: 1 }, task(1, '101'));
    device.receive({ from: '10086', text: 'x' });
    clock += 2000;
    await receiver.until(2);
    assert.deepEqual(
      receiver.received.map(({ url }) => url.split('?')[0]),
      ['/own', '/own'],
    );
    await send({ sr_url: `${receiver.url}/asked` }, task(2, '101'));
    clock += 2000;
    await receiver.until(3);
    await send({}, task(3, '101'));
    clock += 2000;
    await receiver.until(4);
    assert.deepEqual(
      receiver.received.slice(2).map(({ url }) => url),
      ['/asked?version=1.1', '/asked?version=1.1'],
    );
    device.pushTo?.(demo, undefined);
    await send({}, task(4, '101'));
    device.receive({ from: '10086', text: 'x' });
    clock += 2000;
    await receiver.expectNone();
  });

  test('whatever is answered, nothing is pushed again and the device goes on', async () => {
    receiver.answer = () => ({ status: 500 });
    await send({ sr_url: receiver.url, sr_cnt: 1 }, task(1, '101'));
    clock += 1000;
    await receiver.until(1);
    receiver.answer = () => 'reset';
    await send({}, task(2, '101'));
    clock += 1000;
    await receiver.until(2);
    await receiver.expectNone();
    await send({ sr_url: await Receiver.nowhere() }, task(3, '101'));
    clock += 1000;
    await receiver.expectNone();
    await send({ sr_url: receiver.url }, task(4, '101'));
    clock += 1000;
    await receiver.until(3);
  });
});

describe('the status', () => {
  interface DevStatus {
    readonly type: string;
    readonly expires: number;
    readonly seq: number;
    readonly status: { readonly port: string; readonly st: number }[];
  }

  test('the whole device every period, until period=0', async () => {
    const url = encodeURIComponent(`${receiver.url}/s?k=v`);
    assert.deepEqual(await status(`&url=${url}&period=60`), { code: 0, reason: 'OK' });
    clock += 59_999;
    await receiver.expectNone();
    clock += 1;
    await receiver.until(1);
    // A plain query leaves the subscription alone.
    await status('');
    clock += 60_000;
    const pushes = await receiver.until(2);
    assert.deepEqual(
      pushes.map((push) => [push.url, push.headers['content-type']]),
      [
        ['/s?k=v', JSON_TYPE],
        ['/s?k=v', JSON_TYPE],
      ],
    );
    const [first, second] = pushes.map((push) => bodyOf(push) as DevStatus);
    assert.deepEqual([first?.type, first?.expires, first?.seq, second?.seq], ['dev-status', 60, 1, 3]);
    assert.deepEqual(
      first?.status.map(({ port }) => port),
      ['1.01', '2.02', '3.01', '4.04', '5.03', '6.01', '7.01', '8.01'],
    );
    await status('&period=0');
    clock += 600_000;
    await receiver.expectNone();
  });

  test('a new subscription takes the place of the old one; all cards on request; the URL only once', async () => {
    await status(`&url=${encodeURIComponent(receiver.url)}`);
    await status('&period=120&all_sims=1');
    clock += 60_000;
    await receiver.expectNone();
    clock += 60_000;
    const [push] = await receiver.until(1);
    const body = bodyOf(push) as DevStatus;
    assert.deepEqual([body.expires, body.status.length], [120, 11]);
  });

  test('a port at once when it changes, in the form of the sample', async () => {
    device.failPort(1);
    await receiver.expectNone();
    await status(`&url=${encodeURIComponent(receiver.url)}&period=60`);
    device.failPort(2);
    device.failPort(2);
    device.restorePort(2);
    // No card, no such port: nothing changes.
    device.failPort(6);
    device.failPort(99);
    await receiver.until(2);
    await receiver.expectNone(50);
    const card = {
      bal: '500.00',
      sn: '13900000202',
      imei: '860000000020000',
      imsi: '460010000000202',
      iccid: '89860000000000000202',
    };
    const head = { type: 'port-status', port: '2B' };
    assert.deepEqual(receiver.received.map(bodyOf), [
      { ...head, seq: 1, status: '6 Register Failed', opr: '0 ', ...card },
      { ...head, seq: 2, status: '3 OK', opr: '46001 China Unicom', ...card },
    ]);
  });

  test('a port that failed sends nothing', async () => {
    device.failPort(1);
    const body = JSON.stringify({ type: 'send-sms', tasks: [task(1, '101')] });
    const url = `${device.url}/goip_post_sms.html?${LOGIN}`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': JSON_TYPE }, body });
    const answer = (await response.json()) as { status: unknown };
    assert.deepEqual(answer.status, [{ tid: 1, status: '5 SIM Unregistered' }]);
  });
});

test('ten thousand tasks are reported on, each once', async () => {
  const sr_url = receiver.url;
  for (let page = 0; page < 10; page += 1)
    await send({ sr_url }, ...Array.from({ length: 1000 }, (_, index) => task(page * 1000 + index + 1, '101')));
  clock += 60_000;
  await receiver.until(100);
  const tids = receiver.received.flatMap((push) =>
    (bodyOf(push) as { rpts: { tid: number }[] }).rpts.map(({ tid }) => tid),
  );
  assert.deepEqual(
    tids,
    Array.from({ length: 10_000 }, (_, index) => index + 1),
  );
});
