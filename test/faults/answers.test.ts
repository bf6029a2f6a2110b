/**
 * Vendors that take an SMS and whose answer makes no sense, or says too little: whoever cannot read it does not know. And
 * vendors that push reports twice, in another order, and before they have answered the send.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import { listening, webhook, WEBHOOK_PATH } from './flow';
import { Front, type Answer } from './front';
import type { Credentials } from './node-red';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, pause } from './waiting';

const MESSAGES = scale(40, 1000);
/** Of which reports come: GoIP's server pushes one at a time, over a line that is slow here. */
const REPORTED = scale(40, 150);
const WINDOW = scale(4, 16);

const replaced = (answer: Answer, body: string | Buffer): Answer => ({ ...answer, body: Buffer.from(body) });

/** What becomes of the answer to a send that was taken. */
const SPOILS: readonly ((answer: Answer) => Answer)[] = [
  // Complete as HTTP, and cut off in its middle for all that.
  (answer) => replaced(answer, answer.body.subarray(0, answer.body.length >> 1)),
  (answer) => replaced(answer, ''),
  (answer) => replaced(answer, '<html><head><title>Welcome</title></head><body>Log in to go on</body></html>'),
  (answer) => replaced(answer, Buffer.from([0xff, 0xfe, 0x00, 0x81, 0x8d])),
  // Nobody is named in it any more.
  (answer) =>
    replaced(
      answer,
      answer.body
        .toString('latin1')
        .replaceAll(/\[\{.*\}\]/gs, '[]')
        .replaceAll(/\d{5,}/g, ''),
    ),
  (answer) => replaced(answer, 'null'),
  (answer) => ({ ...answer, status: 502 }),
];

describe('a vendor whose answers are broken', () => {
  it('leaves in doubt what it may have taken, and nothing else', async () => {
    const spoiled = new Map<string, number>();
    const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW });
    try {
      for (const vendor of VENDOR_IDS) {
        const front = desk.front(vendor);
        const numbers = new Set<string>();
        front.options = {
          spoil: (answer, request) => {
            // Every other send; what is asked later about what is in doubt is answered.
            const [number] = /138\d{8}/.exec(request) ?? [];
            if (number === undefined || numbers.has(number)) return answer;
            if (numbers.add(number).size % 2 === 1) return answer;
            const count = spoiled.get(vendor) ?? 0;
            spoiled.set(vendor, count + 1);
            return SPOILS[count % SPOILS.length]!(answer);
          },
        };
      }
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      await desk.finish();
      for (const vendor of VENDOR_IDS) {
        const most = spoiled.get(vendor) ?? 0;
        assert.ok(most >= SPOILS.length, `${vendor}: ${most} were spoiled`);
        const found = desk.check(vendor, vendor === 'ejoin' ? 0 : most);
        assert.deepEqual(found.failed, []);
        note({ proof: 4, scenario: 'broken, cut and partial answers', vendor, ...countsOf(found) });
      }
    } finally {
      await desk.close();
    }
  });
});

const PUSHED = ['goip', 'sms57', 'ejoin', 'hezhong'];

describe('reports that are repeated, reordered and early', () => {
  it('come out once each, and belong to their message', async () => {
    const hooks = PUSHED.map(webhook);
    const pushes = await Front.start('http://127.0.0.1:9/', {
      delays: () => [between(0, 300), 0],
      echoes: () => Array.from({ length: between(0, 2) }, () => between(0, 1500)),
    });
    const desk = await Desk.open({
      ...{ vendors: PUSHED, window: WINDOW },
      nodes: [...hooks.flatMap(({ nodes }) => nodes), ...PUSHED.flatMap((vendor) => listening(vendor, 'report', 0))],
      credentials: hooks.reduce<Credentials>((sum, hook) => ({ ...sum, ...hook.credentials }), {}),
      // Every third answer comes long after the report, which comes after a second.
      front: { delays: () => [0, between(0, 2) === 0 ? between(1500, 2500) : 0] },
      gateway: (vendor) => ({
        publicUrl: pushes.url,
        options: vendor === 'ejoin' ? { reportCount: 1, reportPeriod: 1 } : {},
      }),
    });
    try {
      pushes.target = desk.nodeRed.url;
      for (const vendor of PUSHED) {
        const simulator = desk.simulator(vendor);
        simulator.pushTo?.(simulator.account, `${pushes.url}/smswire/${WEBHOOK_PATH}${vendor}`);
      }
      await desk.nodeRed.start();
      await desk.feed(REPORTED);
      await desk.finish();
      for (const vendor of PUSHED) {
        const found = desk.check(vendor, 0);
        assert.deepEqual(found.failed, []);
        const refs = desk.fed(vendor).map(({ sms }) => sms.ref);
        const finals = (): string[] =>
          desk.nodeRed.lines
            .filter(({ node, msg }) => node === `report-${vendor}` && (msg.sms as { final: boolean }).final)
            .map(({ msg }) => (msg.sms as { message?: { ref?: string } }).message?.ref ?? 'of no message');
        // An ejoin device says which ones have left; that is no end of it without delivery reports.
        await patiently(() => finals().length >= refs.length, 60);
        await pause(1500);
        assert.deepEqual(finals().sort(), [...refs].sort(), vendor);
        note({ proof: 4, scenario: 'repeated, reordered and early reports', vendor, ...countsOf(found) });
      }
    } finally {
      await desk.close();
      await pushes.close();
    }
  });
});
