/** The ids in a message to an account node. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOST_IDS, readIds } from '../../../nodes/account/ids';
import { SmsError } from '../../../nodes/core/failure';

describe('ids to be cancelled', () => {
  for (const [payload, ids] of [
    ['4711', ['4711']],
    [4711, ['4711']],
    [0, ['0']],
    [' a, b\n', [' a, b\n']],
    [
      ['00123', 123, '123', 'order 7', '__proto__'],
      ['00123', '123', 'order 7', '__proto__'],
    ],
  ] as const) {
    it(`are read from ${JSON.stringify(payload)}`, () => {
      assert.deepEqual(readIds(payload), ids);
    });
  }

  for (const [payload, field] of [
    [undefined, 'msg.payload'],
    [null, 'msg.payload'],
    ['', 'msg.payload'],
    ['  ', 'msg.payload'],
    [true, 'msg.payload'],
    [{ id: '1' }, 'msg.payload'],
    [[], 'msg.payload'],
    [2 ** 53, 'msg.payload'],
    [NaN, 'msg.payload'],
    [['1', 1.5], 'msg.payload[1]'],
    [['1', ['2']], 'msg.payload[1]'],
    [new Array(2), 'msg.payload[0]'],
  ] as const) {
    it(`are refused in ${JSON.stringify(payload)}, and the field is named`, () => {
      assert.throws(
        () => readIds(payload),
        (error) =>
          error instanceof SmsError && error.code === 'invalid-message' && error.failure.params?.field === field,
      );
    });
  }

  it('are not too many', () => {
    const ids = Array.from({ length: MOST_IDS }, (_, index) => index);
    assert.equal(readIds(ids).length, MOST_IDS);
    assert.throws(() => readIds([...ids, 'one more']), SmsError);
  });
});
