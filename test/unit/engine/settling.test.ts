/** What is in doubt is asked for again, under ids that were written down before. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import type { Gateway } from '../../../nodes/engine/gateway';
import { Bench, DAY, HOUR, MINUTE, accept, reject, reportOn, type FakeVendor } from './bench';
import { FakeDevice } from './fake-device';

const SECOND = 1000;

/** A device behind the gateway `a`. */
function deviceOf(bench: Bench, over: Partial<Gateway> = {}): FakeDevice & { readonly vendor: FakeVendor } {
  const device = new FakeDevice(bench);
  const vendor = device.connect(bench.vendor('a'));
  bench.attach(vendor, over);
  return Object.assign(device, { vendor });
}

const idsOf = ({ questions }: FakeDevice): (readonly number[])[] =>
  questions.map(({ unsettled }) => unsettled.request.ids);

describe('a send in doubt that the vendor can be asked about', () => {
  it(
    'was accepted where the vendor knows its id, and where it takes it now',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = ['unanswered', 'lost'];
      const arrived = bench.order({ to: ['101', '102'] });
      const lost = bench.order({ to: ['103'] });
      await bench.settle();
      assert.deepEqual([bench.brief(arrived), bench.brief(lost)], [['accepted', 'accepted'], ['accepted']]);
      assert.deepEqual(device.taken, ['101', '102', '103']);
      assert.deepEqual(idsOf(device), device.ids);
      assert.deepEqual(
        bench.outcome(arrived)!.recipients.map(({ id, failure: why }) => [id, why]),
        device.ids[0]!.map((id) => [String(id), undefined]),
      );
      assert.deepEqual(
        bench.outcome(arrived)!.attempts.map(({ state, to }) => [state, to]),
        [
          ['in-doubt', ['101', '102']],
          ['accepted', ['101', '102']],
        ],
      );
    }),
  );

  it(
    'goes to the backup where the vendor had not taken it and does not take it now',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      const backup = bench.attached('b');
      device.ways = ['lost'];
      device.asks = [failure('content-refused')];
      const key = bench.order({ gateways: ['a', 'b'] });
      const alone = bench.order({ to: ['102'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual(bench.brief(alone), ['rejected content-refused'], 'nothing is in doubt any more');
      assert.deepEqual([device.taken, backup.sent], [[], ['13800000001']]);
    }),
  );

  it(
    'is asked for with growing pauses for half a minute, and comes out in doubt after that, for good',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = ['lost'];
      device.asks = ['lost'];
      const key = bench.order();
      await bench.advance(30 * SECOND - 1);
      assert.equal(bench.brief(key), undefined);
      await bench.advance(SECOND);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      const times = device.questions.map(({ after }) => after);
      assert.equal(times.length, 4);
      const [first = -1, second = -1, third = -1, last = -1] = times;
      assert.ok(first < 100 && second - first > 3 * SECOND && third - second > second - first, String(times));
      assert.equal(last, 30 * SECOND, 'the last chance is at the end');
      const why = bench.outcome(key)!.recipients[0]!.failure;
      assert.deepEqual(why, failure('in-doubt', 'no-answer'), 'what left it in doubt, not what became of the question');
      await bench.advance(DAY);
      assert.equal(device.questions.length, 4);
      assert.deepEqual(bench.outcomes.length, 1);
    }),
  );

  it(
    'is asked for as long also where the clock is put forward meanwhile, as it is where a host starts',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = ['lost'];
      device.asks = ['lost', 'lost', 'take'];
      const key = bench.order();
      await bench.advance(SECOND);
      bench.clock.ahead = 25 * MINUTE;
      await bench.advance(28 * SECOND);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual(device.taken, ['13800000001']);
    }),
  );

  it(
    'is asked for as long as doubtAfter says, but not beyond its time',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: HOUR });
      device.ways = ['lost'];
      device.asks = ['lost', 'lost', 'lost', 'lost', 'take'];
      const long = bench.order();
      await bench.advance(HOUR - 1);
      assert.deepEqual(bench.brief(long), ['accepted']);
      device.asks = ['lost'];
      const short = bench.order({ to: ['102'], ttl: 10 * MINUTE });
      await bench.advance(9 * MINUTE);
      const before = device.questions.length;
      await bench.advance(51 * MINUTE - 1);
      assert.ok(device.questions.length <= before + 1);
      assert.ok(device.questions.every(({ after }) => after < HOUR + 10 * MINUTE));
      assert.equal(bench.brief(short), undefined, 'it may still be reported on');
      await bench.advance(1);
      assert.deepEqual(bench.brief(short), ['in-doubt in-doubt']);
    }),
  );

  it(
    'stays in doubt where the device has started again, or does not tell in which run it is: evidence is waited for',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: MINUTE });
      device.ways = ['unanswered'];
      device.vendor.answers = [
        (request) => {
          try {
            return device.send(request);
          } finally {
            device.restart();
          }
        },
      ];
      const restarted = bench.order();
      await bench.settle();
      device.run = undefined;
      const unknown = bench.order({ to: ['102'] });
      await bench.advance(MINUTE - 1);
      assert.deepEqual([bench.brief(restarted), bench.brief(unknown)], [undefined, undefined]);
      await bench.advance(1);
      const details = [restarted, unknown].map((key) => bench.outcome(key)!.recipients[0]!.failure);
      assert.deepEqual(details, [failure('in-doubt', 'restarted'), failure('in-doubt', 'no-run')]);
      assert.equal(device.questions.length, 2);
    }),
  );

  it(
    'is left to the rule of the gateway only after that: the backup',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubt: 'failover', doubtAfter: HOUR });
      const backup = bench.attached('b');
      device.ways = ['unanswered'];
      device.asks = ['lost'];
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(29 * SECOND);
      assert.equal(backup.asked.length, 0);
      await bench.advance(2 * SECOND);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual([backup.sent, device.questions.length], [['13800000001'], 4]);
      assert.equal(bench.outcome(key)!.recipients[0]!.gateway!.id, 'b');
    }),
  );

  it(
    'is left to the rule of the gateway only after that: another request, with ids of its own',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubt: 'resend' });
      device.ways = ['lost', 'lost', 'take'];
      device.asks = ['lost'];
      const key = bench.order();
      await bench.advance(5 * MINUTE);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(new Set(device.ids.flat()).size, 3);
      assert.deepEqual(device.taken, ['13800000001']);
    }),
  );

  it(
    'remains in doubt where an earlier gateway may have taken it, whatever this one says',
    Bench.run(async (bench) => {
      bench.attached('b', { doubt: 'failover' }).answers = [() => Promise.reject(new Error('nobody knows'))];
      const device = deviceOf(bench);
      device.ways = ['lost'];
      device.asks = [failure('content-refused')];
      const key = bench.order({ gateways: ['b', 'a'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(bench.outcome(key)!.recipients[0]!.gateway!.id, 'b');
    }),
  );

  it(
    'is not asked for after a word of the user',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: HOUR });
      device.ways = ['lost', 'lost', 'lost', 'take'];
      device.asks = ['lost'];
      const [first, second, third] = ['101', '102', '103'].map((to) => bench.order({ to: [to] }));
      await bench.settle();
      const word = { node: 'other', envelope: 'word' };
      assert.equal(bench.dispatcher.settle({ ...word, key: first!, verdict: 'failed' }), 'first-outcome');
      assert.equal(bench.dispatcher.settle({ ...word, key: second!, verdict: 'accepted' }), 'first-outcome');
      assert.equal(bench.dispatcher.settle({ ...word, key: third!, verdict: 'resend' }), 'first-outcome');
      await bench.advance(HOUR);
      assert.equal(device.questions.length, 3);
      assert.deepEqual(
        [first, second, third].map((key) => bench.brief(key!)),
        [['undelivered undelivered'], ['accepted'], ['accepted']],
      );
      assert.deepEqual(device.taken, ['103']);
      assert.equal(bench.dispatcher.settle({ ...word, key: third!, verdict: 'failed' }), 'not-found');
    }),
  );

  it(
    'leaves nothing for a word of the user once it is known',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: HOUR, window: 1 });
      device.vendor.capabilities = { ...device.vendor.capabilities, recipientsPerRequest: () => 1 };
      bench.attach(device.vendor, { doubtAfter: HOUR, window: 1, fingerprint: '2' });
      device.ways = ['lost'];
      device.asks = ['take', 'lost'];
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      const word = { node: 'other', envelope: 'word', key, verdict: 'failed' } as const;
      assert.equal(bench.dispatcher.settle({ ...word, to: ['101'] }), 'not-found');
      assert.equal(bench.dispatcher.settle(word), 'first-outcome');
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted', 'undelivered undelivered']);
    }),
  );

  it(
    'is asked for one by one with the other requests of its account',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { window: 1 });
      device.ways = ['unanswered', 'take'];
      let underWay = 0;
      const slowly = async <T>(work: () => T): Promise<T> => {
        assert.equal(++underWay, 1, 'another is under way');
        await bench.clock.sleep(SECOND);
        underWay--;
        return work();
      };
      device.vendor.answers = [(request) => slowly(() => device.send(request))];
      device.vendor.checks = { ...device.account, settle: (unsettled) => slowly(() => device.settle(unsettled)) };
      bench.attach(device.vendor, { window: 1, fingerprint: '2' });
      const keys = ['101', '102', '103'].map((to) => bench.order({ to: [to] }));
      await bench.advance(MINUTE);
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['accepted'], ['accepted']],
      );
      assert.equal(device.questions.length, 1);
    }),
  );

  it(
    'is asked for through the gateway that a deploy brings, but not at another account',
    Bench.run(async (bench) => {
      const device = new FakeDevice(bench);
      const vendor = device.connect(bench.vendor('a'));
      const other = new FakeDevice(bench);
      const detach = bench.attach(vendor);
      device.ways = ['unanswered'];
      device.asks = ['lost', 'take'];
      const key = bench.order();
      await bench.settle();
      detach();
      await bench.advance(10 * SECOND);
      assert.equal(device.questions.length, 1);
      const detachAgain = bench.attach(vendor, { fingerprint: '2' });
      await bench.advance(2 * SECOND);
      assert.deepEqual(bench.brief(key), ['accepted']);
      device.asks = ['lost'];
      const away = bench.order({ to: ['102'] });
      await bench.settle();
      detachAgain();
      bench.attach(other.connect(bench.vendor('a')), { accountKey: 'another' });
      await bench.advance(10 * SECOND);
      assert.deepEqual(bench.brief(away), ['in-doubt in-doubt']);
      assert.equal(other.questions.length, 0);
    }),
  );

  it(
    'is not asked for in quiet hours, for it may go out then',
    Bench.run(async (bench) => {
      // It is noon: the gateway falls silent a moment later.
      const device = deviceOf(bench, { doubtAfter: 2 * HOUR });
      device.ways = ['lost'];
      device.asks = ['lost', 'take'];
      const key = bench.order();
      await bench.settle();
      bench.attach(device.vendor, {
        doubtAfter: 2 * HOUR,
        quietHours: { from: 12 * 60, to: 13 * 60 },
        fingerprint: '2',
      });
      await bench.advance(HOUR - SECOND);
      assert.equal(device.questions.length, 1);
      await bench.advance(2 * SECOND);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(device.questions[1]!.after, HOUR);
    }),
  );

  it(
    'is followed by others under its idempotency key',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: HOUR });
      device.ways = ['unanswered'];
      device.asks = ['lost', 'take'];
      const keys = [bench.order({ once: 'k' }), bench.order({ once: 'k' })];
      await bench.advance(MINUTE);
      keys.push(bench.order({ once: 'k' }));
      await bench.settle();
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['accepted'], ['accepted']],
      );
      assert.deepEqual(device.taken, ['13800000001']);
    }),
  );

  it(
    'waits for the handset like any other, and goes to the backup where that does not get it',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      const backup = bench.attached('b');
      backup.answers = [accept];
      device.ways = ['unanswered'];
      const [good, bad] = ['101', '102'].map((to) =>
        bench.order({ to: [to], gateways: ['a', 'b'], until: 'delivered' }),
      );
      await bench.settle();
      assert.equal(bench.brief(good!), undefined);
      const [[one], [two]] = device.ids as [[number], [number]];
      await device.vendor.push({
        reports: [
          { ...reportOn('101', 'delivered'), id: String(one) },
          { ...reportOn('102', 'undelivered'), id: String(two) },
        ],
      });
      await bench.settle();
      assert.deepEqual(bench.brief(good!), ['delivered']);
      assert.deepEqual([backup.sent, bench.brief(bad!)], [['102'], undefined]);
    }),
  );

  it(
    'is one request for each that there was, also where a text has one id',
    Bench.run(async (bench) => {
      const device = new FakeDevice(bench);
      const vendor = device.connect(bench.vendor('a'), 'item', { recipientsPerRequest: () => 2, batch: true });
      bench.attach(vendor, { window: 1 });
      device.ways = ['unanswered'];
      device.asks = ['lost', 'take'];
      const items = [
        { text: 'one', to: ['101', '102', '103'] },
        { text: 'two', to: ['104'] },
      ];
      const key = bench.order({ items });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted', 'accepted', 'accepted']);
      const [first, second] = device.ids;
      assert.ok(first![0] === first![1] && second![0] !== second![1], String(device.ids));
      assert.deepEqual(device.taken, ['101', '102', '103', '104']);
      for (const { unsettled } of device.questions) {
        const { ids } = unsettled.request;
        assert.ok([first, second].some((known) => String(known) === String(ids)));
      }
    }),
  );
});

describe('an id that the vendor knows from somebody else', () => {
  it(
    'is replaced by others further and further away, written down each time; whoever has been taken is left alone',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.know(2, 3);
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted']);
      assert.deepEqual(device.ids, [[1, 2], [3], [1004]]);
      assert.deepEqual(device.taken, ['101', '102']);
      assert.deepEqual(
        bench.outcome(key)!.attempts.map(({ to, state }) => [to, state]),
        [
          [['101'], 'accepted'],
          [['102'], 'accepted'],
        ],
      );
    }),
  );

  it(
    'is a refusal after four tries',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = [failure('duplicate-id')];
      const key = bench.order();
      const backup = bench.attached('b');
      const elsewhere = bench.order({ gateways: ['a', 'b'], to: ['102'] });
      await bench.settle();
      assert.deepEqual([bench.brief(key), bench.brief(elsewhere)], [['rejected duplicate-id'], ['accepted']]);
      assert.equal(device.ids.length, 8);
      assert.equal(device.questions.length, 0, 'nothing is in doubt');
      assert.deepEqual([backup.sent, device.taken], [['102'], []]);
    }),
  );

  it(
    'is not taken for ours where it leaves the whole request in doubt',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.vendor.answers = [
        (request) => ({
          results: request.items[0]!.to.map(() => ({ state: 'in-doubt', failure: failure('duplicate-id') })),
          raw: '',
        }),
      ];
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt', 'in-doubt in-doubt']);
      assert.equal(device.questions.length, 0);
    }),
  );

  it(
    'is not asked for again where no ids are to be had: the message fails for certain',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { reserveIds: () => Promise.reject(new Error('disk')) });
      const key = bench.order();
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['rejected store-failed']);
      assert.equal(device.ids.length, 0);
    }),
  );
});

describe('a report under an id of ours', () => {
  it(
    'does not wait for another request once its own has ended without an answer',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.vendor.answers = [
        async (request) => {
          const isFirst = device.ids.push(request.ids!) === 1;
          await bench.clock.sleep(isFirst ? SECOND : HOUR);
          throw new Error('nobody knows');
        },
      ];
      const key = bench.order({ to: ['101'] });
      bench.order({ to: ['102'] });
      await bench.settle();
      await device.vendor.push({ reports: [{ ...reportOn('101', 'sent'), id: String(device.ids[0]![0]) }] });
      await bench.advance(SECOND);
      assert.deepEqual([bench.brief(key), device.questions.length], [['accepted'], 0]);
    }),
  );

  it(
    'is the only evidence: another client may have sent to that number',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = ['lost'];
      device.asks = ['lost'];
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      await device.vendor.push({ reports: [{ ...reportOn('101', 'delivered'), id: '999' }] });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
    }),
  );

  it(
    'shows that the send in doubt was accepted: nothing is asked',
    Bench.run(async (bench) => {
      const device = deviceOf(bench, { doubtAfter: HOUR });
      device.ways = ['unanswered'];
      device.asks = ['lost'];
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      await device.vendor.push({ reports: [{ ...reportOn('101', 'sent'), id: String(device.ids[0]![0]) }] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(device.questions.length, 1);
      assert.deepEqual(
        heard.map(({ state, message }) => [state, message?.key]),
        [['sent', key]],
      );
    }),
  );

  it(
    'does so where it comes before the request ends, and when it is about several of one text',
    Bench.run(async (bench) => {
      const device = new FakeDevice(bench);
      const vendor = device.connect(bench.vendor('a'), 'item');
      vendor.answers = [
        async (request) => {
          device.ids.push(request.ids!);
          await bench.clock.sleep(SECOND);
          throw new Error('nobody knows');
        },
      ];
      bench.attach(vendor);
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      const id = String(device.ids[0]![0]);
      await vendor.push({ reports: [{ ...reportOn('101', 'sent'), id }] });
      await vendor.push({ reports: [{ ...reportOn('102', 'delivered'), id }] });
      assert.deepEqual(heard, []);
      await bench.advance(SECOND);
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted']);
      assert.equal(device.questions.length, 0);
      await bench.settle();
      assert.deepEqual(
        heard.map(({ to, state }) => [to, state]),
        [
          ['101', 'sent'],
          ['102', 'delivered'],
        ],
      );
    }),
  );

  it(
    'settles it also while the vendor is asked',
    Bench.run(async (bench) => {
      const device = deviceOf(bench);
      device.ways = ['unanswered'];
      device.vendor.checks = {
        ...device.account,
        settle: async (unsettled) => {
          await bench.clock.sleep(SECOND);
          device.asks = [failure('content-refused')];
          return device.settle(unsettled);
        },
      };
      bench.attach(device.vendor, { fingerprint: '2' });
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      await device.vendor.push({ reports: [{ ...reportOn('101', 'delivered'), id: String(device.ids[0]![0]) }] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
      await bench.advance(DAY);
      assert.equal(bench.outcomes.length, 1);
    }),
  );
});

describe('a vendor that makes the ids', () => {
  it(
    'is not asked, and neither are ids reserved for it',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.answers = [reject('content-refused')];
      let asked = 0;
      vendor.checks = { settle: () => Promise.reject(new Error(String(++asked))) };
      bench.attach(vendor);
      bench.order();
      await bench.settle();
      assert.equal(vendor.asked[0]!.request.ids, undefined);
      assert.deepEqual([asked, bench.reserveIds(1)], [0, 1]);
    }),
  );
});
