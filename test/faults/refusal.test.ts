/**
 * Vendors that are too busy, that want to be left alone for a while, or that break: no message comes back before its time,
 * the other gateways do not notice, and all goes on by itself.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDOR_IDS } from '../support/vendor';
import { Desk } from './desk';
import type { Answer, Passage } from './front';
import { newMessages, told } from './ledger';
import { scale } from './scale';
import { countsOf, note } from './table';
import { pause, until } from './waiting';

const MESSAGES = scale(30, 300);
const WINDOW = 4;
/** Seconds for which a vendor refuses at least. */
const TROUBLE = scale(2, 40);
/** Seconds: longer than what is waited before the first repetition anyway. */
const RETRY_AFTER = 8;
/** Milliseconds of the shortest pause before a repetition. */
const LEAST_PAUSE = 3750;

const text = (status: number, body: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(body),
});
const tooMany = (): Answer => text(429, '', { 'retry-after': String(RETRY_AFTER) });
let mobsetTurn = 0;

interface Refusal {
  readonly answer: () => Answer;
  /** Milliseconds within which the same message must not come again. */
  readonly pause: number;
  readonly code: string;
}

/** All of them say for certain that nothing was taken. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  goip: { answer: tooMany, pause: RETRY_AFTER * 1000, code: 'rate-limited' },
  sms57: {
    answer: () => text(200, '{"status":"21","balance":100,"list":[]}'),
    ...{ pause: LEAST_PAUSE, code: 'vendor-busy' },
  },
  mobset: {
    answer: () => text(200, `{"Code":"${mobsetTurn++ % 2 === 0 ? -189 : -190}","Message":"busy"}`),
    ...{ pause: LEAST_PAUSE, code: 'vendor-busy' },
  },
  ejoin: { answer: tooMany, pause: RETRY_AFTER * 1000, code: 'rate-limited' },
};
const WELL = 'hezhong';

/** When each recipient was asked for, in milliseconds, by number. */
function timesByNumber(passages: readonly Passage[], numbers: readonly string[]): Map<string, number[]> {
  const times = new Map(numbers.map((number): [string, number[]] => [number, []]));
  for (const { request, at } of passages) {
    for (const number of new Set(request.match(/13[89]\d{8}/g))) times.get(number)?.push(at);
  }
  return times;
}

/** Only a send names a number. */
const isSend = (request: string): boolean => /138\d{8}/.test(request);

async function withTrouble(
  answer: (vendor: string) => Answer,
  work: (desk: Desk, sick: readonly string[], end: () => void) => Promise<void>,
): Promise<void> {
  let isOver = false;
  const desk = await Desk.open({ vendors: VENDOR_IDS, window: WINDOW, front: { records: true } });
  try {
    const sick = VENDOR_IDS.filter((vendor) => vendor !== WELL);
    for (const vendor of sick) {
      const front = desk.front(vendor);
      front.options = {
        ...front.options,
        instead: (request) => (!isOver && isSend(request) ? answer(vendor) : undefined),
      };
    }
    await desk.nodeRed.start();
    await work(desk, sick, () => (isOver = true));
  } finally {
    await desk.close();
  }
}

/** Hands messages to all, and waits until the one that is well has sent all of them, and the trouble has lasted. */
async function endure(desk: Desk, sick: readonly string[]): Promise<number> {
  const since = Date.now();
  for (const vendor of desk.vendors) await desk.hand(vendor, newMessages(vendor, MESSAGES));
  await until('the others are not held up', () => told(desk.nodeRed.lines, WELL).size === MESSAGES);
  for (const vendor of sick) await until(`${vendor} refuses`, () => desk.front(vendor).passages.length > 0);
  await pause(Math.max(0, since + TROUBLE * 1000 - Date.now()));
  return Date.now() - since;
}

describe('a vendor that is busy', () => {
  it('is not stormed, holds up no other, and gets everything once it is not', async () => {
    await withTrouble(
      (vendor) => REFUSALS[vendor]!.answer(),
      async (desk, sick, end) => {
        const lasted = await endure(desk, sick);
        for (const vendor of sick) assert.equal(desk.simulator(vendor).accepted.length, 0, vendor);
        end();
        await desk.finish();
        for (const vendor of desk.vendors) {
          const found = desk.check(vendor, 0);
          assert.deepEqual(found.failed, []);
          if (vendor === WELL) {
            note({ proof: 3, scenario: 'beside busy ones', vendor, ...countsOf(found) });
            continue;
          }
          const refusal = REFUSALS[vendor]!;
          const numbers = desk.fed(vendor).map(({ to }) => to);
          const times = [...timesByNumber(desk.front(vendor).passages, numbers).values()];
          for (const each of times) {
            for (const [index, at] of each.slice(1).entries()) {
              assert.ok(at - each[index]! >= refusal.pause, `${vendor}: came again after ${at - each[index]!} ms`);
            }
          }
          const requests = times.reduce((sum, each) => sum + each.length, 0);
          // One that is sent, and before it no more than its pauses leave room for.
          const most = MESSAGES * (1 + Math.ceil(lasted / refusal.pause));
          assert.ok(requests > MESSAGES && requests <= most, `${vendor}: ${requests} requests`);
          const attempts = desk.nodeRed.lines
            .filter(({ node }) => node === `accepted-${vendor}`)
            .flatMap(({ msg }) => (msg.sms as { attempts: { error?: { code: string } }[] }).attempts);
          assert.deepEqual(
            new Set(attempts.map(({ error }) => error?.code)),
            new Set([refusal.code, undefined]),
            'nothing else was said',
          );
          const scenario = 'busy: 429, 21, -189 and -190';
          const remark = `requests for each message: ${(requests / MESSAGES).toFixed(1)} in ${Math.round(lasted / 1000)} s`;
          note({ proof: 3, scenario, vendor, ...countsOf(found), remark: `${vendor} ${remark}` });
        }
      },
    );
  });
});

describe('a vendor that breaks', () => {
  it('is asked for each message once, holds up no other, and gets the next ones once it is mended', async () => {
    await withTrouble(
      () => text(503, 'Service Unavailable'),
      async (desk, sick, end) => {
        await endure(desk, sick);
        end();
        for (const vendor of sick) await desk.hand(vendor, newMessages(vendor, MESSAGES));
        await desk.finish();
        for (const vendor of desk.vendors) {
          const broken = desk.front(vendor).passages.filter(({ status }) => status === 503).length;
          const found = desk.check(vendor, broken);
          assert.deepEqual(found.failed, []);
          if (vendor !== WELL) assert.ok(broken > 0, `${vendor} was not broken`);
          if (vendor !== 'ejoin') {
            const numbers = desk.fed(vendor).map(({ to }) => to);
            for (const [, times] of timesByNumber(desk.front(vendor).passages, numbers)) {
              assert.ok(times.length <= 1, `${vendor}: asked ${times.length} times`);
            }
          }
          const scenario = vendor === WELL ? 'beside broken ones' : 'HTTP 503 for a while';
          note({ proof: 3, scenario, vendor, ...countsOf(found) });
        }
      },
    );
  });
});
