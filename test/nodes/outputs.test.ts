/** Which output an outcome leaves by, in which shape, and what Catch, Complete and Status see of it. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, acceptedBy, sendTo, simulated, type FlowNode } from '../support/flow';

const FINE = '13800000001';
const REFUSED = '19900000011';
const BUSY = '19900000014';
const SILENT = '19900000021';
/** In doubt, and no report will ever say what became of it. */
const RESET = '19900000026';

const WATCHERS: FlowNode[] = [
  { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'completing', type: 'complete', scope: ['send'], wires: [['completed']] },
  { id: 'watching', type: 'status', scope: ['send'], wires: [['statuses']] },
  ...['caught', 'completed', 'statuses'].map((id) => ({ id, type: 'helper' })),
];

let flow: Flow;
let run = 0;
const gw = (): string => `gateway${run}`;

/** A gateway with a login of its own, so that no test sees another's pauses and limits. */
async function load(vendor: string, send: Record<string, unknown> = {}, gateway: Record<string, unknown> = {}) {
  const username = `user${++run}`;
  flow = await Flow.load([simulated(vendor, gw(), { timeout: 1, ...gateway }), ...sendTo(gw(), send), ...WATCHERS], {
    [gw()]: { username, password: 'not used' },
  });
  return username;
}

/** Waits for what must not come as well. */
async function counts(): Promise<Record<string, number>> {
  await sleep(60);
  return Object.fromEntries(
    ['accepted', 'failed', 'doubt', 'caught', 'completed'].map((id) => [id, flow.inbox(id).messages.length]),
  );
}

describe('outputs of smswire-send', () => {
  afterEach(async () => {
    await flow.close();
  });

  it('divides one input between its outputs, and completes once with the whole', async () => {
    await load('sms57');
    flow.input('send', { payload: 'hi', to: [FINE, REFUSED, 'no number'], topic: 'x', _msgid: 'abc' });
    const accepted = await flow.inbox('accepted').at(0);
    const failed = await flow.inbox('failed').at(0);
    const completed = await flow.inbox('completed').at(0);
    assert.deepEqual(accepted.to, [FINE]);
    assert.deepEqual(failed.to, [REFUSED, 'no number']);
    assert.deepEqual([accepted.sms.state, failed.sms.state, completed.sms.state], ['accepted', 'rejected', 'mixed']);
    assert.deepEqual(completed.to, [FINE, REFUSED, 'no number']);
    assert.deepEqual(
      failed.sms.recipients.map(({ error }) => error?.code),
      ['sender-refused', 'invalid-recipient'],
    );
    assert.equal(accepted.sms.key, failed.sms.key);
    assert.equal(accepted.sms.error, undefined);
    assert.equal(failed.topic, 'x');
    assert.equal(failed._msgid, 'abc');
    assert.deepEqual(failed.sms.segments, { encoding: 'GSM-7', characters: 2, parts: 1 });
    assert.deepEqual(await counts(), { accepted: 1, failed: 1, doubt: 0, caught: 0, completed: 1 });
  });

  it('raises one catchable error where the failed output is not wired', async () => {
    await load('sms57', { wires: [['accepted'], [], ['doubt']] });
    flow.input('send', { payload: 'hi', to: [FINE, REFUSED] });
    const caught = await flow.inbox('caught').at(0);
    assert.equal(caught.error?.code, 'sender-refused');
    assert.deepEqual(Object.keys(caught.error.cause as object), ['vendorCode', 'vendorText']);
    assert.equal((caught.error.cause as { vendorCode: string }).vendorCode, '10');
    assert.equal(caught.error.source?.id, 'send');
    assert.deepEqual(caught.to, [REFUSED]);
    assert.equal(caught.sms.state, 'rejected');
    assert.deepEqual(await counts(), { accepted: 1, failed: 0, doubt: 0, caught: 1, completed: 0 });
  });

  it('counts an output as not wired where its node is disabled or gone', async () => {
    const username = `user${++run}`;
    flow = await Flow.load(
      [
        simulated('sms57', gw()),
        ...sendTo(gw(), { wires: [['accepted'], ['off', 'nowhere'], ['doubt']] }),
        { id: 'off', type: 'helper', d: true },
        ...WATCHERS,
      ].filter(({ id }) => id !== 'failed'),
      { [gw()]: { username } },
    );
    flow.input('send', { payload: 'hi', to: REFUSED });
    assert.equal((await flow.inbox('caught').at(0)).error?.code, 'sender-refused');
  });

  it('puts a doubt before a failure where neither output is wired', async () => {
    await load('sms57', { wires: [['accepted']] });
    flow.input('send', { payload: 'hi', to: ['no number', RESET] });
    const caught = await flow.inbox('caught').at(0);
    assert.equal(caught.error?.code, 'in-doubt');
    assert.deepEqual(caught.to, [RESET]);
    assert.equal(caught.sms.state, 'in-doubt');
    assert.deepEqual(await counts(), { accepted: 0, failed: 0, doubt: 0, caught: 1, completed: 0 });
  });

  it('sends what is in doubt once, tries no backup, and never again', async () => {
    const username = await load('mobset', {}, {});
    await flow.close();
    flow = await Flow.load(
      [
        // No report says of whom it is, so that none is evidence.
        simulated('mobset', gw(), { timeout: 1 }),
        simulated('goip', `second${run}`),
        ...sendTo(gw(), { backup1: `second${run}` }),
        ...WATCHERS,
      ],
      { [gw()]: { username }, [`second${run}`]: { username } },
    );
    flow.input('send', { payload: 'hi', to: SILENT });
    const doubt = await flow.inbox('doubt').at(0);
    assert.equal(doubt.sms.state, 'in-doubt');
    assert.equal(doubt.sms.error?.code, 'in-doubt');
    assert.deepEqual(await acceptedBy('mobset', username), [{ to: SILENT, text: 'hi' }]);
    assert.deepEqual(await acceptedBy('goip', username), []);
  });

  it('goes to the backup at once where the first certainly refused', async () => {
    const username = `user${++run}`;
    flow = await Flow.load(
      [
        simulated('goip', gw()),
        simulated('sms57', `second${run}`),
        ...sendTo(gw(), { backup1: `second${run}` }),
        ...WATCHERS,
      ],
      { [gw()]: { username }, [`second${run}`]: { username } },
    );
    // Busy at both: the attempts tell the way of the message. Refused content at the first alone would do as well.
    flow.input('send', { payload: "it's dry", to: FINE });
    const accepted = await flow.inbox('accepted').at(0);
    assert.equal(accepted.sms.gatewayId, `second${run}`);
    assert.deepEqual(
      accepted.sms.attempts.map(({ gatewayId, state, error }) => [gatewayId, state, error?.code]),
      [
        [gw(), 'rejected', 'vendor-error'],
        [`second${run}`, 'accepted', undefined],
      ],
    );
    assert.deepEqual(await acceptedBy('sms57', username), [{ to: FINE, text: "it's dry" }]);
  });

  it('lets the failed output retry exactly the failed, keeping what came and what was tried', async () => {
    const username = `user${++run}`;
    const [send, ...inboxes] = sendTo(gw(), { wires: [['accepted'], ['again'], ['doubt']] });
    flow = await Flow.load(
      [
        simulated('sms57', gw()),
        simulated('ejoin', `second${run}`),
        send!,
        { id: 'again', type: 'smswire-send', gateway: `second${run}`, wires: [['failed']] },
        ...inboxes,
      ],
      { [gw()]: { username }, [`second${run}`]: { username } },
    );
    const ref = { order: 7 };
    flow.input('send', {
      payload: 'hi',
      to: [FINE, REFUSED],
      sms: { ref, priority: 5, once: `k${run}`, options: { extno: '10690001' } },
    });
    const accepted = await flow.inbox('accepted').at(0);
    assert.equal(accepted.sms.once, undefined);
    assert.deepEqual([accepted.sms.ref, accepted.sms.priority, accepted.sms.options], [ref, 5, { extno: '10690001' }]);
    await sleep(150);
    // The ejoin simulator refuses the magic number as well, so that nothing comes out of the first output there.
    const { messages } = flow.inbox('failed');
    assert.deepEqual(messages, []);
    assert.deepEqual(await acceptedBy('ejoin', username), []);
  });

  it('settles what is in doubt by a message: accepted, failed, resend', async () => {
    const username = await load('sms57');
    const settle = async (verdict: string, to?: string[]) => {
      flow.input('send', { payload: 'hi', to: [RESET, '13800000002'] });
      const count = flow.inbox('doubt').messages.length;
      const doubt = await flow.inbox('doubt').at(count);
      flow.input('send', { topic: 'verdict', sms: { key: doubt.sms.key, resolve: verdict }, ...(to ? { to } : {}) });
      return doubt.sms.key;
    };
    const key = await settle('accepted');
    const accepted = await flow.inbox('accepted').at(0);
    assert.deepEqual([accepted.sms.key, accepted.topic, accepted.payload], [key, 'verdict', 'hi']);
    assert.deepEqual(accepted.to, [RESET, '13800000002']);
    assert.equal(accepted.sms.resolve, undefined);

    await settle('failed', ['13800000002']);
    const failed = await flow.inbox('failed').at(0);
    assert.deepEqual([failed.to, failed.sms.state], [['13800000002'], 'undelivered']);

    const before = (await acceptedBy('sms57', username)).length;
    await settle('resend', ['13800000002']);
    const resent = await flow.inbox('accepted').at(1);
    assert.deepEqual(resent.to, ['13800000002']);
    assert.equal((await acceptedBy('sms57', username)).length, before + 1);

    flow.input('send', { sms: { key, resolve: 'accepted' } });
    assert.equal((await flow.inbox('failed').at(1)).sms.error?.code, 'not-found');
  });

  it('tells each attempt once where the doubtful message itself comes back with the word', async () => {
    await load('sms57');
    const earlier = {
      gateway: 'another',
      gatewayId: 'x',
      at: '2026-01-01T00:00:00.000Z',
      to: [RESET],
      state: 'rejected',
    };
    flow.input('send', { payload: 'hi', to: RESET, sms: { attempts: [earlier] } });
    const doubt = await flow.inbox('doubt').at(0);
    assert.equal(doubt.sms.attempts.length, 2);
    flow.input('send', { ...doubt, sms: { ...doubt.sms, resolve: 'accepted' } });
    assert.deepEqual((await flow.inbox('accepted').at(0)).sms.attempts, doubt.sms.attempts);
  });

  it('settles a batch as one: every recipient keeps its own text', async () => {
    await load('sms57');
    const payload = [
      { to: [RESET], text: 'one' },
      { to: ['13800000002'], text: 'two' },
    ];
    flow.input('send', { payload });
    const doubt = await flow.inbox('doubt').at(0);
    assert.deepEqual(doubt.payload, payload);
    flow.input('send', { sms: { key: doubt.sms.key, resolve: 'failed' }, to: ['13800000002'] });
    const failed = await flow.inbox('failed').at(0);
    assert.deepEqual([failed.to, failed.payload], [['13800000002'], [payload[1]]]);
    flow.input('send', { sms: { key: doubt.sms.key, resolve: 'accepted' } });
    const accepted = await flow.inbox('accepted').at(0);
    assert.deepEqual([accepted.to, accepted.payload], [[RESET], [payload[0]]]);
    assert.equal(accepted.sms.recipients[0]?.item, 0);
  });

  it('shows sending, the last result and that it is simulated', async () => {
    await load('mobset');
    // What follows at once on another status is shown a moment later.
    const status = async (): Promise<string> => {
      await sleep(150);
      return flow.inbox('statuses').messages.at(-1)?.status?.text ?? '';
    };
    flow.input('send', { payload: 'hi', to: FINE });
    await flow.inbox('accepted').at(0);
    assert.equal(await status(), 'status.accepted · status.simulated');
    flow.input('send', { payload: 'hi', to: '19900000027' });
    assert.equal(await status(), 'status.sending · status.simulated');
  });

  it('pauses a gateway whose account is refused: one alarm, held messages, urgent ones fail', async () => {
    const username = await load('sms57', {}, { window: 1 });
    flow.input('send', { payload: 'first', to: '19900000016' });
    assert.equal((await flow.inbox('failed').at(0)).sms.error?.code, 'auth-failed');
    flow.input('send', { payload: 'held', to: FINE });
    flow.input('send', { payload: 'urgent', to: FINE, sms: { priority: 100 } });
    const urgent = await flow.inbox('failed').at(1);
    assert.deepEqual([urgent.payload, urgent.sms.error?.code], ['urgent', 'auth-failed']);
    assert.deepEqual(await acceptedBy('sms57', username), []);
    await sleep(150);
    const status = flow.inbox('statuses').messages.at(-1)?.status;
    assert.deepEqual([status?.fill, status?.shape, status?.text.startsWith('status.paused')], ['red', 'ring', true]);
    assert.equal(flow.log.split('gateway.paused').length - 1, 1);
  });

  it('tries again later what a busy vendor refused, until its time is over', async () => {
    const username = await load('ejoin', { ttl: '2' });
    flow.input('send', { payload: 'hi', to: BUSY });
    const failed = await flow.inbox('failed').at(0);
    assert.deepEqual([failed.sms.state, failed.sms.error?.code], ['expired', 'expired']);
    assert.equal(failed.sms.attempts[0]?.error?.code, 'vendor-busy');
    assert.deepEqual(await acceptedBy('ejoin', username), []);
  });
});
