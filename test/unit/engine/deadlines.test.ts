/** Each deadline rings once, at its time and in order, however many there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Deadlines, type Deadline } from '../../../nodes/engine/deadlines';
import { VirtualClock } from './virtual-clock';

describe('deadlines', () => {
  it('ring in order, but for those that were taken away', async () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 1000 }),
      removes: fc.option(fc.nat(30)),
      waits: fc.nat(100),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = new VirtualClock();
        const restore = clock.install();
        try {
          const rung: { name: number; at: number }[] = [];
          const deadlines = new Deadlines<number>((name) => rung.push({ name, at: Date.now() }));
          const all: Deadline<number>[] = [];
          const removed = new Set<number>();
          for (const { after, removes, waits } of steps) {
            all.push(deadlines.add(Date.now() + after, all.length));
            const victim = removes === null ? undefined : all[removes];
            if (victim) {
              if (victim.place >= 0) removed.add(victim.item);
              deadlines.remove(victim);
            }
            await clock.advance(waits);
          }
          await clock.advance(2000);
          const expected = all.filter(({ item }) => !removed.has(item));
          assert.deepEqual(
            rung.map(({ name }) => name).sort((one, other) => one - other),
            expected.map(({ item }) => item),
          );
          // A timer takes a millisecond at least.
          for (const { name, at } of rung) assert.ok(at >= all[name]!.at && at <= all[name]!.at + 1);
        } finally {
          restore();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are quick to set and to take away', () => {
    const deadlines = new Deadlines<number>(() => undefined);
    const start = process.cpuUsage();
    const later = Date.now() + 86_400_000;
    const all = Array.from({ length: 200_000 }, (_, index) => deadlines.add(later + ((index * 7919) % 100_003), index));
    for (const deadline of all) deadlines.remove(deadline);
    assert.ok(process.cpuUsage(start).user < 4_000_000);
  });
});
