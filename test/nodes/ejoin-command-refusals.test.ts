/** Commands of a device node that come to nothing: refused before an ejoin device is asked, or by the device itself. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Asking, collectorsOf, keyed } from '../support/asking';
import { COMMANDS, EjoinNode, LOGIN, type Asked } from '../support/ejoin-node';
import { Flow, simulated } from '../support/flow';
import { http, RawServer } from '../support/raw-server';

let node: EjoinNode;

/** What is asked, and the code and some parameters of the error. */
type Refused = readonly [payload: unknown, code: string, params: Readonly<Record<string, unknown>>];

const TASKS = ['pause', 'resume', 'remove'];
const PORTS = ['lock', 'unlock', 'switch', 'reset'];
const op = (command: string, ports?: unknown) => ({ command, ...(ports === undefined ? {} : { ports }) });

describe('what an ejoin device is not even asked', () => {
  before(async () => {
    node = await EjoinNode.start({ options: { slots: 4 } });
  });
  after(async () => {
    await node.close();
  });

  const REFUSED: readonly Refused[] = [
    ['query', 'unsupported', { command: 'query' }],
    ...['resett', 'balance', '__proto__', 'toString', 'send'].map((command): Refused => [
      command,
      'invalid-message',
      { command, field: 'msg.payload' },
    ]),
    [{ command: 'Lock', ports: '1' }, 'invalid-message', { command: 'Lock', field: 'msg.payload.command' }],
    [undefined, 'invalid-message', { field: 'msg.payload' }],
    [{ ports: '1' }, 'invalid-message', { field: 'msg.payload.command' }],
    ...PORTS.flatMap((command): Refused[] =>
      [undefined, '', '  ', null, 1.1, ['1'], true].map((ports) => [
        { command, ports },
        'invalid-message',
        { field: 'ports' },
      ]),
    ),
    ...[...PORTS, 'sms-stats', 'call-stats'].flatMap((command): Refused[] =>
      [
        '8-4',
        '1,,2',
        '1A-3',
        '1-',
        '0',
        '0-3',
        '1-99999',
        '1025',
        '4-1000000000',
        'x',
        '1.1',
        '1.5',
        '13800000001',
      ].map((ports) => [{ command, ports }, 'invalid-message', { field: 'ports' }]),
    ),
    [op('lock', '1E'), 'invalid-message', { field: 'ports', entry: 1 }],
    [op('unlock', '1A,2.05'), 'invalid-message', { field: 'ports', entry: 2 }],
    ...['1', '1A,2', '1-3', 'all', '*'].map((ports): Refused => [
      ...([op('switch', ports), 'invalid-message', { field: 'ports' }] as const),
    ]),
    [{ ...op('lock', '1'), autoSwitch: 'maybe' }, 'invalid-message', { field: 'autoSwitch' }],
    [op('save', '1'), 'invalid-message', { field: 'ports', command: 'save' }],
    [{ ...op('reboot', 'all'), confirm: true }, 'invalid-message', { field: 'ports', command: 'reboot' }],

    // Grave ones that nobody has confirmed.
    ...[undefined, false, 'true', 1, {}].flatMap((confirm): Refused[] =>
      [
        { command: 'reboot' },
        op('reset', 'all'),
        op('reset', ' * '),
        { command: 'remove', all: true },
        { command: 'multiple', ops: [op('lock', '1'), op('reset', 'ALL')] },
      ].map((payload) => [{ ...payload, confirm }, 'invalid-message', { field: 'confirm', command: payload.command }]),
    ),

    ...[undefined, [], {}, 'lock', [null], [7], [{ ports: '1' }], [op('lock', 1.5)]].map((ops): Refused => [
      { command: 'multiple', ops },
      'invalid-message',
      { field: 'ops' },
    ]),
    ...['save', 'reboot', 'multiple', 'get', 'status', ''].map((command): Refused => [
      ...([{ command: 'multiple', ops: [op('lock', '1'), op(command, '1')] }, 'invalid-message'] as const),
      { field: 'ops', item: 2 },
    ]),
    ...[op('lock'), op('lock', ''), op('switch', '2'), op('reset', '3-1'), op('unlock', '1-9999')].map(
      (bad): Refused => [
        { command: 'multiple', ops: [op('lock', '1'), bad] },
        'invalid-message',
        { field: 'ops[1].ports' },
      ],
    ),

    ...[undefined, [], [''], 7, ['op'], ['sms_url', 'Username'], ['sim_imei(x)'], ['a&op=reboot'], {}].map(
      (params): Refused => [{ command: 'get', params }, 'invalid-message', { field: 'params' }],
    ),
    ...[
      undefined,
      {},
      'sms_url',
      ['sms_url'],
      { op: 'reboot' },
      { sms_url: null },
      { 'a=b': 1 },
      { sms_url: '\0' },
    ].map((params): Refused => [{ command: 'set', params }, 'invalid-message', { field: 'params' }]),

    ...[59, 0, -60, 1.5, 'soon', '59', true, 2 ** 31].map((period): Refused => [
      ...([{ command: 'subscribe', period }, 'invalid-message', { field: 'period' }] as const),
    ]),
    [{ command: 'status', allSims: 'some' }, 'invalid-message', { field: 'allSims' }],

    [{ command: 'tasks', pos: 0 }, 'invalid-message', { field: 'port' }],
    [{ command: 'tasks', port: '1' }, 'invalid-message', { field: 'pos' }],
    ...['1,2', '1-2', 'all', '1A', '0', 1.1].map((port): Refused => [
      ...([{ command: 'tasks', port, pos: 0 }, 'invalid-message', { field: 'port' }] as const),
    ]),
    [{ command: 'tasks', port: 1, pos: -1 }, 'invalid-message', { field: 'pos' }],
    [{ command: 'tasks', port: 1, pos: 0, num: 0 }, 'invalid-message', { field: 'num' }],
    ...TASKS.flatMap((command): Refused[] =>
      [
        {},
        { tids: [] },
        { tids: '' },
        { tids: ' , ' },
        { tids: null },
        { tids: [''] },
        { tids: [1.5] },
        { tids: ['-1'] },
      ]
        .concat([{ tids: 'x' }, { tids: {} } as object, { all: false }, { tids: [7], all: true, confirm: true }])
        .map((args) => [{ ...args, command }, 'invalid-message', { field: 'tids' }]),
    ),
    ...['sms-stats', 'call-stats'].flatMap((command): Refused[] => [
      [{ command, ports: '2B' }, 'invalid-message', { field: 'ports' }],
      ...['4-2', 'A', '5', '0', '1,x'].map((slots): Refused => [
        ...([{ command, slots }, 'invalid-message', { field: 'slots' }] as const),
      ]),
      ...['week', 4, {}].map((type): Refused => [
        ...([{ command, type }, 'invalid-message', { field: 'type' }] as const),
      ]),
    ]),
  ];

  for (const [payload, code, params] of REFUSED) {
    it(`${JSON.stringify(payload)}: ${code}`, async () => {
      await node.refusesUnasked(payload, code, params);
    });
  }

  it('and names what there is where it does not have a command', async () => {
    const { params } = await node.refusal('resett');
    assert.deepEqual(String(params.commands).split(', ').sort(), COMMANDS.map(({ command }) => command).sort());
  });
});

describe('what an ejoin device refuses', () => {
  afterEach(async () => {
    await node.close();
  });

  it('every command of a wrong login, and nothing is done', async () => {
    node = await EjoinNode.start({ login: { ...LOGIN, password: 'wrong' } });
    const before = await node.device.ports();
    await node.device.command('lock', '5');
    await node.device.send({ tid: 7, to: '13800000001', sms: 'waits', from: '5' });
    for (const payload of COMMANDS) {
      if (payload.command === 'subscribe') continue;
      const seen = await node.seen(async () => {
        const { code, vendorCode, vendorText } = await node.refusal(payload);
        assert.deepEqual([code, vendorCode, vendorText], ['auth-failed', '1', 'ejoin.codes.task.1'], payload.command);
      });
      assert.equal(seen.length, 1, payload.command);
    }
    node.pass(2000);
    const [locked, ...others] = (await node.device.ports()).filter(({ st }, index) => st !== before[index]?.st);
    assert.deepEqual([locked?.port, others], ['5.03', []]);
    const waiting = (await node.device.get('get_tasks', '&port=5&pos=0')) as {
      tasks: { tid: number; state: number }[];
    };
    assert.deepEqual(
      waiting.tasks.map(({ tid, state }) => [tid, state]),
      [[7, 0]],
    );
    assert.deepEqual(await node.device.get('send_cmd', '&op=get&simulate_queue='), {
      ...{ code: 0, reason: 'OK', simulate_queue: '1000' },
    });
  });

  const NO_PORT = ['line-unavailable', '2', 'ejoin.codes.task.2'];
  const BAD = ['unsupported', '15', 'ejoin.codes.task.15'];
  for (const [payload, refusal] of [
    ...PORTS.map((command) => [op(command, '9A'), NO_PORT] as const),
    [op('lock', '1,4-32'), NO_PORT],
    [op('lock', '1E'), NO_PORT],
    [op('lock', '12.sp256.101'), NO_PORT],
    [{ command: 'multiple', ops: [op('lock', '1'), op('lock', '9')] }, NO_PORT],
    [{ command: 'tasks', port: 9, pos: 0 }, NO_PORT],
    ...['sms-stats', 'call-stats'].flatMap((command) => [
      [{ command, ports: '9' }, NO_PORT] as const,
      [{ command, slots: '5' }, NO_PORT] as const,
    ]),
    [{ command: 'get', params: ['sms_url', 'no_such_thing'] }, BAD],
    [{ command: 'get', params: ['sim_imei'] }, BAD],
    [{ command: 'get', params: ['sim_imei(32)'] }, BAD],
    [{ command: 'get', params: ['sms_url(0)'] }, BAD],
    [{ command: 'set', params: { simulate_queue: 5, 'sim_imei(0)': 'none' } }, BAD],
    [{ command: 'set', params: { simulate_queue: 5, sms_url: 'somewhere' } }, BAD],
    [{ command: 'set', params: { simulate_queue: 5, 'simulate_state(5)': 8 } }, BAD],
    [{ command: 'set', params: { simulate_queue: 5, 'simulate_state(0)': 10 } }, BAD],
    [{ command: 'set', params: { simulate_queue: 5, 'simulate_balance(2)': 1 } }, BAD],
    [{ command: 'set', params: { simulate_queue: -1 } }, BAD],
  ] as readonly (readonly [Asked, readonly string[]])[]) {
    it(`${JSON.stringify(payload)}: ${refusal[0] ?? ''}`, async () => {
      node = await EjoinNode.start();
      const { code, vendorCode, vendorText } = await node.refusal(payload);
      assert.deepEqual([code, vendorCode, vendorText], refusal);
      // Of several things nothing is done where one is wrong.
      node.pass(2000);
      assert.deepEqual(await node.device.states(1, 2), ['1.01 3', '2.02 3']);
      assert.deepEqual(await node.run('get', { params: ['simulate_queue', 'sms_url'] }), {
        params: { simulate_queue: '1000', sms_url: '' },
      });
    });
  }

  it('a task that it does not know, or no more, one by one', async () => {
    node = await EjoinNode.start();
    assert.deepEqual(await node.device.send({ tid: 7, to: '13800000001', sms: 'gone at once' }), ['0 OK']);
    node.pass(3000);
    const unknown = { ok: false, vendorCode: '11', vendorText: 'TID Expected' };
    for (const command of TASKS) {
      const results = ['7', '8'].map((id) => ({ id, ...unknown }));
      assert.deepEqual(await node.run(command, { tids: [7, '8', 7] }), { ok: false, results }, command);
    }
  });

  it('everything while it starts again, in ways that tell nothing', async () => {
    node = await EjoinNode.start();
    await node.run('reboot', { confirm: true });
    for (const payload of COMMANDS) {
      if (payload.command === 'subscribe') continue;
      const seen = await node.seen(async () => {
        assert.equal((await node.refusal(payload)).code, 'no-answer', payload.command);
      });
      assert.equal(seen.length, 1, 'never repeated');
    }
  });
});

/** 6.3.1.4: what a code of the device means to flows. The document has no other table for the calls of a device node. */
const CODES: Readonly<Record<number, string>> = {
  ...{ 1: 'auth-failed', 2: 'line-unavailable', 3: 'vendor-error', 4: 'line-unavailable', 5: 'line-unavailable' },
  ...{ 6: 'no-answer', 7: 'vendor-error', 8: 'invalid-message', 9: 'invalid-recipient', 10: 'vendor-busy' },
  ...{ 11: 'vendor-error', 12: 'sender-refused', 13: 'duplicate-id', 14: 'permission-denied', 15: 'unsupported' },
  ...{ 16: 'vendor-busy', 17: 'invalid-message', 18: 'invalid-message', 19: 'invalid-message', 20: 'content-refused' },
};
const HTTP: Readonly<Record<number, string>> = {
  ...{ 400: 'vendor-error', 401: 'auth-failed', 403: 'permission-denied', 404: 'invalid-config', 429: 'rate-limited' },
  ...{ 500: 'no-answer', 503: 'no-answer' },
};

describe('whatever code an ejoin device answers', () => {
  let server: RawServer;
  let flow: Flow;
  let asking: Asking;

  before(async () => {
    server = await RawServer.start();
    const gateway = { simulate: false, url: server.url, publicUrl: 'http://192.0.2.1' };
    const nodes = [
      simulated('ejoin', 'gw', gateway),
      { ...{ id: 'device', type: 'smswire-device', gateway: 'gw', version: 1 }, wires: [['result']] },
      { ...{ id: 'hook', type: 'smswire-webhook', gateway: 'gw', version: 1 }, allow: '', wires: [[], []] },
      ...collectorsOf('device'),
    ];
    flow = await Flow.load(nodes, { gw: LOGIN, hook: { path: 'path-of-the-webhook' } }, keyed);
    asking = new Asking(flow, 'device');
  });
  after(async () => {
    await flow.close();
    await server.close();
  });

  for (const payload of COMMANDS) {
    it(`${payload.command} ends with the error that it means, and is not tried again`, async () => {
      const ask = async (status: number, body: string): Promise<unknown[]> => {
        server.answer = () => ({ bytes: http(status, Buffer.from(body)) });
        const count = server.requests.length;
        const { code, vendorCode, vendorText } = await asking.refusal({ payload });
        assert.equal(server.requests.length, count + 1);
        return [code, vendorCode, vendorText];
      };
      for (const [code, means] of Object.entries(CODES)) {
        const said = await ask(200, JSON.stringify({ code: Number(code), reason: '' }));
        assert.deepEqual(said, [means, code, `ejoin.codes.task.${code}`]);
      }
      assert.deepEqual(await ask(200, '{"code":77,"reason":"Later"}'), ['vendor-error', '77', 'Later']);
      for (const [status, means] of Object.entries(HTTP)) {
        assert.deepEqual(await ask(Number(status), ''), [means, `HTTP ${status}`, undefined]);
      }
      assert.deepEqual(await ask(200, '<html>'), ['unreadable-answer', undefined, undefined]);
    });
  }
});
