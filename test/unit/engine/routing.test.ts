import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FINAL_CODES, RETRY, SmsError, failure, type ErrorCode } from '../../../nodes/core/failure';
import { Bench, DAY, HOUR, MINUTE, accept, byNumber, doubt, reject } from './bench';

/** Codes that pause an account are told of in a file of their own. */
const ORDINARY = (Object.keys(RETRY) as ErrorCode[]).filter(
  (code) => !['auth-failed', 'ip-refused', 'account-disabled', 'insufficient-balance'].includes(code),
);

describe('backup gateways', () => {
  it(
    'are left alone as long as the first accepts, or nobody knows',
    Bench.run(async (bench) => {
      const first = bench.attached('a');
      const backup = bench.attached('b');
      first.answers = [accept, doubt];
      const accepted = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      const inDoubt = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(2 * DAY);
      assert.deepEqual(bench.brief(accepted), ['accepted']);
      assert.deepEqual(bench.brief(inDoubt), ['in-doubt in-doubt']);
      assert.equal(backup.asked.length, 0);
    }),
  );

  for (const code of ORDINARY.filter((each) => !FINAL_CODES.has(each))) {
    it(
      `take over at once after ${code}`,
      Bench.run(async (bench) => {
        bench.attached('a').answers = [reject(code)];
        const backup = bench.attached('b');
        const key = bench.order({ gateways: ['a', 'b'] });
        await bench.settle();
        assert.deepEqual(bench.brief(key), ['accepted']);
        assert.deepEqual(backup.sent, ['13800000001']);
        const outcome = bench.outcome(key)!;
        assert.deepEqual(
          outcome.attempts.map(({ gateway, state, failure: why }) => [gateway.id, state, why?.code]),
          [
            ['a', 'rejected', code],
            ['b', 'accepted', undefined],
          ],
        );
        assert.deepEqual(outcome.recipients[0]!.gateway, { id: 'b', name: 'b name', vendor: 'b' });
      }),
    );
  }

  for (const code of FINAL_CODES) {
    it(
      `are not tried after ${code}`,
      Bench.run(async (bench) => {
        bench.attached('a').answers = [reject(code)];
        const backup = bench.attached('b');
        const key = bench.order({ gateways: ['a', 'b'] });
        await bench.advance(2 * DAY);
        const state = { 'opted-out': 'suppressed', expired: 'expired', cancelled: 'cancelled' }[code as string];
        assert.deepEqual(bench.brief(key), [`${state ?? 'rejected'} ${code}`]);
        assert.equal(backup.asked.length, 0);
      }),
    );
  }

  it(
    'are tried in turn, and only for those that the one before did not take',
    Bench.run(async (bench) => {
      const [a, b, c] = [bench.attached('a'), bench.attached('b'), bench.attached('c')];
      const refused = { state: 'rejected', failure: failure('no-route') } as const;
      a.answers = [
        byNumber({ '102': refused, '103': refused, '104': { state: 'in-doubt', failure: failure('no-answer') } }),
      ];
      b.answers = [byNumber({ '103': refused })];
      const key = bench.order({ to: ['101', '102', '103', '104'], gateways: ['a', 'b', 'c'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted', 'accepted', 'in-doubt in-doubt']);
      assert.deepEqual([a.sent, b.sent, c.sent], [['101', '102', '103', '104'], ['102', '103'], ['103']]);
      assert.deepEqual(
        bench.outcome(key)!.recipients.map(({ gateway, id }) => [gateway?.id, id]),
        [
          ['a', 'id-101'],
          ['b', 'id-102'],
          ['c', 'id-103'],
          ['a', undefined],
        ],
      );
    }),
  );

  it(
    'take what the first cannot carry by its own rules, without a request',
    Bench.run(async (bench) => {
      const first = bench.vendor('a');
      first.checks = {
        checkText: (text) => (text === 'long' ? failure('text-too-long') : undefined),
        checkRecipient: (to) => (to.startsWith('+') ? failure('no-route') : undefined),
      };
      bench.dispatcher.attachGateway(first.gateway());
      const backup = bench.attached('b');
      const long = bench.order({ text: 'long', to: ['101', '102'], gateways: ['a', 'b'] });
      const mixed = bench.order({ to: ['103', '+104'], gateways: ['a', 'b'] });
      const alone = bench.order({ text: 'long' });
      await bench.settle();
      assert.deepEqual(bench.brief(long), ['accepted', 'accepted']);
      assert.deepEqual(bench.brief(mixed), ['accepted', 'accepted']);
      assert.deepEqual(bench.brief(alone), ['rejected text-too-long']);
      assert.deepEqual([first.sent, backup.sent], [['103'], ['101', '102', '+104']]);
      assert.deepEqual(bench.outcome(mixed)!.attempts[0]!.to, ['+104']);
    }),
  );

  it(
    'take what the first was certainly not asked for: nothing was written',
    Bench.run(async (bench) => {
      bench.attached('a').answers = [() => Promise.reject(new SmsError(failure('network')))];
      const backup = bench.attached('b');
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(backup.asked.length, 1);
    }),
  );
});

describe('what is refused for certain by all', () => {
  it(
    'fails with the code of the last, unless that may work later',
    Bench.run(async (bench) => {
      bench.attached('a').answers = [reject('no-route')];
      const b = bench.attached('b');
      b.answers = [reject('content-refused', { vendorCode: '7', vendorText: '敏感词' })];
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      const [recipient] = bench.outcome(key)!.recipients;
      assert.equal(recipient!.state, 'rejected');
      assert.deepEqual(recipient!.failure, { code: 'content-refused', vendorCode: '7', vendorText: '敏感词' });
      assert.equal(recipient!.gateway!.id, 'b');
      assert.equal(bench.outcome(key)!.raw, 'answer');
    }),
  );

  for (const code of ORDINARY.filter((each) => RETRY[each] !== 'later' && !FINAL_CODES.has(each))) {
    it(
      `is not tried again after ${code}`,
      Bench.run(async (bench) => {
        const vendor = bench.attached('a');
        vendor.answers = [reject(code), accept];
        const key = bench.order();
        await bench.advance(2 * DAY);
        assert.deepEqual(bench.brief(key), [`rejected ${code}`]);
        assert.equal(vendor.asked.length, 1);
      }),
    );
  }
});

describe('what may work later', () => {
  const LATER = ORDINARY.filter((code) => RETRY[code] === 'later' && !FINAL_CODES.has(code));

  for (const code of LATER) {
    it(
      `is tried again after ${code}, with growing pauses, until its time is over`,
      Bench.run(async (bench) => {
        const vendor = bench.attached('a');
        vendor.answers = [reject(code)];
        const key = bench.order({ ttl: 3 * HOUR });
        await bench.advance(3 * HOUR - 1);
        assert.equal(bench.brief(key), undefined);
        const pauses = vendor.times.slice(1).map((time, index) => time - vendor.times[index]!);
        // A vendor that could not be reached is no vendor that wants rest.
        const most = code === 'network' ? 350 : 25;
        assert.ok(pauses.length >= 10 && pauses.length <= most, `${pauses.length} tries`);
        assert.ok(pauses[0]! >= 3000 && pauses[0]! <= 8000, `${pauses[0]}`);
        for (const pause of pauses) assert.ok(pause <= 20 * MINUTE);
        assert.ok(pauses[3]! > pauses[1]! && pauses[1]! > pauses[0]!);
        await bench.advance(1);
        assert.deepEqual(bench.brief(key), ['expired expired']);
        const asked = vendor.asked.length;
        await bench.advance(DAY);
        assert.equal(vendor.asked.length, asked);
      }),
    );
  }

  it(
    'is tried for ever where the message never expires',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [reject('vendor-busy')];
      const key = bench.order({ ttl: 0 });
      await bench.advance(3 * DAY);
      vendor.answers = [accept];
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );

  it(
    'is tried again only where it may work, on the way of the gateways',
    Bench.run(async (bench) => {
      const [a, b, c] = [bench.attached('a'), bench.attached('b'), bench.attached('c')];
      a.answers = [reject('vendor-busy'), reject('vendor-busy'), accept];
      b.answers = [reject('no-route')];
      c.answers = [reject('rate-limited')];
      const key = bench.order({ gateways: ['a', 'b', 'c'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual([a.asked.length, b.asked.length, c.asked.length], [3, 1, 2]);
    }),
  );

  it(
    'is not tried before the vendor asked for it, whichever gateway said so',
    Bench.run(async (bench) => {
      const [a, b] = [bench.attached('a'), bench.attached('b')];
      a.answers = [reject('rate-limited', { retryAfter: HOUR }), accept];
      b.answers = [reject('vendor-busy')];
      const alone = bench.attached('c');
      alone.answers = [reject('rate-limited', { retryAfter: 10 * MINUTE }), accept];
      bench.order({ gateways: ['a', 'b'] });
      bench.order({ gateways: ['c'] });
      await bench.advance(2 * HOUR);
      assert.deepEqual(a.times, [0, HOUR]);
      assert.deepEqual(alone.times, [0, 10 * MINUTE]);
    }),
  );

  it(
    'keeps the recipients of a message together, where they failed together',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [reject('vendor-busy'), accept];
      bench.order({ to: ['101', '102', '103'] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        vendor.asked.map(({ to }) => to),
        [
          ['101', '102', '103'],
          ['101', '102', '103'],
        ],
      );
    }),
  );
});

describe('what is no order for a gateway at all', () => {
  it(
    'fails before any request',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.options = [{ name: 'line', type: 'integer', scope: 'both' }];
      bench.dispatcher.attachGateway(vendor.gateway());
      bench.attached('b');
      const gateways = ['a', 'b'];
      const invalid = bench.order({ to: ['12', '13800000001', 'abc', '1'.repeat(21)], gateways });
      const empty = bench.order({ text: '', gateways });
      const option = bench.order({ options: { line: 'x' }, gateways });
      const nowhere = bench.order({ gateways: [] });
      const nobody = bench.order({ to: [], gateways });
      await bench.settle();
      const refused = 'rejected invalid-recipient';
      assert.deepEqual(bench.brief(invalid), [refused, 'accepted', refused, refused]);
      assert.deepEqual(bench.brief(empty), ['rejected invalid-message']);
      assert.deepEqual(bench.brief(option), ['rejected invalid-message']);
      assert.deepEqual(bench.brief(nowhere), ['rejected no-route']);
      assert.deepEqual(bench.brief(nobody), []);
      assert.deepEqual(vendor.sent, ['13800000001']);
    }),
  );

  it(
    'fails where its configuration is broken, and says what is',
    Bench.run(async (bench) => {
      const reason = failure('invalid-config', 'url', { field: 'url' });
      bench.dispatcher.attachGateway({ id: 'a', name: 'A', vendor: 'x', failure: reason });
      const backup = bench.attached('b');
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.outcome(key)!.recipients[0]!.failure, reason);
      assert.equal(backup.asked.length, 0);
    }),
  );

  it(
    'may have no text where the vendor says so',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, allowsEmptyText: () => true };
      bench.dispatcher.attachGateway(vendor.gateway());
      const key = bench.order({ text: '' });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );
});

describe('options', () => {
  it(
    'of the message go over the gateway’s, the vendor’s own way where it has one',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.options = [
        { name: 'line', type: 'string', scope: 'both' },
        { name: 'batch', type: 'integer', scope: 'gateway' },
      ];
      bench.dispatcher.attachGateway(vendor.gateway({ options: { line: '1', batch: 7 } }));
      const own = vendor.gateway({ id: 'b', accountKey: 'b', options: { line: '1' } });
      bench.dispatcher.attachGateway({
        ...own,
        driver: { ...own.driver, mergeOptions: (gateway, message) => ({ ...message, was: gateway.line }) },
      });
      bench.order({ options: { line: 2, batch: 9, provider: 'x' } });
      bench.order({ options: { line: 2 }, gateways: ['b'] });
      await bench.settle();
      assert.deepEqual(
        vendor.asked.map(({ request }) => request.options),
        [
          { line: '2', batch: 7 },
          { line: '2', was: '1' },
        ],
      );
    }),
  );
});
