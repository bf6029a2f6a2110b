/** What every store does, in memory, on the disk or in a database. */
import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError } from '../../../../nodes/core/failure';
import { openEmbeddedStore } from '../../../../nodes/engine/store/embedded-store';
import { MemoryStore } from '../../../../nodes/engine/store/memory-store';
import { PostgresDatabase } from '../../../../nodes/engine/store/postgres/database';
import { PostgresStore } from '../../../../nodes/engine/store/postgres/postgres-store';
import type { Change, Store } from '../../../../nodes/engine/store/store';
import { NO_POSTGRES, Postgres } from '../../../support/postgres';
import { allOf, clearFolders, newFolder } from './folders';

let postgres: Promise<Postgres> | undefined;
const databases: PostgresDatabase[] = [];

after(async () => {
  for (const database of databases) await database.close();
  await (await postgres)?.close();
});

/** On tables that are empty. */
async function openPostgresStore(): Promise<Store> {
  postgres ??= Postgres.start();
  const database = databases[0] ?? (await PostgresDatabase.open((await postgres).url()));
  if (databases.length === 0) databases.push(database);
  await database.query('TRUNCATE smswire_entry');
  return new PostgresStore(database);
}

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  MemoryStore: () => Promise.resolve(new MemoryStore()),
  EmbeddedStore: () => openEmbeddedStore(newFolder()),
  PostgresStore: openPostgresStore,
};

const put = (key: string, value: unknown = key): Change => ({ key, value });

for (const [name, open] of Object.entries(STORES)) {
  describe(name, { skip: open === openPostgresStore && NO_POSTGRES }, () => {
    const opened: Store[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      clearFolders();
    });

    async function newStore(): Promise<Store> {
      const store = await open();
      opened.push(store);
      return store;
    }

    it('gives back what was written, and nothing that was removed', async () => {
      const store = await newStore();
      await store.write([put('a', 1), put('b', { text: 'two' }), put('c', [3])]);
      await store.write([{ key: 'b' }, { key: 'never-there' }, put('a', null)]);
      assert.deepEqual(await allOf(store), [
        ['a', null],
        ['c', [3]],
      ]);
    });

    it('has what came last of one call', async () => {
      const store = await newStore();
      await store.write([put('a', 1), put('a', 2), { key: 'a' }, put('b', 1), { key: 'b' }, put('b', 2)]);
      assert.deepEqual(await allOf(store), [['b', 2]]);
    });

    it('reads a prefix in the order of keys', async () => {
      const store = await newStore();
      const keys = [
        '',
        'a',
        'a/',
        'a/1',
        'a/10',
        'a/2',
        'a/\u{10FFFF}x',
        'a/\u{FFFD}',
        'a0',
        'b',
        '\u{D7FF}',
        '\u{E000}',
        'é',
      ];
      await store.write([...keys].reverse().map((key) => put(key)));
      const below = async (prefix: string): Promise<string[]> => (await allOf(store, prefix)).map(([key]) => key);
      assert.deepEqual(await below('a/'), ['a/', 'a/1', 'a/10', 'a/2', 'a/\u{FFFD}', 'a/\u{10FFFF}x']);
      assert.deepEqual(await below('a/\u{10FFFF}'), ['a/\u{10FFFF}x']);
      assert.deepEqual(await below('\u{D7FF}'), ['\u{D7FF}']);
      assert.deepEqual(await below('a/1'), ['a/1', 'a/10']);
      assert.deepEqual(await below('x'), []);
      assert.deepEqual(
        await below(''),
        [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
      );
    });

    it('takes any key and any order of writing, noting and removing', async () => {
      const key = fc.string({ unit: 'binary', maxLength: 3 }).filter((text) => !/[\u{D800}-\u{DFFF}]/u.test(text));
      const change = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });
      const call = fc.record({ changes: fc.array(change, { maxLength: 5 }), noted: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
          const store = await newStore();
          const expected = new Map<string, unknown>();
          const written: Promise<void>[] = [];
          for (const { changes, noted } of calls) {
            if (noted) store.note(changes);
            else written.push(store.write(changes));
            for (const each of changes) {
              if (each.value === undefined) expected.delete(each.key);
              else expected.set(each.key, each.value);
            }
          }
          await Promise.all(written);
          assert.deepEqual(new Map(await allOf(store)), expected);
        }),
        { numRuns: 50 },
      );
    });

    it('has the effect of calls in their order, whoever waits', async () => {
      const store = await newStore();
      const writers = Array.from({ length: 500 }, async (_, number) => {
        store.note([put('noted', number), put(`n/${number}`)]);
        await store.write([put('last', number), put(`w/${number}`), { key: `n/${number - 1}` }]);
      });
      await Promise.all(writers);
      assert.deepEqual(
        (await allOf(store)).filter(([key]) => !key.startsWith('w/')),
        [
          ['last', 499],
          ['n/499', 'n/499'],
          ['noted', 499],
        ],
      );
      assert.equal((await allOf(store, 'w/')).length, 500);
    });

    it('has what was noted, without anything written after it', async () => {
      const store = await newStore();
      store.note([put('a')]);
      assert.deepEqual(await allOf(store), [['a', 'a']]);
    });

    it('gives a reader what was there when it began', async () => {
      const store = await newStore();
      await store.write(Array.from({ length: 3000 }, (_, number) => put(`k/${String(number).padStart(4, '0')}`)));
      const seen: string[] = [];
      for await (const [key] of store.read('k/')) {
        if (seen.length === 0) await store.write([{ key: 'k/2999' }, put('k/9999')]);
        seen.push(key);
      }
      assert.equal(seen.length, 3000);
      assert.equal(seen.at(-1), 'k/2999');
    });

    it('takes a value as it is at the call, and gives another one to each reader', async () => {
      const store = await newStore();
      const value = { list: [1] };
      const written = store.write([put('a', value)]);
      value.list.push(2);
      await written;
      const [[, one]] = (await allOf(store)) as [[string, typeof value]];
      assert.deepEqual(one, { list: [1] });
      one.list.push(3);
      assert.deepEqual(await allOf(store), [['a', { list: [1] }]]);
    });

    it('takes an empty call', async () => {
      const store = await newStore();
      await store.write([]);
      store.note([]);
      assert.deepEqual(await allOf(store), []);
    });

    it('refuses everything once it is closed, and may be closed again', async () => {
      const store = await newStore();
      await store.write([put('a')]);
      const reading = store.read('');
      await Promise.all([store.close(), store.close()]);
      await store.close();
      const closed = (error: unknown): boolean =>
        error instanceof SmsError && error.code === 'store-failed' && error.failure.detail === 'closed';
      await assert.rejects(store.write([put('b')]), closed);
      store.note([put('b')]);
      await assert.rejects(async () => {
        for await (const entry of reading) assert.fail(`read ${entry[0]}`);
      }, closed);
    });
  });
}
