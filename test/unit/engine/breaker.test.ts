/** A vendor that fails again and again is asked for one message at a time, after pauses, until it works again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from '../../../nodes/core/failure';
import type { SendRequest } from '../../../nodes/vendors/driver';
import { Bench, HOUR, MINUTE, accept, doubt, numbersOf, reject, type FakeVendor } from './bench';

/** Failures in a row after which it opens. */
const MOST = 5;
const LONGEST = 30_000 * 1.25;

/** Takes one recipient at a time, so that each message is a request. */
function single(bench: Bench, id = 'a', window = 1): FakeVendor {
  const vendor = bench.vendor(id);
  vendor.capabilities = {
    ...vendor.capabilities,
    recipientsPerRequest: () => 1,
    lineOf: ({ line }) => (typeof line === 'string' ? line : undefined),
  };
  vendor.options = [{ name: 'line', type: 'string', scope: 'both' }];
  bench.attach(vendor, { id, window });
  return vendor;
}

const number = (index: number): string => String(13_800_000_000 + index);

describe('a vendor that fails again and again', () => {
  for (const [name, answer] of [
    ['refuses', reject('vendor-busy')],
    ['leaves all in doubt', doubt],
  ] as const) {
    it(
      `is not stormed, and all goes on when it works again: ${name}`,
      Bench.run(async (bench) => {
        const vendor = single(bench);
        vendor.answers = [answer];
        const alarms: (Failure | undefined)[] = [];
        bench.dispatcher.watchGateway('a', (alarm) => alarms.push(alarm));
        for (let index = 0; index < 1000; index++) bench.order({ to: [number(index)] });
        await bench.advance(10 * MINUTE);
        assert.ok(vendor.asked.length < MOST + 40, `${vendor.asked.length} requests in ten minutes`);
        assert.ok(vendor.asked.length > MOST + 10);
        assert.equal(alarms.length, 1);
        const before = vendor.asked.length;
        vendor.answers = [accept];
        await bench.advance(LONGEST);
        assert.ok(vendor.asked.length > 900, `${vendor.asked.length - before} requests since it works`);
        assert.deepEqual(alarms.slice(1), [undefined]);
        await bench.advance(HOUR);
        assert.equal(bench.outcomes.length, 1000);
      }),
    );
  }

  it(
    'is tried with what is most urgent',
    Bench.run(async (bench) => {
      const vendor = single(bench);
      vendor.answers = [reject('network')];
      for (let index = 0; index < 20; index++) bench.order({ to: [number(index)] });
      await bench.advance(1000);
      assert.equal(vendor.asked.length, MOST);
      vendor.answers = [accept];
      const alert = bench.order({ to: ['555'], priority: 127 });
      await bench.advance(5_000 * 1.25);
      assert.equal(vendor.sent[MOST], '555');
      assert.deepEqual(bench.brief(alert), ['accepted']);
    }),
  );

  it(
    'does not keep messages that have a backup, neither those that wait nor those that come',
    Bench.run(async (bench) => {
      const vendor = single(bench);
      const backup = bench.attached('b');
      vendor.answers = [(request) => bench.clock.sleep(10).then(() => reject('no-answer')(request))];
      for (let index = 0; index < 50; index++) bench.order({ to: [number(index)], gateways: ['a', 'b'] });
      const alone = bench.order({ to: ['555'] });
      await bench.advance(1000);
      assert.equal(backup.sent.length, 50);
      assert.equal(bench.outcome(alone), undefined);
      const late = bench.order({ to: ['556'], gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(late), ['accepted']);
      assert.ok(backup.sent.includes('556'));
      assert.ok(!vendor.sent.includes('556'));
    }),
  );

  it(
    'is asked again after no less than it wants',
    Bench.run(async (bench) => {
      const vendor = single(bench);
      vendor.answers = [reject('rate-limited', { retryAfter: 5 * MINUTE })];
      for (let index = 0; index < 20; index++) bench.order({ to: [number(index)] });
      await bench.advance(5 * MINUTE - 1);
      assert.equal(vendor.asked.length, MOST);
      await bench.advance(MINUTE);
      assert.equal(vendor.asked.length, MOST + 1);
    }),
  );

  it(
    'is asked at once when its gateway is deployed with a change, and not when it is deployed without',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      vendor.answers = [reject('network', { retryAfter: HOUR })];
      let detach = bench.attach(vendor, { window: 1 });
      for (let index = 0; index < 20; index++) bench.order({ to: [number(index)] });
      await bench.advance(1000);
      detach();
      detach = bench.attach(vendor, { window: 1 });
      await bench.advance(1000);
      assert.equal(vendor.asked.length, MOST);
      vendor.answers = [accept];
      detach();
      bench.attach(vendor, { window: 1, fingerprint: '2' });
      await bench.advance(1000);
      assert.equal(vendor.sent.length, MOST + 15);
    }),
  );

  it(
    'is never asked through another gateway on its account for what is in doubt at this one',
    Bench.run(async (bench) => {
      const twin = bench.vendor('twin');
      const other = bench.vendor('a');
      const shared = { accountKey: 'shared', window: 1 };
      for (const vendor of [twin, other]) {
        vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      }
      twin.answers = [doubt, reject('vendor-busy')];
      const backup = bench.attached('b');
      backup.answers = [reject('vendor-busy'), accept];
      const resending = { ...shared, id: 'twin', doubt: 'resend' } as const;
      const detach = bench.attach(twin, resending);
      const key = bench.order({ to: ['701', '702'], gateways: ['twin', 'b'] });
      await bench.settle();
      detach();
      await bench.advance(MINUTE);
      // Both wait for the gateway that is away: one may go to the backup from there, the other not.
      other.answers = [(request) => bench.clock.sleep(100).then(() => reject('network')(request))];
      bench.attach(other, { ...shared, id: 'a' });
      for (let index = 0; index < 2 * MOST; index++) bench.order({ to: [number(index)] });
      await bench.advance(50);
      bench.attach(twin, resending);
      await bench.advance(1000);
      assert.equal(other.asked.length, MOST);
      for (const vendor of [twin, other]) vendor.answers = [accept];
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted']);
      assert.ok(!other.sent.includes('701'));
      assert.ok(!backup.sent.includes('701'));
    }),
  );

  it(
    'is another one than one that refuses messages, or one recipient again and again',
    Bench.run(async (bench) => {
      const vendor = single(bench);
      vendor.answers = [
        (request: SendRequest) =>
          Number(numbersOf(request)[0]) % 7 === 0 ? accept(request) : reject('recipient-refused')(request),
      ];
      for (let index = 0; index < 100; index++) bench.order({ to: [number(index)] });
      await bench.advance(1000);
      assert.equal(vendor.asked.length, 100);
      // Others in between work: one that never does stops nobody.
      vendor.answers = [(request: SendRequest) => (numbersOf(request)[0] === '555' ? doubt(request) : accept(request))];
      for (let index = 0; index < 50; index++) bench.order({ to: [index % 2 === 0 ? '555' : number(index)] });
      await bench.advance(1000);
      assert.equal(vendor.asked.length, 150);
    }),
  );
});

describe('a line that fails again and again', () => {
  const byLine = (request: SendRequest): ReturnType<typeof accept> =>
    request.options.line === '2' ? reject('line-unavailable')(request) : accept(request);

  it(
    'keeps no other line waiting, and goes on when it works again',
    Bench.run(async (bench) => {
      const vendor = single(bench);
      vendor.answers = [byLine];
      for (let index = 0; index < 60; index++) {
        bench.order({ to: [number(index)], options: { line: String((index % 3) + 1) } });
      }
      await bench.advance(1000);
      const ofLine = (line: string): number =>
        vendor.asked.filter(({ request }) => request.options.line === line).length;
      assert.deepEqual(['1', '2', '3'].map(ofLine), [20, MOST, 20]);
      await bench.advance(5 * MINUTE);
      assert.ok(ofLine('2') < MOST + 20, `${ofLine('2')} requests`);
      vendor.answers = [accept];
      await bench.advance(HOUR);
      assert.equal(bench.outcomes.length, 60);
      for (const { recipients } of bench.outcomes) assert.equal(recipients[0]?.state, 'accepted');
    }),
  );

  it(
    'hands its messages to a backup, and gives them back with the gateway',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = {
        ...vendor.capabilities,
        recipientsPerRequest: () => 1,
        lineOf: ({ line }) => (typeof line === 'string' ? line : undefined),
      };
      vendor.options = [{ name: 'line', type: 'string', scope: 'both' }];
      vendor.answers = [byLine];
      const detach = bench.attach(vendor, { window: 1 });
      const backup = bench.vendor('b');
      backup.options = vendor.options;
      bench.attach(backup);
      const options = { line: '2' };
      for (let index = 0; index < 10; index++) bench.order({ to: [number(index)], options });
      const sent = bench.order({ to: ['555'], options, gateways: ['a', 'b'] });
      await bench.advance(1000);
      assert.deepEqual(bench.brief(sent), ['accepted']);
      detach();
      vendor.answers = [accept];
      bench.attach(vendor, { window: 1, fingerprint: '2' });
      await bench.advance(HOUR);
      assert.equal(bench.outcomes.length, 11);
    }),
  );
});
