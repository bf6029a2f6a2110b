/** Section 5: the parameters of `get` and `set`, and what `save` and `reboot` make of them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, test, type TestContext } from 'node:test';
import { Receiver } from '../../support/receiver';
import { EjoinClient, INVALID, OK, START, TAKEN } from '../../support/ejoin-client';

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

const ALL = ['1.01 3', '2.02 3', '3.01 3', '4.04 3', '5.03 3', '6.01 0', '7.01 5', '8.01 6'];

describe('get and set', () => {
  const get = (query: string): Promise<unknown> => client.get('send_cmd', `&op=get${query}`);
  const set = (query: string): Promise<unknown> => client.get('send_cmd', `&op=set${query}`);

  test('parameters of the configuration, array parameters with an index from 0', async () => {
    assert.deepEqual(await get('&sms_url=&sim_imei(7)'), { ...OK, sms_url: '', 'sim_imei(7)': '860000000020000' });
    const url = 'http://127.0.0.1:1880/smswire/a%20b?c=d';
    const imei = '865847053403202';
    assert.deepEqual(await set(`&sms_url=${encodeURIComponent(url)}&sim_imei(5)=${imei}`), { ...OK, par_set: 2 });
    assert.deepEqual(await get('&sim_imei(5)=&sms_url'), { ...OK, 'sim_imei(5)': imei, sms_url: url });
    assert.equal((await client.ports())[1]?.imei, imei, '5 = port 2, slot B');
  });

  test('a set in a body of text, as was seen', async () => {
    const answer = await client.postText(
      'send_cmd',
      'sim_imei(0)=865847053403202&sim_imei(4)=865847053403213',
      '&op=set',
    );
    assert.deepEqual(answer, { ...OK, par_set: 2 });
    assert.deepEqual(await get('&sim_imei(4)'), { ...OK, 'sim_imei(4)': '865847053403213' });
  });

  test('refuse what is unknown or out of range, and then set nothing', async () => {
    const cases = ['', '&x=1', '&sim_imei=1', '&sim_imei(32)=1', '&sms_url(0)=', '&sim_imei(x)=1', '&__proto__=1'];
    for (const query of cases) assert.deepEqual(await get(query), INVALID, query);
    const bad = [
      '&sim_imei(0)=86',
      '&sms_url=ftp://x',
      '&simulate_state(0)=3.0',
      '&simulate_state(0)=10',
      '&nothing=1',
    ];
    for (const query of [...cases, ...bad, '&simulate_state(5)=6', '&simulate_balance(2)=1', '&simulate_queue=x'])
      assert.deepEqual(
        await set(`&sim_imei(1)=865847053403202${query}`),
        query === '' ? { ...OK, par_set: 1 } : INVALID,
        query,
      );
    assert.deepEqual(await set(''), INVALID);
  });

  test('received SMS go where sms_url says', async (context) => {
    const receiver = await receive(context);
    await client.set('sms_url', `${receiver.url}/in`);
    client.device.receive({ from: '10086', text: 'hello' });
    const [push] = await receiver.until(1);
    assert.ok(push?.url.startsWith('/in?port=1A&sender=10086&'));
    await client.set('sms_url', '');
    client.device.receive({ from: '10086', text: 'hello' });
    await receiver.expectNone();
  });
});

describe('reboot', () => {
  const ssrc = async (): Promise<string> => ((await client.get('get_sms')) as { ssrc: string }).ssrc;

  test('answers, is away for a while, and comes back without tasks, their ids and SMS', async () => {
    const task = { tid: 7, to: '101', sms: 'x', from: '1' };
    await client.command('lock', '2');
    await client.send(task, { ...task, tid: 8, from: '2' });
    client.device.receive({ from: '10086', text: 'hello' });
    const before = await ssrc();
    assert.deepEqual(await client.command('reboot'), OK);
    await assert.rejects(client.states());
    client.clock += 1999;
    await assert.rejects(client.states());
    client.clock += 1;
    assert.deepEqual(await client.states(), [
      '1.01 2',
      '2.02 12',
      '3.01 2',
      '4.04 2',
      '5.03 2',
      '6.01 0',
      '7.01 2',
      '8.01 2',
    ]);
    const inbox = (await client.get('get_sms')) as { ssrc: string; sms_num: number; next_sms: number };
    assert.notEqual(inbox.ssrc, before);
    assert.deepEqual([inbox.sms_num, inbox.next_sms], [0, 1]);
    assert.deepEqual(await client.get('get_tasks', '&port=2&pos=0'), {
      ...TAKEN,
      total_num: 0,
      task_num: 0,
      tasks: [],
    });
    client.clock += 1500;
    assert.deepEqual(await client.states(), [ALL[0], '2.02 12', ...ALL.slice(2)]);
    assert.deepEqual(await client.send(task), ['0 OK'], 'the id is not known any more');
    client.clock = START + 60_000;
    assert.equal(await ssrc(), inbox.ssrc);
  });

  test('sends nothing of what was on its way, and does not report on it', async (context) => {
    const receiver = await receive(context);
    client.device.pushTo?.(client.device.account, receiver.url);
    await client.send({ tid: 1, to: '101,102', sms: 'x', intvl: '60000', sr_cnt: 1, dr: 1 });
    await client.command('reboot');
    client.clock += 600_000;
    assert.deepEqual(await client.states(1), ['1.01 3']);
    await receiver.expectNone();
  });

  test('what was saved is kept, what was not is lost; a subscription is kept and counts from 1', async (context) => {
    const receiver = await receive(context);
    await client.get('get_status', `&url=${encodeURIComponent(receiver.url)}&period=60`);
    await client.set('sms_url', 'http://127.0.0.1/saved');
    await client.set('sim_imei(0)', '865847053403202');
    assert.deepEqual(await client.command('save'), OK);
    await client.set('sms_url', 'http://127.0.0.1/lost');
    await client.set('sim_imei(1)', '865847053403213');
    await client.command('reboot');
    client.clock += 2000;
    assert.deepEqual(await client.get('send_cmd', '&op=get&sms_url&sim_imei(0)&sim_imei(1)'), {
      ...OK,
      sms_url: 'http://127.0.0.1/saved',
      'sim_imei(0)': '865847053403202',
      'sim_imei(1)': '860000000010000',
    });
    client.clock += 60_000;
    const pushes = await receiver.until(8);
    const seqs = pushes.map(({ body }) => JSON.parse(body) as { type: string; seq: number });
    assert.deepEqual(
      new Set(seqs.map(({ type, seq }) => `${type} ${seq}`)),
      new Set(['port-status 1', 'dev-status 1']),
    );
  });

  test('takes as long as it is told', async () => {
    await client.set('simulate_reboot', 0);
    await client.command('reboot');
    assert.deepEqual(await client.states(1), ['1.01 2']);
  });

  test('ends sessions', async () => {
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const url = client.device.url;
    const hello = await fetch(
      `${url}/crypt_sess.json?username=demo&cnonce=1&auth=${md5('demodemo-ejoin1/crypt_sess.json')}`,
    );
    const { session } = (await hello.json()) as { session: string };
    const save = (seq: number): Promise<Response> => {
      const auth = md5(`demodemo-ejoin${session}/goip_send_cmd.html${seq}`);
      return fetch(`${url}/goip_send_cmd.html?op=save&session=${session}&seq=${seq}&auth=${auth}`);
    };
    assert.deepEqual(await (await save(1)).json(), OK);
    await client.command('reboot');
    client.clock += 2000;
    assert.deepEqual(await (await save(2)).json(), { code: 14, reason: 'Unauthorized' });
  });
});
