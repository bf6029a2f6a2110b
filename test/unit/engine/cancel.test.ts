import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, SmsError, type Failure } from '../../../nodes/core/failure';
import { Bench, HOUR, MINUTE } from './bench';

const codes = (results: readonly { id: string; failure?: Failure }[]): string[] =>
  results.map(({ id, failure: why }) => `${id} ${why ? `${why.code} ${why.detail ?? ''}`.trim() : 'ok'}`);

describe('cancelling', () => {
  it(
    'takes back what waits here, by our key or by the caller’s, and its outcome says so',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const at = bench.clock.now + HOUR;
      const one = bench.order({ at, to: ['101', '102'] });
      const two = bench.order({ at, once: 'alarm 7' });
      const three = bench.order({ at });
      const { results } = await bench.dispatcher.cancel('a', [one, 'alarm 7']);
      assert.deepEqual(codes(results), [`${one} ok`, 'alarm 7 ok']);
      await bench.settle();
      assert.deepEqual(bench.brief(one), ['cancelled cancelled', 'cancelled cancelled']);
      assert.deepEqual(bench.brief(two), ['cancelled cancelled']);
      await bench.advance(2 * HOUR);
      assert.deepEqual(bench.brief(three), ['accepted']);
      assert.equal(vendor.asked.length, 1);
      const again = bench.order({ once: 'alarm 7' });
      await bench.settle();
      assert.deepEqual(bench.brief(again), ['accepted'], 'what was cancelled may be sent again');
    }),
  );

  it(
    'says so where it comes too late, and knows nothing of what is unknown',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [() => new Promise(() => undefined)];
      const sending = bench.order();
      await bench.settle();
      const { results } = await bench.dispatcher.cancel('a', [sending, 'nobody', sending]);
      assert.deepEqual(codes(results), [
        `${sending} not-found cancel-late`,
        'nobody not-found cancel',
        `${sending} not-found cancel-late`,
      ]);
    }),
  );

  it(
    'asks the vendor for what it holds, once for all, and tells of what is cancelled',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const asked: (readonly string[])[] = [];
      vendor.capabilities = { ...vendor.capabilities, schedules: () => true };
      let id = 0;
      vendor.answers = [
        ({ items }) => ({
          results: items.flatMap(({ to }) =>
            to.map(() => ({ state: 'scheduled' as const, id: `v${++id}`, ids: [`v${id}`, `w${id}`] })),
          ),
          raw: 0,
        }),
      ];
      vendor.checks = {
        cancel: (ids) => {
          asked.push(ids);
          const results = ids.map((each) =>
            each === 'w2' || each === '77' ? { id: each, failure: failure('not-found') } : { id: each },
          );
          return Promise.resolve({ results, raw: 'answer' });
        },
      };
      bench.attach(vendor);
      const { heard } = bench.listen('reports');
      const at = bench.clock.now + HOUR;
      const first = bench.order({ at });
      const second = bench.order({ at, once: 'later' });
      const awaited = bench.order({ at, until: 'delivered' });
      await bench.settle();
      const { results, raw } = await bench.dispatcher.cancel('a', [first, 'later', awaited, '77']);
      assert.deepEqual(codes(results), [`${first} ok`, 'later not-found', `${awaited} ok`, '77 not-found']);
      assert.deepEqual(asked, [['v1', 'w1', 'v2', 'w2', 'v3', 'w3', '77']]);
      assert.equal(raw, 'answer');
      await bench.settle();
      await bench.settle();
      assert.deepEqual(
        heard.map(({ state, message }) => [state, message?.key]),
        [
          ['cancelled', first],
          ['cancelled', second],
          ['cancelled', awaited],
        ],
      );
      assert.deepEqual(bench.brief(awaited), ['cancelled cancelled']);
    }),
  );

  it(
    'never rejects: a vendor that does not answer fails those that it was asked about',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.checks = { cancel: () => Promise.reject(new SmsError(failure('network', 'refused'))) };
      bench.attach(vendor);
      const waiting = bench.order({ at: bench.clock.now + MINUTE });
      const { results } = await bench.dispatcher.cancel('a', [waiting, '1']);
      assert.deepEqual(codes(results), [`${waiting} ok`, '1 network refused']);
      assert.deepEqual(codes((await bench.dispatcher.cancel('nobody', ['1'])).results), [
        '1 invalid-config no-gateway',
      ]);
    }),
  );
});
