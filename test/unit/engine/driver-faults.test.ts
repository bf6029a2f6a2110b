import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Account, Capabilities, SendAnswer } from '../../../nodes/vendors/driver';
import { Bench, HOUR, type FakeVendor } from './bench';

function vendorOf(bench: Bench, capabilities: Partial<Capabilities>, checks: Partial<Account> = {}): FakeVendor {
  const vendor = bench.vendor('a');
  vendor.capabilities = { ...vendor.capabilities, ...capabilities };
  vendor.checks = checks;
  bench.dispatcher.attachGateway(vendor.gateway());
  return vendor;
}

describe('a driver that does not keep its word', () => {
  const wrong: readonly [string, (bench: Bench) => unknown][] = [
    ['rejects', () => Promise.reject(new Error('bug'))],
    [
      'throws',
      () => {
        throw new TypeError('bug');
      },
    ],
    ['rejects with something else', () => Promise.reject(Object.create(null) as Error)],
    ['answers nothing', () => undefined],
    ['gives no results', () => ({ raw: '' })],
    ['gives an empty list', () => ({ results: [], raw: '' })],
    ['gives holes', () => ({ results: [null, undefined, null], raw: '' })],
  ];
  for (const [name, answer] of wrong) {
    it(
      `that ${name} leaves its recipients in doubt`,
      Bench.run(async (bench) => {
        const vendor = vendorOf(bench, {});
        vendor.answers = [(() => answer(bench)) as unknown as () => SendAnswer];
        const key = bench.order({ to: ['101', '102', '103'] });
        await bench.settle();
        assert.deepEqual(bench.brief(key), Array(3).fill('in-doubt in-doubt'));
        assert.equal(bench.outcome(key)!.recipients[0]!.failure!.detail, 'unreadable-answer');
      }),
    );
  }

  it(
    'and gives too few results keeps those that it gave; too many are left out',
    Bench.run(async (bench) => {
      const vendor = vendorOf(bench, {});
      const accepted = (id: string) => ({ state: 'accepted', id }) as const;
      vendor.answers = [
        () => ({ results: [accepted('1'), accepted('2')], raw: '' }),
        () => ({ results: [accepted('1'), accepted('2'), accepted('3')], raw: '' }),
      ];
      const few = bench.order({ to: ['101', '102', '103'] });
      await bench.settle();
      const many = bench.order({ to: ['101'] });
      await bench.settle();
      assert.deepEqual(bench.brief(few), ['accepted', 'accepted', 'in-doubt in-doubt']);
      assert.deepEqual(bench.brief(many), ['accepted']);
    }),
  );

  const bug = (): never => {
    throw new Error('bug');
  };
  const hooks: readonly [string, Partial<Capabilities>, Partial<Account>, string, number][] = [
    ['recipientsPerRequest', { recipientsPerRequest: bug }, {}, 'accepted', 4],
    ['recipientsPerRequest of 0', { recipientsPerRequest: () => 0 }, {}, 'accepted', 4],
    ['recipientsPerRequest of NaN', { recipientsPerRequest: () => NaN }, {}, 'accepted', 4],
    ['schedules', { schedules: bug }, {}, 'accepted', 2],
    ['batchable', { batch: true }, { batchable: bug }, 'accepted', 2],
    ['checkMessage', {}, { checkMessage: bug }, 'rejected unsupported', 0],
    ['checkText', {}, { checkText: bug }, 'rejected unsupported', 0],
    ['checkRecipient', {}, { checkRecipient: bug }, 'rejected unsupported', 0],
  ];
  for (const [name, capabilities, checks, brief, requests] of hooks) {
    it(
      `in ${name} loses nobody`,
      Bench.run(async (bench) => {
        const vendor = vendorOf(bench, capabilities, checks);
        const items = [
          { text: 'one', to: ['101', '102'] },
          { text: 'two', to: ['103', '104'] },
        ];
        const key = bench.order({ items, at: bench.clock.now + HOUR });
        await bench.advance(2 * HOUR);
        assert.deepEqual(bench.brief(key), Array(4).fill(brief));
        assert.equal(vendor.asked.length, requests);
      }),
    );
  }
});
