/** Section 5: commands to ports, and what comes of them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { Receiver } from '../../support/receiver';
import { EjoinClient, INVALID, NO_PORT, OK } from '../../support/ejoin-client';

let client: EjoinClient;

beforeEach(async () => {
  client = new EjoinClient();
  await client.open();
});
afterEach(() => client.close());

const ALL = ['1.01 3', '2.02 3', '3.01 3', '4.04 3', '5.03 3', '6.01 0', '7.01 5', '8.01 6'];
/** Long enough for everything that a command does. */
const SETTLED = 5000;

describe('lock and unlock', () => {
  test('are taken at once, and seen a moment later', async () => {
    assert.deepEqual(await client.command('lock', '1'), OK);
    assert.deepEqual(await client.states(1), ['1.01 3']);
    client.clock += 300;
    assert.deepEqual(await client.states(), ['1.01 12', ...ALL.slice(1)]);
    assert.deepEqual(await client.command('unlock', '1'), OK);
    client.clock += 300;
    assert.deepEqual(await client.states(1), ['1.01 2']);
    client.clock += 1500;
    assert.deepEqual(await client.states(), ALL);
  });

  test('without a slot they concern the whole port, with one that slot alone', async () => {
    const cards = async () =>
      (await client.ports('&all_sims=1')).filter(({ port }) => /^[12]\./.test(port)).map(({ st }) => st);
    await client.command('lock', '1,2A');
    client.clock += SETTLED;
    assert.deepEqual(await cards(), [12, 12, 12, 3]);
    await client.command('unlock', '1.01,2');
    client.clock += SETTLED;
    assert.deepEqual(await cards(), [3, 12, 1, 3]);
    await client.command('switch', '1B');
    client.clock += SETTLED;
    assert.deepEqual(await cards(), [1, 12, 1, 3]);
  });

  test('any form of ports, and all of them', async () => {
    await client.command('lock', '1A, 2.02,3-4');
    client.clock += SETTLED;
    assert.deepEqual(await client.states(1, 2, 3, 4, 5), ['1.01 12', '2.02 12', '3.01 12', '4.04 12', '5.03 3']);
    for (const [op, ports, state] of [
      ['unlock', 'all', 3],
      ['lock', '*', 12],
      ['unlock', 'ALL', 3],
    ] as const) {
      assert.deepEqual(await client.command(op, ports), OK);
      client.clock += SETTLED;
      assert.deepEqual(await client.states(5), [`5.03 ${state}`]);
    }
    // The card of port 8 failed once more, and the port went on to the other.
    assert.deepEqual(await client.states(), [...ALL.slice(0, 7), '8.02 3']);
  });

  test('what comes last counts', async () => {
    await client.command('lock', '1');
    await client.command('unlock', '1');
    client.clock += SETTLED;
    assert.deepEqual(await client.states(1), ['1.01 3']);
    await client.command('switch', '1B');
    await client.command('lock', '1B');
    client.clock += SETTLED;
    assert.deepEqual(await client.states(1), ['1.02 12']);
  });
});

describe('switch and reset', () => {
  test('a switch goes to the slot that it names, with a card or without', async () => {
    assert.deepEqual(await client.command('switch', '2.01,1B,8B,3D'), OK);
    client.clock += 300;
    assert.deepEqual(await client.states(1, 2, 3, 8), ['1.02 2', '2.01 2', '3.04 0', '8.02 2']);
    client.clock += 1500;
    assert.deepEqual(await client.states(1, 2, 3, 8), ['1.02 3', '2.01 3', '3.04 0', '8.02 3']);
    assert.deepEqual((await client.ports())[0]?.sn, '13900000102');
    assert.deepEqual(await client.send({ tid: 1, to: '101', sms: 'x', from: '1B' }), ['0 OK']);
    assert.deepEqual(await client.send({ tid: 2, to: '101', sms: 'x', from: '1A' }), ['5 SIM Unregistered']);
  });

  test('the sample of 6.4.2', async () => {
    const body = '{"type":"command", "op":"switch", "ports":"2.02"}';
    const url = `${client.device.url}/goip_send_cmd.html?Username=demo&password=demo-ejoin`;
    const headers = { 'content-type': 'application/json;charset=utf-8' };
    assert.deepEqual(await (await fetch(url, { method: 'POST', headers, body })).json(), OK);
    client.clock += 300;
    assert.deepEqual(await client.states(2), ['2.02 3'], 'it is there already');
  });

  test('a reset makes the card register anew, whatever slot is named', async () => {
    assert.deepEqual(await client.command('reset', '1,2A,6'), OK);
    client.clock += 300;
    assert.deepEqual(await client.states(1, 2, 6), ['1.01 2', '2.02 2', '6.01 0']);
    assert.deepEqual(await client.send({ tid: 1, to: '101', sms: 'x', from: '1' }), ['5 SIM Unregistered']);
    client.clock += 1500;
    assert.deepEqual(await client.states(), ALL);
  });

  test('a card that cannot register is given up for the next one, unless that is switched off', async () => {
    await client.command('reset', '8', { auto_fail_sim_switch: '0' });
    client.clock += 60_000;
    assert.deepEqual(await client.states(8), ['8.01 6']);
    await client.command('reset', '8');
    client.clock += 1800;
    assert.deepEqual(await client.states(8), ['8.01 6']);
    client.clock += 300;
    assert.deepEqual(await client.states(8), ['8.02 2']);
    client.clock += 1500;
    assert.deepEqual(await client.states(8), ['8.02 3']);
  });

  test('where every card fails, it stops after each was tried', async () => {
    await client.command('reset', '8');
    client.clock += SETTLED;
    client.device.failPort(8);
    client.clock += 3_600_000;
    const [state] = await client.states(8);
    assert.match(state!, /^8\.0[12] 6$/);
    client.clock += SETTLED;
    assert.deepEqual(await client.states(8), [state]);
  });
});

describe('multiple', () => {
  test('does each of its commands', async () => {
    const ops = [
      { op: 'lock', ports: '1' },
      { op: 'switch', ports: '2A' },
      { op: 'reset', ports: '3' },
    ];
    assert.deepEqual(await client.command('multiple', undefined, { ops }), OK);
    client.clock += 300;
    assert.deepEqual(await client.states(1, 2, 3), ['1.01 12', '2.01 2', '3.01 2']);
  });

  test('counts only with the op of that name, as the ports do only without it', async () => {
    const ops = [{ op: 'lock', ports: '2' }];
    assert.deepEqual(await client.command('lock', '1', { ops }), OK);
    client.clock += SETTLED;
    assert.deepEqual(await client.states(1, 2), ['1.01 12', '2.02 3']);
    assert.deepEqual(await client.command('multiple', '3', { ops }), OK);
    client.clock += SETTLED;
    assert.deepEqual(await client.states(2, 3), ['2.02 12', '3.01 3']);
  });

  test('does nothing where one of them is bad', async () => {
    const good = { op: 'lock', ports: '1' };
    const cases: [bad: unknown, answer: object][] = [
      [{ op: 'save' }, INVALID],
      [{ op: 'reboot' }, INVALID],
      [{ op: 'multiple', ops: [good] }, INVALID],
      [{ op: 'get', ports: '1' }, INVALID],
      [{ op: 'lock' }, NO_PORT],
      [{ op: 'switch', ports: '2' }, NO_PORT],
      ['lock', INVALID],
      [null, INVALID],
    ];
    for (const [bad, answer] of cases)
      assert.deepEqual(await client.command('multiple', undefined, { ops: [good, bad] }), answer, JSON.stringify(bad));
    for (const ops of [undefined, [], {}, 'lock', [[good]]])
      assert.deepEqual(await client.command('multiple', undefined, { ops }), INVALID);
    client.clock += SETTLED;
    assert.deepEqual(await client.states(), ALL);
  });
});

describe('commands that are refused', () => {
  test('with 2 for ports that are missing, unknown or none', async () => {
    const ports = ['', ',', '0', '9', '1,9', '4-32', '5-2', '1E', '1.05', '1.00', 'x', '1;2', 'all,1'];
    for (const op of ['lock', 'unlock', 'switch'])
      for (const list of ports) assert.deepEqual(await client.command(op, list), NO_PORT, `${op} ${list}`);
    for (const list of ['1', '1-3', 'all', '*', '1A,2'])
      assert.deepEqual(await client.command('switch', list), NO_PORT, list);
    for (const op of ['lock', 'reset'])
      assert.deepEqual(await client.post('send_cmd', { type: 'command', op, ports: 1 }), NO_PORT);
    assert.deepEqual(await client.command('lock'), NO_PORT);
  });

  test('with 15 for everything else', async () => {
    for (const body of [
      null,
      [],
      {},
      { op: 'lock', ports: '1' },
      { type: 'send-sms', op: 'lock', ports: '1' },
      { type: 'command', ports: '1' },
      { type: 'command', op: 'get', ports: '1' },
      { type: 'command', op: 'set', ports: '1' },
      { type: 'command', op: 'LOCK', ports: '1' },
      { type: 'command', op: 'constructor', ports: '1' },
      { type: 'command', op: 'lock', ports: '1', auto_fail_sim_switch: '2' },
    ])
      assert.deepEqual(await client.post('send_cmd', body), INVALID, JSON.stringify(body));
    assert.deepEqual(await client.get('send_cmd'), INVALID);
    assert.deepEqual(await client.postText('send_cmd', '{"type":"command","op":"lock","ports":"1"}'), INVALID);
    const old = `${client.device.url}/goip_send_cmd.html?version=1.0&username=demo&password=demo-ejoin&op=save`;
    assert.deepEqual(await (await fetch(old)).json(), INVALID);
    client.clock += SETTLED;
    assert.deepEqual(await client.states(), ALL);
  });

  test('whatever comes', async () => {
    const value = fc.oneof(fc.constantFrom('lock', 'multiple', 'all', '1-8', '1A', '1', '0'), fc.jsonValue());
    const names = ['type', 'op', 'ports', 'ops', 'auto_fail_sim_switch', '__proto__', 'tids'];
    const record = fc.dictionary(fc.constantFrom(...names), value).map((body) => ({ type: 'command', ...body }));
    const calls = fc.constantFrom('send_cmd', 'pause_sms', 'resume_sms', 'remove_sms', 'get_tasks', 'get_sms_stat');
    await fc.assert(
      fc.asyncProperty(calls, fc.oneof(record, fc.jsonValue()), async (call, body) => {
        const answer = await client.post(call, body);
        assert.equal(typeof (answer as { code: unknown }).code, 'number');
      }),
      { numRuns: 150 },
    );
  });
});

test('commands in the query, as clients were seen to give them', async () => {
  assert.deepEqual(await client.get('send_cmd', '&op=switch&ports=1.2'), OK);
  assert.deepEqual(await client.get('send_cmd', '&op=save'), OK);
  assert.deepEqual(await client.get('send_cmd', '&op=multiple&ops=x'), INVALID);
  client.clock += SETTLED;
  assert.deepEqual(await client.states(1), ['1.02 3']);
});

describe('port-status', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.start();
    await client.get('get_status', `&url=${encodeURIComponent(receiver.url)}&period=3600`);
  });
  afterEach(() => receiver.close());
  const pushed = (): unknown[] =>
    receiver.bodies.map((body) => {
      const { port, status, seq } = JSON.parse(body) as Record<string, unknown>;
      return `${String(seq)}: ${String(port)} ${String(status)}`;
    });

  test('follows the commands', async () => {
    await client.command('switch', '1B');
    await client.command('lock', '2B');
    client.clock += SETTLED;
    await receiver.until(3);
    await client.command('unlock', '2');
    client.clock += SETTLED;
    await receiver.until(5);
    assert.deepEqual(pushed(), [
      '1: 1B 2 Registering',
      '1: 2B 12 User Locked',
      '2: 1B 3 OK',
      '2: 2B 2 Registering',
      '3: 2B 3 OK',
    ]);
  });

  test('tells of a card that has used up its balance, and of one that was charged again', async () => {
    await client.set('simulate_balance(0)', '0.02');
    assert.deepEqual(await client.send({ tid: 1, to: '101,102,103', sms: 'x', from: '1' }), ['0 OK']);
    const [port] = await client.ports();
    assert.deepEqual([port?.st, port?.bal], [5, '0.00']);
    assert.deepEqual(await client.send({ tid: 2, to: '101', sms: 'x', from: '1' }), ['5 SIM Unregistered']);
    assert.deepEqual(await client.send({ tid: 3, to: '101', sms: 'x' }), ['0 OK'], 'by another port');
    await client.set('simulate_balance(0)', 5);
    assert.deepEqual(await client.send({ tid: 4, to: '101', sms: 'x', from: '1' }), ['0 OK']);
    await receiver.until(2);
    assert.deepEqual(pushed(), ['1: 1A 5 No Balance', '2: 1A 3 OK']);
  });

  test('tells of every trouble that a setting makes', async () => {
    for (const state of [0, 5, 6, 7, 8, 9, 11, 13, 14, 15, 16, 3]) {
      await client.set('simulate_state(0)', state);
      assert.deepEqual(await client.states(1), [`1.01 ${state}`]);
    }
    await receiver.until(12);
    await client.set('simulate_state(1)', 0);
    assert.equal((await client.ports())[1]?.sn, '', 'the card is gone');
  });
});
