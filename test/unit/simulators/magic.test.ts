import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstTimes, magicOf } from '../../../nodes/simulators/magic';

test('a magic number is known with and without the country code', () => {
  for (const prefix of ['', '86', '+86', '0086'])
    assert.equal(magicOf(`${prefix}19900000012`).answer, 'refuse-content', prefix);
});

test('whatever else stands in the place of a number is ordinary', () => {
  for (const number of ['13800000001', '', '__proto__', 'constructor', 'toString', '8619900000012x'])
    assert.deepEqual(magicOf(number), { answer: 'accept', fate: { report: 'delivered', after: 1000 } }, number);
});

test('what happens once or twice is over after that', () => {
  const times = new FirstTimes();
  const asked = (number: string) => [1, 2, 3, 4].map(() => times.answerTo(['13800000001', number]));
  assert.deepEqual(asked('19900000015'), ['busy', 'busy', 'accept', 'accept']);
  assert.deepEqual(asked('19900000028'), ['too-many', 'accept', 'accept', 'accept']);
  assert.deepEqual(asked('19900000029'), ['refuse-reset', 'accept', 'accept', 'accept']);
  assert.deepEqual(asked('constructor'), ['accept', 'accept', 'accept', 'accept']);
});
