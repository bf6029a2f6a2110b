/** Node-RED is stopped as one stops it, and deployed to, while much is on its way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently } from './waiting';

const ACTIONS = ['full', 'flows', 'nodes', 'password', 'stop'] as const;
const MESSAGES = scale(300, 3000);
const ROUNDS = scale(1, 5);
const WINDOW = 8;

describe('Node-RED that is stopped and deployed to', () => {
  it('loses nothing, sends nothing twice and tells nothing twice', async () => {
    const front = { delays: () => [between(0, 20), between(0, 40)] as const };
    const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW, front });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      const actions = Array.from({ length: ROUNDS }, () => ACTIONS).flat();
      for (const [done, action] of actions.entries()) {
        const share = Math.ceil((desk.fedCount - desk.accepted) / (actions.length - done + 1));
        const mark = desk.accepted + between(1, Math.max(1, share));
        await patiently(() => desk.accepted >= mark || desk.isOver(), 60);
        await act(desk, action, done);
      }
      await desk.finish();
      await desk.nodeRed.stop();
      for (const vendor of VENDOR_IDS) {
        // A deploy ends no request: only those that were under way at a stop can be in doubt.
        const found = desk.check(vendor, WINDOW * ROUNDS);
        assert.deepEqual(found.toldAgain, []);
        assert.ok(found.failed.length <= WINDOW * ROUNDS, 'the old password was refused to those under way alone');
        note({ proof: 9, scenario: 'stops and deploys', vendor, ...countsOf(found) });
      }
    } finally {
      await desk.close();
    }
  });
});

async function act(desk: Desk, action: (typeof ACTIONS)[number], number: number): Promise<void> {
  // Another name makes another configuration of every gateway.
  const name = `Gateway ${number}`;
  if (action === 'stop') {
    await desk.nodeRed.stop();
    desk.spawn();
    await desk.nodeRed.started();
  } else if (action === 'password') {
    const credentials = new Map(
      VENDOR_IDS.map((vendor) => [vendor, { ...desk.simulator(vendor).account, password: `password ${number}` }]),
    );
    for (const [vendor, account] of credentials) desk.simulator(vendor).addAccount(account);
    await desk.nodeRed.deploy(
      desk.flows((vendor) => ({ name, credentials: credentials.get(vendor) })),
      'nodes',
    );
  } else {
    await desk.nodeRed.deploy(
      desk.flows(() => ({ name })),
      action,
    );
  }
}
