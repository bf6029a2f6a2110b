/** SMS of which nothing is ever heard: once their time is over, they are unknown, and it is said why. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import { listening } from './flow';
import { scale } from './scale';
import { countsOf, note } from './table';
import { pause, until } from './waiting';

const MESSAGES = scale(10, 200);
/** Seconds that what was sent is remembered; the process is killed within them. */
const REMEMBERED = scale(12, 30);

interface Told {
  readonly state: string;
  readonly final: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly message?: { readonly ref?: string };
}

describe('no report for as long as what was sent is remembered', () => {
  it('makes it unknown, once and with the reason, also where the process was killed', async () => {
    const desk = await Desk.open({
      ...{ vendors: VENDOR_IDS, window: 8, nodeRed: { smswire: { retention: { days: REMEMBERED / 86_400 } } } },
      // Nobody asks for reports, and nobody is there to be told.
      nodes: VENDOR_IDS.flatMap((vendor) => listening(vendor, 'report', 0)),
    });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      await desk.finish();
      const told = (vendor: string): Told[] =>
        desk.nodeRed.lines.filter(({ node }) => node === `report-${vendor}`).map(({ msg }) => msg.sms as Told);
      const before = new Map(VENDOR_IDS.map((vendor) => [vendor, told(vendor).length]));
      await desk.nodeRed.kill();
      desk.spawn();
      await desk.nodeRed.started();
      for (const vendor of VENDOR_IDS) {
        await until(`${vendor} is given up`, () => told(vendor).length >= MESSAGES, 3 * REMEMBERED + 30);
      }
      await pause(2000);
      for (const vendor of VENDOR_IDS) {
        const found = desk.check(vendor, 0);
        assert.equal(before.get(vendor), 0, `${vendor}: given up too soon`);
        assert.deepEqual(
          told(vendor)
            .map(({ message }) => message?.ref)
            .sort(),
          desk
            .fed(vendor)
            .map(({ sms }) => sms.ref)
            .sort(),
        );
        for (const { state, final, error } of told(vendor)) {
          assert.deepEqual([state, final, error?.code], ['unknown', true, 'no-report']);
          assert.ok(error?.message);
        }
        note({
          proof: 12,
          scenario: 'no report ever',
          vendor,
          kills: 1,
          ...countsOf(found),
          remark: 'all unknown in time',
        });
      }
    } finally {
      await desk.close();
    }
  });
});
