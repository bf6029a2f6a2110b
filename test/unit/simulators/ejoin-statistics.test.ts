/** What was counted of SMS and calls: sections 9 and 10. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { EjoinClient, INVALID, NO_PORT, OK, TAKEN } from '../../support/ejoin-client';

let client: EjoinClient;

beforeEach(async () => {
  client = new EjoinClient();
  await client.open();
});
afterEach(() => client.close());

const task = (tid: number, to: string, more: object = {}) => ({ tid, to, sms: `text ${tid}`, from: '1', ...more });
const SLOW = { intvl: '10000' };
interface SmsRow {
  readonly port: number;
  readonly slot: number;
  readonly sent: number;
}
const smsRows = async (query = ''): Promise<readonly SmsRow[]> =>
  ((await client.get('get_sms_stat', query)) as { stats: SmsRow[] }).stats;

describe('goip_get_sms_stat', () => {
  test('counts what was sent and received by port and slot', async () => {
    await client.send(
      task(1, '13800000001,19900000003,19900000004'),
      task(2, '101,102', { ...SLOW, from: '2' }),
      task(3, '19900000003', { from: '2' }),
    );
    client.device.receive({ from: '10086', to: '13900000202', text: 'x' });
    client.clock += 1000;
    const empty = { received: 0, sent: 0, sent_ok: 0, sent_failed: 0, con_failed: 0, unsent: 0, sending: 0 };
    const one = { ...empty, sent: 3, sent_ok: 1, sent_failed: 1, con_failed: 1, sending: 1 };
    const two = { ...empty, received: 1, sent: 2, sent_ok: 1, sent_failed: 1, con_failed: 1, unsent: 1 };
    const answer = (await client.get('get_sms_stat')) as { stats: unknown[] };
    assert.deepEqual(
      { ...answer, stats: answer.stats.slice(0, 3) },
      {
        ...TAKEN,
        count: 8,
        stats: [
          { port: 1, slot: 1, ...one },
          { port: 2, slot: 2, ...two },
          { port: 3, slot: 1, ...empty },
        ],
      },
    );
    client.clock += 10_000;
    const [row] = await smsRows('&ports=2');
    assert.deepEqual(row, { port: 2, slot: 2, ...two, sent: 3, sent_ok: 2, con_failed: 0, unsent: 0 });
  });

  test('for the ports and slots that are asked for', async () => {
    const places = async (query: string): Promise<string> =>
      (await smsRows(query)).map(({ port, slot }) => `${port}.${slot}`).join(' ');
    assert.equal(await places(''), '1.1 2.2 3.1 4.4 5.3 6.1 7.1 8.1');
    assert.equal(await places('&Ports=All&Slots=2'), '1.2 2.2 3.2 4.2 5.2 6.2 7.2 8.2');
    assert.equal(await places('&ports=1-2,4,2&slots=1,3-4'), '1.1 1.3 1.4 2.1 2.3 2.4 4.1 4.3 4.4');
    assert.equal(await places('&ports=3&slots=all'), '3.1 3.2 3.3 3.4');
    await client.command('switch', '1B');
    client.clock += 5000;
    await client.send(task(1, '101'));
    assert.deepEqual(
      (await smsRows('&ports=1&slots=all')).map(({ sent }) => sent),
      [0, 1, 0, 0],
    );
    for (const query of [
      '&ports=',
      '&ports=0',
      '&ports=9',
      '&ports=1A',
      '&ports=3-1',
      '&slots=5',
      '&slots=',
      '&slots=x',
    ])
      assert.deepEqual(await client.get('get_sms_stat', query), NO_PORT, query);
    for (const type of ['4', 'x', '', '-1', '00'])
      assert.deepEqual(await client.get('get_sms_stat', `&type=${type}`), INVALID, type);
  });

  test('in the last hour, two hours, the day, and in all', async () => {
    const sent = async (): Promise<number[]> => {
      const found = [];
      for (const type of [0, 1, 2, 3]) found.push((await smsRows(`&ports=1&type=${type}`))[0]!.sent);
      return found;
    };
    await client.send(task(1, '101'));
    assert.deepEqual(await sent(), [1, 1, 1, 1]);
    client.clock += 61 * 60_000;
    await client.send(task(2, '101'));
    assert.deepEqual(await sent(), [1, 2, 2, 2]);
    client.clock += 61 * 60_000;
    assert.deepEqual(await sent(), [0, 1, 2, 2]);
    // Midnight in Shanghai.
    client.clock = Date.UTC(2026, 2, 5, 15, 59);
    assert.deepEqual(await sent(), [0, 0, 2, 2]);
    client.clock += 60_000;
    assert.deepEqual(await sent(), [0, 0, 0, 2]);
  });
});

test('goip_get_call_stat counts calls, and a port that calls is in state 4', async () => {
  const rows = async (query = ''): Promise<unknown> =>
    ((await client.get('get_call_stat', `&ports=1${query}`)) as { stats: unknown[] }).stats;
  const none = {
    calls: 0,
    alerted: 0,
    connected: 0,
    con_failed: 0,
    nc: '0/0',
    pdd: 0,
    acd: 0,
    asr: 0,
    tcd: 0,
    act_tcd: 0,
  };
  assert.deepEqual(await rows(), [{ port: 1, slot: 1, ...none }]);
  await client.set('simulate_call(0)', 90);
  assert.deepEqual(await client.states(1), ['1.01 4']);
  assert.deepEqual(await client.send(task(1, '101')), ['0 OK']);
  client.clock += 90_000;
  assert.deepEqual(await client.states(1), ['1.01 3']);
  await client.set('simulate_call(0)', 31);
  client.clock += 31_000;
  await client.set('simulate_call(0)', 0);
  await client.set('simulate_call(5)', 10);
  const counted = {
    calls: 3,
    alerted: 3,
    connected: 2,
    con_failed: 1,
    nc: '2/3',
    pdd: 3,
    acd: 61,
    asr: 67,
    tcd: 3,
    act_tcd: 121,
  };
  assert.deepEqual(await rows(), [{ port: 1, slot: 1, ...counted }]);
  client.clock += 3_700_000;
  assert.deepEqual(await rows('&type=0'), [{ port: 1, slot: 1, ...none, con_failed: 1 }]);
  assert.deepEqual(await rows('&type=3'), [{ port: 1, slot: 1, ...counted }]);
  assert.deepEqual(await client.get('get_call_stat', '&ports=9'), NO_PORT);
  assert.deepEqual(await client.command('reboot'), OK);
  client.clock += 5000;
  assert.deepEqual(await rows('&type=3'), [{ port: 1, slot: 1, ...counted }], 'a restart does not end it');
});
