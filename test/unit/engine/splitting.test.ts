import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure } from '../../../nodes/core/failure';
import type { Account, Capabilities, RecipientResult, SendAnswer } from '../../../nodes/vendors/driver';
import { Bench, HOUR, accept, byNumber, numbersOf, type FakeVendor } from './bench';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${13_800_000_000 + index}`);

function vendorOf(bench: Bench, capabilities: Partial<Capabilities>, checks: Partial<Account> = {}): FakeVendor {
  const vendor = bench.vendor('a');
  vendor.capabilities = { ...vendor.capabilities, ...capabilities };
  vendor.checks = checks;
  bench.dispatcher.attachGateway(vendor.gateway());
  return vendor;
}

/** The items of each request, text and numbers. */
const itemsOf = ({ asked }: FakeVendor) =>
  asked.map(({ request }) => request.items.map(({ text, to }) => `${text}: ${to.join(' ')}`));

describe('many recipients', () => {
  it(
    'are split at what the vendor takes in one request',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, { recipientsPerRequest: () => 50 });
      const key = bench.order({ to: numbers(120) });
      await bench.settle();
      assert.deepEqual(
        vendor.asked.map(({ to }) => to.length),
        [50, 50, 20],
      );
      assert.deepEqual(vendor.sent, numbers(120));
      assert.equal(bench.outcome(key)!.recipients.length, 120);
      assert.deepEqual(
        bench.outcome(key)!.attempts.map(({ to }) => to.length),
        [50, 50, 20],
      );
    }),
  );

  it(
    'keep their own results, ids and failures',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, { recipientsPerRequest: () => 3 });
      const results: Record<string, RecipientResult> = {
        '102': { state: 'rejected', failure: { ...failure('recipient-refused'), vendorCode: '12' } },
        '103': { state: 'in-doubt', failure: failure('unreadable-answer') },
        '104': { state: 'accepted', id: '0042', ids: ['0042', '0043'] },
        '105': { state: 'rejected', failure: { ...failure('recipient-refused'), vendorCode: '13' } },
      };
      vendor.answers = [byNumber(results)];
      const key = bench.order({ to: ['101', '102', '103', '104', '105'] });
      await bench.settle();
      const { recipients, attempts } = bench.outcome(key)!;
      assert.deepEqual(
        recipients.map(({ to, state, id, ids, failure: why }) => [to, state, id, ids, why?.vendorCode]),
        [
          ['101', 'accepted', 'id-101', undefined, undefined],
          ['102', 'rejected', undefined, undefined, '12'],
          ['103', 'in-doubt', undefined, undefined, undefined],
          ['104', 'accepted', '0042', ['0042', '0043'], undefined],
          ['105', 'rejected', undefined, undefined, '13'],
        ],
      );
      assert.deepEqual(
        attempts.map(({ to, state }) => [state, ...to]),
        [
          ['accepted', '101'],
          ['rejected', '102'],
          ['in-doubt', '103'],
          ['accepted', '104'],
          ['rejected', '105'],
        ],
      );
    }),
  );

  it(
    'go as they were written, cleaned for the vendor',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, {});
      const key = bench.order({ to: ['+86 (138) 0000-0001', '10086'] });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['+8613800000001', '10086']);
      assert.deepEqual(
        bench.outcome(key)!.recipients.map(({ to }) => to),
        ['+86 (138) 0000-0001', '10086'],
      );
    }),
  );

  it(
    'are 100,000 in one order without trouble, and 30,000 orders of one',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, { recipientsPerRequest: () => 1000 });
      vendor.answers = [(request) => bench.clock.sleep(10).then(() => accept(request))];
      const start = process.cpuUsage();
      const key = bench.order({ to: numbers(100_000) });
      await bench.advance(1000);
      assert.equal(bench.outcome(key)!.recipients.length, 100_000);
      assert.equal(vendor.asked.length, 100);
      for (const to of numbers(30_000)) bench.order({ to: [to] });
      await bench.advance(1000);
      assert.equal(bench.outcomes.length, 30_001);
      assert.ok(process.cpuUsage(start).user < 8_000_000);
    }),
  );

  it(
    'keep nothing waiting for more than one answer, however many come at once',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.answers = [(request) => bench.clock.sleep(10).then(() => accept(request))];
      bench.attach(vendor, { window: 8 });
      let turns = 0;
      const turnOf = new Map<string, number>();
      bench.dispatcher.attachNode('node', ({ key }) => turnOf.set(key, turns));
      const count = (): void => {
        turns++;
        if (turnOf.size < 8) setImmediate(count);
      };
      for (let index = 0; index < 8; index++) bench.order({ text: `text ${index}`, to: numbers(100) });
      setImmediate(count);
      await bench.advance(1000);
      assert.equal(vendor.asked.length, 8);
      assert.equal(new Set(turnOf.values()).size, 8);
    }),
  );

  it(
    'are refused together quickly, however many',
    Bench.run(async (bench) => {
      const refusal = failure('rate-limited');
      vendorOf(bench, {}, { checkMessage: () => refusal, checkRecipient: () => failure('no-route') });
      const start = process.cpuUsage();
      const key = bench.order({ to: numbers(100_000), ttl: HOUR });
      await bench.advance(HOUR);
      assert.equal(bench.outcome(key)!.recipients.length, 100_000);
      assert.ok(process.cpuUsage(start).user < 5_000_000);
    }),
  );
});

describe('a batch of different texts', () => {
  const items = [
    { text: 'one', to: ['101', '102'] },
    { text: 'two', to: ['101'] },
    { text: 'three', to: ['103', 'x'] },
  ];

  it(
    'is one request where the vendor has that, else one for each text',
    Bench.run(async (bench) => {
      const batch = vendorOf(bench, { batch: true });
      const single = bench.attached('b');
      const keys = [bench.order({ items }), bench.order({ items, gateways: ['b'] })];
      await bench.settle();
      assert.deepEqual(itemsOf(batch), [['one: 101 102', 'two: 101', 'three: 103']]);
      assert.deepEqual(itemsOf(single), [['one: 101 102'], ['two: 101'], ['three: 103']]);
      for (const key of keys) {
        assert.deepEqual(
          bench.outcome(key)!.recipients.map(({ item, to, state }) => `${item} ${to} ${state}`),
          ['0 101 accepted', '0 102 accepted', '1 101 accepted', '2 103 accepted', '2 x rejected'],
        );
      }
    }),
  );

  it(
    'is split by recipients, in the midst of a text too',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, { batch: true, recipientsPerRequest: () => 2 });
      const spread = [
        { text: 'one', to: ['101'] },
        { text: 'two', to: ['102', '103'] },
        { text: 'three', to: ['104'] },
      ];
      bench.order({ items: spread });
      await bench.settle();
      assert.deepEqual(itemsOf(vendor), [
        ['one: 101', 'two: 102'],
        ['two: 103', 'three: 104'],
      ]);
    }),
  );

  it(
    'keeps a text that may not share a request in one of its own',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, { batch: true }, { batchable: (text) => !text.includes('\n') });
      const texts = ['a', 'b', 'c\n', 'd', '\n', '\n2', 'e', 'f'];
      bench.order({ items: texts.map((text, index) => ({ text, to: [`10${index}`, `20${index}`] })) });
      await bench.settle();
      assert.deepEqual(
        vendor.asked.map(({ request }) => request.items.map(({ text }) => text)),
        [['a', 'b'], ['c\n'], ['d'], ['\n'], ['\n2'], ['e', 'f']],
      );
    }),
  );

  it('gives every result to its own recipient, however it is split', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.nat(3),
        async (shape, most, batch, own) => {
          await Bench.run(async (bench) => {
            const vendor = vendorOf(
              bench,
              { batch, recipientsPerRequest: () => most },
              { batchable: (text) => Number(text) % 4 !== own },
            );
            vendor.answers = [
              ({ items: asked }): SendAnswer => ({
                results: asked.flatMap(({ text, to }) =>
                  to.map((number) => ({ state: 'accepted' as const, id: `${text} ${number}` })),
                ),
                raw: '',
              }),
            ];
            const parts = shape.map((count, index) => ({ text: `${index}`, to: numbers(count) }));
            const key = bench.order({ items: parts });
            await bench.settle();
            for (const { item, to, id } of bench.outcome(key)!.recipients) assert.equal(id, `${item} ${to}`);
            assert.ok(vendor.asked.every(({ to }) => to.length <= most));
          })();
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the limit of the queue', () => {
  it(
    'refuses an order that would not fit, and takes it when there is room again',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const fits = bench.order({ to: ['101', '102', '103'] });
      const full = bench.order({ to: ['104', '105', 'x'], gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(full), ['rejected queue-full', 'rejected queue-full', 'rejected invalid-recipient']);
      assert.equal(bench.outcome(full)!.recipients[0]!.failure!.params!.limit, 5);
      const rest = bench.order({ to: ['104', '105'] });
      bench.dispatcher.attachGateway(vendor.gateway());
      await bench.settle();
      assert.deepEqual(bench.brief(fits), ['accepted', 'accepted', 'accepted']);
      assert.deepEqual(bench.brief(rest), ['accepted', 'accepted']);
      const again = bench.order({ to: ['101', '102', '103', '104', '105'] });
      await bench.settle();
      assert.deepEqual(bench.brief(again), Array(5).fill('accepted'));
      assert.deepEqual(new Set(vendor.asked.flatMap(({ request }) => numbersOf(request))).size, 5);
    }, 5),
  );
});
