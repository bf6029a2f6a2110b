/** Sends in doubt that are settled at a device: whatever happened, nothing is taken twice, and nothing taken is lost. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { failure, SmsError } from '../../../nodes/core/failure';
import type { Attachment, OptionValues } from '../../../nodes/vendors/driver';
import { Desk } from './ejoin-desk';

const PLAIN = '13800000001';
const REFUSED = '19900000011';
const BROKEN = '19900000022';
const NEVER_TAKEN = '19900000026';
const LOST_ONCE = '19900000029';

let desk: Desk;

describe('ejoin: settling', () => {
  beforeEach(async () => {
    desk = await Desk.start();
  });
  afterEach(() => desk.close());

  const unanswered = {
    'never answered': '19900000021',
    'whose connection broke': BROKEN,
    'whose answer was cut short': '19900000023',
    'answered by an error': '19900000024',
    'answered too late': '19900000027',
  };
  for (const [name, number] of Object.entries(unanswered)) {
    it(`finds what was taken and ${name}`, async () => {
      const lost = await desk.lose(desk.to([number]));
      const { results, answer } = await desk.settle(lost);
      assert.deepEqual([results, answer.askAgain], [['accepted'], false]);
      assert.deepEqual(desk.taken, [number]);
    });
  }

  it('sends what had never arrived, once, however often it is asked', async () => {
    const lost = await desk.lose(desk.to([LOST_ONCE]));
    assert.deepEqual(desk.taken, []);
    for (let round = 0; round < 3; round++) assert.deepEqual((await desk.settle(lost)).results, ['accepted']);
    assert.deepEqual(desk.taken, [LOST_ONCE]);
  });

  it('is still in doubt where its own answer is lost, and settles it the next time', async () => {
    desk.before = ({ method }) => {
      if (method === 'POST') throw new SmsError(failure('no-answer'));
    };
    const lost = await desk.lose(desk.to([BROKEN]));
    desk.before = () => undefined;
    const first = await desk.settle(lost);
    assert.deepEqual([first.results, first.answer.askAgain], [['in-doubt no-answer'], true]);
    const second = await desk.settle(lost);
    assert.deepEqual([second.results, second.answer.askAgain], [['accepted'], false]);
    assert.deepEqual(desk.taken, [BROKEN]);
  });

  it('is in doubt for as long as no answer comes', async () => {
    const lost = await desk.lose(desk.to([NEVER_TAKEN]));
    for (let round = 0; round < 2; round++) {
      const { results, answer } = await desk.settle(lost);
      assert.deepEqual([results, answer.askAgain], [['in-doubt no-answer'], true]);
    }
    assert.deepEqual(desk.taken, []);
  });

  for (const number of [BROKEN, LOST_ONCE]) {
    it(`sends nothing after a restart, whether it was taken or not (${number})`, async () => {
      const lost = await desk.lose(desk.to([number]));
      const { taken } = desk;
      await desk.run('reboot');
      const { results, answer } = await desk.settle(lost);
      assert.deepEqual([results, answer.askAgain], [['in-doubt in-doubt'], false]);
      const [result] = answer.results;
      assert.ok(result && 'failure' in result);
      assert.equal(result.failure.detail, 'ejoin-restarted');
      assert.deepEqual([desk.taken, desk.sends.length], [taken, 1]);
    });
  }

  it('sends nothing where nobody knows which run it was', async () => {
    const { request } = await desk.lose(desk.to([BROKEN, PLAIN]));
    const { results, answer } = await desk.settle({ request });
    assert.deepEqual([results, answer.askAgain], [['in-doubt in-doubt', 'in-doubt in-doubt'], false]);
    assert.deepEqual([desk.taken, desk.sends.length], [[BROKEN, PLAIN], 1]);
  });

  it('sends nothing where the device cannot be reached or does not let anybody in', async () => {
    const lost = await desk.lose(desk.to([BROKEN]));
    desk.before = () => {
      throw new SmsError(failure('network', 'refused'));
    };
    const { results, answer } = await desk.settle(lost);
    assert.deepEqual([results, answer.askAgain], [['in-doubt network'], true]);
    desk.before = () => undefined;
    desk.device.addAccount({ ...desk.device.account, password: 'another' });
    const refused = await desk.settle(lost);
    assert.deepEqual([refused.results, refused.answer.askAgain], [['in-doubt unreadable-answer'], true]);
    assert.equal(desk.sends.length, 1);
  });

  it('keeps the recipients of a batch apart', async () => {
    const lost = await desk.lose(desk.to([PLAIN, REFUSED, BROKEN]));
    assert.deepEqual((await desk.settle(lost)).results, ['accepted', 'rejected invalid-recipient', 'accepted']);
    assert.deepEqual(desk.taken, [PLAIN, BROKEN]);
  });

  it('sends the rest of a batch that was taken in part, once the device takes it', async () => {
    await desk.run('set', { params: { simulate_queue: 2 } });
    const lost = await desk.lose(desk.to([BROKEN, PLAIN, '13800000002', '13800000003']));
    await desk.run('set', { params: { simulate_queue: 1 } });
    const first = await desk.settle(lost);
    assert.deepEqual(first.results, ['accepted', 'accepted', 'accepted', 'in-doubt vendor-busy']);
    assert.equal(first.answer.askAgain, true);
    const { items, ids, ...rest } = lost.request;
    const left = { items: [{ text: items[0]!.text, to: items[0]!.to.slice(3) }], ids: ids.slice(3) };
    const second = await desk.settle({ ...lost, request: { ...rest, ...left } });
    assert.deepEqual([second.results, second.answer.askAgain], [['accepted'], false]);
    assert.deepEqual(desk.taken, [BROKEN, PLAIN, '13800000002', '13800000003']);
  });

  const files: readonly Attachment[] = [{ type: 'txt', content: Buffer.from('hello') }];
  const sends: Record<string, [to: string[], options: OptionValues, copies: number]> = {
    'the ports of the gateway, in turn': [[PLAIN, '13800000002', BROKEN], { ports: '1,2,4' }, 3],
    'a copy from each port': [[BROKEN], { from: '1,2', perPort: true }, 2],
    'an interval inside one task': [[PLAIN, BROKEN], { intvl: '5-10', ports: '1,2' }, 2],
    'an MMS': [[BROKEN], { smstype: 1, smstitle: 'T', attachments: files }, 1],
    'every other parameter': [[BROKEN], { chs: 'base64', coding: 1, tmo: 45, sdr: 1, dr: 1, reportCount: 3 }, 1],
  };
  for (const [name, [to, options, copies]] of Object.entries(sends)) {
    it(`asks with the very request that was sent: ${name}`, async () => {
      const numbered = desk.to(to, options);
      const ids = options.intvl === undefined ? numbered.ids : numbered.ids.map(() => numbered.ids[0]!);
      const lost = await desk.lose({ ...numbered, ids, callbackUrl: 'http://127.0.0.1:9/x', wantReports: true });
      const { results } = await desk.settle(lost);
      assert.deepEqual(
        results,
        to.map(() => 'accepted'),
      );
      assert.equal(desk.taken.length, copies);
      const [first, second, ...others] = desk.sends;
      assert.ok(first !== undefined && first === second && others.length === 0);
    });
  }
});

describe('ejoin: settling in a session', () => {
  afterEach(() => desk.close());

  for (const crypt of ['none', 'xor', 'rc4', 'aes-ecb']) {
    it(`finds what was taken and sends what was not, with ${crypt}`, async () => {
      desk = await Desk.start({ crypt });
      const taken = await desk.lose(desk.to([BROKEN]));
      const untaken = await desk.lose(desk.to([LOST_ONCE]));
      for (const lost of [taken, untaken, taken]) assert.deepEqual((await desk.settle(lost)).results, ['accepted']);
      assert.deepEqual(desk.taken, [BROKEN, LOST_ONCE]);
      await desk.run('reboot');
      for (const lost of [taken, untaken])
        assert.deepEqual((await desk.settle(lost)).results, ['in-doubt in-doubt'], 'after a restart');
      assert.equal(desk.taken.length, 2);
    });
  }

  it('sends nothing where the device starts again between the question and the send', async () => {
    desk = await Desk.start({ crypt: 'rc4' });
    const lost = await desk.lose(desk.to([BROKEN]));
    const account = desk.open();
    desk.before = async ({ method }) => {
      if (method !== 'POST') return;
      desk.before = () => undefined;
      await desk.run('reboot');
    };
    const { results, answer } = await desk.settle(lost, account);
    assert.deepEqual([results, answer.askAgain], [['in-doubt permission-denied'], true]);
    const again = await desk.settle(lost, account);
    assert.deepEqual([again.results, again.answer.askAgain], [['in-doubt in-doubt'], false]);
    assert.deepEqual(desk.taken, [BROKEN]);
  });

  it('sends nothing where another call has opened a new session by then', async () => {
    desk = await Desk.start({ crypt: 'rc4' });
    const lost = await desk.lose(desk.to([BROKEN]));
    const account = desk.open();
    let poll: Promise<unknown> | undefined;
    desk.before = ({ url }) => {
      if (!url.includes('goip_get_sms') || poll) return;
      // It waits for its turn, which comes before that of the tasks.
      poll = account.probe();
      desk.before = async ({ url: next }) => {
        if (!next.includes('goip_get_status')) return;
        desk.before = () => undefined;
        await desk.run('reboot');
      };
    };
    const { results, answer } = await desk.settle(lost, account);
    await poll;
    assert.deepEqual([results, answer.askAgain], [['in-doubt network'], true]);
    assert.deepEqual(desk.taken, [BROKEN]);
  });
});
