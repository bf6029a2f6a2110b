/** The node for inbound SMS in a real Node-RED, against the simulators over real HTTP, by polling. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedBy, arriveAt, Flow, sendTo, simulated, unpushed, type FlowNode, type Message } from '../support/flow';

const FRIEND = '13800000001';
const STRANGER = '13800000002';

const WATCHERS: FlowNode[] = [
  { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'completing', type: 'complete', scope: ['inbound'], wires: [['completed']] },
  { id: 'watching', type: 'status', scope: ['inbound'], wires: [['status']] },
  ...['caught', 'completed', 'status'].map((id) => ({ id, type: 'helper' })),
];

/** A node for inbound SMS wired to helper nodes `matched` and `other`. */
function inboundAt(gateway: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    {
      ...{ id: 'inbound', type: 'smswire-inbound', gateway, interval: '0', match: '', senders: '', version: 1 },
      wires: [['matched'], ['other']],
      ...properties,
    },
    ...['matched', 'other'].map((id) => ({ id, type: 'helper' })),
  ];
}

let flow: Flow;

/** Writes to both handsets, so that what they send goes to the login of the flow. */
async function writeToBoth(): Promise<void> {
  flow.input('send', { payload: 'hello', to: [FRIEND, STRANGER] });
  await flow.inbox('accepted').at(0);
}

const texts = (id: string): unknown[] => flow.inbox(id).messages.map(({ payload }) => payload);

function statusText(): string {
  return flow.inbox('status').messages.at(-1)?.status?.text ?? '';
}

describe('smswire-inbound', () => {
  afterEach(async () => {
    await flow.close();
  });

  it('tells each SMS once, by the output that it belongs to', async () => {
    const account = await unpushed('sms57', 'inbound-match');
    flow = await Flow.load(
      [
        account.gateway,
        ...sendTo('gw'),
        ...inboundAt('gw', { match: 'status', senders: `+86 138-0000-0001, 10086` }),
        ...WATCHERS,
      ],
      account.credentials,
      (key, params) => `${key} ${JSON.stringify(params)}`,
    );
    await writeToBoth();
    const long = '很长的短信，'.repeat(200);
    await arriveAt(
      'sms57',
      { from: FRIEND, text: ' Status! 👍' },
      { from: FRIEND, text: long },
      { from: STRANGER, text: 'STATUS' },
    );
    assert.deepEqual([texts('matched'), texts('other')], [[], []]);
    flow.input('inbound', { payload: 'go' });
    await flow.inbox('completed').at(0);
    await flow.inbox('other').at(1);
    await sleep(50);
    assert.deepEqual([texts('matched'), texts('other')], [[' Status! 👍'], [long, 'STATUS']]);
    const [first] = flow.inbox('matched').messages as (Message & { from?: string; sms: Record<string, unknown> })[];
    assert.ok(first);
    const { gateway, gatewayId, vendor, from, text, id, at, raw, to } = first.sms;
    assert.deepEqual(
      [first.topic, first.from, from, text, first.to],
      [FRIEND, FRIEND, FRIEND, ' Status! 👍', undefined],
    );
    assert.deepEqual([gateway, gatewayId, vendor], ['Gateway gw', 'gw', 'sms57']);
    assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
    assert.ok([id, to].every((each) => typeof each === 'string' && each !== '') && typeof raw === 'object');
    assert.match(statusText(), /status\.received \{"count":3\}/);
  });

  it('polls by itself, and its messages reply to the sender where they lead into a send node', async () => {
    const inbound = inboundAt('gw', { interval: '5', wires: [['matched', 'reply'], ['other']] });
    const { gateway, credentials } = await unpushed('sms57', 'inbound-reply');
    flow = await Flow.load(
      [
        gateway,
        ...sendTo('gw'),
        ...inbound,
        {
          id: 'reply',
          type: 'smswire-send',
          gateway: 'gw',
          text: 'You said {{payload}}',
          version: 1,
          wires: [['replied']],
        },
        { id: 'replied', type: 'helper' },
      ],
      credentials,
    );
    await writeToBoth();
    await arriveAt('sms57', { from: FRIEND, text: 'YES' });
    await flow.inbox('replied').at(0, 12_000);
    const sent = await acceptedBy('sms57', 'inbound-reply');
    assert.deepEqual(sent.at(-1), { to: FRIEND, text: 'You said YES' });
  });

  it('gives every node of an account every SMS, and a deploy loses none', async () => {
    const nodes = [
      simulated('sms57', 'gw'),
      simulated('sms57', 'twin'),
      ...sendTo('gw'),
      ...inboundAt('gw', { interval: '5' }),
      { id: 'second', type: 'smswire-inbound', gateway: 'twin', interval: '', version: 1, wires: [['twinned'], []] },
      { id: 'twinned', type: 'helper' },
    ];
    const login = { username: 'inbound-deploy' };
    flow = await Flow.load(nodes, { gw: login, twin: login });
    await writeToBoth();
    await arriveAt('sms57', { from: FRIEND, text: 'one' });
    await flow.deploy(nodes);
    await arriveAt('sms57', { from: FRIEND, text: 'two' });
    await flow.inbox('matched').at(1, 15_000);
    await flow.inbox('twinned').at(1);
    await sleep(50);
    assert.deepEqual(
      [texts('matched'), texts('twinned')],
      [
        ['one', 'two'],
        ['one', 'two'],
      ],
    );
    const [twinned] = flow.inbox('twinned').messages;
    assert.equal(twinned?.sms.gatewayId, 'twin');
  });

  for (const [what, properties, detail] of [
    ['a malformed expression', { match: '/(/' }, 'match'],
    ['a list of senders that a variable should give', { senders: '${NO_SUCH_FRIENDS}' }, 'variable'],
  ] as const) {
    it(`lets nothing through and loses nothing: ${what}`, async () => {
      flow = await Flow.load(
        [simulated('sms57', 'gw'), ...sendTo('gw'), ...inboundAt('gw', properties), ...WATCHERS],
        { gw: { username: `inbound-${detail}` } },
        (key) => `text of ${key}`,
      );
      assert.ok(flow.log.includes(`errors.invalid-config.${detail}`));
      await writeToBoth();
      await arriveAt('sms57', { from: FRIEND, text: 'YES' });
      flow.input('inbound', {});
      assert.equal((await flow.inbox('other').at(0)).payload, 'YES');
      await sleep(50);
      assert.equal(flow.inbox('matched').messages.length, 0);
      assert.match(statusText(), /status\.broken/);
    });
  }

  it('raises an error where there is nothing to poll', async () => {
    flow = await Flow.load([simulated('hezhong', 'gw'), ...inboundAt('gw'), ...WATCHERS]);
    flow.input('inbound', { payload: 'go' });
    const { error, payload } = await flow.inbox('caught').at(0);
    assert.deepEqual([error?.code, payload], ['unsupported', 'go']);
    await sleep(50);
    assert.deepEqual([flow.inbox('caught').messages.length, flow.inbox('completed').messages.length], [1, 0]);
  });

  it('raises an error where the gateway is missing', async () => {
    flow = await Flow.load([...inboundAt(''), ...WATCHERS]);
    flow.input('inbound', {});
    assert.equal((await flow.inbox('caught').at(0)).error?.code, 'invalid-config');
    for (let wait = 0; !statusText().includes('broken') && wait < 50; wait++) await sleep(20);
    assert.match(statusText(), /broken/);
  });
});
