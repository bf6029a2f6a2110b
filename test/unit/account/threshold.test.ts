/** When a balance is below its threshold, and when that is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forgetThreshold, Threshold, thresholdOf } from '../../../nodes/account/threshold';

const prepaid = (amount: number) => ({ amount, postpaid: false });
const postpaid = (amount: number) => ({ amount, postpaid: true });

describe('a threshold', () => {
  for (const [what, level, balances, told] of [
    ['is told once for each fall', 100, [150, 99, 98, 100, 99.999, 0], [1, 4]],
    ['is told of a first balance that is below', 100, [1, 2, 99], [0]],
    ['is not reached at its own height', 100, [100, 100], []],
    ['of zero is below it when money is owed', 0, [0, -0.001, -5, 0], [1]],
    ['may be negative', -5, [0, -4, -6, -5, -7], [2, 4]],
  ] as const) {
    it(what, () => {
      const threshold = new Threshold(level);
      const falls = balances.flatMap((amount, index) => (threshold.falls(prepaid(amount), 'account') ? [index] : []));
      assert.deepEqual(falls, told);
    });
  }

  it('means nothing to an account that is paid afterwards, unless it is negative itself', () => {
    for (const level of [0, 100]) {
      const threshold = new Threshold(level);
      assert.deepEqual([threshold.falls(postpaid(-50), 'account'), threshold.isBelow], [false, false]);
      assert.equal(threshold.isMeaningless(postpaid(-50)), true);
    }
    const threshold = new Threshold(-100);
    assert.deepEqual(
      [-50, -101, -200, -100, -150].map((amount) => threshold.falls(postpaid(amount), 'account')),
      [false, true, false, false, true],
    );
    assert.equal(threshold.isMeaningless(postpaid(-50)), false);
  });

  it('begins anew with another account', () => {
    const threshold = new Threshold(100);
    assert.deepEqual(
      (['one', 'one', 'two', 'two', 'one'] as const).map((account) => threshold.falls(prepaid(5), account)),
      [true, false, true, false, true],
    );
  });

  it('tells a fall for every way down, and never twice without a way up', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (level, amounts) => {
        const threshold = new Threshold(level);
        amounts.forEach((amount, index) => {
          const before = amounts[index - 1];
          const isNews = amount < level && (before === undefined || before >= level);
          assert.equal(threshold.falls(prepaid(amount), 'account'), isNews);
          assert.equal(threshold.isBelow, amount < level);
        });
      }),
    );
  });
});

describe('the threshold of a node', () => {
  it('outlives a deploy, until the level changes or the node is gone', () => {
    const first = thresholdOf('node', 100);
    assert.equal(first.falls(prepaid(5), 'account'), true);
    assert.equal(thresholdOf('node', 100).falls(prepaid(5), 'account'), false);
    assert.equal(thresholdOf('other', 100).falls(prepaid(5), 'account'), true);
    assert.equal(thresholdOf('node', 50).falls(prepaid(5), 'account'), true);
    forgetThreshold('node');
    assert.equal(thresholdOf('node', 50).falls(prepaid(5), 'account'), true);
  });
});
