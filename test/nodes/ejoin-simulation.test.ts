/** What a device node sets at the simulated ejoin device to make something happen, as the README tells it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EjoinNode } from '../support/ejoin-node';
import { sendTo } from '../support/flow';

let node: EjoinNode;

const set = (params: Readonly<Record<string, unknown>>): Promise<unknown> => node.run('set', { params });

interface Port {
  readonly state: string;
  readonly balance: number;
}

const ports = async (): Promise<Port[]> =>
  (await node.run<{ ports: Port[] }>('status')).ports.map(({ state, balance }) => ({ state, balance }));

describe('a setting of the simulated ejoin device', () => {
  beforeEach(async () => {
    node = await EjoinNode.start({ nodes: sendTo('gw') });
  });
  afterEach(async () => {
    await node.close();
  });

  for (const [code, state] of Object.entries({
    ...{ 0: 'no-sim', 5: 'no-balance', 6: 'register-failed', 7: 'locked-by-device', 8: 'locked-by-operator' },
    ...{ 9: 'sim-read-error', 11: 'sim-detected', 13: 'calling-port', 14: 'waiting-to-call' },
    ...{ 15: 'accessing-network', 16: 'module-silent' },
  })) {
    it(`simulate_state: ${code} is ${state}, until 3`, async () => {
      await set({ 'simulate_state(2)': code });
      assert.equal((await ports())[2]?.state, state);
      assert.deepEqual(await node.device.send({ tid: 1, to: '13800000001', sms: 'x', from: '3' }), [
        '5 SIM Unregistered',
      ]);
      await set({ 'simulate_state(2)': 3 });
      assert.equal((await ports())[2]?.state, 'registered');
      assert.deepEqual(await node.device.send({ tid: 2, to: '13800000001', sms: 'x', from: '3' }), ['0 OK']);
    });
  }

  it('simulate_balance: a card without one is of no use until it has one again', async () => {
    await set({ 'simulate_balance(5)': 0.01 });
    assert.deepEqual((await ports())[1], { state: 'registered', balance: 0.01 });
    await node.device.send({ tid: 1, to: '13800000001', sms: 'the last', from: '2' });
    assert.deepEqual((await ports())[1], { state: 'no-balance', balance: 0 });
    await set({ 'simulate_balance(5)': '12.50' });
    assert.deepEqual((await ports())[1], { state: 'registered', balance: 12.5 });
  });

  it('simulate_call: a port is in a call for so many seconds', async () => {
    await set({ 'simulate_call(0)': 90 });
    assert.equal((await ports())[0]?.state, 'in-call');
    node.pass(90_000);
    assert.equal((await ports())[0]?.state, 'registered');
    const { rows } = await node.run<{ rows: { actTcd: number }[] }>('call-stats', { ports: '1' });
    assert.equal(rows[0]?.actTcd, 90);
  });

  it('simulate_queue: a full queue lets a send wait until there is room', async () => {
    const { flow, device } = node;
    await set({ simulate_queue: 0 });
    flow.input('send', { payload: 'waits', to: '13800000001' });
    const isSend = ({ url }: { url: string }): boolean => url.startsWith('/goip_post_sms.html');
    for (let wait = 0; !device.device.requests.some(isSend) && wait < 400; wait += 1) await sleep(20);
    assert.deepEqual(device.device.accepted, []);
    await set({ simulate_queue: 10 });
    const { sms } = await flow.inbox('accepted').at(0, 20_000);
    const [tried] = sms.attempts;
    assert.deepEqual([tried?.state, tried?.error?.code], ['rejected', 'vendor-busy']);
    assert.deepEqual(
      device.device.accepted.map(({ text }) => text),
      ['waits'],
    );
  });

  it('simulate_reboot: a restart takes so many milliseconds', async () => {
    await set({ simulate_reboot: 60_000 });
    await node.run('reboot', { confirm: true });
    node.pass(59_999);
    assert.equal((await node.refusal('status')).code, 'no-answer');
    node.pass(1);
    assert.equal((await ports())[0]?.state, 'registering');
  });

  it('sms_url: where received SMS go; sim_imei: what the module of a slot says it is', async () => {
    await set({ sms_url: 'http://192.0.2.1/inbox', 'sim_imei(0)': '123456789012345' });
    assert.deepEqual(await node.run('get', { params: ['sms_url', 'sim_imei(0)', 'simulate_queue'] }), {
      params: { sms_url: 'http://192.0.2.1/inbox', 'sim_imei(0)': '123456789012345', simulate_queue: '1000' },
    });
    assert.equal((await node.device.ports())[0]?.imei, '123456789012345');
  });
});
