import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { identityOf } from '../../../nodes/vendors/identity';

test('equal parts have one identity, in 32 hexadecimal digits', () => {
  assert.match(identityOf('G101', '10086', '你好', 1569482765000), /^[0-9a-f]{32}$/);
  assert.equal(identityOf('G101', undefined, '', 1), identityOf('G101', undefined, '', 1));
});

test('parts do not run together, and what is absent is not blank', () => {
  const all = [
    identityOf('ab', 'c'),
    identityOf('a', 'bc'),
    identityOf('a', 'b', 'c'),
    identityOf('abc'),
    identityOf('"a","bc"'),
    identityOf('a","bc'),
    identityOf('abc', ''),
    identityOf('abc', undefined),
    identityOf('', 'abc'),
    identityOf('1'),
    identityOf(1),
    identityOf('\ud83d'),
    identityOf('\ufffd'),
    identityOf(),
  ];
  assert.equal(new Set(all).size, all.length);
});

test('whatever the parts hold, only equal ones are one', () => {
  const parts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(undefined)));
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      assert.equal(identityOf(...one) === identityOf(...other), isDeepStrictEqual(one, other));
      assert.equal(identityOf(...one), identityOf(...[...one]));
    }),
  );
});
