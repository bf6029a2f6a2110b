/** Deploys while messages are on their way: the outcome leaves through the node that is there then. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, acceptedBy, arriveAt, sendTo, simulated, unpushed, type FlowNode } from '../support/flow';

const SLOW = '19900000027';
const SILENT = '19900000021';
const FINE = '13800000001';

const WATCHERS: FlowNode[] = [
  { id: 'catching', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'completing', type: 'complete', scope: ['send'], wires: [['completed']] },
  ...['caught', 'completed'].map((id) => ({ id, type: 'helper' })),
];

let flow: Flow;

describe('deploys while sending', () => {
  afterEach(async () => {
    await flow.close();
  });

  it('lets the outcome of the old instance leave through the new one, with one Complete', async () => {
    const nodes = [simulated('goip', 'd1'), ...sendTo('d1'), ...WATCHERS];
    flow = await Flow.load(nodes, { d1: { username: 'deploy1' } });
    flow.input('send', { payload: 'before', to: SLOW, topic: 'kept' });
    await sleep(200);
    await flow.deploy(nodes);
    const message = await flow.inbox('accepted').at(0);
    assert.deepEqual([message.payload, message.topic, message.sms.state], ['before', 'kept', 'accepted']);
    await flow.inbox('completed').at(0);
    await sleep(50);
    assert.equal(flow.inbox('completed').messages.length, 1);
    assert.equal(flow.inbox('accepted').messages.length, 1);
  });

  it('raises the error through the new instance where the failed output is not wired', async () => {
    // No report says of whom it is, so that none shows what became of it.
    const nodes = [simulated('mobset', 'd2', { timeout: 1 }), ...sendTo('d2', { wires: [['accepted']] }), ...WATCHERS];
    flow = await Flow.load(nodes, { d2: { username: 'deploy2' } });
    flow.input('send', { payload: 'before', to: SLOW });
    await sleep(200);
    await flow.deploy(nodes);
    const caught = await flow.inbox('caught').at(0);
    assert.equal(caught.error?.code, 'in-doubt');
    await sleep(50);
    assert.deepEqual([flow.inbox('caught').messages.length, flow.inbox('completed').messages.length], [1, 0]);
  });

  it('lets an outcome leave again where a deploy came before the nodes behind had it', async () => {
    const nodes = [simulated('goip', 'd6'), ...sendTo('d6'), ...WATCHERS];
    flow = await Flow.load(nodes, { d6: { username: 'deploy6' } });
    const node = flow.node('send');
    const send = node.send.bind(node);
    const deployed = new Promise<void>((resolve, reject) => {
      node.send = (message): void => {
        // Node-RED hands it on in its next turn: until then the old nodes are gone.
        send(message);
        flow.deploy(nodes).then(resolve, reject);
      };
    });
    flow.input('send', { payload: 'just then', to: FINE });
    await deployed;
    const message = await flow.inbox('accepted').at(0);
    assert.deepEqual([message.payload, message.sms.state], ['just then', 'accepted']);
    await sleep(50);
    assert.equal(flow.inbox('accepted').messages.length, 1);
    assert.equal((await acceptedBy('goip', 'deploy6')).length, 1);
  });

  it('waits for answers under way, but not for long', async () => {
    // No report says of whom it is, so that none shows what became of it.
    const nodes = [simulated('mobset', 'd9', { timeout: 8 }), ...sendTo('d9'), ...WATCHERS];
    flow = await Flow.load(nodes, { d9: { username: 'deploy9' } });
    flow.input('send', { payload: 'answered', to: SLOW });
    await sleep(200);
    assert.equal((await acceptedBy('mobset', 'deploy9')).length, 1, 'it is under way');
    assert.equal(flow.inbox('accepted').messages.length, 0, 'and not answered');
    const since = Date.now();
    await flow.deploy(nodes);
    const waited = Date.now() - since;
    await sleep(50);
    assert.equal(flow.inbox('accepted').messages.length, 1, `after ${waited} ms`);
    flow.input('send', { payload: 'never answered', to: SILENT });
    await sleep(200);
    const again = Date.now();
    await flow.deploy(nodes);
    const patience = Date.now() - again;
    assert.ok(patience > 4500 && patience < 7000, `${patience} ms`);
    assert.equal((await flow.inbox('doubt').at(0)).payload, 'never answered');
  });

  for (const type of ['report', 'inbound'] as const) {
    it(`lets what comes back leave again where a deploy came before the nodes behind had it: ${type}`, async () => {
      const id = `d-${type}`;
      const nodes: FlowNode[] = [
        simulated('goip', id),
        ...sendTo(id),
        { id: type, type: `smswire-${type}`, gateway: id, interval: '0', version: 1, wires: [['back']] },
        { id: 'back', type: 'helper' },
      ];
      flow = await Flow.load(nodes, { [id]: { username: `deploy-${type}` } });
      const node = flow.node(type);
      const send = node.send.bind(node);
      const deployed = new Promise<void>((resolve, reject) => {
        node.send = (message): void => {
          send(message);
          flow.deploy(nodes).then(resolve, reject);
        };
      });
      flow.input('send', { payload: 'just then', to: FINE });
      await flow.inbox('accepted').at(0);
      if (type === 'inbound') await arriveAt('goip', { from: FINE, text: 'just then' });
      await deployed;
      const message = await flow.inbox('back').at(0);
      assert.equal(message.payload, type === 'inbound' ? 'just then' : 'sent');
      await sleep(100);
      const told = flow.inbox('back').messages.map(({ payload }) => payload);
      assert.deepEqual(told, [...new Set(told)]);
    });
  }

  it('lets a push leave again where a deploy came before the nodes behind had it', async () => {
    const path = 'deploy0path0of0sms57';
    const { gateway, credentials } = await unpushed('sms57', 'deploy8');
    const nodes: FlowNode[] = [
      gateway,
      { id: 'hook', type: 'smswire-webhook', gateway: 'gw', allow: '', version: 1, wires: [[], ['push']] },
      { id: 'push', type: 'helper' },
    ];
    const all = { ...credentials, hook: { path } };
    flow = await Flow.load(nodes, all);
    const node = flow.node('hook');
    const send = node.send.bind(node);
    const deployed = new Promise<void>((resolve, reject) => {
      node.send = (message): void => {
        send(message);
        flow.deploy(nodes, all).then(resolve, reject);
      };
    });
    const url = `${await flow.web()}/smswire/${path}`;
    const record = {
      flag: 0,
      mid: '4C36654382720005',
      mobile: FINE,
      content: 'just then',
      time: '2025-06-02 12:00:00',
    };
    const push = { method: 'POST', body: JSON.stringify([record]) };
    assert.equal(await (await fetch(url, push)).text(), 'OK');
    await deployed;
    assert.deepEqual((await flow.inbox('push').at(0)).payload, [record]);
    await sleep(50);
    assert.equal(flow.inbox('push').messages.length, 1);
  });

  it('keeps what comes in while a deploy replaces the nodes behind alone', async () => {
    const nodes = (name: string): FlowNode[] => [
      simulated('goip', 'd7'),
      ...sendTo('d7'),
      { id: 'inbound', type: 'smswire-inbound', gateway: 'd7', interval: '0', version: 1, wires: [['back']] },
      { id: 'back', type: 'helper', name },
    ];
    const credentials = { d7: { username: 'deploy7' } };
    flow = await Flow.load(nodes('before'), credentials);
    flow.input('send', { payload: 'hello', to: FINE });
    await flow.inbox('accepted').at(0);
    const [inbound, back] = [flow.node('inbound'), flow.node('back')];
    back.on('close', (done: () => void) => {
      setTimeout(done, 500);
    });
    const deployed = flow.deploy(nodes('after'), credentials, 'nodes');
    await sleep(100);
    await arriveAt('goip', { from: FINE, text: 'meanwhile' });
    await deployed;
    assert.equal((await flow.inbox('back').at(0)).payload, 'meanwhile');
    assert.deepEqual([flow.node('inbound') === inbound, flow.node('back') === back], [true, false]);
    await arriveAt('goip', { from: FINE, text: 'afterwards' });
    await flow.inbox('back').at(1);
    await sleep(50);
    const told = flow.inbox('back').messages.map(({ payload }) => payload);
    assert.deepEqual(told, ['meanwhile', 'afterwards']);
  });

  it('loses and doubles nothing of many messages over several deploys', async () => {
    const nodes = [simulated('mobset', 'd3', { rate: 200 }), ...sendTo('d3'), ...WATCHERS];
    flow = await Flow.load(nodes, { d3: { username: 'deploy3' } });
    const sent: string[] = [];
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 25; index++) {
        const to = `1381000${String(round * 25 + index).padStart(4, '0')}`;
        sent.push(to);
        flow.input('send', { payload: 'x', to });
      }
      await sleep(60);
      await flow.deploy(nodes);
    }
    await flow.inbox('accepted').at(99);
    await sleep(50);
    const out = flow.inbox('accepted').messages.map(({ to }) => to?.[0] ?? '');
    assert.deepEqual([...out].sort(), sent);
    assert.deepEqual((await acceptedBy('mobset', 'deploy3')).map(({ to }) => to).sort(), sent);
    assert.equal(flow.inbox('failed').messages.length + flow.inbox('doubt').messages.length, 0);
  });

  it('goes on with what waited when a gateway comes back, also on another account', async () => {
    const send = sendTo('d4');
    flow = await Flow.load([simulated('hezhong', 'd4', { rate: 0.001 }), ...send], { d4: { username: 'deploy4' } });
    flow.input('send', { payload: 'first', to: FINE });
    await flow.inbox('accepted').at(0);
    flow.input('send', { payload: 'second', to: FINE });
    await sleep(50);
    await flow.deploy([simulated('sms57', 'd4'), ...send]);
    const second = await flow.inbox('accepted').at(1);
    assert.deepEqual([second.payload, second.sms.vendor], ['second', 'sms57']);
  });

  it('resumes a paused gateway when its configuration changes', async () => {
    const send = sendTo('d5');
    flow = await Flow.load([simulated('sms57', 'd5'), ...send], { d5: { username: 'deploy5' } });
    flow.input('send', { payload: 'refused', to: '19900000016' });
    await flow.inbox('failed').at(0);
    flow.input('send', { payload: 'held', to: FINE });
    await sleep(50);
    await flow.deploy([simulated('sms57', 'd5'), ...send]);
    await sleep(100);
    assert.equal(flow.inbox('accepted').messages.length, 0);
    await flow.deploy([simulated('sms57', 'd5', { timeout: 20 }), ...send]);
    assert.equal((await flow.inbox('accepted').at(0)).payload, 'held');
  });
});
