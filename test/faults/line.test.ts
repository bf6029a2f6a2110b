/**
 * Vendors that take an SMS and never say so, say so too late, or whose line breaks somewhere, and a process that is killed
 * in the midst of it: what nobody can know is in doubt, everything else is as it is told.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import type { Fault } from './front';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, pause } from './waiting';

const MESSAGES = scale(100, 1000);
const KILLS = scale(2, 10);
const WINDOW = 8;
/** Seconds that a gateway waits for an answer, and milliseconds that a late one takes. */
const TIMEOUT = 1;
const LATE = 1500;
/** Seconds after which the lines work, where messages are still on their way. */
const MENDED_AFTER = scale(60, 480);
const FAULTS: readonly Fault[] = ['silent', 'late', 'reset-before', 'reset-during', 'reset-after', 'half-answer'];

/** Every third request fails, each in another way. */
function faultOf(request: number): Fault {
  return request % 3 === 1 ? FAULTS[Math.floor(request / 3) % FAULTS.length]! : 'none';
}

describe('a line that breaks, and a process that is killed', () => {
  it('leave in doubt what nobody can know, and nothing else', async () => {
    const front = { delays: () => [between(0, 10), between(0, 20)] as const, fault: faultOf, late: LATE };
    const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW, front, gateway: { timeout: TIMEOUT } });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      for (let left = KILLS; left > 0; left--) {
        await desk.nodeRed.started();
        const mark = desk.accepted + between(1, Math.ceil((desk.fedCount - desk.accepted) / (left + 1)));
        await patiently(() => desk.accepted >= mark || desk.isOver(), 60);
        // Every other time while no vendor takes a connection.
        const refusing = left % 2 === 0 ? [...desk.fronts.values()].map((each) => each.refuse(1000)) : [];
        if (refusing.length > 0) await pause(between(100, 800));
        await desk.nodeRed.kill();
        await Promise.all(refusing);
        desk.noteFirstSends();
        desk.spawn();
      }
      await desk.nodeRed.started();
      // A message may meet a broken line several times in a row: the last ones get one that works.
      await desk.finish(MENDED_AFTER);
      for (const front of desk.fronts.values()) front.options = { ...front.options, fault: () => 'none' };
      await desk.finish(190);
      await desk.nodeRed.stop();
      for (const vendor of VENDOR_IDS) {
        const { faults, faultCount } = desk.front(vendor);
        for (const fault of FAULTS) assert.ok(faults.has(fault), `${vendor}: ${fault} never happened`);
        // Whoever takes no connections any more breaks off those that are there.
        const refusals = faults.get('refused') ?? 0;
        const found = desk.check(vendor, WINDOW * (KILLS + refusals) + faultCount);
        assert.deepEqual(found.failed, [], 'what could not be sent was tried again');
        note({ proof: 2, scenario: 'broken lines and kill -9', vendor, kills: KILLS, ...countsOf(found) });
      }
    } finally {
      await desk.close();
    }
  });
});
