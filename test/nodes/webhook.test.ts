/** The webhook node in a real Node-RED, called over real HTTP as vendors and devices call it, and as strangers do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, sendTo, unpushed, type FlowNode } from '../support/flow';
import { call, dawdle, hook, LOGIN, PATH, silentGateway, webhookOn } from '../support/webhook';

const REPORT = '{"taskID":"5689.13600000000","goip_line":"G101","send":"succeeded","receipt":"1"}';
const INBOUND =
  '{"goip_line":"G101","from_number":"13600000000","content":"\\u4f60\\u597d","recv_time":"2016-01-01 00:00:00"}';
const CREDENTIALS = { gw: LOGIN, hook: { path: PATH } };

let flow: Flow;

async function start(nodes: FlowNode[], credentials: Record<string, Record<string, string>> = CREDENTIALS) {
  flow = await Flow.load(nodes, credentials);
  return `${await flow.web()}/smswire/${PATH}`;
}

const goip = (properties: Record<string, unknown> = {}): FlowNode[] => [
  silentGateway('goip'),
  ...webhookOn('gw', properties),
];

/** The last status of a node, once it is this one. */
async function statusOf(node: string, text: RegExp): Promise<void> {
  for (let wait = 0; wait < 60; wait++) {
    const said = flow.inbox('status').messages as { status?: { text: string; source?: { id: string } } }[];
    const last = said.filter(({ status }) => status?.source?.id === node).at(-1)?.status?.text ?? '';
    if (text.test(last)) return;
    await sleep(50);
  }
  assert.fail(
    `no status ${String(text)} of ${node}: ${JSON.stringify(flow.inbox('status').messages.map(({ status }) => status))}`,
  );
}

describe('smswire-webhook', () => {
  afterEach(async () => {
    await flow.close();
  });

  describe('answers', () => {
    it('a push as the vendor wants it, by POST, at the path and below it, and whatever its content type', async () => {
      const url = await start(goip());
      for (const [address, headers] of [
        [url, { 'content-type': 'application/json' }],
        [`${url}/`, {}],
        [`${url}/report`, { 'content-type': 'text/html' }],
        [`${url}/a/b?x=1`, { 'content-type': 'application/x-www-form-urlencoded' }],
        [`${url}?line=G101`, { 'content-type': 'no such; type, at all' }],
      ] as const) {
        const answer = await call(address, { body: REPORT, headers });
        assert.deepEqual([answer.status, answer.text], [200, 'OK'], address);
        assert.match(answer.headers['content-type'] ?? '', /^text\/plain/);
      }
      await flow.inbox('push').at(4);
      const push = await flow.inbox('push').at(0);
      assert.deepEqual(push.payload, JSON.parse(REPORT));
      assert.deepEqual(push.sms, {
        gateway: 'Gateway gw',
        gatewayId: 'gw',
        vendor: 'goip',
        type: 'report',
        raw: REPORT,
      });
      assert.equal(flow.inbox('device').messages.length, 0);
    });

    it('a wrong path with 404, whatever else is wrong', async () => {
      const root = (await start(goip({ allow: '203.0.113.1' }))).slice(0, -PATH.length);
      const answers = await Promise.all(
        [
          '',
          'x',
          `${PATH}x`,
          PATH.slice(0, -1),
          PATH.toUpperCase(),
          `x/${PATH}`,
          '__proto__',
          'a'.repeat(5000),
        ].flatMap((path) =>
          (['GET', 'POST', 'PUT'] as const).map((method) =>
            call(root + path, { method, body: 'x'.repeat(method === 'POST' ? 2_000_000 : 10) }),
          ),
        ),
      );
      const { status, text, headers } = answers[0] ?? assert.fail();
      assert.equal(status, 404);
      for (const answer of answers) {
        assert.deepEqual([answer.status, answer.text], [status, text]);
        assert.deepEqual(Object.keys(answer.headers).sort(), Object.keys(headers).sort());
      }
      assert.equal(flow.inbox('caught').messages.length, 0);
    });

    it('other methods with 405, and a body in a content encoding with 415', async () => {
      const url = await start(goip());
      const put = await call(url, { method: 'PUT', body: REPORT });
      assert.deepEqual([put.status, put.headers.allow], [405, 'GET, POST']);
      for (const encoding of ['gzip', 'deflate', 'br']) {
        const { status } = await call(url, { body: REPORT, headers: { 'content-encoding': encoding } });
        assert.equal(status, 415);
      }
    });

    it('what makes no sense with 400, and an error that a Catch node receives once', async () => {
      const url = await start(goip());
      const { status } = await call(url, { body: 'no push {', headers: { 'content-type': 'text/plain' } });
      assert.equal(status, 400);
      const caught = await flow.inbox('caught').at(0);
      assert.deepEqual([caught.error?.code, caught.payload], ['unreadable-push', 'no push {']);
      assert.equal(caught.error?.source?.id, 'hook');
      await statusOf('hook', /unreadablePush/);
      assert.equal(flow.inbox('caught').messages.length, 1);
      assert.doesNotMatch(flow.log, /no push/);
      assert.equal(flow.inbox('push').messages.length, 0);
    });

    it('a push with some senseless records as taken, and hands those to a Catch node', async () => {
      const url = await start(goip());
      const { status } = await call(url, { body: `[${REPORT},{"what":1}]` });
      assert.equal(status, 200);
      const caught = await flow.inbox('caught').at(0);
      assert.deepEqual([caught.error?.code, caught.payload], ['unreadable-push', [{ what: 1 }]]);
      await flow.inbox('push').at(0);
    });

    it('more than 1 MiB with 413, said and unsaid, and just as much with what it is', async () => {
      const url = await start(goip());
      const most = 1024 * 1024;
      const padded = REPORT.padEnd(most, ' ');
      assert.equal((await call(url, { body: padded })).status, 200);
      assert.equal((await call(url, { body: `${padded} ` })).status, 413);
      const unsaid = { 'transfer-encoding': 'chunked' };
      assert.equal((await call(url, { body: `${padded} `, headers: unsaid })).status, 413);
    });

    it('a body that does not come with 408, and ends the connection', { timeout: 20_000 }, async () => {
      const url = await start(goip());
      const [slow, other] = await Promise.all([dawdle(url, 'abc'), call(url, { body: REPORT })]);
      assert.equal(other.status, 200);
      assert.match(slow.text, /^HTTP\/1\.1 408 /);
      assert.ok(slow.seconds > 9 && slow.seconds < 13, `${slow.seconds} s`);
    });

    it('with 503 and a time to come again where the gateway is broken or gone', async () => {
      const url = await start(
        [silentGateway('goip', 'gw', { url: '' }), ...webhookOn('gw'), ...hook('second', 'gone')],
        {
          ...CREDENTIALS,
          second: { path: 'another-secret-path' },
        },
      );
      for (const address of [url, url.replace(PATH, 'another-secret-path')]) {
        const { status, headers } = await call(address, { body: REPORT });
        assert.equal(status, 503);
        assert.match(headers['retry-after'] ?? '', /^\d+$/);
      }
      await statusOf('second', /noGateway|refusedPush/);
    });
  });

  describe('lets in', () => {
    const allowed = async (allow: string, forwarded?: string, trust?: unknown): Promise<boolean> => {
      const url = await start(goip({ allow }));
      if (trust !== undefined) flow.setHttp('trust proxy', trust);
      const { status } = await call(url, {
        body: REPORT,
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      });
      assert.ok(status === 200 || status === 403, String(status));
      return status === 200;
    };

    for (const [allow, expected] of [
      ['127.0.0.1', true],
      ['10.0.0.1; 127.0.0.0/8', true],
      ['::ffff:127.0.0.1', true],
      ['10.0.0.0/8，2001:db8::/32', false],
      ['::1', false],
      ['0.0.0.0/0', true],
    ] as const) {
      it(`${expected ? 'us' : 'not us'} where it allows ${allow}`, async () => {
        assert.equal(await allowed(allow), expected);
      });
    }

    it('whom a proxy tells of, only where Node-RED is told to trust it', async () => {
      assert.equal(await allowed('203.0.113.0/24', '203.0.113.7'), false);
      await flow.close();
      assert.equal(await allowed('203.0.113.0/24', '203.0.113.7', 'loopback'), true);
      await flow.close();
      assert.equal(await allowed('2001:db8::/32', '2001:db8::7', true), true);
      await flow.close();
      assert.equal(await allowed('127.0.0.1', 'whatever', true), false);
    });
  });

  describe('listens', () => {
    it('not with a broken allow list, a path of other characters, or none, and says so', async () => {
      for (const [properties, path, text] of [
        [{ allow: '10.0.0.0/33' }, PATH, /broken/],
        [{}, 'a/b', /broken/],
        [{}, '', /noPath/],
      ] as const) {
        const url = await start(goip(properties), { gw: LOGIN, hook: { path } });
        await statusOf('hook', text);
        assert.equal((await call(url, { body: REPORT })).status, 404);
        assert.equal(flow.routes('/smswire'), 0);
        await flow.close();
      }
      const url = await start(goip());
      await statusOf('hook', /listening/);
      assert.equal((await call(url, { body: REPORT })).status, 200);
    });

    it('with values of environment variables', async () => {
      process.env.SMSWIRE_TEST_PATH = PATH;
      process.env.SMSWIRE_TEST_ALLOW = '10.0.0.0/8';
      const url = await start(goip({ allow: '${SMSWIRE_TEST_ALLOW}' }), {
        gw: LOGIN,
        hook: { path: '${SMSWIRE_TEST_PATH}' },
      });
      assert.equal((await call(url, { body: REPORT })).status, 403);
    });

    it('at a path once: the second node is refused until the first is gone', async () => {
      const first = goip();
      const credentials = { ...CREDENTIALS, second: { path: PATH } };
      const url = await start(
        [...first, ...hook('second', 'gw', { wires: [[], ['two']] }), { id: 'two', type: 'helper' }],
        credentials,
      );
      await statusOf('second', /pathTaken/);
      await call(url, { body: REPORT });
      await flow.inbox('push').at(0);
      await flow.deploy(
        [
          ...first.filter(({ id }) => id !== 'hook'),
          ...hook('second', 'gw', { wires: [[], ['two']] }),
          { id: 'two', type: 'helper' },
        ],
        credentials,
      );
      await statusOf('second', /listening/);
      assert.equal((await call(url, { body: REPORT })).status, 200);
      await flow.inbox('two').at(0);
    });

    it('also while a deploy goes on, with what comes of it after that, once', async () => {
      const { gateway, credentials } = await unpushed('goip', 'pushed while deployed');
      const nodes = [gateway, ...webhookOn('gw'), ...sendTo('gw')];
      const all = { ...CREDENTIALS, ...credentials };
      const url = await start(nodes, all);
      // Whose answer the deploy waits for.
      flow.input('send', { payload: 'slow', to: '19900000027' });
      await sleep(200);
      const since = Date.now();
      const answers: Promise<number>[] = [];
      const pushing = setInterval(() => {
        const body = INBOUND.replace('13600000000', String(13_600_000_000 + answers.length));
        answers.push(call(url, { body }).then(({ status }) => status));
      }, 20);
      try {
        await flow.deploy(nodes, all);
      } finally {
        clearInterval(pushing);
      }
      assert.ok(Date.now() - since > 1000, 'the deploy took a while');
      assert.deepEqual(new Set(await Promise.all(answers)), new Set([200]));
      await flow.inbox('push').at(answers.length - 1);
      await sleep(200);
      const told = flow.inbox('push').messages.map(({ payload }) => (payload as { from_number: string }).from_number);
      assert.deepEqual(
        told.sort(),
        answers.map((_, index) => String(13_600_000_000 + index)),
      );
    });

    it('also to the end of a push that had begun before a deploy', async () => {
      const nodes = goip();
      const url = await start(nodes);
      const half = REPORT.length / 2;
      const outgoing = request(url, { method: 'POST', headers: { 'content-length': REPORT.length }, agent: false });
      const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
      outgoing.write(REPORT.slice(0, half));
      await sleep(100);
      await flow.deploy(nodes, CREDENTIALS);
      assert.equal((await call(url, { body: INBOUND })).status, 200, 'the new one listens');
      outgoing.end(REPORT.slice(half));
      const [response] = await answered;
      response.resume();
      assert.equal(response.statusCode, 200);
      await flow.inbox('push').at(1);
      const told = flow.inbox('push').messages.map(({ payload }) => payload);
      assert.deepEqual(told, [JSON.parse(INBOUND), JSON.parse(REPORT)]);
    });

    it('no longer at a path that a deploy changed', async () => {
      const nodes = goip();
      const url = await start(nodes);
      const path = 'another0path0of0it';
      await flow.deploy(nodes, { ...CREDENTIALS, hook: { path } });
      const other = url.replace(PATH, path);
      assert.equal((await call(other, { body: REPORT })).status, 200);
      assert.equal((await call(url, { body: REPORT })).status, 404);
    });

    it('without a trace after redeploys and when it is removed', async () => {
      const nodes = goip();
      const url = await start(nodes);
      const layers = (): number => flow.routes('/smswire');
      for (let round = 0; round < 3; round++) {
        assert.equal(layers(), 1);
        await call(url, { body: REPORT });
        await flow.inbox('push').at(round);
        await flow.deploy(nodes, CREDENTIALS);
      }
      await sleep(100);
      assert.equal(flow.inbox('push').messages.length, 3);
      const slow = dawdle(url, 'abc');
      await sleep(100);
      await flow.deploy(
        nodes.filter(({ id }) => id !== 'hook'),
        CREDENTIALS,
      );
      assert.equal(layers(), 0);
      assert.equal((await call(url, { body: REPORT })).status, 404);
      const { text, seconds } = await slow;
      assert.match(text, /^HTTP\/1\.1 503 /);
      assert.ok(seconds < 4);
    });
  });

  it('tells apart what is pushed to one URL', async () => {
    const url = await start(goip());
    await call(url, { body: INBOUND });
    const push = await flow.inbox('push').at(0);
    assert.deepEqual([push.payload, (push.sms as unknown as { type: string }).type], [JSON.parse(INBOUND), 'inbound']);
  });
});
