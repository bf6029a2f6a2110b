/** Messages with one text that wait for one vendor leave in one request, and each gets its own outcome. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import type { SendAnswer, SendRequest } from '../../../nodes/vendors/driver';
import { Bench, MINUTE, accept, byNumber, doubt, numbersOf, reject, type FakeVendor } from './bench';

const ANSWER_TIME = 100;

/** A vendor that takes one request at a time, with up to `most` recipients. */
function slow(bench: Bench, most = 100, answer = accept): FakeVendor {
  const vendor = bench.vendor('a');
  vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => most };
  vendor.answers = [(request) => bench.clock.sleep(ANSWER_TIME).then(() => answer(request))];
  bench.attach(vendor, { window: 1 });
  return vendor;
}

const number = (index: number): string => String(13_800_000_000 + index);
const requests = (vendor: FakeVendor): string[] => vendor.asked.map(({ to }) => to.join(' '));

describe('messages with one text', () => {
  it(
    'leave in as few requests as the vendor takes, each with its own outcome, attempt, answer and envelope',
    Bench.run(async (bench) => {
      const vendor = slow(bench, 200);
      const keys = Array.from({ length: 10_000 }, (_, index) => bench.order({ to: [number(index)] }));
      await bench.advance(MINUTE);
      // The first was under way when the others came.
      assert.equal(vendor.asked.length, 51);
      assert.equal(new Set(vendor.sent).size, 10_000);
      assert.equal(bench.outcomes.length, 10_000);
      for (const [index, key] of keys.entries()) {
        const { recipients, attempts, raw, envelope } = bench.outcome(key)!;
        assert.deepEqual(
          [recipients.length, recipients[0]?.id, raw, envelope],
          [1, `id-${number(index)}`, 'answer', key],
        );
        assert.deepEqual(
          attempts.map(({ to }) => to),
          [[number(index)]],
        );
        if (index === 200) break;
      }
    }),
  );

  it(
    'tell of the answer to a request that they share no more than what is about their own recipients',
    Bench.run(async (bench) => {
      const answer = (request: SendRequest): SendAnswer => ({
        ...accept(request),
        raw: numbersOf(request),
        rawFor: (places) => places.map((place) => numbersOf(request)[place]),
      });
      slow(bench, 100, answer);
      const alone = bench.order({ to: ['100', '101'] });
      const one = bench.order({ to: ['102', '103'] });
      const other = bench.order({ to: ['104'] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        [alone, one, other].map((key) => bench.outcome(key)?.raw),
        [['100', '101'], ['102', '103'], ['104']],
      );
    }),
  );

  it(
    'do not leave with another text, other options, another gateway or another priority, nor with a time for the vendor',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, schedules: () => true };
      vendor.options = [{ key: 'flash', type: 'boolean', scope: 'both' }] as unknown as FakeVendor['options'];
      vendor.answers = [(request) => bench.clock.sleep(ANSWER_TIME).then(() => accept(request))];
      bench.attach(vendor, { window: 1 });
      bench.attach(vendor, { id: 'b', window: 1 });
      bench.order({ to: ['100'] });
      bench.order({ to: ['101'] });
      bench.order({ to: ['102'], text: 'other' });
      bench.order({ to: ['103'], options: { flash: true } });
      bench.order({ to: ['104'], gateways: ['b'] });
      bench.order({ to: ['105'], priority: 1 });
      bench.order({ to: ['106'], at: bench.clock.now + MINUTE });
      bench.order({ to: ['107'], options: { flash: true } });
      bench.order({ to: ['108'] });
      await bench.advance(MINUTE);
      assert.deepEqual(requests(vendor).sort(), ['100', '101 108', '102', '103 107', '104', '105', '106']);
    }),
  );

  it(
    'leave by themselves where the vendor knows a text by an id of ours, or takes one recipient',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, clientIds: () => 'item' };
      vendor.answers = [(request) => bench.clock.sleep(ANSWER_TIME).then(() => accept(request))];
      bench.attach(vendor, { window: 1 });
      for (let index = 0; index < 5; index++) bench.order({ to: [number(index)] });
      await bench.advance(MINUTE);
      assert.equal(vendor.asked.length, 5);
    }),
  );

  it(
    'never have one number twice in a request, and are not searched for ever',
    Bench.run(async (bench) => {
      const vendor = slow(bench);
      bench.order({ to: ['299'] });
      for (let index = 0; index < 300; index++) bench.order({ to: ['201', String(1000 + index)].slice(index % 2) });
      await bench.advance(MINUTE * 10);
      for (const { to } of vendor.asked) assert.equal(new Set(to).size, to.length);
      assert.equal(vendor.sent.filter((to) => to === '201').length, 150);
      assert.equal(bench.outcomes.length, 301);
    }),
  );

  it(
    'get each what became of their own recipient',
    Bench.run(async (bench) => {
      const refusal = { state: 'rejected', failure: failure('recipient-refused') } as const;
      const vendor = slow(
        bench,
        100,
        byNumber({ 202: refusal, 203: { state: 'in-doubt', failure: failure('no-answer') } }),
      );
      bench.order({ to: ['200'] });
      const keys = ['201', '202', '203'].map((to) => bench.order({ to: [to] }));
      await bench.advance(MINUTE);
      assert.equal(vendor.asked.length, 2);
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['rejected recipient-refused'], ['in-doubt in-doubt']],
      );
    }),
  );

  it(
    'are all in doubt where the request is, and are not sent again',
    Bench.run(async (bench) => {
      const vendor = slow(bench, 100, doubt);
      bench.order({ to: ['200'] });
      const keys = ['201', '202', '203'].map((to) => bench.order({ to: [to] }));
      await bench.advance(MINUTE * 30);
      assert.deepEqual(requests(vendor), ['200', '201 202 203']);
      for (const key of keys) assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
    }),
  );

  it(
    'expire, are cancelled and wait for the account each by itself',
    Bench.run(async (bench) => {
      const vendor = slow(bench);
      bench.order({ to: ['200'] });
      const [late, cancelled, sent] = [
        bench.order({ to: ['201'], ttl: ANSWER_TIME / 2 }),
        bench.order({ to: ['202'] }),
        bench.order({ to: ['203'] }),
      ];
      await bench.dispatcher.cancel('a', [cancelled]);
      await bench.advance(MINUTE);
      assert.deepEqual(requests(vendor), ['200', '203']);
      assert.deepEqual(
        [late, cancelled, sent].map((key) => bench.brief(key)?.[0]),
        ['expired expired', 'cancelled cancelled', 'accepted'],
      );
      vendor.answers = [reject('auth-failed')];
      for (const to of ['204', '205', '206']) bench.order({ to: [to], priority: 100 });
      await bench.advance(MINUTE);
      assert.equal(bench.outcomes.filter(({ recipients: [one] }) => one?.failure?.code === 'auth-failed').length, 3);
    }),
  );

  it(
    'go again in halves where the vendor refuses a whole request because of one recipient',
    Bench.run(async (bench) => {
      const BAD = number(42);
      const answer = (request: SendRequest): ReturnType<typeof accept> =>
        numbersOf(request).includes(BAD)
          ? { ...reject('invalid-recipient')(request), isRefused: true }
          : accept(request);
      const vendor = slow(bench, 100, answer);
      bench.order({ to: ['299'] });
      const keys = Array.from({ length: 64 }, (_, index) => bench.order({ to: [number(index)] }));
      await bench.advance(MINUTE);
      for (const [index, key] of keys.entries()) {
        assert.deepEqual(bench.brief(key), [index === 42 ? 'rejected invalid-recipient' : 'accepted']);
      }
      assert.ok(vendor.asked.length <= 2 + 2 * 6 + 1, `${vendor.asked.length} requests`);
      // The same within one message.
      vendor.asked.length = 0;
      const key = bench.order({ to: Array.from({ length: 64 }, (_, index) => number(index)) });
      await bench.advance(MINUTE);
      assert.equal(bench.brief(key)?.filter((each) => each === 'accepted').length, 63);
    }),
  );

  it(
    'cost nothing where there are very many texts',
    Bench.run(async (bench) => {
      const vendor = slow(bench, 100);
      const start = process.cpuUsage();
      for (let index = 0; index < 20_000; index++) bench.order({ to: [number(index)], text: `text ${index % 10_000}` });
      await bench.advance(ANSWER_TIME * 20_000);
      assert.equal(vendor.asked.length, 10_001);
      assert.ok(process.cpuUsage(start).user < 15_000_000);
    }),
  );
});
