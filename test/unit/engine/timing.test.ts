import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setAlarm } from '../../../nodes/engine/alarm';
import { IdCounters } from '../../../nodes/engine/id-counter';
import { pauseAfter, pauseBefore } from '../../../nodes/engine/retry';
import { Bench, DAY, HOUR, MINUTE } from './bench';

describe('an alarm', () => {
  it(
    'rings once, at its time, also where that is far away',
    Bench.run(async ({ clock }) => {
      const rang: number[] = [];
      const start = clock.now;
      for (const wait of [-5, 0, 100, HOUR, 100 * DAY]) {
        setAlarm(start + wait, () => rang.push(clock.now - start));
      }
      await clock.advance(100 * DAY - 1);
      assert.deepEqual(rang, [1, 1, 100, HOUR]);
      await clock.advance(DAY);
      assert.deepEqual(rang.slice(4), [100 * DAY]);
    }),
  );

  for (const [step, wait] of [
    ['25 minutes', 20 * MINUTE],
    ['days', 10 * DAY],
  ] as const) {
    it(
      `rings ten seconds late at most where the host slept or its clock was put forward by ${step}`,
      Bench.run(async (bench) => {
        let rang = 0;
        setAlarm(bench.clock.now + wait, () => rang++);
        await bench.advance(MINUTE);
        bench.clock.ahead = wait + 5 * MINUTE;
        await bench.advance(10_001);
        assert.equal(rang, 1);
        await bench.advance(wait);
        assert.equal(rang, 1);
      }),
    );
  }

  it(
    'rings after the time that it was set for where the clock is put back',
    Bench.run(async (bench) => {
      let rang = 0;
      setAlarm(bench.clock.now + 20 * MINUTE, () => rang++);
      await bench.advance(MINUTE);
      bench.clock.ahead = -25 * MINUTE;
      await bench.advance(19 * MINUTE - 1);
      assert.equal(rang, 0);
      await bench.advance(1);
      assert.equal(rang, 1);
      assert.equal(bench.clock.pending, 0);
    }),
  );

  it(
    'is silent once it is cancelled, also between its steps',
    Bench.run(async ({ clock }) => {
      const cancel = setAlarm(clock.now + DAY, () => assert.fail());
      await clock.advance(12 * HOUR);
      cancel();
      await clock.advance(DAY);
      assert.equal(clock.pending, 0);
    }),
  );

  it('does not keep the process alive', () => {
    const cancel = setAlarm(Date.now() + DAY, () => undefined);
    // A timer that does not is left out of this list.
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout');
    cancel();
    assert.deepEqual(timers, []);
  });
});

describe('pauses between tries', () => {
  const middle = (tried: number): number => pauseBefore(tried, { random: () => 0.5 });

  it('grow to a quarter of an hour', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 1000].map(middle), [
      5_000,
      15_000,
      45_000,
      135_000,
      405_000,
      ...Array<number>(3).fill(900_000),
    ]);
    assert.equal(middle(0), 5_000);
  });

  it('are spread by a quarter, and never shorter than the vendor asks for', () => {
    assert.equal(pauseBefore(1, { random: () => 0 }), 3_750);
    assert.equal(pauseBefore(1, { random: () => 1 }), 6_250);
    assert.equal(pauseBefore(1, { atLeast: 60_000, random: () => 0 }), 60_000);
    assert.equal(pauseBefore(9, { atLeast: 60_000, random: () => 0.5 }), 900_000);
  });
});

describe('pauses of what is repeated and fails', () => {
  const HOUR = 3_600_000;

  it('grow from the usual one to a quarter of an hour, unless the usual one is longer', () => {
    const least = (usual: number) => [1, 2, 3, 8, 1000].map((failures) => pauseAfter(failures, usual, () => 0));
    assert.deepEqual(least(10_000), [10_000, 20_000, 40_000, 900_000, 900_000]);
    assert.deepEqual(least(HOUR), Array<number>(5).fill(HOUR));
  });

  it('are never shorter than the usual one, and longer by up to a quarter', () => {
    assert.equal(
      pauseAfter(3, 10_000, () => 1),
      50_000,
    );
    assert.ok(pauseAfter(1, 10_000) >= 10_000);
  });
});

describe('ids that we choose', () => {
  it('rise, are counted for each account, and start higher in a later process', async () => {
    const ids = new IdCounters(1_800_000_000);
    const first = await ids.reserve('a', 3);
    assert.equal(await ids.reserve('a', 1), first + 3);
    assert.equal(await ids.reserve('b', 1), first);
    assert.ok((await new IdCounters(1_800_000_100).reserve('a', 1)) > first);
  });

  it('stay between 1 and 2^31-1', async () => {
    const last = 2 ** 31 - 1;
    const epoch = 1_735_689_600;
    assert.equal(await new IdCounters(0).reserve('a', 1), 1);
    const ids = new IdCounters(epoch + last - 1);
    assert.equal(await ids.reserve('a', 1), last);
    assert.equal(await ids.reserve('a', 1), 1);
    assert.equal(await new IdCounters(epoch + last - 1).reserve('a', 2), 1);
    assert.equal(await new IdCounters(epoch + last).reserve('a', 1), 1);
  });
});
