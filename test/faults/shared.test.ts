/** Several Node-REDs on one PostgreSQL: one of them works at a time, and whatever becomes of it, another goes on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NO_POSTGRES, Postgres } from '../support/postgres';
import { Desk } from './desk';
import { listening, login, webhook, WEBHOOK_PATH } from './flow';
import { newMessages, told, type Fed } from './ledger';
import { NodeRed, type Credentials, type Line } from './node-red';
import { scale } from './scale';
import { countsOf, note } from './table';
import { between, pause, until } from './waiting';

const VENDORS = ['sms57', 'ejoin'] as const;
/** The one that is polled. */
const POLLED = 'sms57';
const MESSAGES = scale(200, 2_000);
const WINDOW = 8;
/** What a worker says that has begun to work. */
const WORKS = 'This Node-RED now sends and polls';
/** Milliseconds after which another takes over from a worker that is not heard of, and some more. */
const LEASE_OVER = 16_000;
/** Seconds between two polls for reports: the least that the vendor bears. */
const INTERVAL = 5;

let postgres: Postgres;

/** Two Node-REDs with the same flows on one database, and vendors behind slow lines. */
class Pair {
  private constructor(
    readonly desk: Desk,
    readonly both: readonly [NodeRed, NodeRed],
  ) {}

  static async open(): Promise<Pair> {
    const smswire = { store: await postgres.createDatabase() };
    const hook = webhook(POLLED);
    const desk = await Desk.open({
      vendors: VENDORS,
      window: WINDOW,
      gateway: { timeout: 3 },
      nodes: [...hook.nodes, ...listening(POLLED, 'report', INTERVAL), ...listening(POLLED, 'inbound', 0)],
      credentials: hook.credentials,
      front: { delays: () => [between(0, 20), between(0, 40)], records: true },
      nodeRed: { smswire },
    });
    const logins = VENDORS.map((vendor) => login(vendor, desk.simulator(vendor)));
    const credentials = Object.assign({}, hook.credentials, ...logins) as Credentials;
    const other = await NodeRed.make(desk.flows(), credentials, { smswire });
    const pair = new Pair(desk, [desk.nodeRed, other]);
    try {
      await desk.nodeRed.start();
      await other.start();
      return pair;
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  get lines(): Line[] {
    return this.both.flatMap(({ lines }) => lines);
  }

  /** The one that works, and the one that does not. */
  async roles(): Promise<[worker: NodeRed, standby: NodeRed]> {
    const [one, other] = this.both;
    await until('one of them works', () => this.both.some(({ log }) => log.includes(WORKS)), 30);
    return one.log.includes(WORKS) ? [one, other] : [other, one];
  }

  /** Hands messages of each vendor in at a Node-RED; they are not waited for. */
  async hand(nodeRed: NodeRed, count: number): Promise<Map<string, readonly Fed[]>> {
    const handed = new Map<string, readonly Fed[]>();
    for (const vendor of VENDORS) {
      const messages = newMessages(vendor, count);
      this.desk.note(vendor, messages);
      await nodeRed.post(`feed/${vendor}`, messages);
      handed.set(vendor, messages);
    }
    return handed;
  }

  async finish(): Promise<void> {
    await until('all have their outcomes', () => this.desk.isOver(this.lines), 120);
  }

  check(scenario: string, mostInDoubt: number, kills?: number): void {
    for (const vendor of VENDORS) {
      const found = this.desk.check(vendor, vendor === 'ejoin' ? 0 : mostInDoubt, this.lines);
      assert.deepEqual(found.failed, []);
      note({ proof: 6, scenario, vendor, ...countsOf(found), ...(kills === undefined ? {} : { kills }) });
    }
  }

  /** When it was polled for reports since a time, in epoch milliseconds. */
  polls(since: number): number[] {
    return this.desk
      .front(POLLED)
      .passages.filter(({ at, request }) => at >= since && /\baction=report\b/.test(request))
      .map(({ at }) => at);
  }

  async close(): Promise<void> {
    await this.both[1].remove();
    await this.desk.close();
  }
}

async function withPair(work: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = await Pair.open();
  try {
    await work(pair);
  } finally {
    await pair.close();
  }
}

describe('two Node-REDs on one PostgreSQL', { skip: NO_POSTGRES }, () => {
  before(async () => {
    postgres = await Postgres.start();
  });

  after(async () => {
    await postgres.close();
  });

  it('send what is handed in at either, and give its outcome where it was handed in', () =>
    withPair(async (pair) => {
      for (const nodeRed of pair.both) {
        const handed = await pair.hand(nodeRed, 20);
        for (const [vendor, messages] of handed) {
          await until('its outcomes', () => messages.every(({ sms }) => told(nodeRed.lines, vendor).has(sms.ref)), 60);
        }
      }
      pair.check('handed in at both', 0);
    }));

  it('hand on once, where it is worked, what is pushed to the other', () =>
    withPair(async (pair) => {
      const [worker, standby] = await pair.roles();
      const simulator = pair.desk.simulator(POLLED);
      for (const [index, { url }] of [standby, worker].entries()) {
        simulator.pushTo?.(simulator.account, `${url}smswire/${WEBHOOK_PATH}${POLLED}`);
        simulator.receive({ from: `1370000000${index}`, text: `inbound ${index}` });
        const isThere = ({ node, msg }: Line): boolean =>
          node === `inbound-${POLLED}` && msg.payload === `inbound ${index}`;
        await until('it comes out', () => worker.lines.some(isThere), 30);
        await pause(500);
        assert.equal(pair.lines.filter(isThere).length, 1);
      }
    }));

  it("take a user's word at either on what the other was handed", () =>
    withPair(async (pair) => {
      const [worker, standby] = await pair.roles();
      const front = pair.desk.front(POLLED);
      front.options = { ...front.options, fault: () => 'silent' };
      const [doubtful] = (await pair.hand(worker, 1)).get(POLLED) ?? [];
      const isDoubt = ({ node, msg }: Line): boolean =>
        node === `doubt-${POLLED}` && (msg.sms as { ref?: string }).ref === doubtful?.sms.ref;
      await until('it is in doubt', () => worker.lines.some(isDoubt), 60);
      const { key } = worker.lines.find(isDoubt)!.msg.sms as { key: string };
      await standby.post(`feed/${POLLED}`, [{ to: doubtful?.to, sms: { key, resolve: 'failed', ref: 'word' } }]);
      const isTold = ({ node, msg }: Line): boolean =>
        node === `failed-${POLLED}` && (msg.sms as { key?: string }).key === key;
      await until('the word has its outcome', () => standby.lines.some(isTold), 30);
      await standby.post(`feed/${POLLED}`, [{ to: doubtful?.to, sms: { key, resolve: 'failed' } }]);
      const isUnknown = ({ msg }: Line): boolean => JSON.stringify(msg.sms).includes('not-found');
      await until('there is no more doubt', () => standby.lines.some(isUnknown), 30);
      assert.equal(pair.lines.filter(isTold).length, 1);
    }));

  it('double nothing where the one that works is paused beyond its lease and goes on then', () =>
    withPair(async (pair) => {
      const [worker, standby] = await pair.roles();
      await pair.hand(worker, MESSAGES);
      await pair.hand(standby, MESSAGES);
      await until('some are sent', () => pair.desk.accepted > 20, 60);
      await worker.suspend(LEASE_OVER);
      assert.ok(standby.log.includes(WORKS), 'the other has taken over');
      await pair.hand(worker, 20);
      await pair.finish();
      pair.check('paused with SIGSTOP beyond its lease', WINDOW);
      // Two that poll, each at its own time, would come in pauses of less than half of an interval.
      const since = Date.now();
      await pause(3 * INTERVAL * 1000);
      const polls = pair.polls(since);
      const pauses = polls.slice(1).map((at, index) => at - polls[index]!);
      assert.ok(polls.length >= 2, `${polls.length} polls`);
      assert.ok(Math.min(...pauses) > INTERVAL * 600, `pauses of ${pauses.join(', ')} ms`);
    }));

  it('lose nothing where the one that works is killed', () =>
    withPair(async (pair) => {
      const [worker, standby] = await pair.roles();
      await pair.hand(worker, MESSAGES);
      await pair.hand(standby, MESSAGES);
      await until('some are sent', () => pair.desk.accepted > 20, 60);
      await worker.kill();
      await until('the other works', () => standby.log.includes(WORKS), 60);
      await pair.finish();
      pair.check('kill -9 of the one that works', WINDOW, 1);
    }));

  it('lose nothing where the database is stopped and started again', () =>
    withPair(async (pair) => {
      const [worker, standby] = await pair.roles();
      await pair.hand(worker, MESSAGES);
      await pair.hand(standby, MESSAGES);
      await until('some are sent', () => pair.desk.accepted > 20, 60);
      await postgres.stop();
      await pause(3000);
      await postgres.restart();
      await pair.finish();
      pair.check('database stopped and started', WINDOW);
    }));
});
