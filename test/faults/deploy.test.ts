/** Node-RED is stopped as one stops it, and deployed to, while much is on its way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Simulator } from '../../nodes/simulators/simulator';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import type { FlowNode } from './node-red';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, pause } from './waiting';

const ACTIONS = ['full', 'flows', 'nodes', 'password', 'no send nodes', 'no gateways', 'stop'] as const;
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
        // A deploy ends no request, and a stop waits for the answers to those under way.
        const found = desk.check(vendor, 0);
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
  } else if (action === 'no send nodes' || action === 'no gateways') {
    const type = action === 'no gateways' ? 'smswire-gateway' : 'smswire-send';
    // Node-RED forgets the logins of nodes that are gone: whoever brings them back types them in again.
    const flows = withLogins(desk, name);
    await desk.nodeRed.deploy(
      flows.filter((node) => node.type !== type),
      'full',
    );
    await pause(between(0, 500));
    await desk.nodeRed.deploy(flows, 'full');
  } else if (action === 'password') {
    for (const vendor of VENDOR_IDS) passwords.set(vendor, `password ${number}`);
    for (const vendor of VENDOR_IDS) desk.simulator(vendor).addAccount(loginOf(desk, vendor));
    await desk.nodeRed.deploy(withLogins(desk, name), 'nodes');
  } else {
    await desk.nodeRed.deploy(
      desk.flows(() => ({ name })),
      action,
    );
  }
}

/** Those that are right now, where they were changed. */
const passwords = new Map<string, string>();

function loginOf(desk: Desk, vendor: string): Simulator['account'] {
  const { account } = desk.simulator(vendor);
  return { ...account, password: passwords.get(vendor) ?? account.password };
}

function withLogins(desk: Desk, name: string): FlowNode[] {
  return desk.flows((vendor) => ({ name, credentials: loginOf(desk, vendor) }));
}
