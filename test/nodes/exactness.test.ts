/** Any text to any recipients, through each driver and real HTTP into its simulator: exactly that, or a failure. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../nodes/core/failure';
import type { AcceptedSms } from '../../nodes/simulators/simulator';
import type { OptionValues, SendItem } from '../../nodes/vendors/driver';
import { anyNumber, anyText, digitsOnly, telephone } from '../support/arbitraries';
import { Vendor, type Sent } from '../support/vendor';

/** Every way in which a text is written to the wire. */
const WAYS: readonly (readonly [vendor: string, options: OptionValues])[] = [
  ['goip', {}],
  ['goip', { provider: '移动' }],
  ['sms57', {}],
  ['sms57', { md5: true, extno: '10690001' }],
  ['ejoin', { maxLength: 2000 }],
  ['ejoin', { chs: 'base64', ports: '1,2' }],
  ['ejoin', { coding: 2, intvl: '1' }],
  ['mobset', {}],
  ['mobset', { longSms: false, addNum: '12', timestamp: '10' }],
  ['hezhong', {}],
  ['hezhong', { msgFormat: 'latin1' }],
  ['hezhong', { msgFormat: 'utf8', sub: '123456' }],
  ['hezhong', { msgFormat: 'auto' }],
];
const RUNS = 120;

const recipients = fc.uniqueArray(anyNumber, { minLength: 1, maxLength: 5, selector: digitsOnly });
const message: fc.Arbitrary<SendItem> = fc.record({ text: anyText, to: recipients });

/** A platform of China is told country code and number without a mark, unless that would read as a Chinese mobile. */
const unmarked = (number: string): string => telephone(number).replace(/^\+(?!861[3-9]\d{9}$|1[3-9]\d{9}$)/, '');

/** Whose telephone a number on the wire reaches, where it is not plain. */
const WHOSE: Readonly<Record<string, (number: string) => string>> = {
  // This server is told digits alone; whose they are is for its lines to say.
  goip: digitsOnly,
  mobset: unmarked,
  hezhong: unmarked,
};

/** What was accepted and what is said to be: the same, number by number and text by text. */
function assertExact(vendor: string, sent: readonly Sent[], log: readonly AcceptedSms[]): number {
  const whose = WHOSE[vendor] ?? telephone;
  const line = (to: string, text: string, id: string): string => JSON.stringify([whose(to), text, id]);
  const said: string[] = [];
  for (const { to, text, result } of sent) {
    assert.notEqual(result.state, 'in-doubt', JSON.stringify({ to, text, result }));
    if (result.state === 'rejected') assert.ok(Object.hasOwn(RETRY, result.failure.code), result.failure.code);
    else if (result.state === 'accepted') said.push(line(to, text, result.id));
  }
  assert.deepEqual(log.map(({ to, text, id }) => line(to, text, id)).sort(), said.sort());
  return said.length;
}

describe('any text to any recipients', () => {
  for (const [id, options] of WAYS) {
    describe(`${id} ${JSON.stringify(options)}`, () => {
      let vendor: Vendor;
      let accepted = 0;
      let all = 0;

      before(async () => {
        vendor = await Vendor.start(id, options);
      });
      after(() => vendor.close());

      async function arrives(items: readonly SendItem[]): Promise<void> {
        const seen = vendor.accepted.length;
        const sent = await vendor.send(items);
        assert.equal(
          sent.length,
          items.reduce((sum, { to }) => sum + to.length, 0),
        );
        accepted += assertExact(id, sent, vendor.accepted.slice(seen));
        all += sent.length;
      }

      it('arrives as it is, or is refused with a code', async () => {
        await fc.assert(
          fc.asyncProperty(message, (item) => arrives([item])),
          { numRuns: RUNS },
        );
        // Were all of them refused, nothing would have been shown.
        assert.ok(accepted > all / 50, `${accepted} of ${all} were accepted`);
      });

      it('arrives as it is among other texts', async () => {
        await fc.assert(fc.asyncProperty(fc.array(message, { minLength: 2, maxLength: 5 }), arrives), {
          numRuns: RUNS / 2,
        });
      });
    });
  }
});
