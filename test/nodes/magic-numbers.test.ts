/** Every magic number through every vendor's simulator in Node-RED: what a user sees of it (README, "Magic numbers"). */
import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { leaseSimulator, type SimulatorLease } from '../../nodes/runtime/simulators';
import { MAGIC } from '../../nodes/simulators/magic';
import { MAGIC_OUTCOMES, type MagicOutcome } from '../fixtures/magic-outcomes';
import { Flow, simulated, type Message } from '../support/flow';
import { VENDOR_IDS } from '../support/vendor';

const NUMBERS = Object.keys(MAGIC);
const NOT_ACCEPTED = /^(refuse|busy$)/;

/** Pauses between tries, of 5 and 15 s or a quarter off, pass faster here. Time-outs and slow answers take their time. */
const PAUSES = { least: 3_500, most: 19_500 };
const FASTER = 20;

/** A login and a gateway for each: some numbers make the vendor refuse the account, and then it pauses. */
const idOf = (vendor: string, number: string): string => `${vendor}-${number.slice(-2)}`;

let flow: Flow;
const leases = new Map<string, SimulatorLease>();
const results = new Map<string, Message>();
const left = new Map<string, number>();

describe('magic numbers', () => {
  before(async () => {
    const wait = globalThis.setTimeout;
    mock.method(globalThis, 'setTimeout', ((work: () => void, delay = 0, ...rest: []) =>
      wait(work, delay > PAUSES.least && delay < PAUSES.most ? delay / FASTER : delay, ...rest)) as typeof setTimeout);
    const pairs = VENDOR_IDS.flatMap((vendor) =>
      NUMBERS.map((number) => ({ vendor, number, id: idOf(vendor, number) })),
    );
    flow = await Flow.load(
      [
        ...pairs.flatMap(({ vendor, number, id }) => [
          simulated(vendor, `gateway-${id}`, MAGIC[number]?.answer === 'accept-silent' ? { timeout: 3 } : {}),
          {
            ...{ id: `send-${id}`, type: 'smswire-send', gateway: `gateway-${id}`, version: 1 },
            // What is refused as "later" every time would be tried for a day.
            ttl: MAGIC_OUTCOMES[vendor]?.[number]?.repeated ? 3 : 30,
            wires: [['output1'], ['output2'], ['output3']],
          },
        ]),
        ...['output1', 'output2', 'output3'].map((id) => ({ id, type: 'helper' })),
      ],
      Object.fromEntries(pairs.map(({ id }) => [`gateway-${id}`, { username: `login-${id}`, password: 'unused' }])),
    );
    for (const vendor of VENDOR_IDS) leases.set(vendor, await leaseSimulator(vendor));
    for (const { number, id } of pairs) flow.input(`send-${id}`, { to: number, payload: `magic ${id}`, topic: id });
    const outputs = [1, 2, 3].map((output) => flow.inbox(`output${output}`));
    const patience = Date.now() + 25_000;
    while (outputs.reduce((sum, { messages }) => sum + messages.length, 0) < pairs.length && Date.now() < patience) {
      await new Promise((resolve) => wait(resolve, 50));
    }
    outputs.forEach(({ messages }, index) => {
      for (const message of messages) {
        const id = String(message.topic);
        assert.ok(!results.has(id), `${id} came out twice`);
        results.set(id, message);
        left.set(id, index + 1);
      }
    });
  });
  after(async () => {
    mock.restoreAll();
    for (const lease of leases.values()) await lease.release(false);
    await flow.close();
  });

  it('all have an outcome in the table', () => {
    for (const vendor of VENDOR_IDS) assert.deepEqual(Object.keys(MAGIC_OUTCOMES[vendor] ?? {}).sort(), NUMBERS);
  });

  for (const vendor of VENDOR_IDS) {
    for (const number of NUMBERS) {
      it(`${vendor} ${number}: ${MAGIC[number]?.answer ?? ''}`, () => {
        const id = idOf(vendor, number);
        const result = results.get(id);
        assert.ok(result, 'it has no outcome');
        const [recipient] = result.sms.recipients;
        const simulator = leases.get(vendor)?.simulator;
        const copies = simulator?.accepted.filter(({ username }) => username === `login-${id}`) ?? [];
        const requests = simulator?.requests.filter(({ url, body }) =>
          `${url} ${body.toString('latin1')}`.includes(number),
        );
        const expected = MAGIC_OUTCOMES[vendor]?.[number];
        const attempts = result.sms.attempts.map(({ error, state }) => error?.code ?? state);
        if (expected?.repeated) assert.ok(attempts.length > 1, 'it was tried once');
        const outcome: MagicOutcome = {
          output: left.get(id) as MagicOutcome['output'],
          state: recipient?.state ?? '',
          ...(recipient?.error ? { code: recipient.error.code } : {}),
          attempts: expected?.repeated ? [...new Set(attempts)] : attempts,
          ...(expected?.repeated ? { repeated: true } : {}),
        };
        assert.deepEqual(outcome, expected);

        assert.equal(requests?.length, attempts.length, 'an attempt is a request');
        const isRefused = outcome.output === 3 && NOT_ACCEPTED.test(MAGIC[number]?.answer ?? '');
        if (outcome.output === 2 || isRefused) assert.deepEqual(copies, []);
        else
          assert.deepEqual(
            copies.map(({ to, text }) => [to, text]),
            [[number, `magic ${id}`]],
          );
        if (outcome.output === 3 && !expected?.repeated) {
          assert.equal(requests.length, 1, 'what is in doubt is not sent again');
        }
      });
    }
  }
});
