/** Any input message, through a whole Node-RED into the simulators: what arrives is what the outputs say. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../nodes/core/failure';
import { anyText, digitsOnly } from '../support/arbitraries';
import { Flow, acceptedBy, simulated, type Message } from '../support/flow';
import { VENDOR_IDS } from '../support/vendor';

const RUNS = 100;

const mobile = fc.integer({ min: 0, max: 49 }).map((digits) => `138000010${String(digits).padStart(2, '0')}`);

/** One telephone in the many ways in which people write it, so that some messages name it twice. */
const written = fc.oneof(
  {
    arbitrary: fc.tuple(mobile, fc.nat(6)).map(([number, way]) => {
      const [a, b, c] = [number.slice(0, 3), number.slice(3, 7), number.slice(7)];
      return [
        number,
        `+86${number}`,
        `0086 ${number}`,
        `${a}-${b}-${c}`,
        `(${a}) ${b}.${c}`,
        ` ${a} ${b} ${c} `,
        `86${number}`,
      ][way]!;
    }),
    weight: 8,
  },
  { arbitrary: fc.constantFrom('+49 151 1234567', '0049 151 1234567', '+1 (246) 555-0101'), weight: 1 },
  { arbitrary: fc.constantFrom('nobody', '12', '1'.repeat(21), '13800000001#x', "1' or '1"), weight: 1 },
);
const list = fc.array(written, { minLength: 1, maxLength: 6 });

/** A list as a flow may hand it over. */
const to: fc.Arbitrary<unknown> = fc.oneof(
  list,
  fc.tuple(list, fc.constantFrom(',', ';', '，', '；', '\n', '\r\n', ' , ')).map(([all, mark]) => all.join(mark)),
  fc.tuple(list, list).map((lists) => lists),
  mobile.map(Number),
);
const text: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: anyText, weight: 8 },
  { arbitrary: anyText.map((typed) => Buffer.from(typed)), weight: 1 },
  { arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  { arbitrary: fc.constantFrom<unknown>(0, 12.5, true, false, '', {}, null), weight: 1 },
);
const input = fc.oneof(
  { arbitrary: fc.record({ to, payload: text }), weight: 3 },
  { arbitrary: fc.record({ payload: fc.array(fc.record({ to, text }), { minLength: 1, maxLength: 4 }) }), weight: 1 },
);

let flow: Flow;
let inputs = 0;

/** What one input came to, all recipients together. */
async function outcome(vendor: string, message: Readonly<Record<string, unknown>>): Promise<Message> {
  flow.input(`send-${vendor}`, message);
  return flow.inbox('completed').at(inputs++);
}

/** One form for all ways to write a telephone; what is none stays as it is. */
function plain(to: string): string {
  const cleaned = to.replace(/[ ().-]/g, '');
  return /^\+?\d{3,20}$/.test(cleaned) ? digitsOnly(cleaned) : to;
}

/** Everybody whom a list names, in whatever form. */
function named(to: unknown): string[] {
  const each = [to].flat(9).flatMap((entry) => String(entry).split(/[,;，；\r\n]+/));
  return [...new Set(each.filter((entry) => entry.trim() !== '').map((entry) => plain(entry.trim())))].sort();
}

/** The accepted recipients with their texts, as the outcome has it. */
function saidAccepted({ payload, sms }: Message): string[] {
  return sms.recipients.flatMap((recipient) => {
    assert.ok(['accepted', 'rejected'].includes(recipient.state), JSON.stringify(recipient));
    if (recipient.state === 'accepted') {
      const items = payload as { text: string }[];
      const own = recipient.item === undefined ? payload : items[recipient.item]?.text;
      return [JSON.stringify([plain(recipient.to), own])];
    }
    assert.ok(Object.hasOwn(RETRY, recipient.error?.code ?? ''), JSON.stringify(recipient));
    return [];
  });
}

describe('any input to a send node', () => {
  before(async () => {
    flow = await Flow.load(
      [
        ...VENDOR_IDS.flatMap((vendor) => [
          simulated(vendor, `gateway-${vendor}`),
          {
            id: `send-${vendor}`,
            type: 'smswire-send',
            gateway: `gateway-${vendor}`,
            version: 1,
            wires: [['a'], ['b'], ['c']],
          },
        ]),
        ...['a', 'b', 'c', 'completed'].map((id) => ({ id, type: 'helper' })),
        {
          id: 'completing',
          type: 'complete',
          scope: VENDOR_IDS.map((vendor) => `send-${vendor}`),
          wires: [['completed']],
        },
      ],
      Object.fromEntries(VENDOR_IDS.map((vendor) => [`gateway-${vendor}`, { username: 'exact', password: 'unused' }])),
    );
  });
  after(() => flow.close());

  for (const vendor of VENDOR_IDS) {
    it(`arrives through ${vendor} as it is, or is refused with a code`, async () => {
      await fc.assert(
        fc.asyncProperty(input, async (message) => {
          const seen = (await acceptedBy(vendor, 'exact')).length;
          const result = await outcome(vendor, message);
          assert.notEqual(result.sms.state, 'in-doubt');
          const { recipients } = result.sms;
          if (recipients.length === 0) assert.equal(result.sms.error?.code, 'invalid-message');
          else if ('to' in message) assert.deepEqual(recipients.map((one) => plain(one.to)).sort(), named(message.to));
          const arrived = (await acceptedBy(vendor, 'exact')).slice(seen);
          assert.deepEqual(
            arrived.map((sms) => JSON.stringify([digitsOnly(sms.to), sms.text])).sort(),
            saidAccepted(result).sort(),
          );
        }),
        { numRuns: RUNS },
      );
      // Were all of them refused, nothing would have been shown.
      assert.ok((await acceptedBy(vendor, 'exact')).length > RUNS / 4);
    });

    it(`reaches everybody once through ${vendor}, however many they are`, async () => {
      const everybody = Array.from({ length: vendor === 'goip' ? 10_500 : 1500 }, (_, index) =>
        String(13_900_000_000 + index),
      );
      const seen = (await acceptedBy(vendor, 'exact')).length;
      const result = await outcome(vendor, { to: [...everybody, ...everybody], payload: '各位 & all' });
      assert.equal(result.sms.state, 'accepted');
      const arrived = (await acceptedBy(vendor, 'exact')).slice(seen);
      assert.deepEqual(arrived.map((sms) => sms.to).sort(), everybody);
      assert.deepEqual([...new Set(arrived.map((sms) => sms.text))], ['各位 & all']);
    });
  }
});
