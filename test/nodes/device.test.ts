/** The device node in a real Node-RED, against the simulators over real HTTP. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, sendTo, simulated, type FlowNode, type Message } from '../support/flow';

const FRIEND = '13800000001';

interface Port {
  readonly port: number;
  readonly state: string;
}

const portsOf = ({ payload }: Message): readonly Port[] => (payload as { ports: Port[] }).ports;

/** A device node with a helper node `result`, one without any property to look with, and what watches both. */
function deviceAt(gateway: string, properties: Record<string, unknown> = {}): FlowNode[] {
  const blank = { type: 'smswire-device', gateway, command: '', ports: '', args: {}, version: 1 };
  return [
    { ...blank, id: 'device', wires: [['result']], ...properties },
    { ...blank, id: 'look', command: 'status', wires: [['seen']] },
    { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'completing', type: 'complete', scope: ['device'], wires: [['completed']] },
    { id: 'watching', type: 'status', scope: ['device'], wires: [['status']] },
    ...['result', 'seen', 'caught', 'completed', 'status'].map((id) => ({ id, type: 'helper' })),
  ];
}

/** Every text is its key with its parameters. */
const texts = (key: string, params?: unknown): string => `${key} ${JSON.stringify(params ?? {})}`;

let flow: Flow;

const count = (id: string): number => flow.inbox(id).messages.length;

async function load(vendor: string, properties: Record<string, unknown> = {}, login = 'device'): Promise<void> {
  const nodes = [simulated(vendor, 'gw'), ...sendTo('gw'), ...deviceAt('gw', properties)];
  flow = await Flow.load(nodes, { gw: { username: login } }, texts);
}

async function ask(payload: unknown, more: Record<string, unknown> = {}): Promise<Message> {
  const [{ next }, { next: completed }] = [flow.inbox('result'), flow.inbox('completed')];
  flow.input('device', { payload, ...more });
  await completed;
  return next;
}

/** The one error that an input ends with, and nothing else. */
async function refusalOf(payload: unknown): Promise<{ code: string; message: string }> {
  const { next } = flow.inbox('caught');
  const before = [count('caught') + 1, count('completed'), count('result')];
  flow.input('device', { payload });
  const { error } = await next;
  await sleep(50);
  assert.deepEqual([count('caught'), count('completed'), count('result')], before);
  assert.ok(error?.code !== undefined);
  return { code: error.code, message: error.message };
}

async function statusLike(pattern: RegExp): Promise<void> {
  const text = (): string => flow.inbox('status').messages.at(-1)?.status?.text ?? '';
  for (let wait = 0; !pattern.test(text()) && wait < 100; wait++) await sleep(20);
  assert.match(text(), pattern);
}

async function stateOf(port: number): Promise<string | undefined> {
  const { next } = flow.inbox('seen');
  flow.input('look', { payload: 'go' });
  return portsOf(await next).find((each) => each.port === port)?.state;
}

async function becomes(port: number, state: string): Promise<void> {
  for (let wait = 0; (await stateOf(port)) !== state && wait < 80; wait++) await sleep(100);
  assert.equal(await stateOf(port), state);
}

describe('smswire-device', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const vendor of ['goip', 'ejoin']) {
    it(`tells the state of all ports, and leaves all else as it was: ${vendor}`, async () => {
      await load(vendor, { command: 'status' });
      const answer = await ask('go', { topic: 'mine', sms: { key: 'old' }, more: [1] });
      const { raw, ...sms } = answer.sms as unknown as Record<string, unknown>;
      assert.deepEqual(
        [answer.topic, answer.more, sms],
        ['mine', [1], { gateway: 'Gateway gw', gatewayId: 'gw', vendor, command: 'status' }],
      );
      assert.notEqual(raw, undefined);
      assert.ok(portsOf(answer).length > 1);
      // What it gave is a trigger like any other, although it has `ports`.
      assert.deepEqual(portsOf(await ask(answer.payload)).length, portsOf(answer).length);
      await statusLike(/status\.commandDone \{"command":"status"\}.*simulated/);
      assert.equal(count('caught'), 0);
    });
  }

  it('runs the command of the node, whatever a message says; it only fills what is blank', async () => {
    await load('ejoin', { command: 'lock', args: { autoSwitch: false } });
    const { payload, sms } = await ask({ command: 'unlock', ports: '3', autoSwitch: 'no boolean' });
    assert.deepEqual([payload, (sms as unknown as { command: string }).command], [{ ok: true }, 'lock']);
    await becomes(3, 'locked-by-user');
    for (const trigger of ['unlock', { command: 'unlock' }, { ports: [3] }, { ports: 1.1 }, ['3']]) {
      const { code, message } = await refusalOf(trigger);
      assert.equal(code, 'invalid-message');
      assert.match(message, /"field":"ports"/);
    }
    assert.equal((await refusalOf({ ports: '3-' })).code, 'invalid-message');
    await statusLike(/status\.failed/);
  });

  it('keeps to the ports of the node', async () => {
    await load('ejoin', { command: 'lock', ports: '4' });
    await ask({ ports: '5' });
    await becomes(4, 'locked-by-user');
    assert.notEqual(await stateOf(5), 'locked-by-user');
  });

  it('takes the command from the message where the node has none: an object, or a text', async () => {
    await load('ejoin');
    await ask({ command: 'lock', ports: 6 });
    await becomes(6, 'locked-by-user');
    await ask({ command: ' unlock ', ports: '6', autoSwitch: 'true' });
    assert.ok(portsOf(await ask('status')).length > 1);
    assert.match((await refusalOf({ command: 'lock', ports: '6', autoSwitch: 'maybe' })).message, /"autoSwitch"/);
    for (const payload of ['', undefined, 7, ['status'], { ports: '6' }, { command: ['lock'] }]) {
      const { code, message } = await refusalOf(payload);
      assert.deepEqual([code, message.includes('msg.payload')], ['invalid-message', true]);
    }
  });

  it('does nothing grave for a message that does not confirm it, whatever the node says', async () => {
    await load('ejoin', { args: { confirm: true } });
    const grave = [
      { command: 'reboot' },
      { command: 'reboot', confirm: 'true' },
      { command: 'reset', ports: 'all' },
      { command: 'remove', all: true },
      { command: 'multiple', ops: [{ command: 'reset', ports: '*' }] },
    ];
    for (const payload of [...grave, 'reboot']) {
      const { code, message } = await refusalOf(payload);
      assert.deepEqual([code, message.includes('"field":"confirm"')], ['invalid-message', true]);
    }
    assert.match((await refusalOf({ command: 'reboot', ports: '2', confirm: true })).message, /"field":"ports"/);
    assert.deepEqual((await ask({ command: 'remove', all: true, confirm: true })).payload, { ok: true, results: [] });
    assert.deepEqual((await ask({ command: 'reset', ports: '2' })).payload, { ok: true });
  });

  it('does nothing grave for a node that does not confirm it, whatever a message says', async () => {
    await load('ejoin', { command: 'remove', args: { confirm: false } });
    const { code, message } = await refusalOf({ all: true, confirm: true });
    assert.deepEqual([code, message.includes('"field":"confirm"')], ['invalid-message', true]);
    await flow.close();
    process.env.SMSWIRE_TEST_CONFIRM = 'true';
    await load('ejoin', { command: 'remove', args: { confirm: '${SMSWIRE_TEST_CONFIRM}', all: true } });
    assert.deepEqual((await ask('go')).payload, { ok: true, results: [] });
  });

  it('tells what became of each recipient, with the text of the code instead of its key', async () => {
    await load('goip', { command: 'query' }, 'device-query');
    const { next } = flow.inbox('accepted');
    flow.input('send', { payload: 'hello', to: [FRIEND, '10000000012'] });
    const [recipient] = (await next).sms.recipients;
    const task = recipient?.id?.split('.')[0];
    let rows: Record<string, unknown>[] = [];
    for (let wait = 0; wait < 40 && !rows.some(({ vendorCode }) => vendorCode !== null); wait++) {
      rows = ((await ask({ id: task })).payload as { rows: Record<string, unknown>[] }).rows;
      await sleep(100);
    }
    assert.ok(rows.length >= 1, JSON.stringify(rows));
    for (const row of rows) {
      assert.ok(!Object.hasOwn(row, 'vendorTextKey'));
      assert.ok(row.vendorText === null || typeof row.vendorText === 'string');
    }
    assert.ok(
      rows.some(({ vendorText }) => String(vendorText).includes('vendors.goip.')),
      JSON.stringify(rows),
    );
    assert.equal((await refusalOf('go')).code, 'invalid-message');
  });

  it('names the commands of the vendor where it lacks one', async () => {
    await load('goip');
    const { code, message } = await refusalOf('reboot');
    assert.equal(code, 'unsupported');
    assert.ok(message.includes('"commands":"status, query"'), message);
    await statusLike(/status\.failed/);
  });

  it('names the field of a command that no vendor has, and the commands that there are', async () => {
    await load('goip');
    for (const command of ['rebot', '__proto__', 'constructor', 'x'.repeat(5000)]) {
      for (const [payload, field] of [
        [command, 'msg.payload'],
        [{ command }, 'msg.payload.command'],
      ] as const) {
        const { code, message } = await refusalOf(payload);
        assert.equal(code, 'invalid-message');
        assert.ok(message.includes('"commands":"status, query"') && message.length < 300, message);
        assert.ok(message.includes(`"field":"${field}"`), message);
      }
    }
    await flow.close();
    await load('goip', { command: 'rebot' });
    const { code, message } = await refusalOf('status');
    assert.deepEqual([code, message.includes('"field":"command"')], ['invalid-message', true]);
  });

  it('says that a vendor takes no commands at all', async () => {
    await load('mobset', { command: 'status' });
    const { code, message } = await refusalOf('go');
    assert.deepEqual([code, message.includes('no-commands')], ['unsupported', true]);
  });

  for (const [properties, detail] of [
    [{ command: 7 }, 'device-text'],
    [{ ports: 1.1 }, 'device-ports'],
    [{ args: ['all'] }, 'device-args'],
    [{ args: '{ all' }, 'device-args'],
    [{ args: { tids: ['${NO_SUCH_TID}'] } }, 'variable'],
  ] as const) {
    it(`does nothing with a property that is wrong, and says so: ${JSON.stringify(properties)}`, async () => {
      await load('ejoin', properties);
      assert.ok(flow.log.includes(`errors.invalid-config.${detail}`));
      await statusLike(/status\.broken/);
      assert.equal((await refusalOf('status')).code, 'invalid-config');
    });
  }

  it('raises an error where the gateway is missing', async () => {
    flow = await Flow.load(deviceAt(''), {}, texts);
    assert.equal((await refusalOf('status')).code, 'invalid-config');
    await statusLike(/status\.broken/);
  });

  it('raises the reason why the device does not answer, once', async () => {
    const gateway = simulated('ejoin', 'gw', { simulate: false, url: 'http://127.0.0.1:9' });
    const credentials = { gw: { username: 'nobody', password: 'secret' } };
    flow = await Flow.load([gateway, ...deviceAt('gw', { command: 'status' })], credentials, texts);
    assert.equal((await refusalOf('go')).code, 'network');
  });
});
