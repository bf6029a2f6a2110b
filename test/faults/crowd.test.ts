/** A bulk of messages waits, and every second there is an alert: none waits for more than what is under way already. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from './desk';
import { newMessages, told, type Fed } from './ledger';
import { IS_LONG, scale } from './scale';
import { note } from './table';
import { pause, until } from './waiting';

const WAITING = scale(5000, 100_000);
/** Messages that are handed in by one request. */
const CHUNK = 5000;
const ALERTS = scale(5, 30);
/** Milliseconds that a vendor takes to answer. */
const ANSWER = 250;
const VENDORS = IS_LONG ? ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'] : ['goip'];

interface Alert {
  readonly to: string;
  /** Epoch milliseconds at which it had been handed in. */
  readonly since: number;
  /** Milliseconds from then until it was out as accepted. */
  readonly latency: number;
}

describe('an alert while very many wait', () => {
  for (const vendor of VENDORS) {
    it(`goes out next: ${vendor}`, async () => {
      const window = vendor === 'ejoin' ? 1 : 4;
      const desk = await Desk.open({
        ...{ vendors: [vendor], window, nodeRed: { smswire: { queueLimit: 2 * WAITING } } },
        front: { delays: () => [0, ANSWER], records: true },
      });
      try {
        const { passages } = desk.front(vendor);
        await desk.nodeRed.start();
        const bulk: Fed[] = [];
        for (let left = WAITING; left > 0; left -= CHUNK) {
          const messages = newMessages(vendor, Math.min(left, CHUNK));
          bulk.push(...messages);
          await desk.hand(vendor, messages);
        }
        // The last overtakes the others: all of them are written down when it is out.
        await desk.feed(1);
        assert.ok(bulk.length - desk.accepted > WAITING * 0.9, 'most of them wait');

        const alerts: Alert[] = [];
        for (let count = 0; count < ALERTS; count++) {
          const [alert] = newMessages(vendor, 1).map((each) => ({ ...each, sms: { ...each.sms, priority: 100 } }));
          const { to, sms } = alert!;
          await desk.hand(vendor, [alert!]);
          const since = Date.now();
          await until('the alert is accepted', () => told(desk.nodeRed.lines, vendor).has(sms.ref));
          alerts.push({ to, since, latency: Date.now() - since });
          await pause(Math.max(0, 1000 - (Date.now() - since)));
        }
        await pause(2 * ANSWER);
        for (const { to, since } of alerts) {
          const own = passages.find(({ request }) => request.includes(to))?.at ?? 0;
          const before = passages.filter(
            ({ at, request }) => at > since && at < own && /138\d{8}/.test(request),
          ).length;
          assert.ok(before <= window, `${before} requests went before an alert`);
        }
        const slowest = Math.max(...alerts.map(({ latency }) => latency));
        // The promise in time, where the machine has nothing else to do.
        if (IS_LONG) assert.ok(slowest <= ANSWER + ANSWER + 1000, `${slowest} ms`);

        const taken = desk.simulator(vendor).accepted.map(({ text }) => text);
        assert.equal(new Set(taken).size, taken.length, 'nothing is doubled');
        const refused = desk.nodeRed.lines.filter(({ node }) => node !== `accepted-${vendor}`);
        assert.deepEqual(refused, []);
        note({
          ...{ proof: 10, scenario: `${WAITING.toLocaleString('en')} wait, an alert a second`, vendor },
          ...{ messages: ALERTS, lost: 0, doubled: 0, inDoubt: 0 },
          times: [
            {
              what: `alert accepted, by a vendor that takes ${ANSWER / 1000} s`,
              milliseconds: alerts.map(({ latency }) => latency),
            },
          ],
        });
      } finally {
        await desk.close();
      }
    });
  }
});
