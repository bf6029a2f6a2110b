/** Tasks that wait: 6.3.3 to 6.3.6. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test, type TestContext } from 'node:test';
import { Receiver } from '../../support/receiver';
import { EjoinClient, INVALID, NO_PORT, START, TAKEN } from '../../support/ejoin-client';

let client: EjoinClient;

beforeEach(async () => {
  client = new EjoinClient();
  await client.open();
});
afterEach(() => client.close());

/** A receiver that is closed when the test ends, however it ends. */
async function receive(context: TestContext): Promise<Receiver> {
  const receiver = await Receiver.start();
  context.after(() => receiver.close());
  return receiver;
}

const task = (tid: number, to: string, more: object = {}) => ({ tid, to, sms: `text ${tid}`, from: '1', ...more });
const SLOW = { intvl: '10000' };
const queue = async (query = '&port=1&pos=0'): Promise<unknown> => client.get('get_tasks', query);
interface Listing {
  readonly total_num: number;
  readonly tasks: { readonly tid: number; readonly to: string; readonly state: number }[];
}
/** `7: 101,102` for each task that waits at a port, `(7)` where it is paused. */
const waiting = async (port = 1): Promise<string[]> =>
  ((await queue(`&port=${port}&pos=0&num=1000`)) as Listing).tasks.map(({ tid, to, state }) =>
    state === 1 ? `(${tid}): ${to}` : `${tid}: ${to}`,
  );
interface SmsRow {
  readonly port: number;
  readonly slot: number;
  readonly sent: number;
  readonly sent_ok: number;
  readonly sent_failed: number;
}
const smsRows = async (query = ''): Promise<readonly SmsRow[]> =>
  ((await client.get('get_sms_stat', query)) as { stats: SmsRow[] }).stats;
const sentAt = async (port: number): Promise<number> => (await smsRows('&type=3'))[port - 1]!.sent;

describe('what waits', () => {
  test('an SMS that comes after the interval of its task, and one for a locked port', async () => {
    await client.send(task(1, '101,102,103', SLOW), task(2, '104'));
    assert.deepEqual(await waiting(), ['1: 102,103']);
    client.clock += 10_000;
    assert.deepEqual(await waiting(), ['1: 103']);
    client.clock += 10_000;
    assert.deepEqual(await waiting(), []);

    await client.command('lock', '1');
    assert.deepEqual(await client.send(task(3, '105'), task(4, '106', SLOW)), ['0 OK', '0 OK']);
    client.clock += 3_600_000;
    assert.deepEqual(await waiting(), ['3: 105', '4: 106']);
    assert.equal(await sentAt(1), 4);
    await client.command('unlock', '1');
    client.clock += 1799;
    assert.deepEqual(await waiting(), ['3: 105', '4: 106']);
    client.clock += 1;
    assert.deepEqual(await waiting(), []);
    assert.equal(await sentAt(1), 6);
  });

  test('several SMS that waited for a port keep the interval of their task', async () => {
    await client.command('lock', '1');
    await client.send(task(1, '101,102,103', SLOW));
    client.clock += 60_000;
    await client.command('unlock', '1');
    client.clock += 1800;
    assert.deepEqual(await waiting(), ['1: 102,103']);
    client.clock += 10_000;
    assert.deepEqual(await waiting(), ['1: 103']);
  });

  test('a task that names no port goes out of another one, or waits until there is one', async () => {
    const sent = async (): Promise<number[]> => (await smsRows('&type=3')).slice(0, 5).map((row) => row.sent);
    await client.send(task(1, '101,102', { ...SLOW, from: '' }));
    assert.deepEqual(await waiting(2), ['1: 102']);
    client.device.failPort(2);
    client.clock += 10_000;
    assert.deepEqual(await sent(), [1, 0, 0, 1, 0]);
    await client.send(task(2, '101', { from: '' }), task(3, '101,102', { ...SLOW, from: '' }));
    await client.command('lock', 'all');
    const before = (await sent()).reduce((sum, count) => sum + count);
    client.clock += 60_000;
    assert.equal(
      (await sent()).reduce((sum, count) => sum + count),
      before,
    );
    const fifth = await sentAt(5);
    await client.command('unlock', '5');
    client.clock += 1800;
    assert.equal(await sentAt(5), fifth + 1);
  });

  test('a lock that is taken off before it showed holds nothing back', async () => {
    await client.command('lock', '1');
    await client.send(task(1, '101'));
    await client.command('unlock', '1');
    assert.deepEqual(await waiting(), ['1: 101']);
    client.clock += 300;
    assert.deepEqual(await waiting(), []);
  });

  test('an SMS that waited for a card fails where that cannot register', async () => {
    await client.command('lock', '1');
    await client.send(task(1, '101'));
    client.clock += 5000;
    await client.set('simulate_state(0)', 6);
    assert.deepEqual([await client.states(1), await waiting()], [['1.01 12'], ['1: 101']], 'it is locked all the same');
    await client.command('unlock', '1', { auto_fail_sim_switch: '0' });
    client.clock += 5000;
    assert.deepEqual([await client.states(1), await waiting()], [['1.01 6'], []]);
    assert.equal(await sentAt(1), 0);
  });

  test('an SMS for a port that has come into trouble fails, and is reported on', async (context) => {
    const receiver = await receive(context);
    client.device.pushTo?.(client.device.account, receiver.url);
    const report = { type: 'send-sms', sr_cnt: 1, task_num: 1 };
    await client.post('post_sms', { ...report, tasks: [task(1, '101,102', SLOW)] });
    client.device.failPort(1);
    client.clock += 10_000;
    const [push] = await receiver.until(1);
    const { rpts } = JSON.parse(push!.body) as { rpts: unknown };
    const fdr = [[1, '102', '1A', START / 1000 + 10, '5 SIM Unregistered', '']];
    assert.deepEqual(rpts, [{ tid: 1, sending: 0, sent: 1, failed: 1, unsent: 0, fdr }]);
  });
});

describe('goip_get_tasks', () => {
  test('lists them with what the task gave, the text on request', async () => {
    await client.command('lock', '1');
    const base64 = Buffer.from('您好').toString('base64');
    await client.send(
      task(5, '101,102', { coding: 1 }),
      task(3, '103', { chs: 'base64', sms: base64, from: '1A' }),
      task(4, '104', { from: '2' }),
    );
    const tasks = [
      { tid: 5, from: '1', to: '101,102', chs: 'utf-8', coding: 1, state: 0 },
      { tid: 3, from: '1A', to: '103', chs: 'base64', coding: 0, state: 0 },
    ];
    assert.deepEqual(await queue(), { ...TAKEN, total_num: 2, task_num: 2, tasks });
    assert.deepEqual(await queue('&port=1&pos=0&has_content=1'), {
      ...TAKEN,
      total_num: 2,
      task_num: 2,
      tasks: [
        { ...tasks[0], sms: 'text 5' },
        { ...tasks[1], sms: base64 },
      ],
    });
    assert.deepEqual(await queue('&port=3&pos=0'), { ...TAKEN, total_num: 0, task_num: 0, tasks: [] });
  });

  test('gives pages of ten where nothing else is asked for', async () => {
    await client.command('lock', '1');
    await client.send(...Array.from({ length: 25 }, (_, index) => task(index + 1, '101')));
    const page = async (query: string): Promise<unknown[]> => {
      const found = (await queue(`&port=1${query}`)) as Listing & { task_num: number };
      assert.equal(found.total_num, 25);
      assert.equal(found.task_num, found.tasks.length);
      return [found.tasks[0]?.tid, found.tasks.length];
    };
    assert.deepEqual(await page('&pos=0'), [1, 10]);
    assert.deepEqual(await page('&pos=10'), [11, 10]);
    assert.deepEqual(await page('&Pos=20&Num=10'), [21, 5]);
    assert.deepEqual(await page('&pos=3&num=1'), [4, 1]);
    assert.deepEqual(await page('&pos=25'), [undefined, 0]);
    assert.deepEqual(await page('&pos=0&num=0'), [undefined, 0]);
    assert.deepEqual(await page('&pos=0&num=999999999'), [1, 25]);
  });

  test('refuses what is missing or none', async () => {
    for (const query of ['', '&pos=0', '&port=&pos=0', '&port=0&pos=0', '&port=9&pos=0', '&port=1A&pos=0'])
      assert.deepEqual(await queue(query), NO_PORT, query);
    for (const query of ['', '&pos=', '&pos=-1', '&pos=x', '&pos=0&num=x', '&pos=0&has_content=2'])
      assert.deepEqual(await queue(`&port=1${query}`), INVALID, query);
  });
});

describe('pause, resume and remove', () => {
  const ok = (...tids: number[]) => ({ ...TAKEN, results: tids.map((tid) => ({ tid, status: '0 OK' })) });

  test('concern the tasks that are named', async () => {
    await client.send(task(2, '101,102,103', SLOW), task(3, '104,105,106', SLOW));
    assert.deepEqual(await client.post('pause_sms', { tids: [2] }), ok(2));
    client.clock += 10_000;
    assert.deepEqual(await waiting(), ['(2): 102,103', '3: 106']);
    client.clock += 60_000;
    assert.deepEqual(await waiting(), ['(2): 102,103']);
    assert.deepEqual(await client.post('resume_sms', { tids: [2] }), ok(2));
    assert.deepEqual(await waiting(), ['2: 103']);
    client.clock += 10_000;
    assert.deepEqual(await waiting(), []);
  });

  test('a task that is resumed before its time keeps it', async () => {
    await client.send(task(2, '101,102', SLOW));
    await client.post('pause_sms', { tids: [2] });
    client.clock += 5000;
    assert.deepEqual(await client.post('resume_sms', { tids: [2] }), ok(2));
    client.clock += 4999;
    assert.deepEqual(await waiting(), ['2: 102']);
    client.clock += 1;
    assert.deepEqual(await waiting(), []);
  });

  test('a removed task is sent no more, and its id stays taken', async () => {
    await client.send(task(2, '101,102,103', SLOW));
    assert.deepEqual(await client.post('remove_sms', { tids: [2] }), ok(2));
    assert.deepEqual(await waiting(), []);
    client.clock += 60_000;
    assert.equal(await sentAt(1), 1);
    assert.deepEqual(await client.send(task(2, '101')), ['13 Duplicated TaskId']);
  });

  test('a removed task is reported on no more', async (context) => {
    const receiver = await receive(context);
    client.device.pushTo?.(client.device.account, receiver.url);
    await client.post('post_sms', {
      type: 'send-sms',
      sr_cnt: 1,
      task_num: 1,
      tasks: [task(2, '101,102,103', { ...SLOW, sr_prd: 5, sdr: 1 })],
    });
    client.clock += 1000;
    await client.post('remove_sms', { tids: [2] });
    client.clock += 60_000;
    const [push] = await receiver.until(1);
    const { rpts } = JSON.parse(push!.body) as { rpts: unknown };
    assert.deepEqual(rpts, [
      { tid: 2, sending: 0, sent: 1, failed: 0, unsent: 0, sdr: [[0, '101', '1A', START / 1000]] },
    ]);
    await receiver.expectNone();
  });

  test('without tids they concern all, and answer without results', async () => {
    await client.command('lock', '1,2');
    await client.send(task(1, '101'), task(2, '102', { from: '2' }));
    assert.deepEqual(await client.post('pause_sms', {}), TAKEN);
    await client.send(task(3, '103'));
    assert.deepEqual([await waiting(1), await waiting(2)], [['(1): 101', '3: 103'], ['(2): 102']]);
    await client.command('unlock', '1,2');
    client.clock += 5000;
    assert.deepEqual([await waiting(1), await waiting(2)], [['(1): 101'], ['(2): 102']]);
    assert.deepEqual(await client.post('resume_sms', {}), TAKEN);
    assert.deepEqual([await waiting(1), await waiting(2)], [[], []]);
    await client.command('lock', '1');
    await client.send(task(4, '104'), task(5, '105'));
    assert.deepEqual(await client.post('remove_sms', {}), TAKEN);
    assert.deepEqual(await waiting(), []);
  });

  test('answer 11 for a task that is not in the queue, each by itself', async () => {
    await client.command('lock', '1');
    await client.send(task(1, '101'), task(2, '102', { from: '2' }));
    for (const call of ['pause_sms', 'resume_sms', 'remove_sms']) {
      assert.deepEqual(await client.post(call, { tids: [1, 2, 99, '1', 1.5] }), {
        ...TAKEN,
        results: [{ tid: 1, status: '0 OK' }, ...[2, 99, 0, 0].map((tid) => ({ tid, status: '11 TID Expected' }))],
      });
    }
  });

  test('refuse what is no list of ids, and an empty one', async () => {
    await client.command('lock', '1');
    await client.send(task(1, '101'));
    for (const call of ['pause_sms', 'resume_sms', 'remove_sms']) {
      assert.deepEqual(await client.post(call, { tids: [] }), { code: 11, reason: 'TID Expected' });
      for (const body of [null, [], [1], { tids: null }, { tids: '1' }, { tids: { 0: 1 } }])
        assert.deepEqual(await client.post(call, body), INVALID, JSON.stringify(body));
      assert.deepEqual(await client.get(call), INVALID);
      assert.deepEqual(await client.postText(call, '{"tids":[1]}'), INVALID);
    }
    assert.deepEqual(await waiting(), ['1: 101']);
  });
});

describe('a full queue', () => {
  test('refuses one task too many with 16, in one request and over several', async () => {
    await client.set('simulate_queue', 3);
    await client.command('lock', '1');
    const full = '16 Too Many Task';
    assert.deepEqual(await client.send(...[1, 2].map((tid) => task(tid, '101'))), ['0 OK', '0 OK']);
    assert.deepEqual(await client.send(...[2, 3, 4].map((tid) => task(tid, '101'))), [
      '13 Duplicated TaskId',
      '0 OK',
      full,
    ]);
    assert.deepEqual(await client.send(task(5, '101', { from: '2' })), [full]);
    await client.post('remove_sms', { tids: [1] });
    assert.deepEqual(await client.send(task(4, '101')), ['0 OK'], 'a refused id is not taken');
    assert.deepEqual(await client.send(task(5, '101')), [full]);
  });

  test('from the start, where it is started so', async () => {
    await client.close();
    client = new EjoinClient({ queue: 0 });
    await client.open();
    assert.deepEqual(await client.send(task(1, '101')), ['16 Too Many Task']);
    assert.equal(client.device.accepted.length, 0);
  });
});
