/** Opt-outs in a real Node-RED, against the simulators over real HTTP, pushed and polled. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedBy, arriveAt, Flow, sendTo, simulated, unpushed, type FlowNode, type Message } from '../support/flow';
import { VENDOR_IDS } from '../support/vendor';

const FRIEND = '13800000001';
const STRANGER = '13800000002';
const ON = { optOut: true };

let flow: Flow;

/** Sends until the friend is on the list, or is not any more; gives what came of the last one. */
async function sendUntil(state: 'suppressed' | 'accepted'): Promise<Message> {
  const inbox = flow.inbox(state === 'accepted' ? 'accepted' : 'failed');
  const before = inbox.messages.length;
  for (let tries = 0; inbox.messages.length === before; tries++) {
    assert.ok(tries < 100, `never ${state}`);
    flow.input('send', { payload: 'hello', to: FRIEND });
    await sleep(100);
  }
  return inbox.at(before);
}

describe('opt-outs', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const vendor of VENDOR_IDS) {
    it(`are kept of what ${vendor} tells, although no node listens`, async () => {
      const username = `optout-${vendor}`;
      // Mobset is polled every half minute, and once when Node-RED starts.
      flow = await Flow.load([simulated(vendor, 'gw', ON), ...sendTo('gw')], { gw: { username } });
      flow.input('send', { payload: 'hello', to: [FRIEND, STRANGER] });
      await flow.inbox('accepted').at(0);
      await arriveAt(vendor, { from: FRIEND, text: ' stop。' });
      const { to, sms } = await sendUntil('suppressed');
      assert.deepEqual(
        [to, sms.state, sms.error?.code, sms.error?.retry],
        [[FRIEND], 'suppressed', 'opted-out', 'never'],
      );
      const sent = (await acceptedBy(vendor, username)).length;
      flow.input('send', { payload: 'hello', to: [FRIEND, STRANGER], sms: { priority: 127 } });
      const others = flow.inbox('accepted').messages.length;
      assert.deepEqual((await flow.inbox('accepted').at(others)).to, [STRANGER]);
      assert.equal((await acceptedBy(vendor, username)).length, sent + 1);
      assert.doesNotMatch(flow.log, new RegExp(FRIEND));
    });
  }

  it('are lifted by START, and both SMS come out of the inbound node', async () => {
    const inbound: FlowNode[] = [
      {
        ...{ id: 'inbound', type: 'smswire-inbound', gateway: 'gw', interval: '0', match: '', senders: '', version: 1 },
        wires: [['matched'], []],
      },
      { id: 'matched', type: 'helper' },
    ];
    const nodes = [simulated('goip', 'gw', ON), ...sendTo('gw'), ...inbound];
    flow = await Flow.load(nodes, { gw: { username: 'optout-lifted' } });
    await sendUntil('accepted');
    await arriveAt('goip', { from: FRIEND, text: '退订' });
    await flow.inbox('matched').at(0);
    await sendUntil('suppressed');
    await arriveAt('goip', { from: FRIEND, text: 'Start' });
    await flow.inbox('matched').at(1);
    await sendUntil('accepted');
    assert.deepEqual(
      flow.inbox('matched').messages.map(({ payload }) => payload),
      ['退订', 'Start'],
    );
  });

  it('are kept of what a webhook node takes', async () => {
    const { gateway, credentials } = await unpushed('hezhong', 'optout-pushed');
    const hook = { id: 'hook', type: 'smswire-webhook', gateway: 'gw', allow: '', version: 1, wires: [[], []] };
    flow = await Flow.load([{ ...gateway, ...ON }, ...sendTo('gw'), hook], {
      ...credentials,
      hook: { path: 'optout0path0of0hezhong' },
    });
    await sendUntil('accepted');
    const web = await flow.web();
    const pushed = await fetch(`${web}/smswire/optout0path0of0hezhong?mos=${FRIEND},01,TD,20250602120000`);
    assert.equal(pushed.status, 200);
    await sendUntil('suppressed');
  });

  it('are no business of other accounts, nor of a gateway on the account that does not want them', async () => {
    const send = (id: string, gateway: string): FlowNode => ({
      ...{ id, type: 'smswire-send', gateway, version: 1 },
      wires: [['others']],
    });
    flow = await Flow.load(
      [
        simulated('goip', 'gw', ON),
        simulated('goip', 'careless'),
        simulated('goip', 'another', ON),
        ...sendTo('gw', { backup1: 'another' }),
        ...[send('send-careless', 'careless'), send('send-another', 'another')],
        { id: 'others', type: 'helper' },
      ],
      {
        gw: { username: 'optout-one' },
        careless: { username: 'optout-one' },
        another: { username: 'optout-other' },
      },
    );
    await sendUntil('accepted');
    await arriveAt('goip', { from: FRIEND, text: 'R' });
    const { sms } = await sendUntil('suppressed');
    assert.deepEqual(
      sms.attempts.map(({ gatewayId, state }) => [gatewayId, state]),
      [['gw', 'suppressed']],
      'no backup is tried',
    );
    for (const [index, id] of ['send-careless', 'send-another'].entries()) {
      flow.input(id, { payload: 'hello', to: FRIEND });
      assert.equal((await flow.inbox('others').at(index)).sms.state, 'accepted', id);
    }
  });

  it('are not kept where no gateway wants them', async () => {
    const nodes = (properties: object): FlowNode[] => [simulated('goip', 'gw', { ...properties }), ...sendTo('gw')];
    flow = await Flow.load(nodes({}), { gw: { username: 'optout-off' } });
    await sendUntil('accepted');
    await arriveAt('goip', { from: FRIEND, text: 'STOP' });
    await sleep(500);
    await sendUntil('accepted');
    await flow.deploy(nodes(ON), { gw: { username: 'optout-off' } });
    await sendUntil('accepted');
    assert.equal(flow.inbox('failed').messages.length, 0);
  });

  it('take a variable, and one that makes no sense is said', async () => {
    process.env.SMSWIRE_TEST_OPTOUT = 'true';
    const nodes = (optOut: unknown): FlowNode[] => [simulated('goip', 'gw', { optOut }), ...sendTo('gw')];
    flow = await Flow.load(nodes('${SMSWIRE_TEST_OPTOUT}'), { gw: { username: 'optout-variable' } });
    await sendUntil('accepted');
    await arriveAt('goip', { from: FRIEND, text: 'UNSUBSCRIBE' });
    await sendUntil('suppressed');
    delete process.env.SMSWIRE_TEST_OPTOUT;
    await flow.deploy(nodes('perhaps'), { gw: { username: 'optout-variable' } });
    flow.input('send', { payload: 'hello', to: FRIEND });
    const message = await flow.inbox('failed').next;
    assert.equal(message.sms.error?.code, 'invalid-config');
  });
});
