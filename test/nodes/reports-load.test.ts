/**
 * Ten thousand messages whose reports come shuffled, three times each, and some of them before the vendor's answer: each
 * message leaves once, by the output of what became of it, and each report comes out once.
 */
import assert from 'node:assert/strict';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { start } from '../../nodes/simulators/sms57';
import type { Simulator } from '../../nodes/simulators/simulator';
import { Flow, sendTo, type Message } from '../support/flow';
import { call, hook, PATH, silentGateway } from '../support/webhook';

const MESSAGES = 10_000;
const COPIES = 3;
const ROWS_A_PUSH = 100;
const PUSHES_AT_ONCE = 4;
const PATIENCE = 120_000;

/** By the end of the number: what the network says of it. */
const FATES: Readonly<Record<string, readonly [stat: string, output: string, state: string]>> = {
  '0': ['MA:0029', 'failed', 'undelivered'],
  '1': ['MO:0254', 'doubt', 'unknown'],
};
const fateOf = (to: string) => FATES[to.slice(-1)] ?? (['DELIVRD', 'accepted', 'delivered'] as const);
/** Reported before the vendor has answered. */
const isEarly = (to: string): boolean => Number(to) % 7 === 0;

const row = (mid: string, mobile: string, stat: string): object => ({
  ...{ flag: 1, mid, mobile, stat },
  ...{ spid: '900057', accessCode: '10690000057', time: '2026-01-31 08:00:00' },
});

/** The same order in every run. */
function shuffled<T>(list: readonly T[]): T[] {
  const mixed = [...list];
  let seed = 42;
  for (let last = mixed.length - 1; last > 0; last--) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const other = seed % (last + 1);
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}

describe('reports on ten thousand messages', () => {
  let simulator: Simulator;
  let front: Server;
  let flow: Flow;
  let url: string;

  const push = async (rows: readonly object[]): Promise<void> => {
    const answer = await call(url, { body: JSON.stringify(rows), headers: { 'content-type': 'application/json' } });
    assert.deepEqual([answer.status, answer.text], [200, 'OK']);
  };

  /** Stands before the simulator: has nothing to fetch, and lets some reports be pushed before it answers. */
  function startFront(): Server {
    return createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        if (/(^|&)action=(report|mo)(&|$)/.test(body.toString())) {
          outgoing.end('{"status":"0","balance":1,"list":[]}');
          return;
        }
        const onward = forward(simulator.url, { method: 'POST', headers: incoming.headers }, (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const { list } = JSON.parse(text) as { list: { mid: string; mobile: string }[] };
            const early = list.filter(({ mobile }) => isEarly(mobile));
            const told =
              early.length > 0
                ? push(early.map((each) => row(each.mid, each.mobile, fateOf(each.mobile)[0])))
                : undefined;
            void Promise.resolve(told).then(() => outgoing.end(text));
          });
        });
        onward.end(body);
      });
    });
  }

  before(async () => {
    simulator = await start();
    front = startFront();
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const gateway = silentGateway('sms57', 'gw', {
      url: `http://127.0.0.1:${(front.address() as AddressInfo).port}/sms`,
      window: 50,
    });
    flow = await Flow.load(
      [
        gateway,
        ...sendTo('gw', { until: 'delivered' }),
        ...hook('hook', 'gw', { wires: [[], []] }),
        { id: 'report', type: 'smswire-report', gateway: 'gw', interval: 0, version: 1, wires: [['reports']] },
        { id: 'reports', type: 'helper' },
      ],
      { gw: { ...simulator.account }, hook: { path: PATH } },
    );
    url = `${await flow.web()}/smswire/${PATH}`;
  });

  after(async () => {
    await flow.close();
    front.closeAllConnections();
    front.close();
    await simulator.close();
  });

  const leaving = (output: string): readonly Message[] => flow.inbox(output).messages;

  it('come out once each, and each message once, by the output of its fate', async (context: TestContext) => {
    const numbers = Array.from({ length: MESSAGES }, (_, index) => String(13_800_000_000 + index));
    const begin = Date.now();
    for (const to of numbers) flow.input('send', { to, payload: `for ${to}`, sms: { ref: to } });
    const end = begin + PATIENCE;
    while (simulator.accepted.length < MESSAGES && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(simulator.accepted.length, MESSAGES);
    context.diagnostic(`sent in ${Date.now() - begin} ms`);

    const rows = simulator.accepted.flatMap(({ id, to }) => [
      // Taken by the network: no news to anybody.
      row(id, to, 'ACCEPTD'),
      ...Array.from({ length: COPIES }, () => row(id, to, fateOf(to)[0])),
    ]);
    const waiting = shuffled(rows);
    const pushed = Date.now();
    await Promise.all(
      Array.from({ length: PUSHES_AT_ONCE }, async () => {
        while (waiting.length > 0) await push(waiting.splice(0, ROWS_A_PUSH));
      }),
    );
    await flow.inbox('reports').at(MESSAGES - 1, PATIENCE);
    context.diagnostic(`${rows.length} reports taken in ${Date.now() - pushed} ms`);
    await new Promise((resolve) => setTimeout(resolve, 500));

    const reports = leaving('reports');
    assert.equal(reports.length, MESSAGES);
    assert.deepEqual(
      new Map(
        reports.map(({ topic, payload, sms }) => [
          topic,
          [payload, (sms as { message?: { ref?: unknown } }).message?.ref],
        ]),
      ),
      new Map(numbers.map((to) => [to, [fateOf(to)[2], to]])),
    );
    for (const output of ['accepted', 'failed', 'doubt']) {
      const expected = numbers.filter((to) => fateOf(to)[1] === output);
      const left = leaving(output);
      assert.deepEqual(left.flatMap(({ to }) => to ?? []).sort(), expected, output);
      assert.equal(new Set(left.map(({ sms }) => sms.key)).size, expected.length, output);
      for (const { to, sms } of left) assert.equal(sms.state, fateOf(to![0]!)[2]);
    }
  });
});
