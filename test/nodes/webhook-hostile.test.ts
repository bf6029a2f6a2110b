/**
 * Strangers at the webhook, those who know its secret path among them: nothing of what they do becomes an event, ends
 * Node-RED or holds up what else it does. They are in processes of their own, so that their work is not measured.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flow, type FlowNode } from '../support/flow';
import { measureLateness } from '../support/lateness';
import { call, hook, LOGIN, silentGateway, webhookOn } from '../support/webhook';

const VENDORS = ['goip', 'sms57', 'ejoin', 'hezhong'];
/** Milliseconds that the event loop may be late, 99 times of 100. */
const MOST_DELAY = 50;

const pathOf = (vendor: string): string => `hostile-path-of-${vendor}`;

let flow: Flow;
let web: string;

/** What was answered, and how often. */
function attack(kind: string, vendor: string): Promise<Record<string, number>> {
  const file = join(__dirname, '..', 'support', 'hostile.mjs');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [file, kind, `${web}/smswire/${pathOf(vendor)}`],
      { timeout: 50_000 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${kind}: ${error.message} ${stderr}`));
        else resolve(JSON.parse(stdout) as Record<string, number>);
      },
    );
  });
}

/**
 * Runs attacks and looks at Node-RED meanwhile: other routes answer, and the event loop turns. A machine that has other
 * things to do may make it late as well, though not each of five times.
 */
async function during(start: () => Promise<Record<string, number>>[]): Promise<Record<string, number>[]> {
  for (let round = 1; ; round++) {
    const endMeasuring = measureLateness();
    let over = false;
    const probing = probe(() => over);
    const answers = await Promise.all(start()).finally(() => {
      over = true;
    });
    await probing;
    const late = endMeasuring();
    if (late < MOST_DELAY) return answers;
    assert.ok(round < 5, `the event loop was ${late.toFixed(1)} ms late`);
  }
}

/** Asks another route for its answer again and again. */
async function probe(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const started = Date.now();
    const { status } = await call(`${web}/other`, { method: 'GET' });
    assert.equal(status, 200);
    assert.ok(Date.now() - started < 1000, `another route took ${Date.now() - started} ms`);
    await sleep(50);
  }
}

/** Nodes that tell of every event of a gateway. */
function listeners(gateway: string): FlowNode[] {
  const common = { gateway, interval: '0', version: 1 };
  return [
    { id: `report-${gateway}`, type: 'smswire-report', ...common, wires: [['reports']] },
    { id: `inbound-${gateway}`, type: 'smswire-inbound', ...common, wires: [['inbound'], ['others']] },
  ];
}

const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

describe('a hostile client of a webhook', () => {
  before(async () => {
    flow = await Flow.load(
      [
        ...VENDORS.map((vendor) => silentGateway(vendor, `gw-${vendor}`)),
        ...webhookOn('').filter(({ id }) => id !== 'hook'),
        ...VENDORS.flatMap((vendor) => hook(`hook-${vendor}`, `gw-${vendor}`)),
        ...VENDORS.flatMap((vendor) => listeners(`gw-${vendor}`)),
        ...['reports', 'inbound', 'others'].map((id) => ({ id, type: 'helper' })),
        { id: 'other', type: 'http in', url: '/other', method: 'get', wires: [['answer']] },
        { id: 'answer', type: 'http response', statusCode: '200' },
      ],
      Object.fromEntries<Record<string, string>>(
        VENDORS.flatMap((vendor): [string, Record<string, string>][] => [
          [`gw-${vendor}`, LOGIN],
          [`hook-${vendor}`, { path: pathOf(vendor) }],
        ]),
      ),
    );
    web = await flow.web();
  });
  after(async () => {
    await flow.close();
  });

  const noEvent = (): void => {
    for (const id of ['reports', 'inbound', 'others', 'device']) assert.equal(flow.inbox(id).messages.length, 0, id);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  };

  /** What holds no record is no error to every vendor: nothing comes of it. */
  const refused = (answers: Record<string, number>): number => (answers[400] ?? 0) + (answers[200] ?? 0);

  it('guesses no path', async () => {
    const [answers = {}] = await during(() => [attack('paths', 'goip')]);
    assert.deepEqual(answers, { 404: 2000 });
    noEvent();
    assert.equal(flow.inbox('caught').messages.length, 0);
  });

  it('is cut short where it sends too much', async () => {
    const [answers = {}] = await during(() => [attack('oversize', 'goip')]);
    const { 413: told = 0, broken = 0, ...others } = answers;
    assert.deepEqual([told + broken, others], [60, {}]);
    assert.ok(told >= 30, `${broken} were not told why`);
    noEvent();
  });

  it('is sent away where it comes to no end, on a thousand sockets', async () => {
    const [answers] = await during(() => [attack('dawdle', 'goip')]);
    assert.deepEqual(answers, { 408: 1000 });
    assert.ok((await flow.connections()) < 50);
    noEvent();
  });

  for (const kind of ['bombs', 'proto']) {
    it(`does no harm with ${kind}, to any vendor`, async () => {
      const oneByOne = (): Promise<Record<string, number>>[] =>
        VENDORS.map(async (vendor, index) => {
          await sleep(index * 1500);
          return attack(kind, vendor);
        });
      for (const answers of await during(oneByOne)) {
        assert.ok(sum(answers) > 0);
        assert.equal(refused(answers), sum(answers), JSON.stringify(answers));
      }
      noEvent();
    });
  }

  it('makes nothing happen with 10,000 random bodies', async () => {
    for (const answers of await during(() => VENDORS.slice(0, 2).map((vendor) => attack('random', vendor)))) {
      assert.deepEqual([refused(answers), sum(answers)], [5000, 5000], JSON.stringify(answers));
    }
    noEvent();
  });
});
