/** What vendors and devices push, as it leaves a webhook node: of each vendor, and of those that are simulated. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayNode } from '../../nodes/runtime/gateways';
import { Flow, sendTo, simulated, type FlowNode } from '../support/flow';
import { call, hook, LOGIN, PATH, silentGateway, webhookOn } from '../support/webhook';

const CREDENTIALS = { gw: LOGIN, hook: { path: PATH } };

/** Section 6.2 of the document, with the brackets that its print has lost. */
const SMS57 = [
  { flag: 0, mid: '4C36654382720005', spid: '922011', accessCode: '10690', mobile: '18983437010', content: '上行内容' },
  { flag: 1, mid: '4C36654382720006', spid: '922011', accessCode: '10690', mobile: '18983437011', stat: 'DELIVRD' },
].map((record) => ({ ...record, time: '2017-04-12 01:38:21' }));

const DEVICE = {
  ...{ type: 'dev-status', seq: 1, expires: -1, mac: '00-30-f1-01-02-03', ip: '192.168.1.67' },
  ...{ 'max-ports': 2, 'max-slot': 10 },
  status: [
    {
      port: '1.01',
      st: 3,
      bal: '12.50',
      opr: '46000 China Mobile',
      sn: '13900000000',
      imei: '86',
      imsi: '46',
      iccid: '89',
    },
    { port: '1.10', st: 0, bal: '', opr: '0 ', sn: '', imei: '', imsi: '', iccid: '' },
  ],
};
const PORT = { type: 'port-status', port: '2B', seq: 7, status: '3 OK', bal: '100.00', opr: '46000 China Mobile' };

let flow: Flow;

/** What a test looks at in `msg.sms` here. */
type PushSms = Readonly<Record<'vendor' | 'gateway' | 'gatewayId' | 'type' | 'mac' | 'ip' | 'seq' | 'raw', unknown>>;

const smsOf = ({ sms }: { sms: unknown }): PushSms => sms as PushSms;

async function start(vendor: string): Promise<string> {
  flow = await Flow.load([silentGateway(vendor), ...webhookOn('gw')], CREDENTIALS);
  return `${await flow.web()}/smswire/${PATH}`;
}

/** The URL that a gateway's sends would name. */
async function callbackUrl(id: string): Promise<string | undefined> {
  return (await (flow.node(id) as GatewayNode).opened)?.gateway.callbackUrl();
}

describe('the outputs of smswire-webhook', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const [vendor, type, path, body, contentType, payload] of [
    ['sms57', 'report', '', JSON.stringify(SMS57), 'application/json', SMS57],
    ['ejoin', 'status-report', '', '{"type":"status-report","rpts":[{"tid":7,"sent":1}]}', 'text/plain', undefined],
    ['hezhong', 'rpts', '/report', 'rpts=13000000000,DELIVRD,1002,20090422094620', '', undefined],
    [
      'hezhong',
      'mos',
      '/mo',
      'mos=13000000000,001,%E4%BD%A0+%2B,20151221121046',
      'application/x-www-form-urlencoded',
      undefined,
    ],
  ] as const) {
    it(`give what ${vendor} pushes as ${type}${path === '' ? '' : ` to ${path}`}`, async () => {
      const url = await start(vendor);
      const { status } = await call(url + path, {
        body,
        headers: contentType === '' ? {} : { 'content-type': contentType },
      });
      assert.equal(status, 200);
      const push = await flow.inbox('push').at(0);
      const sms = smsOf(push);
      assert.deepEqual([sms.gateway, sms.gatewayId, sms.vendor, sms.raw], ['Gateway gw', 'gw', vendor, body]);
      assert.equal(typeof sms.type, 'string');
      const form = Object.fromEntries(new URLSearchParams(body));
      assert.deepEqual(push.payload, payload ?? (body.startsWith('{') ? JSON.parse(body) : form));
    });
  }

  it('give parameters in the query as they give a form, and both where there is a body as well', async () => {
    const url = await start('hezhong');
    const query = 'rpts=13000000000,DELIVRD,1002,20090422094620;';
    assert.equal((await call(`${url}/report?${query}`, { method: 'GET' })).status, 200);
    const push = await flow.inbox('push').at(0);
    assert.deepEqual([push.payload, smsOf(push).raw], [{ rpts: query.slice(5) }, query]);
    await flow.close();
    const device = await start('ejoin');
    const text = 'Sender: 13000000000\r\nReceiver: 1\r\nSMSC: 2\r\nSCTS: 260101120000A8\r\n\r\nhello [1]';
    const where = 'port=61A&sender=13000000000&mac=00-30-f1-01-02-03&iccid=89';
    assert.equal((await call(`${device}?${where}`, { body: text })).status, 200);
    const both = await flow.inbox('push').at(0);
    assert.deepEqual([both.payload, smsOf(both).raw], [text, `${where}\n${text}`]);
  });

  it('give the state of a device and of a port by the first', async () => {
    const url = await start('ejoin');
    for (const status of [DEVICE, PORT]) {
      assert.equal((await call(url, { body: JSON.stringify(status) })).status, 200);
    }
    const [device, port] = [await flow.inbox('device').at(0), await flow.inbox('device').at(1)];
    const { ports } = device.payload as { ports: { port: number; slot: number; state: string }[] };
    assert.deepEqual(
      ports.map(({ port: number, slot }) => [number, slot]),
      [
        [1, 1],
        [1, 10],
      ],
    );
    const sms = smsOf(device);
    assert.deepEqual([sms.type, sms.mac, sms.ip, sms.seq], ['device', DEVICE.mac, DEVICE.ip, 1]);
    assert.deepEqual([sms.gateway, sms.gatewayId, sms.vendor, sms.raw], ['Gateway gw', 'gw', 'ejoin', DEVICE]);
    const changed = port.payload as { ports: { port: number; slot: number }[] };
    assert.deepEqual([changed.ports.length, changed.ports[0]?.port, changed.ports[0]?.slot], [1, 2, 2]);
    assert.deepEqual([smsOf(port).type, smsOf(port).seq], ['port', 7]);
    assert.equal((await flow.inbox('push').at(1)).payload !== undefined, true);
  });

  it('are not asked for a push that a hostile name is in, and do not hand that name on', async () => {
    const url = await start('sms57');
    const body = JSON.stringify(SMS57).replace('{"flag"', '{"__proto__":{"polluted":1},"flag"');
    assert.equal((await call(url, { body })).status, 200);
    const push = await flow.inbox('push').at(0);
    assert.deepEqual(push.payload, SMS57);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
});

const helper = { id: 'x', type: 'helper' };

describe('the callback URL of a gateway', () => {
  afterEach(async () => {
    await flow.close();
  });

  it('is that of its first webhook that listens', async () => {
    const nodes = (publicUrl: string, ...hooks: FlowNode[]): FlowNode[] => [
      silentGateway('ejoin', 'gw', { publicUrl }),
      ...webhookOn('gw').filter(({ id }) => id !== 'hook'),
      ...hooks,
    ];
    const credentials = { ...CREDENTIALS, second: { path: 'second-path-of-it' }, mute: { path: '' } };
    const all = [...hook('mute', 'gw'), ...hook('hook', 'gw'), ...hook('second', 'gw')];
    flow = await Flow.load(nodes('http://192.168.1.10:1880//', ...all), credentials);
    assert.equal(await callbackUrl('gw'), `http://192.168.1.10:1880/smswire/${PATH}`);
    await flow.deploy(nodes('http://192.168.1.10:1880', ...hook('second', 'gw')), credentials);
    assert.equal(await callbackUrl('gw'), 'http://192.168.1.10:1880/smswire/second-path-of-it');
    await flow.deploy(nodes('http://192.168.1.10:1880'), credentials);
    assert.equal(await callbackUrl('gw'), undefined);
    await flow.deploy(nodes('', ...hook('hook', 'gw')), { ...CREDENTIALS, hook: { path: PATH } });
    assert.equal(await callbackUrl('gw'), undefined);
  });

  it('has the root of HTTP nodes in it, and is none where Node-RED serves none', async () => {
    const nodes = [silentGateway('ejoin', 'gw', { publicUrl: 'http://192.168.1.10:1880/' }), ...webhookOn('gw')];
    Flow.set({ httpNodeRoot: '/flows/' });
    flow = await Flow.load(nodes, CREDENTIALS);
    assert.equal(await callbackUrl('gw'), `http://192.168.1.10:1880/flows/smswire/${PATH}`);
    await flow.close();
    Flow.set({ httpNodeRoot: false });
    flow = await Flow.load(nodes, CREDENTIALS);
    assert.equal(await callbackUrl('gw'), undefined);
    assert.equal(flow.routes('/smswire'), 0);
    const { status } = await flow.inbox('status').at(0);
    assert.equal(status?.text, 'status.noHttp');
  });

  it('is a broken configuration where the public URL is no address', async () => {
    for (const publicUrl of ['192.168.1.10', 'ftp://host', 'http://me@host', 'http://host/?x=1']) {
      flow = await Flow.load(
        [silentGateway('ejoin', 'gw', { publicUrl }), helper],
        CREDENTIALS,
        (key) => `text ${key}`,
      );
      assert.equal(await (flow.node('gw') as GatewayNode).opened, undefined, publicUrl);
      assert.match(flow.log, /public-url/);
      if (publicUrl !== 'http://host/?x=1') await flow.close();
    }
  });
});

describe('simulated gateways', () => {
  const LOGIN_OF_BOTH = { username: 'webhooked' };
  const credentials = { one: LOGIN_OF_BOTH, two: { ...LOGIN_OF_BOTH }, other: { username: 'other' } };

  afterEach(async () => {
    await flow.close();
  });

  it('push without a webhook, and to the outputs of webhook nodes on their account', async () => {
    const nodes = [
      ...[simulated('goip', 'one'), simulated('goip', 'two'), simulated('goip', 'other'), ...sendTo('one')],
      ...webhookOn('two', { allow: '203.0.113.1' }),
      ...hook('elsewhere', 'other', { wires: [[], ['never']] }),
      { id: 'never', type: 'helper' },
    ];
    flow = await Flow.load(nodes, credentials);
    flow.input('send', { payload: 'hello', to: '13800000001' });
    const accepted = await flow.inbox('accepted').at(0);
    const push = await flow.inbox('push').at(0);
    const sms = smsOf(push);
    assert.deepEqual([sms.gatewayId, sms.vendor, sms.type], ['two', 'goip', 'report']);
    assert.match(JSON.stringify(push.payload), new RegExp(accepted.sms.recipients[0]?.id ?? 'no id'));
    assert.equal(flow.inbox('never').messages.length, 0);
    const said = flow.inbox('status').messages.map(({ status }) => status?.text ?? '');
    assert.ok(
      said.some((text) => text.includes('noPath') && text.includes('simulated')),
      said.join(),
    );
  });

  it('share one URL for one account, through redeploys, until the last is gone', async () => {
    flow = await Flow.load(
      [simulated('goip', 'one'), simulated('goip', 'two'), simulated('goip', 'other'), helper],
      credentials,
    );
    const url = (await callbackUrl('one')) ?? assert.fail();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
    assert.equal(await callbackUrl('two'), url);
    const other = (await callbackUrl('other')) ?? assert.fail();
    assert.notEqual(other, url);
    assert.equal((await call(url, { body: '[]' })).status, 200);
    assert.equal((await call(`${new URL(url).origin}/x`, { body: '[]' })).status, 404);
    await flow.deploy([simulated('goip', 'two'), helper], credentials);
    assert.equal(await callbackUrl('two'), url);
    assert.equal((await call(url, { body: '[]' })).status, 200);
    assert.equal((await call(other, { body: '[]' })).status, 404);
    await flow.deploy([helper], credentials);
    await sleep(100);
    await assert.rejects(call(url, { body: '[]' }));
  });
});
