import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Lane } from '../../../nodes/engine/lane';

interface Entry {
  readonly priority: number;
  readonly name: number;
  readonly isTaken: boolean;
}

describe('a lane', () => {
  it('is a list, sorted by priority and otherwise as it came, whatever is done to it', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom('shift', 'odd', 'all')), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (actions) => {
        const lane = new Lane<Entry>();
        let list: Entry[] = [];
        actions.forEach((action, name) => {
          if (typeof action === 'number') {
            const entry = { priority: action, name, isTaken: false };
            lane.push(entry);
            list.push(entry);
            list.sort((a, b) => b.priority - a.priority || a.name - b.name);
          } else if (action === 'shift') {
            lane.shift();
            list.shift();
          } else {
            const which = (entry: Entry): boolean => action === 'all' || entry.name % 2 === 1;
            assert.deepEqual(lane.takeAll(which), list.filter(which));
            list = list.filter((entry) => !which(entry));
          }
          assert.equal(lane.first(), list[0]);
        });
      }),
    );
  });

  it('is quick however many wait', () => {
    const lane = new Lane<Entry>();
    const start = process.cpuUsage();
    for (let name = 0; name < 200_000; name++) lane.push({ priority: 0, name, isTaken: false });
    for (let name = 0; name < 200_000; name++) {
      assert.equal(lane.first()?.name, name);
      lane.shift();
    }
    assert.equal(lane.first(), undefined);
    assert.ok(process.cpuUsage(start).user < 3_000_000);
  });
});
