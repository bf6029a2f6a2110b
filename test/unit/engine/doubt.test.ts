import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError, failure } from '../../../nodes/core/failure';
import { Bench, DAY, HOUR, MINUTE, accept, byNumber, doubt, reject } from './bench';

describe('a send that nobody knows the outcome of', () => {
  it(
    'is held: it comes out in doubt, with what is known of it, and is never repeated',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [() => Promise.reject(new SmsError(failure('no-answer', 'timeout'))), accept];
      const key = bench.order();
      await bench.settle();
      assert.deepEqual(bench.outcome(key)!.recipients[0], {
        to: '13800000001',
        item: 0,
        state: 'in-doubt',
        failure: failure('in-doubt', 'no-answer'),
        gateway: { id: 'a', name: 'a name', vendor: 'a' },
      });
      await bench.advance(2 * DAY);
      assert.equal(vendor.asked.length, 1);
      assert.equal(bench.outcomes.length, 1);
    }),
  );

  it(
    'is waited for as long as doubtAfter says, also beyond the time of the message',
    Bench.run(async (bench) => {
      bench.attached('a', { doubtAfter: 10 * MINUTE }).answers = [doubt];
      const key = bench.order({ ttl: MINUTE });
      await bench.advance(10 * MINUTE - 1);
      assert.equal(bench.brief(key), undefined);
      await bench.advance(1);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
    }),
  );

  it(
    'does not hold up the rest of the message, but its outcome',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: MINUTE });
      vendor.answers = [byNumber({ '102': { state: 'in-doubt', failure: failure('no-answer') } })];
      const key = bench.order({ to: ['101', '102', '103'] });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['accepted', 'in-doubt in-doubt', 'accepted']);
    }),
  );
});

describe('doubt: resend', () => {
  it(
    'asks the same gateway again, a bounded number of times, with pauses',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubt: 'resend', doubtAfter: HOUR });
      const backup = bench.attached('b');
      vendor.answers = [doubt];
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(vendor.asked.length, 4);
      assert.ok(vendor.times[1]! >= 1000);
      assert.equal(backup.asked.length, 0);
      assert.equal(bench.outcome(key)!.attempts.length, 4);
    }),
  );

  it(
    'ends with the first clear accept',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubt: 'resend' });
      vendor.answers = [doubt, doubt, accept];
      const key = bench.order();
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(vendor.asked.length, 3);
    }),
  );

  it(
    'stays in doubt where the repeat is refused: the first may have been accepted all the same',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubt: 'resend' });
      const backup = bench.attached('b');
      vendor.answers = [doubt, reject('content-refused')];
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(backup.asked.length, 0, 'a backup is for what was certainly not accepted');
    }),
  );

  it(
    'does not go back to a gateway before the one in doubt either',
    Bench.run(async (bench) => {
      const first = bench.attached('a');
      first.answers = [reject('vendor-busy')];
      const second = bench.attached('b', { doubt: 'resend' });
      second.answers = [doubt, reject('vendor-busy'), accept];
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual([first.asked.length, second.asked.length], [1, 3]);
    }),
  );

  it(
    'does not become expired where its time ends before the repeat',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubt: 'resend' });
      vendor.answers = [doubt];
      const key = bench.order({ ttl: 1000 });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'stays in doubt where the account is refused meanwhile and the time ends',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubt: 'resend' });
      vendor.probe = () => Promise.resolve(failure('auth-failed'));
      vendor.answers = [doubt, reject('auth-failed')];
      const key = bench.order();
      bench.order({ to: ['13800000002'] });
      await bench.advance(2 * DAY);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
    }),
  );
});

describe('doubt: failover', () => {
  it(
    'goes to the backups, each once',
    Bench.run(async (bench) => {
      const [a, b, c] = [
        bench.attached('a', { doubt: 'failover' }),
        bench.attached('b', { doubt: 'failover' }),
        bench.attached('c'),
      ];
      a.answers = [doubt];
      b.answers = [doubt];
      const key = bench.order({ gateways: ['a', 'b', 'c'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual(
        [a, b, c].map(({ asked }) => asked.length),
        [1, 1, 1],
      );
    }),
  );

  it(
    'comes out in doubt at once where there is no backup, or none took it',
    Bench.run(async (bench) => {
      const a = bench.attached('a', { doubt: 'failover', doubtAfter: HOUR });
      a.answers = [doubt];
      bench.attached('b').answers = [reject('no-route')];
      const alone = bench.order();
      const refused = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(alone), ['in-doubt in-doubt']);
      assert.deepEqual(bench.brief(refused), ['in-doubt in-doubt']);
      assert.equal(bench.outcome(refused)!.recipients[0]!.gateway!.id, 'a', 'the one that may have it');
    }),
  );

  it(
    'comes out in doubt where the backup is busy until the time ends',
    Bench.run(async (bench) => {
      const a = bench.attached('a', { doubt: 'failover' });
      a.answers = [doubt];
      const b = bench.attached('b');
      b.answers = [reject('vendor-busy')];
      const key = bench.order({ gateways: ['a', 'b'], ttl: HOUR });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(a.asked.length, 1);
      assert.ok(b.asked.length > 5);
    }),
  );
});
