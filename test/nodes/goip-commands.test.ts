/** The commands of a device node to a goip server, over real HTTP: what they tell, and what they are refused. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { start } from '../../nodes/simulators/goip';
import type { Simulator } from '../../nodes/simulators/simulator';
import { Asking, collectorsOf, keyed } from '../support/asking';
import { Flow, sendTo, simulated, type FlowNode } from '../support/flow';
import { http, RawServer } from '../support/raw-server';

/** 2026-03-05 06:07:08 UTC, 14:07:08 in Shanghai. */
const START = Date.UTC(2026, 2, 5, 6, 7, 8);
const LOGIN = { username: 'demo', password: 'goip-demo-password' };
const FRIEND = '13800000001';

let server: Simulator;
let flow: Flow;
let asking: Asking;
let clock: number;

interface Row {
  readonly id: string;
  readonly to: string;
  readonly state: string;
  readonly at: string | null;
  readonly vendorCode: string | null;
  readonly vendorText: string | null;
}

function nodesAt(url: string): FlowNode[] {
  return [
    simulated('goip', 'gw', { simulate: false, url }),
    { ...{ id: 'device', type: 'smswire-device', gateway: 'gw', version: 1 }, wires: [['result']] },
    ...collectorsOf('device'),
    ...sendTo('gw'),
  ];
}

async function load(url: string, login: Record<string, string> = LOGIN): Promise<void> {
  flow = await Flow.load(nodesAt(url), { gw: login }, keyed);
  asking = new Asking(flow, 'device');
}

async function run<Result>(payload: unknown): Promise<Result> {
  return (await asking.answer({ payload })).payload as Result;
}

/** The calls that were made while `work` was done, and their parameters. */
async function seen(work: () => Promise<unknown>): Promise<(readonly [string, Record<string, unknown>])[]> {
  const before = server.requests.length;
  await work();
  return server.requests
    .slice(before)
    .map(({ method, url, body }) => [`${method} ${url}`, JSON.parse(body.toString()) as Record<string, unknown>]);
}

/** Sends one text by a line; gives the id of the task. */
async function send(to: readonly string[], options: object = {}): Promise<string> {
  const { next } = flow.inbox('accepted');
  flow.input('send', { payload: 'hello', to, sms: { options } });
  const [recipient] = (await next).sms.recipients;
  return recipient?.id ?? assert.fail();
}

const query = async (id: unknown): Promise<Row[]> => (await run<{ rows: Row[] }>({ command: 'query', id })).rows;

describe('a command to a goip server', () => {
  beforeEach(async () => {
    clock = START;
    server = await start({ now: () => clock });
    await load(server.url);
  });
  afterEach(async () => {
    await flow.close();
    await server.close();
  });

  it('status: every line, with what it may still send', async () => {
    await send([FRIEND, '13800000002', '13800000003'], { line: 'G102' });
    let ports: Record<string, unknown>[] = [];
    const calls = await seen(async () => {
      ({ ports } = await run<{ ports: Record<string, unknown>[] }>('status'));
    });
    assert.deepEqual(calls, [['POST /goip/querylines/', { auth: LOGIN }]]);
    const nothing = { operator: null, imei: null, imsi: null, iccid: null, balance: null, signal: null };
    assert.deepEqual(ports[1], {
      ...{ ...nothing, port: null, slot: null, line: 'G102', state: 'registered', code: null },
      ...{ registered: true, online: true, number: '19900000102', remaining: 853, remainingToday: 53 },
    });
    assert.deepEqual(
      ports.map(({ line, state, registered, online, remaining }) => [line, state, registered, online, remaining]),
      [
        ['G101', 'registered', true, true, null],
        ['G102', 'registered', true, true, 853],
        ['G103', 'unregistered', false, true, null],
        ['G104', 'offline', false, false, null],
        ['G201', 'registered', true, true, null],
        ['G202', 'unregistered', false, true, null],
        ['G203', 'registered', true, true, 0],
        ['G301', 'offline', false, false, null],
      ],
    );
  });

  it('query: how far each recipient of a task has come, and one of them alone', async () => {
    const task = await send([FRIEND, '19900000002', '19900000003', '19900000004', '19900000006'], { line: 'G101' });
    const states = async (id: unknown): Promise<unknown[]> =>
      (await query(id)).map(({ to, state, vendorCode }) => [to, state, vendorCode]);
    assert.deepEqual(new Set((await query(task)).map(({ state }) => state)), new Set(['accepted']));
    clock += 500;
    assert.deepEqual((await states(task)).slice(0, 2), [
      [FRIEND, 'sent', 'succeeded'],
      ['19900000002', 'accepted', 'sending'],
    ]);
    clock += 500;
    const [first, second] = await query(task);
    assert.deepEqual(first, {
      ...{ id: task, to: FRIEND, line: null, state: 'delivered', at: '2026-03-05T14:07:08.000+08:00' },
      ...{
        vendorCode: 'succeeded',
        vendorText: '@smswire/node-red-smswire/smswire-gateway:vendors.goip.codes.send.succeeded {}',
      },
    });
    assert.match(second?.vendorText ?? '', /vendors\.goip\.codes\.cms\.27 /);
    assert.deepEqual(await states(Number(task)), [
      [FRIEND, 'delivered', 'succeeded'],
      ['19900000002', 'undelivered', '27'],
      ['19900000003', 'unknown', '332'],
      ['19900000004', 'accepted', 'sending'],
      ['19900000006', 'sent', 'succeeded'],
    ]);
    const calls = await seen(async () => {
      assert.deepEqual(await states(`${task}.19900000003`), [['19900000003', 'unknown', '332']]);
    });
    assert.deepEqual(calls, [['POST /goip/querysms/', { auth: LOGIN, taskID: `${task}.19900000003` }]]);
    assert.deepEqual(await states(`${task}.13900000000`), []);
    assert.deepEqual(await states('1'), []);
  });

  for (const [payload, code, params] of [
    ...[undefined, '', ' ', "1' or '1", '1;2', '1.x', '-1', 1.5, true, ['1'], '1'.repeat(21)].map(
      (id) => [{ command: 'query', id }, 'invalid-message', { field: 'id' }] as const,
    ),
    ...['lock', 'reboot', 'tasks', 'subscribe'].map(
      (command) => [command, 'unsupported', { command, commands: 'status, query' }] as const,
    ),
    ['__proto__', 'invalid-message', { field: 'msg.payload', commands: 'status, query' }],
    [{ command: 'status', ports: '1' }, 'invalid-message', { field: 'ports', command: 'status' }],
    [{ command: 'query', id: '1', ports: 'all' }, 'invalid-message', { field: 'ports', command: 'query' }],
  ] as const) {
    it(`${JSON.stringify(payload)}: refused, and nothing is asked`, async () => {
      const calls = await seen(async () => {
        const refusal = await asking.refusal({ payload });
        assert.equal(refusal.code, code);
        for (const [name, value] of Object.entries(params)) assert.equal(refusal.params[name], value, name);
      });
      assert.deepEqual(calls, []);
    });
  }

  for (const [what, code, vendorCode, change] of [
    ['a wrong login', 'auth-failed', 'HTTP 401', { login: { ...LOGIN, password: 'wrong' } }],
    ['an unknown user', 'auth-failed', 'HTTP 401', { login: { username: 'nobody', password: 'x' } }],
    ['another address', 'invalid-config', 'HTTP 404', { path: '/elsewhere' }],
  ] as const) {
    it(`${what}: ${code}, once`, async () => {
      await flow.close();
      await load(server.url + ('path' in change ? change.path : ''), 'login' in change ? change.login : LOGIN);
      for (const payload of ['status', { command: 'query', id: '1' }]) {
        const calls = await seen(async () => {
          const refusal = await asking.refusal({ payload });
          assert.deepEqual([refusal.code, refusal.vendorCode], [code, vendorCode]);
        });
        assert.equal(calls.length, 1);
      }
    });
  }
});

describe('whatever else a goip server answers to a command', () => {
  let raw: RawServer;
  before(async () => {
    raw = await RawServer.start();
    await load(raw.url);
  });
  after(async () => {
    await flow.close();
    await raw.close();
  });

  for (const [status, body, code, vendorCode] of [
    [200, "Bad query: select * from sms where id='secret text'", 'vendor-error', 'Bad query'],
    [200, 'Could not connect', 'vendor-error', 'Could not connect'],
    [200, '{"result":"REJECT","reason":"none_line"}', 'line-unavailable', 'none_line'],
    [200, '{"result":"REJECT","reason":"none_provider"}', 'sender-refused', 'none_provider'],
    [200, '{"result":"REJECT","reason":"other"}', 'vendor-error', 'other'],
    [200, '<html>', 'unreadable-answer', undefined],
    [200, '', 'unreadable-answer', undefined],
    [200, '{"taskID":"1"}', 'unreadable-answer', undefined],
    [200, '[7,null]', 'unreadable-answer', undefined],
    [403, '', 'permission-denied', 'HTTP 403'],
    [429, '', 'rate-limited', 'HTTP 429'],
    [500, '', 'no-answer', 'HTTP 500'],
  ] as const) {
    it(`HTTP ${status} ${body}: ${code}, once, and no SQL is shown`, async () => {
      raw.answer = () => ({ bytes: http(status, Buffer.from(body)) });
      for (const payload of ['status', { command: 'query', id: '1' }]) {
        const count = raw.requests.length;
        const refusal = await asking.refusal({ payload });
        assert.deepEqual([refusal.code, refusal.vendorCode], [code, vendorCode]);
        assert.equal(raw.requests.length, count + 1);
        assert.ok(!JSON.stringify(flow.inbox('ended').messages.at(-1)).includes('secret text'));
      }
    });
  }

  it('a warning before the JSON does no harm', async () => {
    const row = '{"goip_line":"1","online":"1","reg":"LOGIN","remain_sms":"-1","day_remain_sms":"-1"}';
    const body = `Warning: need install php-mbstring module<br>\n[${row}]`;
    raw.answer = () => ({ bytes: http(200, Buffer.from(body)) });
    const { ports } = await run<{ ports: { line: string; state: string }[] }>('status');
    assert.deepEqual([ports.length, ports[0]?.line, ports[0]?.state], [1, '1', 'registered']);
  });
});
