import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { SimulatorServer } from '../../../nodes/simulators/server';

const received: unknown[] = [];
let server: SimulatorServer;
let deaf: SimulatorServer;

before(async () => {
  server = await SimulatorServer.start(
    0,
    () => ({ body: 'vendor' }),
    (sms) => received.push(sms),
  );
  deaf = await SimulatorServer.start(0, () => ({ body: 'vendor' }));
});
beforeEach(() => {
  received.length = 0;
});
after(async () => {
  await server.close();
  await deaf.close();
});

const inbound = (body: string, at = server) => fetch(`${at.root}/simulator/inbound`, { method: 'POST', body });

test('the accepted log is given as JSON, and a request for it is not logged as one for the vendor', async () => {
  const sms = { at: 1, to: '13800000001', text: '测试', id: '00012', username: 'u', parameters: { extno: '10690' } };
  server.accept(sms);
  const answer = await fetch(`${server.root}/simulator/accepted`);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.deepEqual(await answer.json(), [sms]);
  assert.equal((await fetch(`${server.root}/simulator/accepted`, { method: 'DELETE' })).status, 405);
  assert.equal(server.requests.length, 0);
});

test('an inbound SMS is handed on, with and without a destination', async () => {
  assert.equal((await inbound('{"from":"13800000001","text":"是"}')).status, 200);
  assert.equal((await inbound('{"from":"13800000001","to":"10690","text":"","more":1}')).status, 200);
  assert.deepEqual(received, [
    { from: '13800000001', text: '是' },
    { from: '13800000001', to: '10690', text: '' },
  ]);
});

test('an inbound SMS that is not one is refused', async () => {
  const bodies = ['', '{', 'null', '[]', '"x"', '{"from":"1"}', '{"text":"x"}', '{"from":"","text":"x"}'];
  for (const body of [...bodies, '{"from":1,"text":"x"}', '{"from":"1","text":2}', '{"from":"1","text":"x","to":3}'])
    assert.equal((await inbound(body)).status, 400, body);
  assert.equal((await fetch(`${server.root}/simulator/inbound`)).status, 405);
  assert.deepEqual(received, []);
});

test('a simulator that receives nothing says so', async () => {
  assert.equal((await inbound('{"from":"1","text":"x"}', deaf)).status, 501);
});

test('every other address is the vendor’s, and logged', async () => {
  assert.equal(await (await fetch(`${deaf.root}/simulator/other?a=1`)).text(), 'vendor');
  assert.deepEqual(
    deaf.requests.map(({ method, url }) => ({ method, url })),
    [{ method: 'GET', url: '/simulator/other?a=1' }],
  );
});
