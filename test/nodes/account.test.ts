/** The account node in a real Node-RED, against the simulators over real HTTP. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, sendTo, simulated, unpushed, type FlowNode, type Message } from '../support/flow';

const FRIEND = '13800000001';

const WATCHERS: FlowNode[] = [
  { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'completing', type: 'complete', scope: ['account'], wires: [['completed']] },
  { id: 'watching', type: 'status', scope: ['account'], wires: [['status']] },
  ...['caught', 'completed', 'status'].map((id) => ({ id, type: 'helper' })),
];

/** An account node wired to helper nodes `result` and `low`, those nodes, and what watches it. */
function accountAt(gateway: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    {
      ...{ id: 'account', type: 'smswire-account', gateway, version: 1 },
      ...{ command: 'balance', threshold: '', interval: '' },
      wires: [['result'], ['low']],
      ...properties,
    },
    ...['result', 'low'].map((id) => ({ id, type: 'helper' })),
    ...WATCHERS,
  ];
}

/** Every text is its key with its parameters. */
const texts = (key: string, params?: unknown): string => `${key} ${JSON.stringify(params ?? {})}`;

let flow: Flow;

const count = (id: string): number => flow.inbox(id).messages.length;
const payloads = (id: string): unknown[] => flow.inbox(id).messages.map(({ payload }) => payload);

async function statusLike(pattern: RegExp): Promise<void> {
  const text = (): string => flow.inbox('status').messages.at(-1)?.status?.text ?? '';
  for (let wait = 0; !pattern.test(text()) && wait < 100; wait++) await sleep(20);
  assert.match(text(), pattern);
}

/** Sends one SMS, which the account is charged for. */
async function spend(later?: number): Promise<Message> {
  const { next } = flow.inbox('accepted');
  flow.input('send', { payload: 'hello', to: FRIEND, later: later ?? Date.now() });
  return next;
}

/** Asks, and gives the answer once it is out by all its outputs. */
async function ask(message: Record<string, unknown> = {}): Promise<Message> {
  const { next } = flow.inbox('completed');
  flow.input('account', message);
  await next;
  await sleep(20);
  const answer = flow.inbox('result').messages.at(-1);
  assert.ok(answer);
  return answer;
}

async function refusalOf(message: Record<string, unknown>): Promise<Message> {
  const { next } = flow.inbox('caught');
  flow.input('account', message);
  const caught = await next;
  await sleep(50);
  assert.deepEqual([count('caught'), count('completed'), count('result')], [1, 0, 0]);
  return caught;
}

describe('smswire-account', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const [vendor, amount, unit] of [
    ['sms57', 50_000, 'CNY'],
    ['mobset', 1_000_000, 'messages'],
    ['hezhong', 50_000, 'unspecified'],
  ] as const) {
    it(`tells the balance, and leaves all else as it was: ${vendor}`, async () => {
      flow = await Flow.load(
        [simulated(vendor, 'gw'), ...accountAt('gw')],
        { gw: { username: 'account-balance' } },
        texts,
      );
      const answer = await ask({ topic: 'mine', payload: 'go', sms: { key: 'old' }, more: [1] });
      const { raw, ...sms } = answer.sms as unknown as Record<string, unknown>;
      assert.deepEqual(
        [answer.payload, answer.topic, answer.more, sms],
        [amount, 'mine', [1], { gateway: 'Gateway gw', gatewayId: 'gw', vendor, unit }],
      );
      assert.notEqual(raw, undefined);
      assert.equal(count('low'), 0);
      await statusLike(/status\.balance .*simulated/);
    });
  }

  it('warns once for each fall below the threshold, also across a deploy', async () => {
    const nodes = [
      simulated('mobset', 'gw', { options: { vendorSchedule: true } }),
      ...sendTo('gw', { at: 'later', atType: 'msg' }),
      ...accountAt('gw', { threshold: '1000000' }),
      { id: 'canceller', type: 'smswire-account', gateway: 'gw', command: 'cancel', version: 1, wires: [['gone'], []] },
      { id: 'gone', type: 'helper' },
    ];
    const login = { gw: { username: 'account-fall' } };
    flow = await Flow.load(nodes, login, texts);
    assert.equal((await ask()).payload, 1_000_000);
    const { sms } = await spend(Date.now() + 3_600_000);
    await ask({ topic: 'first' });
    await statusLike(/status\.balanceLow/);
    await ask();
    await flow.deploy(nodes, login);
    await ask();
    // What is cancelled is paid back.
    flow.input('canceller', { payload: sms.recipients[0]?.id });
    await flow.inbox('gone').at(0);
    await ask();
    await statusLike(/status\.balance /);
    await spend();
    await ask({ topic: 'second' });
    assert.deepEqual(payloads('result'), [1_000_000, 999_999, 999_999, 999_999, 1_000_000, 999_999]);
    assert.deepEqual(
      flow.inbox('low').messages.map(({ topic, payload }) => [topic, payload]),
      [
        ['first', 999_999],
        ['second', 999_999],
      ],
    );
    const { unit, threshold } = flow.inbox('low').messages[0]?.sms as unknown as Record<string, unknown>;
    assert.deepEqual([unit, threshold], ['messages', 1_000_000]);
  });

  it('counts no fall of an account that is paid afterwards, unless the threshold is negative', async () => {
    const { gateway, credentials } = await unpushed('sms57', 'account-postpaid', { accountId: 'POSTCHARGE' });
    const nodes = (threshold: unknown) => [gateway, ...sendTo('gw'), ...accountAt('gw', { threshold })];
    flow = await Flow.load(nodes(10), credentials, texts);
    await spend();
    const { payload, sms } = await ask();
    assert.deepEqual([payload, (sms as unknown as { postpaid?: boolean }).postpaid], [-0.045, true]);
    assert.equal(count('low'), 0);
    await ask();
    assert.equal(flow.log.split('account.postpaid').length, 2);
    await flow.deploy(nodes('-0.045'), credentials);
    await ask();
    assert.equal(count('low'), 0);
    await spend();
    await ask();
    await ask();
    assert.deepEqual(payloads('low'), [-0.09]);
  });

  it('asks by itself, at once and again, and no more once it is gone', async () => {
    const account = simulated('sms57', 'gw');
    const silent = simulated('sms57', 'silent', { simulate: false, url: 'http://127.0.0.1:9/sms' });
    const login = { gw: { username: 'account-interval' }, silent: { username: 'nobody', password: 'secret' } };
    const asking = { type: 'smswire-account', command: 'balance', threshold: '', interval: 10, version: 1 };
    const nodes = [
      ...[account, silent, ...sendTo('gw'), ...accountAt('gw', { threshold: 50_000, interval: 1 })],
      { id: 'vain', ...asking, gateway: 'silent', wires: [['result'], []] },
    ];
    const gone = [
      { id: 'gone', ...asking, gateway: 'gw', wires: [['other'], []] },
      { id: 'other', type: 'helper' },
    ];
    flow = await Flow.load([...nodes, ...gone], login, texts);
    await flow.inbox('other').at(0);
    await flow.inbox('result').at(0);
    await flow.deploy(nodes, login);
    const again = await flow.inbox('result').at(1);
    assert.deepEqual([again.payload, typeof again._msgid], [50_000, 'string']);
    await spend();
    // One second is held to ten.
    await sleep(3000);
    assert.equal(count('result'), 2);
    assert.equal((await flow.inbox('low').at(0, 12_000)).payload, 49_999.955);
    await sleep(1000);
    assert.deepEqual(payloads('result'), [50_000, 50_000, 49_999.955]);
    assert.deepEqual([count('other'), count('caught')], [1, 0]);
    // Each of the two nodes that ask in vain has warned once, and they have asked three times.
    assert.equal(flow.log.split('polling.fails').length, 3);
  });

  it('tells the signature', async () => {
    flow = await Flow.load([simulated('mobset', 'gw'), ...accountAt('gw', { command: 'signature' })], {}, texts);
    const { payload, sms } = await ask();
    assert.ok(typeof payload === 'string' && payload !== '' && !/[【】]/.test(payload));
    const { gateway, vendor, raw } = sms;
    assert.deepEqual([gateway, vendor, typeof raw], ['Gateway gw', 'mobset', 'object']);
    await statusLike(/status\.signature/);
  });

  it('cancels what waits in Node-RED, at every vendor', async () => {
    flow = await Flow.load(
      [
        simulated('goip', 'gw'),
        ...sendTo('gw', { at: 'later', atType: 'msg' }),
        ...accountAt('gw', { command: 'cancel' }),
      ],
      { gw: { username: 'account-cancel' } },
      texts,
    );
    const later = Date.now() + 3_600_000;
    flow.input('send', { payload: 'later', to: FRIEND, later, sms: { once: 'order 7' } });
    await sleep(200);
    const { payload, sms } = await ask({ payload: ['order 7', 4711, 'order 7'] });
    const { results } = payload as { results: { id: string; ok: boolean; error?: { code: string } }[] };
    assert.deepEqual(
      results.map(({ id, ok, error }) => [id, ok, error?.code]),
      [
        ['order 7', true, undefined],
        ['4711', false, 'not-found'],
      ],
    );
    assert.deepEqual(Object.keys(sms), ['gateway', 'gatewayId', 'vendor']);
    assert.equal((await flow.inbox('failed').at(0)).sms.state, 'cancelled');
    await statusLike(/status\.cancelled \{"count":1,"total":2\}/);
  });

  it('cancels what the vendor holds until its time', async () => {
    flow = await Flow.load(
      [
        simulated('mobset', 'gw', { options: { vendorSchedule: true } }),
        ...sendTo('gw', { at: 'later', atType: 'msg' }),
        ...accountAt('gw', { command: 'cancel' }),
      ],
      { gw: { username: 'account-cancel-there' } },
      texts,
    );
    flow.input('send', { payload: 'later', to: [FRIEND, '13800000002'], later: Date.now() + 3_600_000 });
    const { sms } = await flow.inbox('accepted').at(0);
    assert.equal(sms.state, 'scheduled');
    const ids = sms.recipients.map(({ id }) => id);
    const { payload, sms: told } = await ask({ payload: [...ids, '99999999'] });
    const { results } = payload as { results: Record<string, unknown>[] };
    assert.deepEqual(
      results.map(({ id, ok }) => [id, ok]),
      [...ids.map((id) => [id, true]), ['99999999', false]],
    );
    const { error, vendorCode, vendorText } = results.at(-1) ?? {};
    assert.deepEqual(Object.keys(error as object), ['code', 'message', 'retry']);
    assert.ok(typeof vendorCode === 'string' && typeof vendorText === 'string');
    assert.notEqual(told.raw, undefined);
  });

  for (const [vendor, command, commands] of [
    ['goip', 'balance', 'cancel'],
    ['sms57', 'signature', 'balance, cancel'],
  ] as const) {
    it(`names what there is where the vendor has no ${command}: ${vendor}`, async () => {
      flow = await Flow.load([simulated(vendor, 'gw'), ...accountAt('gw', { command })], {}, texts);
      const { error, payload } = await refusalOf({ payload: 'go' });
      assert.deepEqual([error?.code, payload], ['unsupported', 'go']);
      assert.ok(error?.message.includes(`"commands":"${commands}"`));
      await statusLike(/status\.failed/);
    });
  }

  for (const payload of ['', [], { id: '1' }, ['1', null]]) {
    it(`refuses what holds no ids before anybody is asked: ${JSON.stringify(payload)}`, async () => {
      flow = await Flow.load([simulated('mobset', 'gw'), ...accountAt('gw', { command: 'cancel' })], {}, texts);
      const { error } = await refusalOf({ payload });
      assert.equal(error?.code, 'invalid-message');
      assert.match(error.message, /"field":"msg\.payload/);
    });
  }

  for (const [properties, detail] of [
    [{ command: 'blance' }, 'command'],
    [{ threshold: 'ten' }, 'threshold'],
    [{ interval: '-1' }, 'seconds'],
    [{ threshold: '${NO_SUCH_THRESHOLD}' }, 'variable'],
  ] as const) {
    it(`does nothing with a property that is wrong, and says so: ${JSON.stringify(properties)}`, async () => {
      flow = await Flow.load([simulated('sms57', 'gw'), ...accountAt('gw', properties)], {}, texts);
      assert.ok(flow.log.includes(`errors.invalid-config.${detail}`));
      await statusLike(/status\.broken/);
      const { next } = flow.inbox('caught');
      flow.input('account', {});
      assert.equal((await next).error?.code, 'invalid-config');
      await sleep(50);
      assert.equal(count('result'), 0);
    });
  }

  it('takes values from variables', async () => {
    process.env.SMSWIRE_TEST_COMMAND = 'balance';
    process.env.SMSWIRE_TEST_THRESHOLD = '60000';
    const properties = { command: '${SMSWIRE_TEST_COMMAND}', threshold: '${SMSWIRE_TEST_THRESHOLD}' };
    flow = await Flow.load([simulated('sms57', 'gw'), ...accountAt('gw', properties)], {}, texts);
    await ask();
    assert.equal(count('low'), 1);
  });

  it('raises the reason why the vendor does not answer, once', async () => {
    const gateway = simulated('sms57', 'gw', { simulate: false, url: 'http://127.0.0.1:9/sms' });
    const credentials = { gw: { username: 'nobody', password: 'secret' } };
    flow = await Flow.load([gateway, ...accountAt('gw')], credentials, texts);
    const { error } = await refusalOf({});
    assert.equal(error?.code, 'network');
    assert.ok(error.cause && typeof error.cause === 'object');
  });

  it('raises an error where the gateway is missing', async () => {
    flow = await Flow.load(accountAt(''), {}, texts);
    const { next } = flow.inbox('caught');
    flow.input('account', {});
    assert.equal((await next).error?.code, 'invalid-config');
    await statusLike(/status\.broken/);
  });
});
