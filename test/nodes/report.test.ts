/** The report node in a real Node-RED, against the simulators over real HTTP, by polling. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, sendTo, simulated, unpushed, type FlowNode, type Message } from '../support/flow';
import { RawServer } from '../support/raw-server';

const FINE = '13800000001';
const UNDELIVERED = '19900000002';
const NO_ANSWER = '19900000003';
/** Milliseconds until a simulator has a report. */
const REPORTED = 1300;

let flow: Flow;

/** A report node with that id, wired to a helper node `<id>-out`. */
function reportAt(gateway: string, id: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    {
      id,
      type: 'smswire-report',
      gateway,
      interval: '',
      states: [],
      version: 1,
      wires: [[`${id}-out`]],
      ...properties,
    },
    { id: `${id}-out`, type: 'helper' },
  ];
}

const WATCHERS: FlowNode[] = [
  { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'completing', type: 'complete', scope: ['report', 'asking'], wires: [['completed']] },
  { id: 'watching', type: 'status', scope: ['report'], wires: [['status']] },
  ...['caught', 'completed', 'status'].map((id) => ({ id, type: 'helper' })),
];

/** The last state of each recipient; what an ejoin device never hears of, it says nothing of. */
const FINAL: Readonly<Record<string, Record<string, string>>> = {
  goip: { [UNDELIVERED]: 'undelivered', [NO_ANSWER]: 'unknown', '138 0000 0001': 'delivered' },
  sms57: { [UNDELIVERED]: 'undelivered', [NO_ANSWER]: 'unknown', '138 0000 0001': 'delivered' },
  ejoin: { [UNDELIVERED]: 'undelivered', '138 0000 0001': 'delivered' },
};

type Report = Message & { sms: Message['sms'] & Record<string, unknown> };

/** The final reports at a helper node, once there are so many. */
async function finalReports(id: string, count: number): Promise<Report[]> {
  for (let index = 0; ; index++) {
    const finals = (flow.inbox(id).messages as Report[]).filter(({ sms }) => sms.final === true);
    if (finals.length >= count) return finals;
    await flow.inbox(id).at(index, 15_000);
  }
}

/** What a report says of its SMS. */
const told = ({ payload, topic, sms }: Message): unknown[] => [topic, payload, sms.state, (sms as { to?: string }).to];

function statusOf(current: Flow): string | undefined {
  return current.inbox('status').messages.at(-1)?.status?.text;
}

describe('smswire-report', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const [vendor, states] of Object.entries(FINAL)) {
    it(`tells what became of each recipient: ${vendor}`, async () => {
      flow = await Flow.load(
        [simulated(vendor, 'gw'), ...sendTo('gw'), ...reportAt('gw', 'report', { interval: 5 }), ...WATCHERS],
        { gw: { username: `report-${vendor}` } },
        (key) => (key === 'states.delivered' ? 'arrived' : key),
      );
      const ref = { order: 7 };
      const sent = Date.now();
      flow.input('send', { payload: 'Pump dry', to: [UNDELIVERED, NO_ANSWER, '138 0000 0001'], sms: { ref } });
      const { sms: accepted } = await flow.inbox('accepted').at(0);
      const finals = await finalReports('report-out', Object.keys(states).length);
      assert.deepEqual(Object.fromEntries(finals.map(({ topic, payload }) => [topic, payload])), states);
      for (const message of finals) {
        const { at, id, raw, line, vendorCode, vendorText, error, ...rest } = message.sms;
        assert.deepEqual(
          { ...rest, message: { ...(rest.message as object), sentAt: '' } },
          {
            ...{
              gateway: 'Gateway gw',
              gatewayId: 'gw',
              vendor,
              state: message.payload,
              to: message.topic,
              final: true,
            },
            message: { key: accepted.key, text: 'Pump dry', sentAt: '', ref },
          },
        );
        assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
        assert.ok(Math.abs(Date.parse(String(at)) - sent) < 15_000, String(at));
        assert.ok(accepted.recipients.some((recipient) => recipient.id === id));
        assert.ok(raw !== undefined);
        assert.equal(error === undefined, message.payload === 'delivered');
        const texts = [line, vendorCode, vendorText];
        assert.ok(texts.every((each) => each === undefined || typeof each === 'string'));
      }
      await sleep(50);
      assert.equal((await finalReports('report-out', finals.length)).length, finals.length);
      assert.match(statusOf(flow) ?? '', /^\S*status\.report/);
    });
  }

  it('lets out the states that are chosen, and answers whatever the state', async () => {
    const { gateway, credentials } = await unpushed('sms57', 'report-states');
    flow = await Flow.load(
      [
        gateway,
        ...sendTo('gw', { wires: [['accepted', 'asking'], ['failed'], ['doubt']] }),
        ...reportAt('gw', 'report', { interval: '0', states: 'undelivered' }),
        ...reportAt('gw', 'asking', { interval: '0', states: ['unknown'] }),
        ...WATCHERS,
      ],
      credentials,
    );
    flow.input('send', { payload: 'x', to: [FINE, UNDELIVERED], mine: { kept: true }, topic: 'alarm' });
    const accepted = await flow.inbox('accepted').at(0);
    await flow.inbox('asking-out').at(1);
    const first = flow.inbox('asking-out').messages.slice(0, 2);
    assert.deepEqual(first.map(told), [
      [FINE, 'accepted', 'accepted', FINE],
      [UNDELIVERED, 'accepted', 'accepted', UNDELIVERED],
    ]);
    for (const message of first) {
      assert.deepEqual([message.mine, message.to], [{ kept: true }, [FINE, UNDELIVERED]]);
      assert.equal(message._msgid, accepted._msgid);
    }
    await sleep(REPORTED);
    flow.input('report', {});
    const report = await flow.inbox('report-out').at(0);
    assert.deepEqual(told(report).slice(0, 2), [UNDELIVERED, 'undelivered']);

    flow.input('asking', { sms: { key: accepted.sms.key }, to: FINE });
    assert.deepEqual(told(await flow.inbox('asking-out').at(2)).slice(0, 2), [FINE, 'delivered']);
    flow.input('asking', { sms: { id: accepted.sms.recipients[1]?.id }, to: UNDELIVERED });
    assert.deepEqual(told(await flow.inbox('asking-out').at(3)).slice(0, 2), [UNDELIVERED, 'undelivered']);
    await sleep(50);
    assert.deepEqual([flow.inbox('report-out').messages.length, flow.inbox('asking-out').messages.length], [1, 4]);
    assert.equal(flow.inbox('completed').messages.length, 4);
  });

  it('does not keep an answer waiting for a poll that the vendor puts off', async () => {
    const { gateway, credentials } = await unpushed('mobset', 'report-late');
    flow = await Flow.load(
      [gateway, ...sendTo('gw'), ...reportAt('gw', 'report', { interval: '' }), ...WATCHERS],
      credentials,
    );
    flow.input('send', { payload: 'x', to: FINE });
    const { sms } = await flow.inbox('accepted').at(0);
    const asked = Date.now();
    flow.input('report', { sms });
    assert.equal((await flow.inbox('report-out').at(0)).payload, 'accepted');
    assert.ok(Date.now() - asked < 4000);
  });

  it('raises an error for a send that nobody knows', async () => {
    flow = await Flow.load([simulated('sms57', 'gw'), ...reportAt('gw', 'report', { interval: 0 }), ...WATCHERS], {
      gw: { username: 'report-unknown' },
    });
    flow.input('report', { sms: { key: 'no such key' }, payload: 'mine' });
    const caught = await flow.inbox('caught').at(0);
    assert.deepEqual([caught.error?.code, caught.payload, caught.sms.key], ['not-found', 'mine', 'no such key']);
    await sleep(50);
    assert.deepEqual([flow.inbox('caught').messages.length, flow.inbox('completed').messages.length], [1, 0]);
  });

  it('polls when it is asked to, and says so once that is done', async () => {
    const { gateway, credentials } = await unpushed('sms57', 'report-now');
    flow = await Flow.load(
      [gateway, ...sendTo('gw'), ...reportAt('gw', 'report', { interval: 0 }), ...WATCHERS],
      credentials,
    );
    flow.input('send', { payload: 'x', to: FINE });
    await flow.inbox('accepted').at(0);
    await sleep(REPORTED);
    assert.equal(flow.inbox('report-out').messages.length, 0);
    flow.input('report', { payload: 'go' });
    assert.equal((await flow.inbox('report-out').at(0)).payload, 'delivered');
    assert.equal((await flow.inbox('completed').at(0)).payload, 'go');
  });

  it('raises an error where there is nothing to poll', async () => {
    flow = await Flow.load([simulated('hezhong', 'gw'), ...reportAt('gw', 'report'), ...WATCHERS]);
    flow.input('report', { payload: 'go' });
    const { error, payload } = await flow.inbox('caught').at(0);
    assert.deepEqual([error?.code, payload], ['unsupported', 'go']);
  });

  it('shows that polling fails, says it once, and raises it for inputs', async () => {
    const raw = await RawServer.start();
    const gateway = simulated('sms57', 'gw', { simulate: false, url: raw.url });
    await raw.close();
    flow = await Flow.load([gateway, ...reportAt('gw', 'report', { interval: 5 }), ...WATCHERS], {
      gw: { username: 'u', password: 'p' },
    });
    for (let wait = 0; !statusOf(flow)?.includes('pollFails') && wait < 100; wait++) await sleep(50);
    assert.equal(flow.inbox('status').messages.at(-1)?.status?.shape, 'ring');
    flow.input('report', {});
    const { error } = await flow.inbox('caught').at(0, 15_000);
    assert.equal(error?.code, 'network');
    await sleep(50);
    assert.equal(flow.log.split('polling.fails').length - 1, 1);
    assert.match(statusOf(flow) ?? '', /pollFails/);
  });

  it('hands on the records that make no sense', async () => {
    const raw = await RawServer.start();
    const rubbish = { flag: 0, mid: null };
    const body = JSON.stringify({ status: '0', balance: 1, list: [rubbish] });
    raw.answer = () => ({ bytes: Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`) });
    flow = await Flow.load(
      [
        simulated('sms57', 'gw', { simulate: false, url: raw.url }),
        ...reportAt('gw', 'report', { interval: 5 }),
        ...WATCHERS,
      ],
      { gw: { username: 'u', password: 'p' } },
    );
    const { error, payload } = await flow.inbox('caught').at(0);
    assert.deepEqual([error?.code, payload], ['unreadable-answer', [rubbish]]);
    await raw.close();
  });

  it('tells after a deploy what came while it was away', async () => {
    const nodes = [
      simulated('goip', 'gw'),
      ...sendTo('gw'),
      ...reportAt('gw', 'report', { interval: 5 }),
      ...reportAt('gw', 'other', { interval: 5 }),
    ];
    flow = await Flow.load(nodes, { gw: { username: 'report-deploy' } });
    flow.input('send', { payload: 'x', to: FINE });
    await flow.inbox('accepted').at(0);
    await flow.deploy(nodes);
    for (const id of ['report', 'other']) {
      assert.deepEqual(
        (await finalReports(`${id}-out`, 1)).map(({ payload }) => payload),
        ['delivered'],
      );
    }
    await sleep(50);
    assert.equal((await finalReports('report-out', 1)).length, 1);
  });

  for (const [what, properties, code] of [
    ['no gateway', { gateway: '' }, 'no-gateway'],
    ['a gateway that is gone', { gateway: 'gone' }, 'no-gateway'],
    ['an interval that is none', { interval: 'soon' }, 'interval'],
    ['a state that is none', { states: ['delivered', 'eaten'] }, 'states'],
    ['a variable without a value', { interval: '${NO_SUCH_PACE}' }, 'variable'],
  ] as const) {
    it(`says that it is not ready: ${what}`, async () => {
      const nodes = [simulated('goip', 'gw'), ...reportAt('gw', 'report', properties), ...WATCHERS];
      flow = await Flow.load(nodes, {}, (key) => `text of ${key}`);
      for (let wait = 0; !statusOf(flow)?.includes('broken') && wait < 100; wait++) await sleep(20);
      assert.match(statusOf(flow) ?? '', /broken/);
      assert.ok(flow.log.includes(`errors.invalid-config.${code}`));
      if (!('gateway' in properties)) return;
      flow.input('report', {});
      const { error } = await flow.inbox('caught').at(0);
      assert.equal(error?.code, 'invalid-config');
    });
  }
});
