/** Every command of a device node to an ejoin device, over real HTTP, and what the device is like afterwards. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EjoinNode } from '../support/ejoin-node';

/** Until a command shows, and until a card has registered. */
const TAKEN = 300;
const REGISTERED = 1500;

let node: EjoinNode;

/** `1.01 3` for each of these ports, as the device says itself. */
const states = (...ports: number[]): Promise<string[]> => node.device.states(...ports);

/** A command that the device answers with OK alone, and what was posted for it. */
async function post(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const [asked, ...more] = await node.seen(async () => {
    assert.deepEqual(await node.run(command, args), { ok: true });
  });
  assert.deepEqual([asked?.method, asked?.call, asked?.query, more], ['POST', 'goip_send_cmd.html', {}, []]);
  return JSON.parse(asked?.body ?? '');
}

describe('a command to an ejoin device', () => {
  beforeEach(async () => {
    node = await EjoinNode.start();
  });
  afterEach(async () => {
    await node.close();
  });

  it('status: the ports as they are, for the cards in use or for all', async () => {
    for (const [args, query] of [
      [{}, {}],
      [{ allSims: true }, { all_sims: '1' }],
    ] as const) {
      const seen = await node.seen(() => node.answer({ command: 'status', ...args }));
      const answer = await node.flow.inbox('result').at(-1 + node.flow.inbox('result').messages.length);
      // `url` or `period` would make it a subscription.
      assert.deepEqual(seen, [{ method: 'GET', call: 'goip_get_status.html', query, body: '' }]);
      const { ports } = answer.payload as { ports: Record<string, unknown>[] };
      const told = await node.device.ports('allSims' in args ? '&all_sims=1' : '');
      assert.ok(told.length >= 8);
      assert.deepEqual(
        ports.map(({ port, slot, code, number, imei, balance }) => [port, slot, code, number ?? '', imei, balance]),
        told.map(({ port, st, sn, imei, bal }) => [...port.split('.').map(Number), st, sn, imei, Number(bal)]),
      );
      assert.deepEqual(ports[0], {
        ...{ port: 1, slot: 1, line: '1A', state: 'registered', code: 3, registered: true, online: null },
        ...{ operator: '46000 China Mobile', number: '13900000101', imei: '860000000010000' },
        ...{ imsi: '460000000000101', iccid: '89860000000000000101', balance: 500, signal: 24 },
        ...{ remaining: null, remainingToday: null },
      });
      const { raw, ...sms } = answer.sms as unknown as Record<string, unknown>;
      assert.deepEqual(sms, { gateway: 'Gateway gw', gatewayId: 'gw', vendor: 'ejoin', command: 'status' });
      assert.equal((raw as { type: string }).type, 'dev-status');
    }
  });

  it('lock and unlock: ports, slots, ranges, all', async () => {
    assert.deepEqual(await post('lock', { ports: '1A, 2, 3-5' }), {
      ...{ type: 'command', op: 'lock', ports: '1A,2-5', auto_fail_sim_switch: '1' },
    });
    node.pass(TAKEN);
    assert.deepEqual(await states(1, 2, 3, 4, 5, 6), ['1.01 12', '2.02 12', '3.01 12', '4.04 12', '5.03 12', '6.01 0']);
    // The slot that is not in use stays locked or not, whatever the port does.
    await post('unlock', { ports: '1B,2.02,4-5' });
    node.pass(TAKEN + REGISTERED);
    assert.deepEqual(await states(1, 2, 3, 4, 5), ['1.01 12', '2.02 3', '3.01 12', '4.04 3', '5.03 3']);
    await post('unlock', { ports: '*' });
    node.pass(TAKEN + REGISTERED);
    assert.deepEqual(await states(1, 2, 3), ['1.01 3', '2.02 3', '3.01 3']);
    await post('lock', { ports: 2 });
    await post('unlock', { ports: '2A' });
    node.pass(TAKEN + REGISTERED);
    assert.deepEqual(await states(2), ['2.02 12']);
  });

  it('switch: to the slot that is named, in either form', async () => {
    assert.deepEqual(await post('switch', { ports: '1B,4.01' }), {
      ...{ type: 'command', op: 'switch', ports: '1B,4A', auto_fail_sim_switch: '1' },
    });
    node.pass(TAKEN);
    assert.deepEqual(await states(1, 4), ['1.02 2', '4.01 2']);
    node.pass(REGISTERED);
    assert.deepEqual(await states(1, 4), ['1.02 3', '4.01 3']);
    assert.deepEqual(
      (await node.run<{ ports: { slot: number }[] }>('status')).ports.slice(0, 4).map(({ slot }) => slot),
      [2, 2, 1, 1],
    );
  });

  it('reset: the modules of ports, whatever slot is named, and of all where that is confirmed', async () => {
    assert.deepEqual(await post('reset', { ports: '2A,3' }), {
      ...{ type: 'command', op: 'reset', ports: '2,3', auto_fail_sim_switch: '1' },
    });
    node.pass(TAKEN);
    assert.deepEqual(await states(1, 2, 3), ['1.01 3', '2.02 2', '3.01 2']);
    node.pass(REGISTERED);
    assert.deepEqual(await states(2, 3), ['2.02 3', '3.01 3']);
    await post('reset', { ports: 'all', confirm: true });
    node.pass(TAKEN);
    assert.deepEqual(await states(1, 5, 7), ['1.01 2', '5.03 2', '7.01 2']);
  });

  for (const [autoSwitch, port] of [
    [undefined, '8.02 3'],
    ['true', '8.02 3'],
    [false, '8.01 6'],
    ['0', '8.01 6'],
  ] as const) {
    it(`autoSwitch ${String(autoSwitch)}: a card that cannot register gives way to the next, or does not`, async () => {
      assert.deepEqual(await states(8), ['8.01 6']);
      const posted = await post('reset', { ports: '8', ...(autoSwitch === undefined ? {} : { autoSwitch }) });
      const isOn = autoSwitch === undefined || autoSwitch === 'true';
      assert.equal((posted as { auto_fail_sim_switch: string }).auto_fail_sim_switch, isOn ? '1' : '0');
      for (let step = 0; step < 4; step += 1) {
        node.pass(REGISTERED);
        await states();
      }
      assert.deepEqual(await states(8), [port]);
    });
  }

  it('save and reboot: what was not saved is forgotten, and so is what waited', async () => {
    await node.run('set', { params: { sms_url: 'http://192.0.2.1/kept' } });
    assert.deepEqual(await post('save'), { type: 'command', op: 'save' });
    await node.run('set', { params: { sms_url: 'http://192.0.2.1/lost', 'sim_imei(0)': '111111111111111' } });
    await node.run('lock', { ports: '5' });
    assert.deepEqual(await node.device.send({ tid: 7, to: '13800000001', sms: 'waits', from: '5' }), ['0 OK']);
    assert.deepEqual(await post('reboot', { confirm: true }), { type: 'command', op: 'reboot' });
    // Nobody answers meanwhile, so nobody knows what became of a command.
    assert.equal((await node.refusal('status')).code, 'no-answer');
    node.pass(2000 + REGISTERED);
    assert.deepEqual(await states(1, 5), ['1.01 3', '5.03 12']);
    assert.deepEqual(await node.run('get', { params: ['sms_url', 'sim_imei(0)'] }), {
      params: { sms_url: 'http://192.0.2.1/kept', 'sim_imei(0)': '860000000010000' },
    });
    assert.deepEqual(await node.run('tasks', { port: 5, pos: 0 }), { total: 0, tasks: [] });
  });

  it('multiple: several commands for several ports, all of them or none', async () => {
    const ops = [
      { command: 'lock', ports: '1A' },
      { command: 'switch', ports: '2A' },
      { command: 'reset', ports: '3B' },
      { command: 'unlock', ports: 6 },
    ];
    assert.deepEqual(await post('multiple', { ops }), {
      type: 'command',
      op: 'multiple',
      ops: ['lock 1A', 'switch 2A', 'reset 3', 'unlock 6'].map((each) => {
        const [op, ports] = each.split(' ');
        return { op, ports };
      }),
    });
    node.pass(TAKEN);
    assert.deepEqual(await states(1, 2, 3, 6), ['1.01 12', '2.01 2', '3.01 2', '6.01 0']);
    const { code, vendorCode } = await node.refusal({
      command: 'multiple',
      ops: [
        { command: 'lock', ports: '4' },
        { command: 'lock', ports: '9' },
      ],
    });
    assert.deepEqual([code, vendorCode], ['line-unavailable', '2']);
    node.pass(TAKEN);
    assert.deepEqual(await states(4), ['4.04 3']);
  });

  it('get and set: single parameters, and those of an array', async () => {
    const url = 'http://192.0.2.1/smswire?a=1&b=ü';
    const params = { sms_url: url, 'sim_imei(0)': '111111111111111', 'sim_imei(5)': 222222222222222 };
    const seen = await node.seen(async () => {
      assert.deepEqual(await node.run('set', { params }), { ok: true, parSet: 3 });
    });
    assert.deepEqual(
      seen.map(({ method, call, query }) => [method, call, query]),
      [['GET', 'goip_send_cmd.html', { op: 'set', ...params, 'sim_imei(5)': '222222222222222' }]],
    );
    assert.deepEqual(await node.run('get', { params: 'sms_url, sim_imei(5),sim_imei(4)' }), {
      params: { sms_url: url, 'sim_imei(5)': '222222222222222', 'sim_imei(4)': '860000000020000' },
    });
    // Of slots 1A and 2B, which are in use.
    const imeis = (await node.device.ports()).map(({ imei }) => imei);
    assert.deepEqual(imeis.slice(0, 3), ['111111111111111', '222222222222222', '860000000030000']);
    assert.deepEqual(await node.run('set', { params: { sms_url: '' } }), { ok: true, parSet: 1 });
    assert.deepEqual(await node.run('get', { params: ['sms_url'] }), { params: { sms_url: '' } });
  });

  it('sms-stats: what went through ports and slots, in each span of time', async () => {
    const sms = { to: '13800000001', sms: 'hello' };
    assert.deepEqual(await node.device.send({ ...sms, tid: 1, from: '1' }, { ...sms, tid: 2, from: '2' }), [
      ...['0 OK', '0 OK'],
    ]);
    assert.deepEqual(await node.device.send({ ...sms, tid: 3, from: '1', to: '19900000003' }), ['0 OK']);
    node.pass(3000);
    const none = { received: 0, sent: 0, sentOk: 0, sentFailed: 0, conFailed: 0, unsent: 0, sending: 0 };
    assert.deepEqual(await node.run('sms-stats', { ports: '1-3', type: 'total' }), {
      rows: [
        { port: 1, slot: 1, ...none, sent: 2, sentOk: 1, sentFailed: 1, conFailed: 1 },
        { port: 2, slot: 2, ...none, sent: 1, sentOk: 1 },
        { port: 3, slot: 1, ...none },
      ],
    });
    const sent = async (args: object): Promise<number[]> =>
      (await node.run<{ rows: { sent: number }[] }>('sms-stats', { ports: '1', ...args })).rows.map((row) => row.sent);
    node.pass(90 * 60_000);
    for (const [type, count] of Object.entries({ hour: 0, 'two-hours': 2, today: 2, total: 2 }))
      assert.deepEqual(await sent({ type }), [count], type);
    assert.deepEqual(await sent({}), [0]);
    node.pass(24 * 3_600_000);
    assert.deepEqual([await sent({ type: 'today' }), await sent({ type: 'total', slots: 'all' })], [[0], [2, 0, 0, 0]]);
    const { rows } = await node.run<{ rows: { port: number; slot: number }[] }>('sms-stats', { slots: '1-2,4' });
    assert.deepEqual([rows.length, rows.at(-1)?.port, rows.at(-1)?.slot], [24, 8, 4]);
  });

  it('call-stats: the calls that went out', async () => {
    await node.run('set', { params: { 'simulate_call(0)': 65, 'simulate_call(1)': 0 } });
    assert.deepEqual(await states(1, 2), ['1.01 4', '2.02 3']);
    node.pass(65_000);
    const none = { calls: 0, alerted: 0, connected: 0, conFailed: 0, nc: '0/0', pdd: 0, acd: 0, asr: 0, tcd: 0 };
    const seen = await node.seen(async () => {
      assert.deepEqual(await node.run('call-stats', { ports: '1,2,3', slots: '1,2' }), {
        rows: [
          {
            port: 1,
            slot: 1,
            ...none,
            calls: 1,
            alerted: 1,
            connected: 1,
            nc: '1/1',
            pdd: 3,
            acd: 65,
            asr: 100,
            tcd: 2,
          },
          { port: 1, slot: 2, ...none },
          { port: 2, slot: 1, ...none },
          { port: 2, slot: 2, ...none, calls: 1, alerted: 1, conFailed: 1, nc: '0/1', pdd: 3 },
          { port: 3, slot: 1, ...none },
          { port: 3, slot: 2, ...none },
        ].map((row, index) => ({ ...row, actTcd: index === 0 ? 65 : 0 })),
      });
    });
    assert.deepEqual(seen[0]?.query, { ports: '1-3', slots: '1,2', type: '0' });
  });

  it('tasks, pause, resume, remove: what waits at a port', async () => {
    await node.run('lock', { ports: '5' });
    const texts = ['你好 one', 'two', 'three'];
    const task = (sms: string, index: number) => ({ tid: index + 1, to: `1380000000${index}`, sms, from: '5' });
    const tasks = texts.map(task);
    const base64 = Buffer.from(texts[0] ?? '').toString('base64');
    const given = tasks.map((one, index) => (index === 0 ? { ...one, sms: base64, chs: 'base64', coding: 1 } : one));
    assert.deepEqual(await node.device.send(...given), ['0 OK', '0 OK', '0 OK']);

    const list = (args: object = {}) =>
      node.run<{ total: number; tasks: object[] }>('tasks', { port: 5, pos: 0, ...args });
    const row = (index: number, more: object = {}) => ({
      ...{ id: String(index + 1), from: '5', to: `1380000000${index}`, text: null, coding: index === 0 ? 1 : 0 },
      ...{ paused: false, ...more },
    });
    assert.deepEqual(await list(), { total: 3, tasks: [row(0), row(1), row(2)] });
    assert.deepEqual(await list({ content: true }), {
      total: 3,
      tasks: texts.map((text, index) => row(index, { text })),
    });
    assert.deepEqual(await list({ pos: 1, num: 1 }), { total: 3, tasks: [row(1)] });
    assert.deepEqual(await list({ port: '1' }), { total: 0, tasks: [] });

    const good = { ok: true, vendorCode: '0', vendorText: 'OK' };
    const unknown = { id: '99', ok: false, vendorCode: '11', vendorText: 'TID Expected' };
    assert.deepEqual(await node.run('pause', { tids: ['2', 3, 99] }), {
      ok: false,
      results: [{ id: '2', ...good }, { id: '3', ...good }, unknown],
    });
    const paused = { paused: true };
    assert.deepEqual((await list()).tasks, [row(0), row(1, paused), row(2, paused)]);
    assert.deepEqual(await node.run('resume', { tids: '3' }), { ok: true, results: [{ id: '3', ...good }] });
    assert.deepEqual((await list()).tasks, [row(0), row(1, paused), row(2)]);
    assert.deepEqual(await node.run('remove', { tids: [1] }), { ok: true, results: [{ id: '1', ...good }] });
    assert.deepEqual((await list()).tasks, [row(1, paused), row(2)]);
    assert.deepEqual(await node.run('resume', { tids: [1] }), { ok: false, results: [{ ...unknown, id: '1' }] });

    // Once the port works, what is neither removed nor paused goes out.
    await node.run('unlock', { ports: '5' });
    node.pass(TAKEN + REGISTERED);
    await states();
    node.pass(3000);
    assert.deepEqual(await list(), { total: 1, tasks: [row(1, paused)] });
    const { rows } = await node.run<{ rows: { sent: number; unsent: number }[] }>('sms-stats', { ports: '5' });
    assert.deepEqual([rows[0]?.sent, rows[0]?.unsent], [1, 1]);
  });

  it('pause, resume, remove: all that waits, where that is said', async () => {
    await node.run('lock', { ports: '4,5' });
    const task = (tid: number) => ({ tid, to: '13800000001', sms: 'x', from: tid < 3 ? '4' : '5' });
    await node.device.send(...[1, 2, 3].map(task));
    const paused = async (port: number): Promise<unknown[]> =>
      (await node.run<{ tasks: { paused: boolean }[] }>('tasks', { port, pos: 0 })).tasks.map((one) => one.paused);
    for (const [command, args, four, five] of [
      ['pause', {}, [true, true], [true]],
      ['resume', {}, [false, false], [false]],
      ['remove', { confirm: true }, [], []],
    ] as const) {
      const [asked, ...more] = await node.seen(async () => {
        assert.deepEqual(await node.run(command, { all: true, ...args }), { ok: true, results: [] });
      });
      assert.deepEqual([asked?.call, asked?.body, more], [`goip_${command}_sms.html`, '{}', []]);
      assert.deepEqual([await paused(4), await paused(5)], [four, five], command);
    }
  });
});
