import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from '../../../nodes/engine/limit';
import { Bench, HOUR, MINUTE, accept, numbersOf } from './bench';

const numbers = (count: number, from = 13_800_000_000) =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

/** Sends as fast as a limit lets it, with timers that are `lateness` late; gives when each recipient went. */
function run(rate: number, size: number, until: number, lateness: (turn: number) => number): number[] {
  const limit = new RateLimit();
  limit.rate = rate;
  const went: number[] = [];
  let now = 1000;
  for (let turn = 0; now < until; turn++) {
    for (let allowed = limit.allowance(now, size); allowed > 0; allowed = limit.allowance(now, size)) {
      limit.take(now, allowed);
      for (let count = 0; count < allowed; count++) went.push(now);
    }
    const next = Math.max(limit.nextAt(now), now + 1);
    now += Math.max(1, Math.trunc(next - now)) + lateness(turn);
  }
  return went;
}

/** The most in any second. */
function peakOf(times: readonly number[]): number {
  let peak = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (times[first]! <= time - 1000) first++;
    peak = Math.max(peak, index - first + 1);
  });
  return peak;
}

describe('rate', () => {
  const rates = fc.oneof(
    fc.constantFrom(0.02, 0.5, 1, 1.5, 2.5, 3, 10),
    fc.double({ min: 0.01, max: 40, noNaN: true }),
  );

  it('is never exceeded in any second, and reached in the long run', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 50 }), fc.nat(8), (rate, size, lateness) => {
        const span = Math.max(60_000, 20_000 / rate);
        const went = run(rate, size, 1000 + span, (turn) => (turn * 7) % (lateness + 1));
        assert.ok(peakOf(went) <= Math.ceil(rate), `${peakOf(went)} in a second at ${rate}`);
        const expected = (rate * span) / 1000;
        // A tenth of a second is made up for where timers come late.
        const most = expected + rate / 10 + Math.ceil(rate) + 1;
        assert.ok(went.length <= most, `${went.length} of ${expected}`);
        assert.ok(went.length >= expected * 0.95 - 1, `${went.length} of ${expected}`);
      }),
      { numRuns: 60 },
    );
  });

  it('is reached by a fast account that is asked for one recipient at a time', () => {
    const went = run(500, 1, 11_000, () => 1);
    assert.ok(went.length >= 4900 && went.length <= 5500, `${went.length}`);
    assert.ok(peakOf(went) <= 500);
  });

  it('of 0 is no limit', () => {
    assert.equal(new RateLimit().allowance(0, 12345), 12345);
  });

  it('does not hold anything for longer where the clock is set back or the rate is raised', () => {
    const limit = new RateLimit();
    limit.rate = 1;
    limit.take(1_000_000, 1);
    assert.equal(limit.allowance(1_000, 1), 1);
    limit.rate = 0.01;
    limit.take(2_000, 1);
    assert.equal(limit.allowance(3_000, 1), 0);
    limit.rate = 2;
    assert.ok(limit.nextAt(3_000) <= 4_000);
  });
});

describe('limits of an account', () => {
  it(
    'count recipients, not requests, over all its gateways and orders',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { rate: 5 });
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'b', rate: 8 }));
      bench.order({ to: numbers(20) });
      for (const to of numbers(20, 13_900_000_000)) bench.order({ to: [to], gateways: ['b'] });
      await bench.advance(MINUTE);
      assert.equal(bench.outcomes.length, 21);
      const went = vendor.asked.flatMap(({ after, to }) => to.map(() => after));
      assert.equal(went.length, 40);
      assert.ok(peakOf(went) <= 5);
      assert.ok(went.at(-1)! <= 8_000, `${went.at(-1)}`);
    }),
  );

  it(
    'go down to fractions: 0.02 is one in 50 seconds',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { rate: 0.02 });
      bench.order({ to: numbers(73) });
      await bench.advance(HOUR + 1000);
      assert.deepEqual(
        vendor.asked.map(({ to }) => to.length).filter((count) => count !== 1),
        [],
      );
      assert.ok(vendor.asked.length >= 72 && vendor.asked.length <= 73, `${vendor.asked.length}`);
    }),
  );

  it(
    'let through at once what another deploy allows',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ rate: 0.01 }));
      bench.order({ to: numbers(50) });
      await bench.advance(1000);
      assert.equal(vendor.sent.length, 1);
      detach();
      bench.dispatcher.attachGateway(vendor.gateway({ rate: 100 }));
      await bench.advance(3000);
      assert.equal(vendor.sent.length, 50);
    }),
  );

  it(
    'hold requests in flight to the window of all its gateways',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      let inFlight = 0;
      let most = 0;
      vendor.answers = [
        async (request) => {
          most = Math.max(most, ++inFlight);
          await bench.clock.sleep(100);
          inFlight--;
          return accept(request);
        },
      ];
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      bench.dispatcher.attachGateway(vendor.gateway({ window: 5 }));
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'b', window: 3 }));
      bench.order({ to: numbers(30) });
      bench.order({ to: numbers(30, 13_900_000_000), gateways: ['b'] });
      await bench.advance(10_000);
      assert.equal(most, 3);
      assert.equal(vendor.sent.length, 60);
      assert.equal(vendor.asked.at(-1)!.after, 1900);
    }),
  );
});

describe('order of sending', () => {
  const busy = (bench: Bench) => {
    const vendor = bench.vendor('a');
    vendor.answers = [(request) => bench.clock.sleep(100).then(() => accept(request))];
    vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 2 };
    bench.dispatcher.attachGateway(vendor.gateway({ window: 1 }));
    return vendor;
  };

  it(
    'is by priority, then first come, first served, also in the midst of an order',
    Bench.run(async (bench) => {
      const vendor = busy(bench);
      bench.order({ to: ['101', '102', '103', '104'] });
      bench.order({ to: ['201'], priority: -128 });
      bench.order({ to: ['301'], priority: 5 });
      bench.order({ to: ['302'], priority: 5 });
      await bench.advance(50);
      bench.order({ to: ['401'], priority: 127 });
      bench.order({ to: ['105'] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        vendor.asked.map(({ request }) => numbersOf(request).join(' ')),
        ['101 102', '401', '301 302', '103 104', '105', '201'],
      );
    }),
  );
});
