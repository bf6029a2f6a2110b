/** Each deadline rings once, at its time and in order, however many there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Deadlines, type Expiring } from '../../../nodes/engine/deadlines';
import { VirtualClock } from './virtual-clock';

interface Item extends Expiring {
  readonly name: number;
}

const itemOf = (name: number, expiresAt: number): Item => ({ name, expiresAt, expiryPlace: -1 });

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
          const deadlines = new Deadlines<Item>(({ name }) => rung.push({ name, at: Date.now() }));
          const all: Item[] = [];
          const removed = new Set<number>();
          for (const { after, removes, waits } of steps) {
            const item = itemOf(all.length, Date.now() + after);
            all.push(item);
            deadlines.add(item);
            const victim = removes === null ? undefined : all[removes];
            if (victim) {
              if (victim.expiryPlace >= 0) removed.add(victim.name);
              deadlines.remove(victim);
            }
            await clock.advance(waits);
          }
          await clock.advance(2000);
          const expected = all.filter(({ name }) => !removed.has(name));
          assert.deepEqual(
            rung.map(({ name }) => name).sort((one, other) => one - other),
            expected.map(({ name }) => name),
          );
          // A timer takes a millisecond at least.
          for (const { name, at } of rung) assert.ok(at >= all[name]!.expiresAt && at <= all[name]!.expiresAt + 1);
        } finally {
          restore();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are quick to set and to take away', () => {
    const deadlines = new Deadlines<Item>(() => undefined);
    const start = process.cpuUsage();
    const later = Date.now() + 86_400_000;
    const all = Array.from({ length: 200_000 }, (_, index) => itemOf(index, later + ((index * 7919) % 100_003)));
    for (const item of all) deadlines.add(item);
    for (const item of all) deadlines.remove(item);
    assert.ok(process.cpuUsage(start).user < 4_000_000);
  });
});
