import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import type { Verdict } from '../../../nodes/engine/dispatcher';
import { Bench, DAY, HOUR, MINUTE, accept, byNumber, doubt, reject } from './bench';

const unclear = { state: 'in-doubt', failure: failure('no-answer') } as const;

/** A word of the user; its outcome comes to a node of its own. */
function settle(bench: Bench, key: string, verdict: Verdict['verdict'], to?: readonly string[]) {
  return bench.dispatcher.settle({ key, verdict, node: 'other', envelope: 'word', ...(to ? { to } : {}) });
}

/** Collects what comes to the node of the verdicts: recipient and state, with the code of what failed. */
function listen(bench: Bench): string[][] {
  const heard: string[][] = [];
  bench.dispatcher.attachNode('other', ({ recipients, envelope }) => {
    assert.equal(envelope, 'word');
    heard.push(recipients.map(({ to, state, failure: why }) => [to, state, why?.code ?? ''].join(' ').trim()));
  });
  return heard;
}

describe('a word on what is in doubt', () => {
  it(
    'settles it as accepted or failed, in an outcome of its own',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt];
      const heard = listen(bench);
      const key = bench.order({ to: ['101', '102', '103'] });
      await bench.settle();
      assert.equal(settle(bench, key, 'accepted', ['101']), 'own-outcome');
      assert.equal(settle(bench, key, 'failed'), 'own-outcome');
      await bench.settle();
      assert.deepEqual(heard, [['101 accepted'], ['102 undelivered undelivered', '103 undelivered undelivered']]);
      assert.equal(vendor.asked.length, 1);
      assert.equal(bench.outcomes.length, 1);
    }),
  );

  it(
    'is not found where there is nothing in doubt',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [byNumber({ '102': unclear })];
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      assert.equal(settle(bench, 'nonsense', 'accepted'), 'not-found');
      assert.equal(settle(bench, key, 'accepted', ['101']), 'not-found');
      assert.equal(settle(bench, key, 'accepted', []), 'not-found');
      assert.equal(settle(bench, key, 'accepted'), 'own-outcome');
      assert.equal(settle(bench, key, 'accepted'), 'not-found');
      assert.equal(settle(bench, key, 'resend'), 'not-found');
      await bench.advance(DAY);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'names recipients in any way to write them',
    Bench.run(async (bench) => {
      bench.attached('a').answers = [doubt];
      const heard = listen(bench);
      const key = bench.order({ to: ['+86 138-0000-0001', '13800000002'] });
      await bench.settle();
      assert.equal(settle(bench, key, 'accepted', ['13800000001']), 'own-outcome');
      await bench.settle();
      assert.deepEqual(heard, [['+86 138-0000-0001 accepted']]);
    }),
  );

  it(
    'comes while evidence is waited for: then the order comes out, once, by its own node',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [byNumber({ '102': unclear, '103': unclear })];
      const heard = listen(bench);
      const key = bench.order({ to: ['101', '102', '103'] });
      await bench.settle();
      assert.equal(settle(bench, key, 'failed', ['102']), 'first-outcome');
      await bench.settle();
      assert.equal(bench.brief(key), undefined);
      assert.equal(settle(bench, key, 'accepted'), 'first-outcome');
      await bench.advance(DAY);
      assert.deepEqual(bench.brief(key), ['accepted', 'undelivered undelivered', 'accepted']);
      assert.deepEqual([bench.outcomes.length, heard.length], [1, 0]);
    }),
  );

  it(
    'comes while others of the order still wait: none of them has two outcomes',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const busy = { state: 'rejected', failure: failure('vendor-busy') } as const;
      vendor.answers = [byNumber({ '101': unclear, '102': busy }), accept];
      const heard = listen(bench);
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      assert.equal(settle(bench, key, 'failed'), 'first-outcome');
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['undelivered undelivered', 'accepted']);
      assert.deepEqual([bench.outcomes.length, heard.length], [1, 0]);
    }),
  );
});

describe('the word to send again', () => {
  it(
    'sends to those that it names, together, and brings what came of it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, byNumber({ '103': { state: 'rejected', failure: failure('content-refused') } })];
      const heard = listen(bench);
      const key = bench.order({ to: ['101', '102', '103'] });
      await bench.settle();
      assert.equal(settle(bench, key, 'resend', ['102', '103']), 'own-outcome');
      await bench.advance(HOUR);
      assert.deepEqual(
        vendor.asked.map(({ to }) => to),
        [
          ['101', '102', '103'],
          ['102', '103'],
        ],
      );
      assert.deepEqual(heard, [['102 accepted', '103 rejected content-refused']]);
      assert.equal(settle(bench, key, 'accepted'), 'own-outcome', '101 is in doubt as before');
    }),
  );

  it(
    'settles the doubt: a refusal is certain then, and the backups are open',
    Bench.run(async (bench) => {
      const a = bench.attached('a', { doubt: 'resend' });
      a.answers = [doubt, doubt, doubt, doubt, reject('no-route')];
      const b = bench.attached('b');
      b.answers = [reject('content-refused')];
      const heard = listen(bench);
      const key = bench.order({ gateways: ['a', 'b'] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt']);
      assert.equal(settle(bench, key, 'resend'), 'own-outcome');
      await bench.advance(HOUR);
      assert.deepEqual(heard, [['13800000001 rejected content-refused']]);
      assert.deepEqual([a.asked.length, b.asked.length], [5, 1]);
    }),
  );

  it(
    'may end in doubt again, and is settled by the same key, together with what was left',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt];
      const heard = listen(bench);
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      settle(bench, key, 'resend', ['101']);
      await bench.advance(MINUTE);
      assert.deepEqual(heard, [['101 in-doubt in-doubt']]);
      assert.equal(settle(bench, key, 'failed'), 'own-outcome');
      await bench.settle();
      assert.deepEqual(heard.slice(1), [['102 undelivered undelivered', '101 undelivered undelivered']]);
    }),
  );

  it(
    'starts the time of the message anew',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, reject('vendor-busy'), reject('vendor-busy'), accept];
      const heard = listen(bench);
      const key = bench.order({ ttl: HOUR });
      await bench.advance(2 * HOUR);
      settle(bench, key, 'resend');
      await bench.advance(HOUR);
      assert.deepEqual(heard, [['13800000001 accepted']]);
    }),
  );

  it(
    'leaves the count of what waits right',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, doubt, accept];
      listen(bench);
      const key = bench.order({ to: ['101', '102'] });
      await bench.settle();
      settle(bench, key, 'resend');
      await bench.settle();
      settle(bench, key, 'accepted');
      await bench.settle();
      assert.deepEqual(bench.brief(bench.order({ to: ['103', '104', '105'] })), undefined);
      await bench.settle();
      assert.deepEqual(
        bench.outcomes.at(-1)!.recipients.map(({ state }) => state),
        ['accepted', 'accepted', 'accepted'],
      );
    }, 3),
  );
});
