import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import { Bench, DAY, HOUR, MINUTE, accept, byNumber, doubt, reject } from './bench';

const refused = { state: 'rejected', failure: failure('content-refused') } as const;
const unclear = { state: 'in-doubt', failure: failure('no-answer') } as const;

describe('an idempotency key', () => {
  it(
    'gives the first result, with its id and gateway, and sends once',
    Bench.run(async (bench) => {
      const a = bench.attached('a');
      const b = bench.attached('b');
      const first = bench.order({ once: 'k' });
      await bench.settle();
      const second = bench.order({ once: 'k', gateways: ['b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(first), ['accepted']);
      assert.deepEqual(bench.outcome(second)!.recipients, bench.outcome(first)!.recipients);
      assert.equal(bench.outcome(second)!.recipients[0]!.id, 'id-13800000001');
      assert.deepEqual([a.asked.length, b.asked.length], [1, 0]);
    }),
  );

  it(
    'lets a second order wait for the first result, beyond its own time',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [reject('vendor-busy', { retryAfter: HOUR }), accept];
      const first = bench.order({ once: 'k' });
      const second = bench.order({ once: 'k', ttl: MINUTE });
      await bench.advance(30 * MINUTE);
      assert.equal(bench.brief(second), undefined, 'it is not expired: the first may yet be sent');
      await bench.advance(HOUR);
      assert.deepEqual([bench.brief(first), bench.brief(second)], [['accepted'], ['accepted']]);
      assert.equal(vendor.asked.length, 2);
    }),
  );

  it(
    'counts for each recipient, in any way to write the number',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [byNumber({ '13800000002': refused })];
      bench.order({ once: 'k', to: ['13800000001', '13800000002'] });
      await bench.settle();
      const second = bench.order({ once: 'k', to: ['+86 138-0000-0001', '008613800000002', '13800000003'] });
      await bench.settle();
      assert.deepEqual(bench.brief(second), ['accepted', 'accepted', 'accepted']);
      assert.deepEqual(vendor.sent, ['13800000001', '13800000002', '008613800000002', '13800000003']);
      assert.equal(bench.outcome(second)!.recipients[0]!.to, '+86 138-0000-0001');
    }),
  );

  it(
    'knows a number in another form also while the gateway is away',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.dispatcher.attachGateway(vendor.gateway());
      bench.order({ once: 'k', to: ['13800000001'] });
      await bench.settle();
      detach();
      const second = bench.order({ once: 'k', to: ['+8613800000001'] });
      await bench.settle();
      bench.dispatcher.attachGateway(vendor.gateway());
      await bench.settle();
      assert.deepEqual(bench.brief(second), ['accepted']);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'gives every follower the failure of the first, and sends what comes after that',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [(request) => bench.clock.sleep(100).then(() => reject('content-refused')(request)), accept];
      const keys = [bench.order({ once: 'k' }), bench.order({ once: 'k' })];
      await bench.advance(100);
      for (const key of keys) assert.deepEqual(bench.brief(key), ['rejected content-refused']);
      const again = bench.order({ once: 'k' });
      await bench.settle();
      assert.deepEqual(bench.brief(again), ['accepted']);
      assert.equal(vendor.asked.length, 2);
    }),
  );

  it(
    'with another text is an invalid message',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.order({ once: 'k', text: 'one' });
      const waiting = bench.order({ once: 'k', text: 'two' });
      await bench.settle();
      const after = bench.order({ once: 'k', text: 'two', to: ['13800000002'] });
      const other = bench.order({ once: 'other', text: 'two' });
      await bench.settle();
      for (const key of [waiting, after]) assert.deepEqual(bench.brief(key), ['rejected invalid-message']);
      assert.equal(bench.outcome(after)!.recipients[0]!.failure!.detail, 'once-other-text');
      assert.deepEqual(bench.brief(other), ['accepted']);
      assert.equal(vendor.asked.length, 2);
    }),
  );

  it(
    'is forgotten a day after the result, for each recipient',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.order({ once: 'k', to: ['101'] });
      await bench.advance(23 * HOUR);
      bench.order({ once: 'k', to: ['102'] });
      await bench.advance(HOUR - 1);
      bench.order({ once: 'k', to: ['101'] });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '102']);
      await bench.advance(1);
      bench.order({ once: 'k', to: ['101', '102'] });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '102', '101']);
      await bench.advance(23 * HOUR);
      bench.order({ once: 'k', to: ['102'], text: 'text' });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '102', '101', '102']);
    }),
  );

  it(
    'holds as long as the first waits, however long',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.order({ once: 'k', at: bench.clock.now + 3 * DAY });
      await bench.advance(2 * DAY);
      const second = bench.order({ once: 'k' });
      await bench.advance(DAY);
      assert.deepEqual(bench.brief(second), ['accepted']);
      assert.equal(vendor.asked.length, 1);
      await bench.advance(23 * HOUR);
      bench.order({ once: 'k' });
      await bench.settle();
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'covers a batch, text by text',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, batch: true };
      bench.dispatcher.attachGateway(vendor.gateway());
      const items = [
        { text: 'one', to: ['101', '102'] },
        { text: 'two', to: ['101'] },
        { text: 'one', to: ['102', '103'] },
      ];
      vendor.answers = [byNumber({ '103': refused }), accept];
      const first = bench.order({ once: 'k', items });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '102', '101', '103']);
      assert.deepEqual(bench.brief(first), [
        'accepted',
        'accepted',
        'accepted',
        'accepted',
        'rejected content-refused',
      ]);
      assert.equal(bench.outcomes.length, 1);
      bench.order({ once: 'k', items });
      const other = bench.order({ once: 'k', items: [...items, { text: 'three', to: ['104'] }] });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '102', '101', '103', '103']);
      assert.ok(bench.brief(other)!.every((brief) => brief === 'rejected invalid-message'));
    }),
  );

  it(
    'is not used up by what is refused before it is taken',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.order({ once: 'k', text: 'one', to: ['1'] });
      const full = bench.order({ once: 'k', text: 'two', to: Array.from({ length: 11 }, (_, index) => `20${index}`) });
      await bench.settle();
      assert.ok(bench.brief(full)!.every((brief) => brief === 'rejected queue-full'));
      const fits = bench.order({ once: 'k', text: 'three', to: ['200'] });
      await bench.settle();
      assert.deepEqual(bench.brief(fits), ['accepted']);
      assert.equal(vendor.asked.length, 1);
    }, 10),
  );
});

describe('an idempotency key in doubt', () => {
  it(
    'is not sent to again, and any of its orders takes the word that settles it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [byNumber({ '101': unclear })];
      const first = bench.order({ once: 'k', to: ['101', '102'] });
      await bench.settle();
      const second = bench.order({ once: 'k', to: ['101'] });
      await bench.settle();
      assert.deepEqual(bench.brief(second), ['in-doubt in-doubt']);
      assert.equal(
        bench.dispatcher.settle({ key: second, verdict: 'accepted', node: 'node', envelope: 0 }),
        'own-outcome',
      );
      assert.equal(bench.dispatcher.settle({ key: first, verdict: 'resend', node: 'node', envelope: 0 }), 'not-found');
      await bench.settle();
      const third = bench.order({ once: 'k', to: ['101'] });
      await bench.settle();
      assert.deepEqual(bench.brief(third), ['accepted']);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'is sent again by a new order once it is settled as failed',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, accept];
      const first = bench.order({ once: 'k' });
      await bench.settle();
      bench.dispatcher.settle({ key: first, verdict: 'failed', node: 'node', envelope: 0 });
      const second = bench.order({ once: 'k' });
      await bench.settle();
      assert.deepEqual(bench.brief(second), ['accepted']);
      assert.equal(vendor.asked.length, 2);
    }),
  );

  it(
    'lets new orders wait while it is sent again, and sends to nobody twice',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, (request) => bench.clock.sleep(MINUTE).then(() => accept(request))];
      const items = [
        { text: 'text', to: ['101'] },
        { text: 'text', to: ['101'] },
      ];
      const first = bench.order({ once: 'k', items });
      await bench.settle();
      assert.deepEqual(bench.brief(first), ['in-doubt in-doubt', 'in-doubt in-doubt']);
      bench.dispatcher.settle({ key: first, verdict: 'resend', node: 'node', envelope: 0 });
      const second = bench.order({ once: 'k', to: ['101'] });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(second), ['accepted']);
      assert.deepEqual(vendor.sent, ['101', '101']);
      assert.deepEqual(
        bench.outcomes.filter(({ key }) => key === first).map(({ recipients }) => recipients.map(({ state }) => state)),
        [
          ['in-doubt', 'in-doubt'],
          ['accepted', 'accepted'],
        ],
      );
    }),
  );
});
