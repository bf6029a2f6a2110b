/** What is written first once the database works again. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Database, loadLevel, type Operation } from '../../../../nodes/engine/store/database';
import { HeldBack } from '../../../../nodes/engine/store/held-back';
import { clearFolders, newFolder } from './folders';

const put = (key: string, text = key): Operation => ({ key, text });

describe('what is held back', () => {
  after(clearFolders);

  it('brings back what was there before a write that was refused, but may be on the disk', async () => {
    const database = await Database.open(await loadLevel(), newFolder(), true);
    const all = async (): Promise<(readonly [string, string])[]> => {
      const entries = [];
      for await (const page of database.pages('')) entries.push(...page);
      return entries;
    };
    await database.write([put('changed', '1'), put('removed', '2'), put('other', '3')], true);
    const before = await all();
    const undo = await database.before(['changed', 'removed', 'new']);
    await database.write([put('changed', '9'), { key: 'removed', text: undefined }, put('new', '9')], true);
    await database.write(undo, true);
    assert.deepEqual(await all(), before);
    await database.close();
  });

  it('goes before what was noted, and all of it in the order of calls', () => {
    const held = new HeldBack();
    assert.ok(held.isEmpty);
    held.note([put('a'), put('b')]);
    held.undo([put('undone')]);
    held.note([put('c')]);
    const { operations, giveBack } = held.take();
    assert.deepEqual(
      operations,
      ['undone', 'a', 'b', 'c'].map((key) => put(key)),
    );
    assert.ok(held.isEmpty);
    held.note([put('d')]);
    giveBack();
    assert.deepEqual(
      held.take().operations,
      ['undone', 'a', 'b', 'c', 'd'].map((key) => put(key)),
    );
    assert.ok(held.isEmpty);
  });

  it('loses the oldest of what was noted where it gets too much', () => {
    const many = new HeldBack();
    many.undo([put('undone')]);
    for (let number = 0; number < 100_005; number++) many.note([put(String(number), '')]);
    const { operations } = many.take();
    assert.equal(operations.length, 100_001);
    assert.deepEqual([operations[0]?.key, operations[1]?.key, operations.at(-1)?.key], ['undone', '5', '100004']);

    const large = new HeldBack();
    const text = 'x'.repeat(1024 * 1024);
    for (let number = 0; number < 40; number++) large.note([put(String(number), text)]);
    const kept = large.take().operations.map(({ key }) => key);
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [31, '9', '39']);
  });
});
