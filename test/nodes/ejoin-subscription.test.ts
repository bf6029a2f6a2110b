/** The status that an ejoin device pushes once a device node has subscribed to it: to a real webhook, over real HTTP. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Asking, collectorsOf, keyed } from '../support/asking';
import { EjoinNode } from '../support/ejoin-node';
import { Flow, simulated, type Message } from '../support/flow';
import { call, hook, PATH } from '../support/webhook';

const WEBHOOK = {
  nodes: [...hook('hook', 'gw'), ...['device', 'push'].map((id) => ({ id: `out-${id}`, type: 'helper' }))].map(
    (node) => (node.id === 'hook' ? { ...node, wires: [['out-device'], ['out-push']] } : node),
  ),
  credentials: { hook: { path: PATH } },
};
const TAKEN = 300;

let node: EjoinNode;
let url: string;

/** A device that can push to the webhook of the flow. */
async function start(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
  node = await EjoinNode.start({ ...WEBHOOK, options });
  const publicUrl = await node.flow.web();
  await node.deploy({ publicUrl });
  url = `${publicUrl}/smswire/${PATH}`;
}

const statuses = (): Message[] => node.flow.inbox('out-device').messages;

/** What a status tells: what it is of, and `1.1 registered` for each port. */
function told({ sms, payload }: Message): unknown {
  const { type, vendor, gatewayId, seq } = sms as unknown as Record<string, unknown>;
  const { ports } = payload as { ports: { port: number; slot: number; state: string }[] };
  return { type, vendor, gatewayId, seq, ports: ports.map(({ port, slot, state }) => `${port}.${slot} ${state}`) };
}

const ORIGIN = { vendor: 'ejoin', gatewayId: 'gw' };
const ALL = [
  ...['1.1 registered', '2.2 registered', '3.1 registered', '4.4 registered', '5.3 registered'],
  ...['6.1 no-sim', '7.1 no-balance', '8.1 register-failed'],
];

const catalog = (language: string, name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '../../locales', language, `${name}.json`), 'utf8'));

/** A push that goes to the webhook by itself comes behind whatever the device would have pushed before. */
async function nothingMore(count: number): Promise<void> {
  // Longer than the simulator takes to look at its clock.
  await sleep(350);
  const last = JSON.stringify({ type: 'port-status', port: '8A', seq: 99, st: '6' });
  assert.equal((await call(url, { body: last })).status, 200);
  await node.flow.inbox('out-device').at(count);
  assert.deepEqual(statuses().slice(count).map(told), [
    { ...ORIGIN, type: 'port', seq: 99, ports: ['8.1 register-failed'] },
  ]);
}

describe('the status that a device node subscribes to', () => {
  afterEach(async () => {
    await node.close();
  });

  for (const options of [{}, { crypt: 'aes-ecb' }]) {
    it(`comes out of the webhook: of the device again and again, of a port when it changes ${JSON.stringify(options)}`, async () => {
      await start(options);
      const asked = await node.seen(async () => {
        assert.deepEqual(await node.run('subscribe', { period: 90 }), { ok: true });
      });
      const { query, method } = asked.at(-1) ?? assert.fail();
      assert.deepEqual([method, query.url, query.period, query.all_sims], ['GET', url, '90', undefined]);

      await node.run('lock', { ports: '3' });
      node.pass(TAKEN);
      const port = await node.flow.inbox('out-device').at(0);
      assert.deepEqual(told(port), { ...ORIGIN, type: 'port', seq: 1, ports: ['3.1 locked-by-user'] });
      const [locked] = (port.payload as { ports: Record<string, unknown>[] }).ports;
      assert.deepEqual(
        [locked?.number, locked?.code, locked?.registered, locked?.balance],
        [...['13900000301', 12, false, 500]],
      );
      const { raw, ...sms } = port.sms as unknown as Record<string, unknown>;
      assert.deepEqual(sms, { ...ORIGIN, gateway: 'Gateway gw', type: 'port', seq: 1 });
      assert.equal((raw as { type: string }).type, 'port-status');

      node.pass(90_000 - TAKEN);
      const device = await node.flow.inbox('out-device').at(1);
      const ports = ALL.map((one) => (one.startsWith('3.') ? '3.1 locked-by-user' : one));
      assert.deepEqual(told(device), { ...ORIGIN, type: 'device', seq: 1, ports });
      const { mac, ip } = device.sms as unknown as Record<string, unknown>;
      assert.deepEqual([mac, ip], ['00-30-f1-01-02-03', '127.0.0.1']);
      node.pass(90_000);
      const next = told(await node.flow.inbox('out-device').at(2)) as { seq: number };
      assert.equal(next.seq, 2);
      // Every push leaves by the second output as well, as it came.
      await node.flow.inbox('out-push').at(2);
      assert.deepEqual(
        node.flow.inbox('out-push').messages.map(({ payload }) => (payload as { type: string }).type),
        ['port-status', 'dev-status', 'dev-status'],
      );
    });
  }

  it('is not ended by a query, and is by unsubscribe', async () => {
    await start();
    await node.run('subscribe', { allSims: true });
    const query = await node.run<{ ports: unknown[] }>('status');
    assert.equal(query.ports.length, 8);
    node.pass(60_000);
    const status = told(await node.flow.inbox('out-device').at(0)) as { ports: string[] };
    assert.equal(status.ports.length, 11);
    assert.ok(status.ports.includes('1.2 idle-sim'));
    const asked = await node.seen(async () => {
      assert.deepEqual(await node.run('unsubscribe'), { ok: true });
    });
    assert.deepEqual(
      asked.map(({ query: parameters }) => parameters),
      [{ url, period: '0' }],
    );
    await node.run('lock', { ports: '1' });
    node.pass(120_000);
    await nothingMore(1);
  });

  it('may be subscribed to once more, at another pace, and lasts through a restart of the device', async () => {
    await start();
    await node.run('subscribe', { period: 60 });
    await node.run('subscribe', { period: '120' });
    node.pass(119_999);
    await nothingMore(0);
    node.pass(1);
    assert.deepEqual((told(await node.flow.inbox('out-device').at(1)) as { seq: number }).seq, 1);
    await node.run('reboot', { confirm: true });
    node.pass(2000 + 1500);
    const registered = told(await node.flow.inbox('out-device').at(2)) as { type: string };
    assert.equal(registered.type, 'port');
  });

  for (const [what, setup] of Object.entries({
    'a webhook and a public URL': {},
    'a public URL': WEBHOOK,
    'a webhook': { gateway: { publicUrl: 'http://192.0.2.1' } },
  })) {
    it(`cannot be subscribed to without ${what}, which is said before anything is sent`, async () => {
      node = await EjoinNode.start(setup);
      const refused = await node.seen(async () => {
        const { code, detail } = await node.refusal('subscribe');
        assert.deepEqual([code, detail], ['invalid-config', 'ejoin-no-callback']);
      });
      assert.deepEqual(refused, []);
      // What somebody else subscribed to can be ended all the same.
      const ended = await node.seen(async () => {
        assert.deepEqual(await node.run('unsubscribe'), { ok: true });
      });
      assert.deepEqual(
        ended.map(({ query }) => query),
        [{ period: '0' }],
      );
    });
  }

  it('and the sentence about that names what to do, by the names that the editor has for it', () => {
    for (const language of ['en-US', 'zh-CN']) {
      const { errors } = catalog(language, 'vendors/ejoin') as { errors: Record<string, Record<string, string>> };
      const said = errors['invalid-config']?.['ejoin-no-callback']?.toLowerCase() ?? '';
      for (const [file, path] of [
        ['webhook', ['editor', 'palette']],
        ['gateway', ['editor', 'publicUrl', 'label']],
      ] as const) {
        const name = path.reduce<unknown>(
          (value, key) => (value as Record<string, unknown>)[key],
          catalog(language, file),
        );
        const word = String(name).toLowerCase().replace(/^sms /, '');
        assert.ok(said.includes(word), `${language}: ${word}`);
      }
    }
  });
});

describe('the status of a simulated gateway', () => {
  it('comes out of its webhook without a path and without a public URL', async () => {
    const flow = await Flow.load(
      [
        simulated('ejoin', 'gw'),
        { ...{ id: 'device', type: 'smswire-device', gateway: 'gw', version: 1 }, wires: [['result']] },
        ...collectorsOf('device'),
        ...WEBHOOK.nodes,
      ],
      { gw: { username: 'subscribing' } },
      keyed,
    );
    try {
      const asking = new Asking(flow, 'device');
      const run = async (payload: unknown): Promise<unknown> => (await asking.answer({ payload })).payload;
      assert.deepEqual(await run('subscribe'), { ok: true });
      await run({ command: 'lock', ports: '3' });
      const status = await flow.inbox('out-device').at(0);
      assert.deepEqual(told(status), { ...ORIGIN, type: 'port', seq: 1, ports: ['3.1 locked-by-user'] });
      assert.deepEqual(await run('unsubscribe'), { ok: true });
      assert.deepEqual(await run({ command: 'unlock', ports: '3' }), { ok: true });
    } finally {
      await flow.close();
    }
  });
});
