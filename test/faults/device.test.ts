/**
 * An Ejoin device that starts again in the midst of sending: it forgets which tasks it has, so what was under way then is
 * not asked for again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from './desk';
import type { FlowNode } from './node-red';
import { IS_LONG, scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, until } from './waiting';

const VENDOR = 'ejoin';
const WINDOW = 4;
const MESSAGES = scale(60, 1000);
/** Each has the messages that wait wait for longer. */
const ROUNDS = scale(1, 2);
/** Milliseconds that a start of the device takes. */
const START = 1500;

const PLACE = { z: 'tab', x: 100, y: 100 };

/** `POST /reboot` makes the device node start the device again. */
const REBOOT: readonly FlowNode[] = [
  { ...PLACE, id: 'reboot-in', type: 'http in', url: '/reboot', method: 'post', wires: [['reboot', 'reboot-out']] },
  { ...PLACE, id: 'reboot-out', type: 'http response', wires: [] },
  {
    ...{ ...PLACE, id: 'reboot', type: 'smswire-device', gateway: `gw-${VENDOR}`, command: 'reboot', version: 1 },
    ...{ args: { confirm: true }, wires: [[]] },
  },
];

/** Somebody starts it again at the device, and nobody here is told. */
async function startAgain(desk: Desk, parameters: string): Promise<void> {
  const { username, password } = desk.simulator(VENDOR).account;
  const query = `version=1.1&username=${username}&password=${password}&${parameters}`;
  const answer = await fetch(`${desk.simulator(VENDOR).url}/goip_send_cmd.html?${query}`);
  assert.match(await answer.text(), /"code":0/);
}

const HOW: Readonly<Record<string, (desk: Desk) => Promise<void>>> = {
  'at the device': (desk) => startAgain(desk, 'op=reboot'),
  'by the device node': (desk) => desk.nodeRed.post('reboot', {}),
  'while Node-RED is down': async (desk) => {
    await desk.nodeRed.kill();
    await startAgain(desk, 'op=reboot');
    desk.spawn();
    await desk.nodeRed.started();
  },
};

describe('a device that starts again', () => {
  for (const crypt of IS_LONG ? ['off', 'aes-ecb'] : ['aes-ecb']) {
    it(`is sent nothing twice, and what it may have had is in doubt: crypt ${crypt}`, async () => {
      const desk = await Desk.open({
        ...{ vendors: [VENDOR], window: WINDOW, nodes: REBOOT },
        front: { delays: () => [between(0, 30), between(0, 60)] },
        gateway: { options: { crypt } },
      });
      try {
        await desk.nodeRed.start();
        await startAgain(desk, `op=set&simulate_reboot=${START}`);
        await desk.feed(MESSAGES);
        const turns = Array.from({ length: ROUNDS }, () => Object.values(HOW))
          .flat()
          .slice(IS_LONG ? 0 : 1);
        for (const [done, turn] of turns.entries()) {
          const share = Math.ceil((MESSAGES - desk.accepted) / (turns.length - done + 1));
          const mark = desk.accepted + between(1, share);
          await patiently(() => desk.accepted >= mark || desk.isOver(), 60);
          const before = desk.accepted;
          await turn(desk);
          await until('it sends again', () => desk.accepted > before + WINDOW || desk.isOver(), 90);
        }
        await desk.finish();
        // What is under way when it ends, and what was about to go then.
        const found = desk.check(VENDOR, 2 * WINDOW * turns.length);
        assert.deepEqual(found.failed, []);
        const reasons = desk.nodeRed.lines
          .filter(({ node }) => node === `doubt-${VENDOR}`)
          .map(({ msg }) => (msg.sms as { error: { code: string; message: string } }).error);
        for (const { code, message } of reasons) {
          assert.equal(code, 'in-doubt');
          assert.match(message, /started again/);
        }
        const scenario = `device started again, ${crypt === 'off' ? 'plain' : 'encrypted'}`;
        note({
          proof: 11,
          scenario,
          vendor: VENDOR,
          ...countsOf(found),
          remark: `${turns.length} starts of the device`,
        });
      } finally {
        await desk.close();
      }
    });
  }
});
