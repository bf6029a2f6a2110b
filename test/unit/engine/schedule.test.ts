import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError, failure } from '../../../nodes/core/failure';
import { readDaySpan } from '../../../nodes/core/time';
import type { SendRequest } from '../../../nodes/vendors/driver';
import { Bench, DAY, HOUR, MINUTE, accept, numbersOf, reject } from './bench';

/** The bench begins at noon in Shanghai. */
const NIGHT = { quietHours: readDaySpan('22:00-07:00')! };
const UNTIL_NIGHT = 10 * HOUR;
const UNTIL_MORNING = 19 * HOUR;

const scheduled = (request: SendRequest) => ({
  results: numbersOf(request).map((to) => ({ state: 'scheduled' as const, id: `id-${to}` })),
  raw: '',
});

describe('a message for later', () => {
  it(
    'is held by us until its time, and not longer',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const at = bench.clock.now + 40 * DAY;
      const key = bench.order({ at, ttl: HOUR });
      await bench.advance(40 * DAY - 1);
      assert.equal(vendor.asked.length, 0);
      assert.equal(bench.brief(key), undefined);
      await bench.advance(2);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(vendor.asked[0]!.request.at, undefined);
    }),
  );

  it(
    'expires its time after its moment, not after it was handed in',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [reject('vendor-busy')];
      const key = bench.order({ at: bench.clock.now + DAY, ttl: HOUR });
      await bench.advance(DAY + HOUR - 1);
      assert.equal(bench.brief(key), undefined);
      await bench.advance(1);
      assert.deepEqual(bench.brief(key), ['expired expired']);
    }),
  );

  it(
    'goes at once where its moment is past',
    Bench.run(async (bench) => {
      bench.attached('a');
      const key = bench.order({ at: bench.clock.now - DAY, ttl: HOUR });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );

  it(
    'is handed to the vendor where it is the vendor who waits',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, schedules: ({ vendorSchedule }) => vendorSchedule === true };
      vendor.answers = [scheduled];
      bench.dispatcher.attachGateway(vendor.gateway({ options: { vendorSchedule: true }, ...NIGHT }));
      const noon = bench.order({ at: bench.clock.now + DAY });
      const night = bench.order({ at: bench.clock.now + UNTIL_NIGHT + HOUR });
      const now = bench.order({ to: ['101'] });
      await bench.settle();
      assert.deepEqual(bench.brief(noon), ['scheduled']);
      assert.deepEqual(bench.brief(night), ['scheduled']);
      assert.deepEqual(
        vendor.asked.map(({ request }) => request.at && request.at - bench.clock.now),
        [DAY, UNTIL_MORNING, undefined],
      );
      assert.deepEqual(bench.brief(now), ['scheduled'], 'whatever the vendor says');
    }),
  );

  it(
    'takes no step to a backup before its time',
    Bench.run(async (bench) => {
      bench.attached('a').answers = [reject('no-route')];
      const backup = bench.attached('b');
      const key = bench.order({ at: bench.clock.now + HOUR, gateways: ['a', 'b'] });
      await bench.advance(HOUR - 1);
      assert.equal(backup.asked.length, 0);
      await bench.advance(2);
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );
});

describe('quiet hours', () => {
  it(
    'let messages wait until the morning, the urgent ones excepted',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', NIGHT);
      const day = bench.order({ to: ['101'] });
      await bench.settle();
      assert.deepEqual(bench.brief(day), ['accepted']);
      await bench.advance(UNTIL_NIGHT);
      bench.order({ to: ['102'] });
      bench.order({ to: ['103'], priority: 99 });
      bench.order({ to: ['104'], priority: 100 });
      await bench.settle();
      assert.deepEqual(vendor.sent, ['101', '104']);
      await bench.advance(UNTIL_MORNING - UNTIL_NIGHT - 1);
      assert.deepEqual(vendor.sent, ['101', '104']);
      await bench.advance(2);
      assert.deepEqual(vendor.sent.slice(2).sort(), ['102', '103']);
    }),
  );

  it(
    'stop also what waits for the limit of the account',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { ...NIGHT, rate: 0.001 });
      await bench.advance(UNTIL_NIGHT - HOUR);
      bench.order({ to: Array.from({ length: 10 }, (_, index) => `${200 + index}`) });
      await bench.advance(10 * HOUR - 1);
      assert.equal(vendor.sent.length, 4);
      await bench.advance(5 * HOUR);
      assert.equal(vendor.sent.length, 10);
      const quiet = vendor.times.filter((time) => time >= UNTIL_NIGHT && time < UNTIL_MORNING);
      assert.deepEqual(quiet, []);
    }),
  );

  it(
    'are those of the gateway’s zone, and of that gateway alone',
    Bench.run(async (bench) => {
      const [a, b] = [
        bench.attached('a', { quietHours: readDaySpan('05:00-07:00')!, timezone: 'Europe/Berlin' }),
        bench.attached('b'),
      ];
      a.answers = [accept];
      bench.order();
      bench.order({ gateways: ['b'] });
      await bench.settle();
      assert.deepEqual([a.asked.length, b.asked.length], [0, 1]);
      await bench.advance(HOUR + 1);
      assert.equal(a.asked.length, 1, 'noon in Shanghai is six in Berlin');
    }),
  );

  it(
    'hold a message no longer than its time',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', NIGHT);
      await bench.advance(UNTIL_NIGHT);
      const key = bench.order({ ttl: HOUR });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['expired expired']);
      await bench.advance(DAY);
      assert.equal(vendor.asked.length, 0);
    }),
  );
});

describe('the time of a message ends', () => {
  it(
    'in the queue of the account',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { rate: 0.001 });
      const key = bench.order({ to: ['101', '102'], ttl: MINUTE });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['accepted', 'expired expired']);
      await bench.advance(DAY);
      assert.equal(vendor.sent.length, 1);
    }),
  );

  const slow = (bench: Bench, answer: typeof accept) => (request: SendRequest) =>
    bench.clock.sleep(HOUR).then(() => answer(request));

  it(
    'not while it is being asked for: an accept counts, and so does a refusal',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [slow(bench, accept), slow(bench, reject('content-refused'))];
      const keys = [bench.order({ ttl: MINUTE }), bench.order({ ttl: MINUTE })];
      await bench.advance(HOUR);
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['rejected content-refused']],
      );
    }),
  );

  it(
    'before another gateway is tried, or the same one again',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const backup = bench.attached('b');
      vendor.answers = [
        slow(bench, reject('no-route')),
        slow(bench, reject('vendor-busy')),
        slow(bench, reject('no-route')),
      ];
      const keys = [
        bench.order({ ttl: MINUTE, gateways: ['a', 'b'] }),
        bench.order({ ttl: MINUTE }),
        bench.order({ ttl: MINUTE, gateways: ['a', 'away'] }),
      ];
      await bench.advance(2 * HOUR);
      for (const key of keys) assert.deepEqual(bench.brief(key), ['expired expired']);
      assert.deepEqual([vendor.asked.length, backup.asked.length], [3, 0]);
    }),
  );

  it(
    'also where it could not be heard while the host slept',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { rate: 0.001 });
      const key = bench.order({ to: ['101', '102'], ttl: HOUR });
      await bench.settle();
      // The clock on the wall went on, the timers did not.
      bench.clock.now += DAY;
      bench.order({ to: ['201'], priority: -1 });
      await bench.settle();
      assert.ok(!vendor.sent.includes('102'));
      await bench.advance(DAY);
      assert.deepEqual(bench.brief(key), ['accepted', 'expired expired']);
    }),
  );

  it(
    'never where it has no end',
    Bench.run(async (bench) => {
      const key = bench.order({ ttl: 0 });
      await bench.advance(100 * DAY);
      assert.equal(bench.brief(key), undefined);
      bench.attached('a').answers = [() => Promise.reject(new SmsError(failure('network'))), accept];
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );
});
