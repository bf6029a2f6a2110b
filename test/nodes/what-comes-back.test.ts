/** What comes back from each of the five simulated vendors, however it hands it over: reports, inbound SMS, and outcomes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { leaseSimulator } from '../../nodes/runtime/simulators';
import { VENDORS } from '../../nodes/vendors/registry';
import { Flow, simulated, type Message } from '../support/flow';

const UNDELIVERED = '19900000002';
const UNKNOWN = '19900000003';
const ANSWERS = '19900000005';
/** A vendor that is polled every 30 seconds takes its time. */
/** Milliseconds that a vendor's clock may be away from ours. */
const CLOCK_SLACK = 10_000;
const PATIENCE = 50_000;
const LONG = `开门，请回复；${'长'.repeat(300)} 🚪 & 100% +1`;

const vendors = [...VENDORS.keys()];
const pushing = vendors.filter((vendor) => vendor !== 'mobset');

/** Waits until `enough` of what came is there. */
async function until(
  flow: Flow,
  inbox: string,
  enough: (messages: readonly Message[]) => boolean,
): Promise<readonly Message[]> {
  const end = Date.now() + PATIENCE;
  const { messages } = flow.inbox(inbox);
  while (!enough(messages)) {
    assert.ok(Date.now() < end, `${inbox}: ${JSON.stringify(messages.map(({ topic, payload }) => [topic, payload]))}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return messages;
}

describe('what comes back', () => {
  let flow: Flow;
  const startedAt = Date.now();

  before(async () => {
    flow = await Flow.load([
      ...vendors.flatMap((vendor) => [
        simulated(vendor, `gw-${vendor}`),
        {
          id: `send-${vendor}`,
          type: 'smswire-send',
          gateway: `gw-${vendor}`,
          until: 'delivered',
          version: 1,
          wires: [[`delivered-${vendor}`], [`failed-${vendor}`], [`doubt-${vendor}`]],
        },
        {
          id: `report-${vendor}`,
          type: 'smswire-report',
          gateway: `gw-${vendor}`,
          version: 1,
          wires: [[`reports-${vendor}`]],
        },
        {
          id: `in-${vendor}`,
          type: 'smswire-inbound',
          gateway: `gw-${vendor}`,
          version: 1,
          wires: [[`inbound-${vendor}`], []],
        },
        {
          id: `hook-${vendor}`,
          type: 'smswire-webhook',
          gateway: `gw-${vendor}`,
          allow: '10.0.0.1',
          version: 1,
          wires: [[], [`pushes-${vendor}`]],
        },
        ...['delivered', 'failed', 'doubt', 'reports', 'inbound', 'pushes'].map((name) => ({
          id: `${name}-${vendor}`,
          type: 'helper',
        })),
      ]),
    ]);
    for (const vendor of vendors) {
      flow.input(`send-${vendor}`, {
        to: [UNDELIVERED, UNKNOWN, ANSWERS],
        payload: 'alarm',
        sms: { ref: { pump: 3 } },
      });
    }
  });
  after(() => flow.close());

  for (const vendor of vendors) {
    it(`tells each change of each recipient once, with its message: ${vendor}`, async () => {
      const reports = await until(
        flow,
        `reports-${vendor}`,
        (all) => all.filter(({ sms }) => (sms as unknown as { final: boolean }).final).length >= 3,
      );
      const finals = reports.filter(({ payload }) => payload !== 'sent');
      assert.deepEqual(finals.map(({ topic, payload }) => [topic, payload]).sort(), [
        [UNDELIVERED, 'undelivered'],
        [UNKNOWN, 'unknown'],
        [ANSWERS, 'delivered'],
      ]);
      const sent = reports.filter(({ payload }) => payload === 'sent').map(({ topic }) => topic);
      assert.equal(new Set(sent).size, sent.length);
      for (const { sms } of reports) {
        const { gatewayId, message, at } = sms as unknown as {
          gatewayId: string;
          at: string;
          message: { key: string; text: string; ref: unknown };
        };
        assert.deepEqual([gatewayId, message.text, message.ref], [`gw-${vendor}`, 'alarm', { pump: 3 }]);
        assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
        // How long the vendors before this one took says nothing of its clock.
        assert.ok(Date.parse(at) > startedAt - CLOCK_SLACK && Date.parse(at) < Date.now() + CLOCK_SLACK, at);
      }
    });

    it(`lets the message out by what became of each recipient: ${vendor}`, async () => {
      const outcome = async (output: string): Promise<unknown[]> => {
        const { to, sms } = await flow.inbox(`${output}-${vendor}`).at(0, PATIENCE);
        return [to, sms.state, sms.error?.code];
      };
      assert.deepEqual(await outcome('delivered'), [[ANSWERS], 'delivered', undefined]);
      const [failed, state] = await outcome('failed');
      assert.deepEqual([failed, state], [[UNDELIVERED], 'undelivered']);
      assert.deepEqual(await outcome('doubt'), [[UNKNOWN], 'unknown', 'no-answer']);
      for (const output of ['delivered', 'failed', 'doubt']) {
        assert.equal(flow.inbox(`${output}-${vendor}`).messages.length, 1);
      }
    });

    it(`receives what the handset answers, and any other SMS exactly: ${vendor}`, async () => {
      const lease = await leaseSimulator(vendor);
      lease.simulator.receive({ from: '13800000007', text: LONG });
      await lease.release(false);
      const inbound = await until(flow, `inbound-${vendor}`, (all) => all.length >= 2);
      assert.deepEqual(inbound.map(({ topic, from, payload, to }) => [topic, from, payload, to]).sort(), [
        ['13800000007', '13800000007', LONG, undefined],
        [ANSWERS, ANSWERS, 'YES', undefined],
      ]);
      assert.equal(new Set(inbound.map(({ sms }) => (sms as unknown as { id: string }).id)).size, 2);
    });
  }

  it('shows pushes also to webhook nodes, whatever they allow, where the gateway is simulated', async () => {
    for (const vendor of pushing) {
      const { sms } = await flow.inbox(`pushes-${vendor}`).at(0, PATIENCE);
      assert.deepEqual([sms.gatewayId, sms.vendor], [`gw-${vendor}`, vendor]);
    }
    assert.equal(flow.inbox('pushes-mobset').messages.length, 0);
  });

  it('brings nothing else', async () => {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    for (const vendor of vendors) {
      assert.equal(flow.inbox(`inbound-${vendor}`).messages.length, 2, vendor);
      const reports = flow.inbox(`reports-${vendor}`).messages.filter(({ payload }) => payload !== 'sent');
      assert.equal(reports.length, 3, vendor);
    }
  });
});
