/**
 * The clock of the host is wrong, is set while much is on its way, or stands still while the host sleeps. Only the clock of
 * Node-RED's process is moved: vendors keep the right time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk, type DeskOptions } from './desk';
import { listening, webhook, WEBHOOK_PATH } from './flow';
import { Front } from './front';
import { newMessages, told } from './ledger';
import type { Credentials } from './node-red';
import { IS_LONG, scale } from './scale';
import { countsOf, note } from './table';
import { between, patiently, pause, until } from './waiting';

const MINUTE = 60_000;
const OFF = 25 * MINUTE;
const WINDOW = 4;
const MESSAGES = scale(40, 500);
const PUSHED = ['goip', 'sms57', 'ejoin', 'hezhong'];

const MOVES = { movesClock: true };
/** A session ends by the clock, too. */
const encrypted = (vendor: string): Record<string, unknown> => (vendor === 'ejoin' ? { crypt: 'aes-ecb' } : {});

function withPushes(pushes: Front): Pick<DeskOptions, 'nodes' | 'credentials' | 'gateway'> {
  const hooks = PUSHED.map(webhook);
  return {
    nodes: [...hooks.flatMap(({ nodes }) => nodes), ...PUSHED.flatMap((vendor) => listening(vendor, 'report', 0))],
    credentials: hooks.reduce<Credentials>((sum, hook) => ({ ...sum, ...hook.credentials }), {}),
    gateway: (vendor) => ({
      publicUrl: pushes.url,
      doubtAfter: 20,
      options: { ...encrypted(vendor), ...(vendor === 'ejoin' ? { reportCount: 1, reportPeriod: 1 } : {}) },
    }),
  };
}

describe('a host whose clock is wrong', () => {
  for (const [name, ahead] of [
    ['25 minutes ahead', OFF],
    ['25 minutes behind', -OFF],
  ] as const) {
    it(`sends all, settles what is in doubt, and knows whose reports come: ${name}`, async () => {
      const pushes = await Front.start('http://127.0.0.1:9/');
      const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW, nodeRed: MOVES, ...withPushes(pushes) });
      try {
        pushes.target = desk.nodeRed.url;
        for (const vendor of PUSHED) {
          const simulator = desk.simulator(vendor);
          simulator.pushTo?.(simulator.account, `${pushes.url}/smswire/${WEBHOOK_PATH}${vendor}`);
          // One of the first answers is lost.
          const front = desk.front(vendor);
          let lost = false;
          front.options = {
            spoil: (answer) => {
              if (lost || desk.simulator(vendor).accepted.length === 0) return answer;
              lost = true;
              return { ...answer, status: 502 };
            },
          };
        }
        await desk.nodeRed.setClock(ahead);
        await desk.nodeRed.start();
        await desk.feed(MESSAGES);
        await desk.finish();
        for (const vendor of VENDOR_IDS) {
          const found = desk.check(vendor, 0);
          assert.deepEqual(found.failed, [], vendor);
          note({ proof: 7, scenario: `clock ${name}`, vendor, ...countsOf(found) });
        }
        assert.match(desk.nodeRed.log, /clock.* 25 minutes/i);
        for (const vendor of PUSHED) {
          const refs = desk.fed(vendor).map(({ sms }) => sms.ref);
          const reported = (): Set<unknown> =>
            new Set(
              desk.nodeRed.lines
                .filter(({ node }) => node === `report-${vendor}`)
                .map(({ msg }) => (msg.sms as { message?: { ref?: string } }).message?.ref),
            );
          await patiently(() => reported().size >= refs.length, 30);
          assert.deepEqual(reported(), new Set(refs), vendor);
        }
      } finally {
        await desk.close();
        await pushes.close();
      }
    });
  }
});

describe('a clock that is set while messages are on their way', () => {
  it('loses nothing, sends nothing twice and keeps to the rate', async () => {
    const rate = scale(20, 50);
    const desk = await Desk.open({
      ...{ vendors: VENDOR_IDS, window: WINDOW, nodeRed: MOVES },
      front: { delays: () => [between(0, 20), between(0, 40)], records: true },
      gateway: (vendor) => ({ rate, options: encrypted(vendor) }),
    });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      // None as far as a message lives.
      const steps = [OFF, -OFF, 0, ...(IS_LONG ? [12 * 60 * MINUTE, -OFF, OFF, 0] : [])];
      for (const [done, ahead] of steps.entries()) {
        const mark = desk.accepted + (desk.fedCount - desk.accepted) / (steps.length - done + 1);
        await patiently(() => desk.accepted >= mark, 30);
        await desk.nodeRed.setClock(ahead);
        if (done % 2 === 1) {
          await desk.nodeRed.kill();
          desk.spawn();
          await desk.nodeRed.started();
        }
      }
      await desk.finish();
      const kills = Math.floor(steps.length / 2);
      for (const vendor of VENDOR_IDS) {
        const found = desk.check(vendor, vendor === 'ejoin' ? 0 : WINDOW * kills);
        assert.deepEqual(found.failed, [], vendor);
        const times = desk.simulator(vendor).accepted.map(({ at }) => at);
        // Where the clock is set, or the process begins anew, what has just gone is forgotten once.
        const most = Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 1000).length));
        assert.ok(most <= 2 * rate + WINDOW, `${vendor}: ${most} within a second`);
        note({ proof: 7, scenario: 'clock set again and again', vendor, kills, ...countsOf(found) });
      }
    } finally {
      await desk.close();
    }
  });
});

describe('what waits for a time', () => {
  it('goes out, or does not any more, soon after the clock is put forward', async () => {
    const vendor = 'goip';
    const desk = await Desk.open({
      ...{ vendors: [vendor], window: WINDOW, nodeRed: MOVES },
      // Those that name no time are for a time long ago: now.
      send: { at: 'at ? at : 1', atType: 'jsonata', ttl: 3600 },
    });
    try {
      let refuses = false;
      const front = desk.front(vendor);
      front.options = {
        instead: (request) =>
          refuses && /1380\d+/.test(request)
            ? { status: 429, headers: { 'retry-after': '3600' }, body: Buffer.alloc(0) }
            : undefined,
      };
      await desk.nodeRed.start();
      const later = newMessages(vendor, 5).map((message) => ({ ...message, at: Date.now() + 20 * MINUTE }));
      await desk.hand(vendor, later);
      const once = newMessages(vendor, 1).map((message) => ({ ...message, sms: { ...message.sms, once: 'alarm 7' } }));
      await desk.hand(vendor, once);
      await until('what waits for nothing leaves', () => told(desk.nodeRed.lines, vendor).size === 1);
      await desk.nodeRed.setClock(-OFF);
      await pause(1000);
      assert.equal(desk.accepted, 1, 'nothing goes out too soon');
      await desk.nodeRed.setClock(OFF);
      await until('it goes out', () => desk.accepted === 6, 40);
      // An hour and more, and what could not be sent by then is not sent any more.
      refuses = true;
      const late = newMessages(vendor, 5);
      await desk.hand(vendor, late);
      await until('it is refused', () => front.faults.size > 0);
      await pause(1000);
      await desk.nodeRed.setClock(OFF + 90 * MINUTE);
      await until('it expires', () => late.every(({ sms }) => told(desk.nodeRed.lines, vendor).has(sms.ref)), 40);
      refuses = false;
      const found = desk.check(vendor, 0);
      assert.deepEqual(found.failed.length, late.length);
      for (const { node, msg } of desk.nodeRed.lines) {
        if (node === `failed-${vendor}`) assert.equal((msg.sms as { state: string }).state, 'expired');
      }
      note({ proof: 7, scenario: 'schedule and time to live, clock put forward', vendor, ...countsOf(found) });

      // A clock that was put back does not make it forget either.
      const times = (): number => desk.nodeRed.lines.filter(({ node }) => node === `accepted-${vendor}`).length;
      await desk.nodeRed.setClock(-OFF);
      const before = times();
      await desk.nodeRed.post(`feed/${vendor}`, once);
      await until('it is told again', () => times() > before);
      assert.equal(desk.accepted, 6, 'what was sent under an idempotency key is not sent again');
    } finally {
      await desk.close();
    }
  });
});

describe('a host that sleeps', () => {
  it('goes on where it was, hours later', async () => {
    const rounds = scale(1, 4);
    const desk = await Desk.open({
      ...{ vendors: VENDOR_IDS, window: WINDOW, nodeRed: MOVES },
      front: { delays: () => [between(0, 50), between(0, 100)] },
      gateway: (vendor) => ({ timeout: 2, options: encrypted(vendor) }),
    });
    try {
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      for (let round = 1; round <= rounds; round++) {
        const mark = desk.accepted + (desk.fedCount - desk.accepted) / (rounds - round + 2);
        await patiently(() => desk.accepted >= mark, 30);
        await desk.nodeRed.sleep(3000, round * 4 * 60 * MINUTE);
      }
      await desk.finish();
      for (const vendor of VENDOR_IDS) {
        const found = desk.check(vendor, vendor === 'ejoin' ? 0 : WINDOW * rounds);
        assert.deepEqual(found.failed, [], vendor);
        note({ proof: 7, scenario: 'host asleep for hours', vendor, ...countsOf(found) });
      }
    } finally {
      await desk.close();
    }
  });
});
