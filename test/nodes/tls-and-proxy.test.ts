/** The ways to a vendor: TLS by the core's tls-config node, proxies by its proxy node or the environment. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATORS } from '../../nodes/simulators/registry';
import type { Simulator } from '../../nodes/simulators/simulator';
import { Flow, sendTo, simulated, type FlowNode, type Message } from '../support/flow';
import { TestProxy } from '../support/proxy';
import { CERTIFICATE, tlsInFrontOf, type TlsFront } from '../support/tls';
import { VENDOR_IDS } from '../support/vendor';

const NOWHERE = 'http://127.0.0.1:9';
const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;
const LOGIN = { username: 'proxy user', password: 'p@ss:wörd' };

const TRUSTING: FlowNode = {
  ...{ id: 'tls', type: 'tls-config', cert: '', key: '' },
  ca: CERTIFICATE,
  verifyservercert: true,
};
const proxyNode = (url: string, noproxy: unknown = []): FlowNode => ({ id: 'proxy', type: 'http proxy', url, noproxy });

let flow: Flow | undefined;
let vendorId: string;
let simulator: Simulator;
let front: TlsFront;
const saved = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of VARIABLES) {
    const value = variables[name];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

/** Sends through a gateway of these properties to the simulator, and gives what comes out. */
async function send(
  properties: Readonly<Record<string, unknown>>,
  others: readonly FlowNode[] = [],
  proxyLogin?: { username: string; password: string },
): Promise<{ output: string; message: Message }> {
  flow = await Flow.load(
    [
      ...others,
      { ...simulated(vendorId, 'gateway'), simulate: false, url: simulator.url, timeout: 2, ...properties },
      ...sendTo('gateway', { ttl: 0.3 }),
    ],
    { gateway: { ...simulator.account }, ...(proxyLogin ? { proxy: proxyLogin } : {}) },
    // Every text is there, and says which it is.
    (key) => `text ${key.replace(/^.*:/, '')}`,
  );
  flow.input('send', { to: '13800000001', payload: 'a way' });
  const end = Date.now() + 8000;
  while (Date.now() < end) {
    await sleep(5);
    for (const output of ['accepted', 'failed', 'doubt']) {
      const [message] = flow.inbox(output).messages;
      if (message) return { output, message };
    }
  }
  throw new Error('nothing came out');
}

const https = (): string => simulator.url.replace(/^http:\/\/127\.0\.0\.1:\d+/, `https://localhost:${front.port}`);

function assertAccepted({ output, message }: { output: string; message: Message }): void {
  assert.equal(output, 'accepted', JSON.stringify(message.sms.attempts));
  assert.deepEqual(
    simulator.accepted.map(({ to, text }) => [to, text]),
    [['13800000001', 'a way']],
  );
}

/** It failed for certain, with this code at each attempt, and the vendor was not asked. */
function assertNotSent({ output, message }: { output: string; message: Message }, code: string, kind: string): void {
  assert.equal(output, 'failed');
  for (const { error } of message.sms.attempts) {
    assert.equal(error?.code, code);
    assert.match(error.message, new RegExp(`^text errors\\.${code}\\.${kind}\\b`));
  }
  assert.ok(message.sms.attempts.length > 0);
  assert.equal(simulator.requests.length, 0);
}

async function start(vendor: string): Promise<void> {
  vendorId = vendor;
  simulator = await SIMULATORS[vendor]!();
  front = await tlsInFrontOf(Number(new URL(simulator.url).port));
}

async function stop(): Promise<void> {
  await flow?.close();
  flow = undefined;
  await front.close();
  await simulator.close();
}

before(() => {
  setEnvironment({});
});
after(() => {
  setEnvironment(saved);
});

for (const vendor of VENDOR_IDS) {
  describe(`TLS to ${vendor}`, () => {
    afterEach(stop);

    it('is accepted with the authority of the tls-config node', async () => {
      await start(vendor);
      assertAccepted(await send({ url: https(), tls: 'tls' }, [TRUSTING]));
    });

    it('is refused without it, and nothing is sent', async () => {
      await start(vendor);
      assertNotSent(await send({ url: https() }), 'network', 'tls');
    });
  });
}

describe('TLS', () => {
  afterEach(stop);

  it('goes without a check where the tls-config node says so', async () => {
    await start('sms57');
    const trusting = { ...TRUSTING, ca: '', verifyservercert: false };
    assertAccepted(await send({ url: https(), tls: 'tls' }, [trusting]));
  });

  it('needs the right name', async () => {
    await start('sms57');
    const named = { ...TRUSTING, servername: 'elsewhere.example' };
    assertNotSent(await send({ url: https(), tls: 'tls' }, [named]), 'network', 'tls');
  });

  it('is told from a plain server on the port', async () => {
    await start('sms57');
    const url = simulator.url.replace('http:', 'https:');
    assertNotSent(await send({ url, tls: 'tls' }, [TRUSTING]), 'network', 'tls');
  });
});

describe('a proxy', () => {
  let proxy: TestProxy;

  afterEach(async () => {
    setEnvironment({});
    await stop();
    await proxy.close();
  });

  it('carries plain HTTP as such, with its login', async () => {
    await start('sms57');
    proxy = await TestProxy.start(LOGIN);
    assertAccepted(await send({ proxy: 'proxy' }, [proxyNode(proxy.url)], LOGIN));
    assert.deepEqual(proxy.requests, [`POST ${simulator.url}`]);
  });

  it('refuses a wrong login for certain', async () => {
    await start('sms57');
    proxy = await TestProxy.start(LOGIN);
    const wrong = { ...LOGIN, password: 'wrong' };
    const result = await send({ proxy: 'proxy' }, [proxyNode(proxy.url)], wrong);
    assertNotSent(result, 'invalid-config', 'proxy-login');
  });

  it('carries HTTPS through a tunnel, and sees nothing of it', async () => {
    await start('sms57');
    proxy = await TestProxy.start(LOGIN);
    const others = [TRUSTING, proxyNode(proxy.url)];
    assertAccepted(await send({ url: https(), proxy: 'proxy', tls: 'tls' }, others, LOGIN));
    assert.deepEqual(proxy.requests, [`CONNECT localhost:${front.port}`]);
    assert.ok(proxy.passed.length > 0);
    assert.ok(!proxy.passed.includes('13800000001'));
  });

  it('does not weaken TLS', async () => {
    await start('sms57');
    proxy = await TestProxy.start();
    assertNotSent(await send({ url: https(), proxy: 'proxy' }, [proxyNode(proxy.url)]), 'network', 'tls');
    assert.ok(proxy.requests.length > 0);
  });

  it('refuses the tunnel for a wrong login, and nothing is sent', async () => {
    await start('sms57');
    proxy = await TestProxy.start(LOGIN);
    const result = await send({ url: https(), proxy: 'proxy', tls: 'tls' }, [TRUSTING, proxyNode(proxy.url)]);
    assertNotSent(result, 'invalid-config', 'proxy-login');
  });

  it('that is not there means that nothing was sent', async () => {
    await start('sms57');
    proxy = await TestProxy.start();
    assertNotSent(await send({ proxy: 'proxy' }, [proxyNode(NOWHERE)]), 'network', 'refused');
  });

  it('is left out for the hosts that its node lists', async () => {
    for (const noproxy of [['example.com', '127.0.0.1'], ['*'], 'example.com, 127.0.0.1']) {
      await start('sms57');
      proxy = await TestProxy.start();
      assertAccepted(await send({ proxy: 'proxy' }, [proxyNode(proxy.url, noproxy)]));
      assert.deepEqual(proxy.requests, []);
      await stop();
      await proxy.close();
    }
    await start('sms57');
    proxy = await TestProxy.start();
    assertAccepted(await send({ proxy: 'proxy' }, [proxyNode(proxy.url, ['example.com'])]));
    assert.equal(proxy.requests.length, 1);
  });

  it('may come from the environment, with or without its scheme', async () => {
    for (const scheme of ['http://', '']) {
      for (const names of [
        ['http_proxy', 'https_proxy'],
        ['HTTP_PROXY', 'HTTPS_PROXY'],
      ] as const) {
        await start('sms57');
        proxy = await TestProxy.start();
        const address = proxy.url.replace('http://', scheme);
        setEnvironment({ [names[0]]: address, [names[1]]: address });
        assertAccepted(await send({}));
        await flow?.close();
        assertAcceptedTwice(await send({ url: https(), tls: 'tls' }, [TRUSTING]));
        assert.deepEqual(proxy.requests, [`POST ${simulator.url}`, `CONNECT localhost:${front.port}`]);
        await stop();
        await proxy.close();
      }
    }
    await start('sms57');
    proxy = await TestProxy.start();
  });

  it('of the environment is left out for the hosts of NO_PROXY, and where a node names another', async () => {
    await start('sms57');
    proxy = await TestProxy.start();
    setEnvironment({ HTTP_PROXY: NOWHERE, NO_PROXY: 'example.com,127.0.0.1' });
    assertAccepted(await send({}));
    await flow?.close();
    const result = await send({ proxy: 'proxy' }, [proxyNode(proxy.url)]);
    assertAcceptedTwice(result);
    assert.deepEqual(proxy.requests, [`POST ${simulator.url}`]);
  });

  it('of an environment that is no URL is an error of the configuration', async () => {
    await start('sms57');
    proxy = await TestProxy.start();
    setEnvironment({ HTTP_PROXY: 'ftp://proxy.example' });
    assertNotSent(await send({}), 'invalid-config', 'proxy-variable');
  });

  it('is as little asked by a simulated gateway as TLS is', async () => {
    await start('sms57');
    proxy = await TestProxy.start();
    setEnvironment({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url });
    const { output } = await send({ simulate: true, url: NOWHERE, proxy: 'proxy', tls: 'tls' }, [
      TRUSTING,
      proxyNode(proxy.url),
    ]);
    assert.equal(output, 'accepted');
    assert.deepEqual(proxy.requests, []);
    assert.equal(simulator.requests.length, 0);
  });
});

function assertAcceptedTwice({ output, message }: { output: string; message: Message }): void {
  assert.equal(output, 'accepted', JSON.stringify(message.sms.attempts));
  assert.equal(simulator.accepted.length, 2);
}
