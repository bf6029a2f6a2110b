/** The process is killed again and again while much is on its way: nothing is lost, and nothing is sent twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, pause } from './waiting';

const MESSAGES = scale(600, 10_000);
const KILLS = scale(4, 20);
const WINDOW = scale(8, 16);
/** In doubt after a kill are at most the requests that were under way; an ejoin device is asked about each. */
const SETTLED: ReadonlySet<string> = new Set(['ejoin']);

/** Kills it somewhere: mostly in the midst of sending, sometimes while it starts. */
async function killSomewhere(desk: Desk, left: number): Promise<void> {
  if (left % 4 === 2) {
    await pause(between(0, 2500));
  } else {
    await desk.nodeRed.started();
    const share = Math.ceil((desk.fedCount - desk.accepted) / (left + 1));
    const mark = desk.accepted + between(1, Math.max(1, share));
    await patiently(() => desk.accepted >= mark || desk.isOver(), 60);
    await pause(between(0, 30));
  }
  await desk.nodeRed.kill();
  desk.noteFirstSends();
}

describe('a process that is killed', () => {
  it('loses nothing and sends nothing twice', async () => {
    const desk = await Desk.open({
      ...{ vendors: VENDOR_IDS, window: WINDOW },
      front: { delays: () => [between(0, 20), between(0, 40)] },
    });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      for (let left = KILLS; left > 0; left--) {
        await killSomewhere(desk, left);
        desk.spawn();
      }
      await desk.nodeRed.started();
      await desk.finish();
      desk.noteFirstSends();
      await desk.nodeRed.stop();
      for (const vendor of VENDOR_IDS) {
        const found = desk.check(vendor, SETTLED.has(vendor) ? 0 : WINDOW * KILLS);
        assert.deepEqual(found.failed, [], 'nothing was refused');
        note({
          proof: 1,
          scenario: 'kill -9',
          vendor,
          kills: KILLS,
          ...countsOf(found),
          times: desk.startsOf(vendor),
        });
      }
    } finally {
      await desk.close();
    }
  });
});
