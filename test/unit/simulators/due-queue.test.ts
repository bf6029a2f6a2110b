import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DueQueue } from '../../../nodes/simulators/due-queue';

const values = <T>(items: { value: T }[]): T[] => items.map(({ value }) => value);

test('nothing is handed out before its time, and everything once, by time', () => {
  const queue = new DueQueue<string>();
  queue.add(30, 'late');
  queue.add(10, 'early');
  queue.add(10, 'early too');
  assert.deepEqual(queue.take(9, 10), []);
  assert.deepEqual(values(queue.take(29, 10)), ['early', 'early too']);
  assert.deepEqual(values(queue.take(30, 10)), ['late']);
  assert.deepEqual(queue.take(1000, 10), []);
});

test('it tells when the next thing is due', () => {
  const queue = new DueQueue<string>();
  assert.equal(queue.next, Number.POSITIVE_INFINITY);
  queue.add(30, 'late');
  queue.add(10, 'early');
  assert.equal(queue.next, 10);
  queue.take(10, 1);
  assert.equal(queue.next, 30);
});

test('what goes beyond the count waits for the next call', () => {
  const queue = new DueQueue<string>();
  for (const name of ['a', 'b', 'c']) queue.add(1, name);
  assert.deepEqual(values(queue.take(1, 2)), ['a', 'b']);
  assert.deepEqual(values(queue.take(1, 2)), ['c']);
});

test('what nobody took in time is lost', () => {
  const queue = new DueQueue<string>();
  queue.add(0, 'old');
  queue.add(50, 'young');
  assert.deepEqual(values(queue.take(100, 10, 99)), ['young']);
});

test('what is taken back is not handed out', () => {
  const queue = new DueQueue<string>();
  queue.add(1, 'a');
  queue.add(1, 'b');
  queue.remove((value) => value === 'a');
  assert.deepEqual(values(queue.take(1, 10)), ['b']);
});

test('it forgets the oldest rather than grow for ever', () => {
  const queue = new DueQueue<number>(100);
  for (let index = 0; index < 1000; index += 1) {
    queue.add(1, index);
    assert.ok(queue.size < 200);
  }
  const kept = queue.take(1, 1000).map(({ value }) => value);
  assert.ok(kept.length >= 100);
  assert.deepEqual(
    kept,
    Array.from({ length: kept.length }, (_, index) => 1000 - kept.length + index),
  );
});

test('any times come out in their order, equal ones in the order of adding', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 40 }), fc.nat(6), fc.nat(50), (dues, now, count) => {
      const queue = new DueQueue<number>(100);
      for (const [index, due] of dues.entries()) queue.add(due, index);
      const sorted = dues.map((due, index) => ({ due, index })).sort((one, other) => one.due - other.due);
      const ready = sorted.filter(({ due }) => due <= now).map(({ index }) => index);
      assert.deepEqual(values(queue.take(now, count)), ready.slice(0, count));
      assert.deepEqual(values(queue.take(now, 100)), ready.slice(count));
      const later = sorted.slice(ready.length).map(({ index }) => index);
      assert.deepEqual(values(queue.take(9, 100)), later);
    }),
  );
});
