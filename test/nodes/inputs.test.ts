/** What a send node reads from its configuration and from messages. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, acceptedBy, simulated, type FlowNode, type Message } from '../support/flow';

const GATEWAY = 'inputs';

function send(id: string, properties: Record<string, unknown> = {}): FlowNode {
  return { id, type: 'smswire-send', gateway: GATEWAY, wires: [['accepted'], ['failed'], ['doubt']], ...properties };
}

describe('inputs of smswire-send', () => {
  let flow: Flow;
  let login = 0;

  before(async () => {
    process.env.SMSWIRE_TEST_TO = '13800000077';
    process.env.SMSWIRE_TEST_RATE = '500';
    const bases = [
      simulated('mobset', GATEWAY, { rate: '${SMSWIRE_TEST_RATE}', options: { longSms: 'true' } }),
      simulated('mobset', 'unresolved', { url: '${SMSWIRE_TEST_NOT_SET}' }),
      simulated('ejoin', 'device', { options: { ports: '1,2' } }),
      simulated('mobset', 'vendor-schedule', { options: { vendorSchedule: true } }),
    ];
    flow = await Flow.load(
      [
        ...bases,
        send('blank'),
        send('static', { to: ' 13800000001，(138) 0000-0002;\n13800000001', toType: 'str', text: 'Hello' }),
        send('template', { text: '{{payload.name}} <{{payload.n}}> {{{topic}}}', textType: 'str' }),
        send('msg', { to: 'who.to', toType: 'msg', text: 'who.text', textType: 'msg' }),
        send('flow', { to: 'people', toType: 'flow', text: 'words', textType: 'global' }),
        send('env', { to: 'SMSWIRE_TEST_TO', toType: 'env' }),
        send('jsonata', {
          to: '"138" & $string(payload)',
          toType: 'jsonata',
          text: '$uppercase(topic)',
          textType: 'jsonata',
        }),
        send('at', { at: 'when', atType: 'msg' }),
        send('short', { ttl: 1 }),
        send('unresolved-send', { gateway: 'unresolved' }),
        send('no-gateway', { gateway: '' }),
        send('gone-gateway', { gateway: 'gone', to: '13800000001, 13800000002', text: 'Tank {{payload}}' }),
        send('bad-ttl', { ttl: 'soon', to: '13800000001, 13800000002', text: 'Tank {{payload}}' }),
        send('device-send', { gateway: 'device' }),
        send('scheduled', { gateway: 'vendor-schedule', at: 'when', atType: 'msg' }),
        send('loop', { to: '13800000050', text: 'loop {{payload}}' }),
        ...['accepted', 'failed', 'doubt'].map((id) => ({ id, type: 'helper' })),
      ],
      {
        [GATEWAY]: { username: `inputs${++login}` },
        device: { username: 'inputs' },
        'vendor-schedule': { username: 'vs' },
      },
    );
  });
  after(() => flow.close());

  /** What comes out of one of the three outputs for one input. */
  async function outcome(id: string, message: Record<string, unknown>): Promise<{ output: string; message: Message }> {
    const outputs = ['accepted', 'failed', 'doubt'];
    const seen = outputs.map((output) => flow.inbox(output).messages.length);
    flow.input(id, message);
    for (let tries = 0; tries < 400; tries++) {
      const index = outputs.findIndex((output, at) => flow.inbox(output).messages.length > (seen[at] ?? 0));
      const output = outputs[index];
      if (output !== undefined) return { output, message: await flow.inbox(output).at(seen[index] ?? 0) };
      await sleep(10);
    }
    throw new Error('nothing came out');
  }

  async function accepted(id: string, message: Record<string, unknown>): Promise<Message> {
    const { output, message: result } = await outcome(id, message);
    assert.equal(output, 'accepted', JSON.stringify(result.sms.error));
    return result;
  }

  async function refused(id: string, message: Record<string, unknown>): Promise<NonNullable<Message['sms']['error']>> {
    const { output, message: result } = await outcome(id, message);
    assert.equal(output, 'failed');
    assert.ok(result.sms.error);
    assert.equal(result.sms.state, 'rejected');
    return result.sms.error;
  }

  it('takes recipients in every form, without doubles', async () => {
    const forms: [unknown, string[]][] = [
      ['13800000001', ['13800000001']],
      [13800000001, ['13800000001']],
      [
        '13800000001,13800000002;13800000003，13800000004；13800000005\r\n13800000006',
        [1, 2, 3, 4, 5, 6].map((n) => `1380000000${n}`),
      ],
      [
        ['13800000001', 13800000002, '13800000001, +86 138-0000-0002'],
        ['13800000001', '13800000002'],
      ],
      ['(138) 0000.0001', ['(138) 0000.0001']],
    ];
    for (const [to, expected] of forms) assert.deepEqual((await accepted('blank', { payload: 'x', to })).to, expected);
  });

  it('takes a topic of nothing but numbers where msg.to is absent', async () => {
    assert.deepEqual((await accepted('blank', { payload: 'x', topic: '13800000001, 13800000002' })).to, [
      '13800000001',
      '13800000002',
    ]);
    assert.equal((await refused('blank', { payload: 'x', topic: 'pump 7' })).code, 'invalid-message');
    assert.equal((await refused('blank', { payload: 'x' })).code, 'invalid-message');
    assert.equal((await refused('blank', { payload: 'x', to: [], topic: '13800000001' })).code, 'invalid-message');
  });

  it('takes texts of every simple type, and refuses the others', async () => {
    const to = '13800000001';
    const forms: [unknown, string][] = [
      ['x', 'x'],
      [7, '7'],
      [false, 'false'],
      [Buffer.from('水'), '水'],
      ['{{topic}}', '{{topic}}'],
    ];
    for (const [payload, text] of forms)
      assert.equal((await accepted('blank', { payload, to, topic: 't' })).payload, text);
    for (const payload of [{ a: 1 }, '', undefined, null, Buffer.from([0xff]), 'half \ud83d', []]) {
      assert.equal((await refused('blank', { payload, to })).code, 'invalid-message', JSON.stringify(payload));
    }
  });

  it('evaluates its fields by their type', async () => {
    assert.deepEqual((await accepted('static', { payload: 'p', to: '1' })).to, ['13800000001', '(138) 0000-0002']);
    assert.equal(
      (await accepted('template', { payload: { name: "O'Neil & <Söhne>", n: 1 }, topic: '"t"', to: '13800000001' }))
        .payload,
      `O'Neil & <Söhne> <1> "t"`,
    );
    const fromMsg = await accepted('msg', { who: { to: '13800000003', text: 'from msg' } });
    assert.deepEqual([fromMsg.to, fromMsg.payload], [['13800000003'], 'from msg']);
    const node = flow.node('flow');
    node.context().flow.set('people', ['13800000004']);
    node.context().global.set('words', 'from global');
    const fromContext = await accepted('flow', { payload: 'p' });
    assert.deepEqual([fromContext.to, fromContext.payload], [['13800000004'], 'from global']);
    assert.deepEqual((await accepted('env', { payload: 'p' })).to, ['13800000077']);
    const fromJsonata = await accepted('jsonata', { payload: 10000001, topic: 'up' });
    assert.deepEqual([fromJsonata.to, fromJsonata.payload], [['13810000001'], 'UP']);
  });

  it('never falls back where a filled field yields nothing, and names the field', async () => {
    const { code } = await refused('msg', { to: '13800000001', payload: 'fallback' });
    assert.equal(code, 'invalid-message');
    assert.equal((await refused('msg', { who: { to: '13800000001' }, payload: 'fallback' })).code, 'invalid-message');
    assert.equal((await refused('jsonata', { payload: 'x' })).code, 'invalid-message');
  });

  it('sends a batch of different texts, and its failed output can be sent again', async () => {
    const payload = [
      { to: '13800000001', text: 'one' },
      { to: ['13800000002', '19900000011'], text: 'two' },
      { to: 13800000003, text: '三' },
    ];
    const first = await outcome('blank', { payload, to: '13899999999' });
    assert.equal(first.output, 'accepted');
    assert.deepEqual(first.message.payload, [
      { to: ['13800000001'], text: 'one' },
      { to: ['13800000002'], text: 'two' },
      { to: ['13800000003'], text: '三' },
    ]);
    assert.deepEqual(
      first.message.sms.recipients.map(({ item }) => item),
      [0, 1, 2],
    );
    assert.deepEqual(
      (first.message.sms.segments as { encoding: string }[]).map(({ encoding }) => encoding),
      ['GSM-7', 'GSM-7', 'UCS-2'],
    );
    const failed = flow.inbox('failed').messages.at(-1);
    assert.deepEqual(failed?.payload, [{ to: ['19900000011'], text: 'two' }]);
    const again = await outcome('blank', failed);
    assert.deepEqual([again.output, again.message.payload], ['failed', [{ to: ['19900000011'], text: 'two' }]]);
    assert.equal(again.message.sms.attempts.length, failed.sms.attempts.length + 1);
    for (const bad of [[7], [{ to: '13800000001' }], [{ text: 'x' }], [{ to: '13800000001', text: { a: 1 } }], ['a']]) {
      assert.equal((await refused('blank', { payload: bad })).code, 'invalid-message');
    }
  });

  it('refuses what is no number for that recipient alone, before any request', async () => {
    const { message } = await outcome('blank', {
      payload: 'x',
      to: ['12', '1234567890123456789012', 'abc', '13800000001'],
    });
    assert.deepEqual(message.to, ['13800000001']);
    assert.deepEqual(
      flow
        .inbox('failed')
        .messages.at(-1)
        ?.sms.recipients.map(({ to, error }) => [to, error?.code]),
      ['12', '1234567890123456789012', 'abc'].map((to) => [to, 'invalid-recipient']),
    );
  });

  it('sends under an idempotency key once, and again what failed for certain', async () => {
    const sms = { once: 'alarm 7' };
    const first = await accepted('blank', { payload: 'x', to: ['13800000021'], sms });
    const second = await accepted('blank', { payload: 'x', to: ['+86 13800000021', '13800000022'], sms });
    assert.equal(second.sms.recipients[0]?.id, first.sms.recipients[0]?.id);
    const sent = (await acceptedBy('mobset')).filter(({ to }) => to.endsWith('13800000021'));
    assert.equal(sent.length, 1);
    assert.equal((await refused('blank', { payload: 'other', to: '13800000021', sms })).code, 'invalid-message');
    assert.equal((await outcome('blank', { payload: 'y', to: '19900000011', sms: { once: 'k2' } })).output, 'failed');
    const before = flow.inbox('failed').messages.at(-1);
    assert.equal(before?.sms.once, 'k2');
    const { message } = await outcome('blank', { payload: 'y', to: '19900000011', sms: { once: 'k2' } });
    assert.notEqual(message.sms.attempts[0]?.at, before.sms.attempts[0]?.at);
  });

  it('checks priority, ref and options, and names what is wrong', async () => {
    const to = '13800000001';
    for (const sms of [
      { priority: 128 },
      { priority: 'high' },
      { ref: 'x'.repeat(5000) },
      { options: 'line' },
      { options: { colour: 'red' } },
      { options: { addNum: 'abc' } },
      { resolve: 'maybe', key: 'k' },
      { resolve: 'accepted' },
      { once: {} },
    ]) {
      assert.equal((await refused('blank', { payload: 'x', to, sms })).code, 'invalid-message', JSON.stringify(sms));
    }
    const result = await accepted('blank', {
      payload: 'x',
      to,
      sms: { priority: '5', ref: { a: [1] }, options: { line: 'G101', addNum: '12' } },
    });
    assert.deepEqual([result.sms.priority, result.sms.ref], [5, { a: [1] }]);
    assert.equal(
      (await refused('blank', { payload: 'x', to, sms: { resolve: 'accepted', key: 'unknown' } })).code,
      'not-found',
    );
  });

  it('hands per-message options to the vendor', async () => {
    const result = await accepted('device-send', {
      payload: 'x',
      to: '13800000001',
      sms: { options: { from: '2', tmo: '20' } },
    });
    assert.equal(result.sms.state, 'accepted');
    const { code } = await refused('device-send', {
      payload: 'x',
      to: '13800000001',
      sms: { options: { from: '1,2' } },
    });
    assert.equal(code, 'invalid-message');
    const mms = { smstype: 1, smstitle: 't', attachments: [{ type: 'txt', content: Buffer.from('hi') }] };
    assert.equal(
      (await accepted('device-send', { payload: '', to: '13800000001', sms: { options: mms } })).payload,
      '',
    );
  });

  it('holds a message until its time', async () => {
    const start = Date.now();
    const result = await accepted('at', { payload: 'x', to: '13800000031', when: new Date(start + 400) });
    assert.ok(Date.now() - start >= 390);
    assert.equal(result.sms.state, 'accepted');
    await accepted('at', { payload: 'x', to: '13800000031', when: '2020-01-01 00:00' });
    await accepted('at', { payload: 'x', to: '13800000031', when: start });
    assert.equal((await refused('at', { payload: 'x', to: '13800000031', when: 'tomorrow' })).code, 'invalid-message');
    assert.equal((await refused('at', { payload: 'x', to: '13800000031' })).code, 'invalid-message');
  });

  it('leaves the waiting to the vendor where the gateway says so', async () => {
    const result = await accepted('scheduled', { payload: 'x', to: '13800000032', when: Date.now() + 3_600_000 });
    assert.equal(result.sms.state, 'scheduled');
    assert.match(result.sms.recipients[0]?.id ?? '', /^\d+$/);
  });

  it('names a variable without a value and asks no vendor', async () => {
    const { code } = await refused('unresolved-send', { payload: 'x', to: '13800000001' });
    assert.equal(code, 'invalid-config');
    assert.equal((await refused('no-gateway', { payload: 'x', to: '13800000001' })).code, 'invalid-config');
  });

  it('gives what its own configuration stops to the failed output as it was to be sent, so that another node can', async () => {
    for (const id of ['gone-gateway', 'bad-ttl']) {
      const { output, message } = await outcome(id, { payload: 7, topic: '13899999999' });
      const { code } = message.sms.error ?? {};
      assert.deepEqual([output, code, message.payload], ['failed', 'invalid-config', 'Tank 7']);
      assert.deepEqual(message.to, ['13800000001', '13800000002']);
      const again = await accepted('blank', message);
      assert.deepEqual([again.to, again.payload], [message.to, 'Tank 7']);
    }
  });

  it('sends what comes back to it only to those that the message names', async () => {
    const first = await accepted('loop', { payload: 1 });
    assert.deepEqual([first.to, first.payload], [['13800000050'], 'loop 1']);
    const back = await accepted('loop', { ...first, to: ['13800000051'] });
    assert.deepEqual([back.to, back.payload], [['13800000051'], 'loop 1']);
    const other = await accepted('loop', { payload: 2, sms: { key: 'of another node' } });
    assert.deepEqual(other.to, ['13800000050']);
  });
});
