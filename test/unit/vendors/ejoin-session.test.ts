/** The encrypted session of ejoin devices (3): every call in it, one at a time, and begun anew when it has to be. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import type { Account } from '../../../nodes/vendors/driver';
import { argsOf } from './ejoin-command';
import { brief } from './prepared';
import { request, type Json } from './ejoin-device';
import { SessionDevice, type Heard } from './ejoin-session-device';

let device: SessionDevice;

/** Takes every task, and answers every other call. */
function takeAll({ path, text }: Heard): Json {
  if (path === '/goip_get_status.html') return { type: 'dev-status', status: [{ port: '1.01', st: 3 }] };
  if (path === '/goip_get_sms.html') return { code: 0, ssrc: 'a', sms_num: 0, next_sms: 1, data: [] };
  if (path === '/goip_send_cmd.html') return { code: 0, reason: 'OK' };
  const tasks = (JSON.parse(text) as { tasks?: { tid: number }[] }).tasks ?? [];
  return { code: 200, reason: 'OK', status: tasks.map(({ tid }) => ({ tid, status: '0 OK' })) };
}

const run = (account: Account, command: string, ports = '', args: Json = {}) =>
  account.run!(command, { ports, args: argsOf(command, args) });
const send = async (account: Account, to = '13686876620') => brief((await account.send(request([to]))).results);

beforeEach(async () => {
  device = await SessionDevice.start();
  device.answer = takeAll;
});
afterEach(() => device.close());

describe('ejoin: a session', () => {
  for (const crypt of ['none', 'xor', 'rc4', 'aes-ecb']) {
    it(`carries every call with ${crypt}`, async () => {
      const account = device.open({ crypt });
      const text = 'é 你好 😀 & "x" '.repeat(9);
      const sent = await account.send({ ...request(['10086']), items: [{ text, to: ['10086'] }] });
      assert.deepEqual(brief(sent.results), ['5011']);
      assert.equal(await account.probe(), undefined);
      await account.sources![0]!.fetch({});
      await run(account, 'lock', '1A,2');
      await run(account, 'set', '', { params: { 'sim_imei(3)': '86&7' } });
      assert.deepEqual(
        device.heard.map(({ path, seq, session }) => [path, seq, session]),
        ['post_sms', 'get_status', 'get_sms', 'send_cmd', 'send_cmd'].map((name, index) => [
          ...[`/goip_${name}.html`, index + 1, 'S1'],
        ]),
      );
      const [first, status, , lock, set] = device.heard;
      assert.equal((JSON.parse(first!.text) as { tasks: { sms: string }[] }).tasks[0]!.sms, text);
      assert.equal(first!.body.includes('tasks'), crypt === 'none', 'encrypted');
      assert.equal(status!.body.length + set!.body.length, 0);
      assert.equal((JSON.parse(lock!.text) as Json).ports, '1A,2');
      assert.equal(set!.query.get('sim_imei(3)'), '86&7');
      assert.deepEqual([...set!.query.keys()], ['version', 'session', 'seq', 'auth', 'expires', 'op', 'sim_imei(3)']);
      const [greeting, ...others] = device.handshakes;
      assert.deepEqual([...greeting!.keys()], ['username', 'cnonce', 'expires', 'auth', 'crypt']);
      assert.deepEqual([greeting!.get('crypt'), greeting!.get('expires'), others.length], [crypt, '180', 0]);
      const secret = encodeURIComponent(device.password);
      for (const url of device.urls) assert.ok(!url.includes(secret) && !url.includes('password'), url);
      for (const url of device.urls.slice(1)) assert.ok(!url.includes('username'), url);
      assert.deepEqual(device.refused, []);
    });
  }

  it('does without one where it is off', async () => {
    const account = device.open({ crypt: 'off' });
    await account.probe();
    assert.deepEqual([device.handshakes.length, device.refused], [0, ['login in the URL']]);
  });

  it('uses every number once and in order, however many calls come at once', async () => {
    const account = device.open({ crypt: 'rc4' });
    const calls = Array.from({ length: 100 }, (_, index): Promise<unknown> => {
      if (index % 4 === 0) return account.probe();
      if (index % 4 === 1) return run(account, 'lock', '1');
      return send(account);
    });
    await Promise.all(calls);
    assert.deepEqual(
      device.heard.map(({ seq }) => seq),
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    assert.deepEqual([device.mostAtOnce, device.handshakes.length, device.refused], [1, 1, []]);
    const tids = device.heard.flatMap(({ text }) => /"tid":(\d+)/.exec(text)?.[1] ?? []);
    assert.deepEqual([tids.length, new Set(tids).size], [50, 50]);
  });

  it('goes on with the calls behind one that fails', async () => {
    const account = device.open({ crypt: 'xor' });
    device.answer = (call) => (call.seq === 2 ? null : takeAll(call));
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => run(account, 'save')));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    assert.deepEqual(
      device.heard.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
  });
});

describe('ejoin: the order of the digest', () => {
  for (const order of ['url-seq', 'seq-url'] as const) {
    it(`is found out where the device wants ${order}`, async () => {
      device.order = order;
      const account = device.open({ crypt: 'aes-ecb' });
      for (let each = 0; each < 3; each += 1) assert.deepEqual(await send(account), [String(5011 + each)]);
      device.restart();
      assert.deepEqual(await send(account), ['5014']);
      const wrong = order === 'seq-url' ? ['auth'] : [];
      assert.deepEqual(device.refused, [...wrong, 'unknown session']);
      assert.equal(device.heard.length, 4, 'each SMS once');
    });

    it(`is ${order} from the start where that is chosen`, async () => {
      device.order = order;
      assert.deepEqual(await send(device.open({ crypt: 'rc4', authOrder: order })), ['5011']);
      assert.deepEqual([device.refused, device.handshakes.length], [[], 1]);
    });
  }

  it('is not changed where it was chosen', async () => {
    device.order = 'seq-url';
    assert.deepEqual(await send(device.open({ crypt: 'rc4', authOrder: 'url-seq' })), ['rejected permission-denied']);
    assert.deepEqual([device.refused, device.heard.length], [['auth'], 0]);
  });

  it('stays as it was where the device refuses both', async () => {
    const account = device.open({ crypt: 'rc4' });
    await send(account);
    device.answer = () => device.refusal;
    assert.deepEqual(await send(account), ['rejected permission-denied']);
    assert.equal(device.heard.length, 3, 'in the old session and a new one; then the other order');
    assert.deepEqual(device.refused, ['auth']);
    device.answer = takeAll;
    device.refused.length = 0;
    assert.deepEqual(await send(account), ['5013']);
    assert.deepEqual(device.refused, []);
  });
});

describe('ejoin: the end of a session', () => {
  it('is put off by every call', async () => {
    const account = device.open({ crypt: 'none' });
    for (let each = 0; each < 5; each += 1) {
      await account.probe();
      device.clock += 170_000;
    }
    assert.deepEqual([device.handshakes.length, device.refused], [1, []]);
    assert.equal(device.heard.at(-1)!.query.get('expires'), '180');
  });

  it('is known before the device says so, whatever it granted', async () => {
    for (const [longest, pause] of [
      [180, 180],
      [60, 58],
      [4, 3],
    ] as const) {
      Object.assign(device, { longest });
      device.handshakes.length = 0;
      const account = device.open({ crypt: 'none' });
      for (let each = 0; each < 3; each += 1) {
        assert.equal(await account.probe(), undefined);
        device.clock += pause * 1000;
      }
      assert.deepEqual([device.handshakes.length, device.refused], [3, []]);
    }
  });

  const REFUSALS: readonly (Json | number)[] = [
    401,
    403,
    { code: 1, reason: 'Invalid User' },
    { code: '14 Unauthorized' },
    { code: 3, desc: 'whatever' },
    { code: 99, reason: 'Session expired' },
    { code: 99, reason: 'Invalid seq' },
    { code: -1, reason: 'bad auth' },
  ];
  for (const refusal of REFUSALS) {
    it(`is taken from ${JSON.stringify(refusal)}; the call goes once more, in a new session`, async () => {
      const account = device.open({ crypt: 'aes-ecb' });
      await send(account);
      device.restart();
      device.refusal = refusal;
      assert.deepEqual(await send(account), ['5012']);
      assert.deepEqual(
        device.heard.map(({ session, seq }) => [session, seq]),
        [
          ['S1', 1],
          ['S2', 1],
        ],
      );
      assert.deepEqual(device.refused, ['unknown session']);
    });
  }

  const NO_REFUSALS: readonly [Json | number | string | null, string][] = [
    [500, 'in-doubt no-answer'],
    [503, 'in-doubt no-answer'],
    [null, 'in-doubt no-answer'],
    ['<html>session expired</html>', 'in-doubt unreadable-answer'],
    [{ code: 6, reason: 'session expired' }, 'in-doubt no-answer'],
    [{ code: 500, desc: 'session expired' }, 'in-doubt vendor-error'],
    [{ code: 1, status: [{ tid: 5012, status: '0 OK' }] }, '5012'],
    [{ code: 200, desc: 'session expired' }, 'in-doubt unreadable-answer'],
    [{ code: 2, reason: 'Invalid Port' }, 'rejected line-unavailable'],
    [404, 'rejected invalid-config'],
  ];
  for (const [answer, outcome] of NO_REFUSALS) {
    it(`is not taken from ${JSON.stringify(answer)}: that call is never repeated`, async () => {
      const account = device.open({ crypt: 'rc4' });
      await send(account);
      device.answer = () => answer;
      const result = await send(account).catch((error: unknown) => {
        assert.ok(error instanceof SmsError);
        return [`in-doubt ${error.code}`];
      });
      assert.deepEqual(result, [outcome]);
      assert.deepEqual([device.heard.length, device.handshakes.length, device.refused], [2, 1, []]);
      device.answer = takeAll;
      assert.deepEqual(await send(account), ['5013']);
      assert.deepEqual([device.heard.at(-1)!.seq, device.handshakes.length], [3, 1]);
    });
  }

  it('never makes a send go twice that got no answer in time', async () => {
    const account = device.open({ crypt: 'rc4' }, 300);
    await send(account);
    device.answer = () => null;
    device.restart();
    await assert.rejects(send(account), (error) => error instanceof SmsError && error.code === 'no-answer');
    assert.equal(device.heard.length, 2);
  });
});
