/** The account node where the gateway, the login or the vendor is not as it should be, over real HTTP. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { leaseSimulator } from '../../nodes/runtime/simulators';
import { Flow, sendTo, simulated, unpushed, type FlowNode } from '../support/flow';
import { LongTimers } from '../support/long-timers';

/** Every text is its key with its parameters. */
const texts = (key: string, params?: unknown): string => `${key} ${JSON.stringify(params ?? {})}`;

/** An account node with helper nodes for its result, its errors and its status. */
function accountAt(gateway: string, properties: Record<string, unknown>): FlowNode[] {
  return [
    { id: 'account', type: 'smswire-account', gateway, version: 1, wires: [['result'], []], ...properties },
    { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'watching', type: 'status', scope: ['account', 'send'], wires: [['status']] },
    ...['result', 'caught', 'status'].map((id) => ({ id, type: 'helper' })),
  ];
}

let flow: Flow;
let restore = (): void => undefined;
let server: Server | undefined;

async function until(isSo: () => boolean): Promise<void> {
  for (let wait = 0; !isSo() && wait < 400; wait++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isSo());
}

const lastStatus = (): string => flow.inbox('status').messages.at(-1)?.status?.text ?? '';
const hasShown = (text: string): boolean =>
  flow.inbox('status').messages.some(({ status }) => JSON.stringify(status).includes(text));

interface Result {
  readonly id: string;
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly retry: string };
}

describe('smswire-account in trouble', () => {
  afterEach(async () => {
    restore();
    restore = () => undefined;
    await flow.close();
    server?.close();
    server = undefined;
  });

  it('asks more and more rarely while the login is refused, and as before once it is not, without a deploy', async () => {
    const { gateway, credentials } = await unpushed('sms57', 'account-refused');
    const login = { ...credentials.gw, password: 'not the right one' };
    const timers = new LongTimers();
    restore = timers.install();
    const account = accountAt('gw', { command: 'balance', threshold: '', interval: 60 });
    // The time-out of a request is no pause.
    flow = await Flow.load([{ ...gateway, timeout: 9 }, ...account], { gw: login }, texts);
    for (const least of [60_000, 120_000, 240_000, 480_000]) {
      await until(() => timers.delays.length === 1);
      const [pause = 0] = timers.delays;
      assert.ok(pause > least - 1000 && pause <= 1.25 * least, `${pause} for ${least}`);
      await until(() => /status\.pollFails .*auth-failed/.test(lastStatus()));
      timers.ring();
    }
    await until(() => timers.delays.length === 1);
    assert.equal(flow.log.split('polling.fails').length, 2);
    const lease = await leaseSimulator('sms57');
    lease.simulator.addAccount({ ...lease.simulator.account, ...login });
    await lease.release(false);
    timers.ring();
    assert.equal((await flow.inbox('result').at(0)).payload, 50_000);
    await until(() => timers.delays.length === 1);
    assert.ok((timers.delays[0] ?? 0) <= 60_000);
    assert.equal(flow.log.split('polling.works').length, 2);
    await until(() => lastStatus().includes('status.balance '));
  });

  it('says why no balance comes where the server has nothing at the address', async () => {
    server = createServer((_request, response) => {
      response.writeHead(404).end('nothing here');
    });
    const { port } = await new Promise<AddressInfo>((resolve) => {
      server?.listen(0, '127.0.0.1', () => {
        resolve(server?.address() as AddressInfo);
      });
    });
    const gateway = simulated('sms57', 'gw', { simulate: false, url: `http://127.0.0.1:${port}/sms` });
    const nodes = [gateway, ...accountAt('gw', { command: 'balance', threshold: '', interval: 10 })];
    flow = await Flow.load(nodes, { gw: { username: 'account-lost', password: 'secret' } }, texts);
    await until(() => flow.log.includes('polling.fails'));
    assert.ok(flow.log.includes('errors.invalid-config.no-such-address'));
    await until(() => /status\.pollFails .*invalid-config/.test(lastStatus()));
  });

  it('cancels what waits although the gateway cannot work, and says of each other id why not', async () => {
    const account = accountAt('gw', { command: 'cancel' });
    const sending = sendTo('gw', { at: 'later', atType: 'msg' });
    const login = { gw: { username: 'account-broken' } };
    flow = await Flow.load([simulated('mobset', 'gw'), ...sending, ...account], login, texts);
    const later = Date.now() + 3_600_000;
    flow.input('send', { payload: 'later', to: '13800000001', later, sms: { once: 'order 8' } });
    await until(() => hasShown('status.sending'));
    const broken = simulated('mobset', 'gw', { timezone: '${NO_SUCH_ZONE}' });
    await flow.deploy([broken, ...sending, ...account], login);
    await until(() => lastStatus().includes('status.broken'));
    flow.input('account', { payload: ['4711', 'order 8', 4712] });
    const { payload, sms } = await flow.inbox('result').at(0);
    const { results } = payload as { results: Result[] };
    assert.deepEqual(
      results.map(({ id, ok, error }) => [id, ok, error?.code]),
      [
        ['4711', false, 'invalid-config'],
        ['order 8', true, undefined],
        ['4712', false, 'invalid-config'],
      ],
    );
    assert.match(results[0]?.error?.message ?? '', /NO_SUCH_ZONE/);
    assert.deepEqual(sms, { gateway: 'Gateway gw', gatewayId: 'gw', vendor: 'mobset' });
    assert.equal((await flow.inbox('failed').at(0)).sms.state, 'cancelled');
    assert.equal(flow.inbox('caught').messages.length, 0);
  });

  it('refuses to ask for a balance or a signature where the gateway cannot work, and says why', async () => {
    const broken = simulated('mobset', 'gw', { timezone: '${NO_SUCH_ZONE}' });
    for (const command of ['balance', 'signature']) {
      flow = await Flow.load([broken, ...accountAt('gw', { command })], {}, texts);
      flow.input('account', {});
      const { error } = await flow.inbox('caught').at(0);
      assert.equal(error?.code, 'invalid-config');
      assert.match(error.message, /NO_SUCH_ZONE/);
      if (command === 'balance') await flow.close();
    }
  });
});
