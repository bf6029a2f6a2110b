/** Many recipients and many messages at once: every one exactly once, and Node-RED stays responsive meanwhile. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, acceptedBy, sendTo, simulated, type Message } from '../support/flow';

const RECIPIENTS = 10_000;
const MESSAGES = 1_000;
const PATIENCE = 20_000;
/**
 * Milliseconds that everything else in Node-RED may have to wait for us: nearly never, and never. The aim is 50; the rest
 * is left for a machine that is busy with other things.
 */
const P99 = 100;
const WORST = 500;

let flow: Flow;

/** Runs work and says how long the event loop was held up; simulator and test share it, so that less of it is ours. */
async function measured<T>(context: TestContext, what: string, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const begin = performance.now();
  delay.enable();
  // A moment before and after: the clock must tick to see what held it up.
  await sleep(20);
  const result = await work();
  await sleep(20);
  delay.disable();
  const [p99, worst] = [delay.percentile(99) / 1e6, delay.max / 1e6];
  const took = performance.now() - begin;
  context.diagnostic(`${what}: ${took.toFixed(0)} ms, delay p99 ${p99.toFixed(1)} ms, max ${worst.toFixed(1)} ms`);
  assert.ok(p99 < P99, `p99 of the delay is ${p99.toFixed(1)} ms`);
  assert.ok(worst < WORST, `the delay was once ${worst.toFixed(1)} ms`);
  return result;
}

function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

describe('load', () => {
  before(async () => {
    flow = await Flow.load([simulated('sms57', 'gateway'), ...sendTo('gateway')], {
      gateway: { username: 'load', password: 'unused' },
    });
    // The first message pays for what is loaded late.
    flow.input('send', { to: '13700000000', payload: 'first' });
    await flow.inbox('accepted').at(0);
  });
  after(() => flow.close());

  it(`sends one message to ${RECIPIENTS} recipients, each once`, async (context) => {
    const to = numbers(13_800_000_000, RECIPIENTS);
    const message = await measured(context, `${RECIPIENTS} recipients`, () => {
      flow.input('send', { to, payload: 'to all' });
      return flow.inbox('accepted').at(1, PATIENCE);
    });
    assert.deepEqual(message.to, to);
    assert.equal(new Set(message.sms.recipients.map(({ id }) => id)).size, RECIPIENTS);
    const arrived = (await acceptedBy('sms57', 'load')).filter(({ text }) => text === 'to all');
    assert.deepEqual(arrived.map((sms) => sms.to).sort(), to);
  });

  it(`sends a batch of ${RECIPIENTS} texts, each to its own recipient`, async (context) => {
    const payload = numbers(13_600_000_000, RECIPIENTS).map((to) => ({ to, text: `for ${to}` }));
    const message = await measured(context, `batch of ${RECIPIENTS}`, () => {
      flow.input('send', { payload });
      return flow.inbox('accepted').at(2, PATIENCE);
    });
    assert.equal(message.sms.recipients.length, RECIPIENTS);
    const arrived = (await acceptedBy('sms57', 'load')).filter(({ text }) => text.startsWith('for '));
    assert.deepEqual(
      arrived.map(({ to, text }) => ({ to, text })).sort((a, b) => Number(a.to) - Number(b.to)),
      payload,
    );
  });

  it(`sends ${MESSAGES} messages that come at once, each once`, async (context) => {
    const all = numbers(13_900_000_000, MESSAGES);
    const before = flow.inbox('accepted').messages.length;
    await measured(context, `${MESSAGES} messages`, () => {
      for (const to of all) flow.input('send', { to, payload: `to ${to}`, topic: to });
      return flow.inbox('accepted').at(before + MESSAGES - 1, PATIENCE);
    });
    const results: Message[] = flow.inbox('accepted').messages.slice(before);
    assert.deepEqual(results.map(({ topic }) => topic!).sort(), all);
    for (const { topic, to, payload } of results) assert.deepEqual([to, payload], [[topic], `to ${String(topic)}`]);
    assert.equal(new Set(results.map(({ sms }) => sms.key)).size, MESSAGES);
    const arrived = (await acceptedBy('sms57', 'load')).filter(({ text }) => text.startsWith('to 139'));
    assert.deepEqual(
      arrived.map(({ to, text }) => `${to} ${text}`).sort(),
      all.map((to) => `${to} to ${to}`),
    );
    for (const output of ['failed', 'doubt']) assert.equal(flow.inbox(output).messages.length, 0);
  });
});
