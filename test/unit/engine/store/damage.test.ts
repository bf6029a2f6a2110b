/** Damaged files: the store opens whatever they hold, says so, keeps the damaged ones aside, and never gives a wrong value. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { EmbeddedStore, type StoreNotice } from '../../../../nodes/engine/store/embedded-store';
import { allOf, asideOf, clearFolders, newFolder } from './folders';

type Notices = [notice: StoreNotice, params: Readonly<Record<string, string | number>>][];

/** A text that does not get smaller by compression, the same for the same key. */
function textOf(key: string): string {
  let state = Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  return Array.from({ length: 20 }, () => (state = (state * 1_664_525 + 1_013_904_223) >>> 0).toString(36)).join('');
}

const keysOf = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => `${letter}/${String(number).padStart(4, '0')}`);

async function open(folder: string, notices: Notices = []): Promise<EmbeddedStore> {
  return await EmbeddedStore.open(folder, { notice: (notice, params) => notices.push([notice, params]) });
}

/** Opens, reads everything, writes and reads that, and closes. */
async function useIt(folder: string): Promise<{ keys: string[]; notices: Notices }> {
  const notices: Notices = [];
  const store = await open(folder, notices);
  const entries = await allOf(store);
  for (const [key, value] of entries) assert.equal(value, textOf(key), key);
  await store.write([{ key: 'z', value: 'new' }]);
  assert.deepEqual(await allOf(store, 'z'), [['z', 'new']]);
  await store.write([{ key: 'z' }]);
  await store.close();
  return { keys: entries.map(([key]) => key), notices };
}

const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));

function flip(file: string, position: number, mask = 0xff): void {
  const bytes = readFileSync(file);
  const at = Math.floor(position * (bytes.length - 1));
  bytes.writeUInt8((bytes[at] ?? 0) ^ mask, at);
  writeFileSync(file, bytes);
}

describe('a damaged store', () => {
  /** Those in a table, and those in the write-ahead log. */
  const [OLD, NEW] = [keysOf('a', 2000), keysOf('b', 1000)];
  const ALL = [...OLD, ...NEW];
  /** Entries that stand in one block of a table, at most. */
  const BLOCK = 50;
  let sound: string;

  before(async () => {
    sound = newFolder();
    for (const keys of [OLD, NEW]) {
      const store = await open(sound);
      for (let index = 0; index < keys.length; index += 100) {
        await store.write(keys.slice(index, index + 100).map((key) => ({ key, value: textOf(key) })));
      }
      await store.close();
    }
    assert.ok(filesOf(sound, /\.ldb$/).length > 0 && filesOf(sound, /\.log$/).length > 0);
  });
  after(clearFolders);

  function damaged(): string {
    const folder = newFolder();
    cpSync(sound, folder, { recursive: true });
    return folder;
  }

  it('is not what this begins with', async () => {
    const folder = damaged();
    assert.deepEqual(await useIt(folder), { keys: ALL, notices: [] });
    assert.deepEqual(asideOf(folder), []);
  });

  it('keeps what came before a torn end of the log', async () => {
    for (const [cut, junk] of [
      [1, ''],
      [10_000, ''],
      [0, '\0'.repeat(5000)],
      [0, 'x'.repeat(5000)],
      [5000, 'junk'],
    ] as const) {
      const folder = damaged();
      const [log = ''] = filesOf(folder, /\.log$/);
      truncateSync(log, statSync(log).size - cut);
      appendFileSync(log, junk);
      const { keys } = await useIt(folder);
      const kept = keys.length - OLD.length;
      assert.deepEqual(keys, ALL.slice(0, keys.length));
      // A write is there or not, never a part of it.
      assert.equal(kept % 100, 0);
      assert.ok(kept >= 800, `${kept} after ${cut}`);
      if (cut === 0) assert.equal(kept, NEW.length);
    }
  });

  it('says that the log is damaged in its middle, and keeps it aside', async () => {
    const folder = damaged();
    const [log = ''] = filesOf(folder, /\.log$/);
    flip(log, 0.3);
    const bad = readFileSync(log);
    const { keys, notices } = await useIt(folder);
    assert.deepEqual(keys.slice(0, OLD.length), OLD);
    assert.ok(keys.length > OLD.length && keys.length < ALL.length, String(keys.length));
    assert.deepEqual(asideOf(folder).length, 1);
    const [aside = ''] = asideOf(folder);
    assert.deepEqual(
      notices.map(([notice]) => notice),
      ['cut'],
    );
    const [[, said]] = notices as [Notices[number]];
    assert.equal(said.damaged, aside);
    assert.ok(Number(said.bytes) > 0);
    assert.deepEqual(readFileSync(join(aside, basename(log))), bad);
    assert.deepEqual((await useIt(folder)).notices, []);
  });

  for (const [what, pattern] of [
    ['CURRENT', /^CURRENT$/],
    ['MANIFEST', /^MANIFEST/],
  ] as const) {
    it(`is repaired where ${what} has flipped bytes or is gone`, async () => {
      const changes: Readonly<Record<string, (file: string) => void>> = {
        middle: (file) => {
          flip(file, 0.5);
        },
        end: (file) => {
          flip(file, 1);
        },
        empty: (file) => {
          writeFileSync(file, '');
        },
        gone: (file) => {
          rmSync(file);
        },
      };
      for (const [how, change] of Object.entries(changes)) {
        const folder = damaged();
        filesOf(folder, pattern).forEach(change);
        const { keys, notices } = await useIt(folder);
        assert.deepEqual(keys, ALL);
        const [aside = ''] = asideOf(folder);
        assert.deepEqual(notices, [['repaired', { damaged: aside }]]);
        assert.match(basename(aside), /^store\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
        assert.equal(existsSync(join(aside, 'CURRENT')), what !== 'CURRENT' || how !== 'gone');
        assert.deepEqual(asideOf(folder), [aside]);
        assert.deepEqual(await useIt(folder), { keys: ALL, notices: [] });
      }
    });
  }

  it('is repaired where a table is gone, and has the rest', async () => {
    const folder = damaged();
    filesOf(folder, /\.ldb$/).forEach((file) => {
      rmSync(file);
    });
    const { keys, notices } = await useIt(folder);
    assert.deepEqual(keys, NEW);
    assert.deepEqual(
      notices.map(([notice]) => notice),
      ['repaired'],
    );
  });

  it('is not what has a table whose writing came to no end', async () => {
    const folder = damaged();
    const [table = ''] = filesOf(folder, /\.ldb$/);
    writeFileSync(join(folder, '000900.ldb'), readFileSync(table).subarray(0, -100));
    assert.deepEqual(await useIt(folder), { keys: ALL, notices: [] });
    assert.deepEqual(asideOf(folder), []);
  });

  it('is repaired where a table has a bad end, and has all of it', async () => {
    const folder = damaged();
    for (const file of filesOf(folder, /\.ldb$/)) flip(file, 1);
    const { keys, notices } = await useIt(folder);
    assert.deepEqual(keys, ALL);
    assert.deepEqual(
      notices.map(([notice]) => notice),
      ['repaired'],
    );
  });

  it('is repaired where a table has flipped bytes, and has all but what stood there', async () => {
    const folder = damaged();
    for (const file of filesOf(folder, /\.ldb$/)) flip(file, 0.4);
    const { keys, notices } = await useIt(folder);
    assert.ok(keys.length < ALL.length && keys.length > ALL.length - BLOCK, String(keys.length));
    assert.deepEqual(
      notices.map(([notice]) => notice),
      ['repaired'],
    );
    assert.equal(asideOf(folder).length, 1);
    assert.deepEqual(await useIt(folder), { keys, notices: [] });
  });

  it('never gives a wrong value, wherever a bit is flipped', async () => {
    const place = fc.record({
      position: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.integer({ min: 0, max: 7 }),
      file: fc.constantFrom(/\.ldb$/, /\.log$/, /^MANIFEST/, /^CURRENT$/),
    });
    await fc.assert(
      fc.asyncProperty(place, async ({ position, bit, file }) => {
        const folder = damaged();
        for (const each of filesOf(folder, file)) flip(each, position, 1 << bit);
        const { keys } = await useIt(folder);
        assert.ok(keys.length > 500, String(keys.length));
        const missing = ALL.length - keys.length;
        // Where the table does not say any more where its blocks are, all of it is gone.
        if (file.source.includes('ldb')) assert.ok(missing < BLOCK || missing === OLD.length, `${missing} are missing`);
        assert.deepEqual(
          keys.filter((key) => !ALL.includes(key)),
          [],
        );
        clear(folder);
      }),
      { numRuns: 25 },
    );
  });

  const clear = (folder: string): void => {
    rmSync(join(folder, '..'), { recursive: true, force: true });
  };

  it('begins empty where nothing can be saved', async () => {
    for (const ruin of [
      (folder: string): void => {
        for (const file of filesOf(folder, /^(CURRENT|MANIFEST.*|.*\.ldb|.*\.log)$/)) writeFileSync(file, 'ruined');
      },
      // The repair itself fails: a folder is where it writes.
      (folder: string): void => {
        writeFileSync(join(folder, 'CURRENT'), 'ruined');
        mkdirSync(join(folder, '000001.dbtmp', 'x'), { recursive: true });
      },
    ]) {
      const folder = damaged();
      ruin(folder);
      const { keys, notices } = await useIt(folder);
      assert.deepEqual(keys, []);
      const [aside = ''] = asideOf(folder);
      assert.deepEqual(notices, [['emptied', { damaged: aside }]]);
      assert.equal(readFileSync(join(aside, 'CURRENT'), 'utf8'), 'ruined');
      assert.deepEqual(await useIt(folder), { keys: [], notices: [] });
    }
  });

  it('leaves at most three damaged folders, the latest', async () => {
    const folder = damaged();
    const seen: string[] = [];
    for (let round = 0; round < 5; round++) {
      writeFileSync(join(folder, 'CURRENT'), `round ${round}`);
      const { notices } = await useIt(folder);
      seen.push(String(notices[0]?.[1].damaged));
    }
    assert.deepEqual(asideOf(folder), seen.slice(-3));
    assert.equal(readFileSync(join(seen[4] ?? '', 'CURRENT'), 'utf8'), 'round 4');
  });

  it('is not lost where the process ends while it is repaired', async () => {
    // Before the repaired one takes its place…
    const before = damaged();
    writeFileSync(join(before, 'CURRENT'), 'ruined');
    mkdirSync(`${before}.repairing`);
    writeFileSync(join(`${before}.repairing`, '000003.log'), 'half a copy');
    assert.deepEqual((await useIt(before)).keys, ALL);
    assert.equal(asideOf(before).length, 1);
    // …and between the two steps of that.
    const between = damaged();
    renameSync(between, `${between}.repairing`);
    assert.deepEqual((await useIt(between)).keys, ALL);
    assert.deepEqual(asideOf(between), []);
  });

  it('goes on where it is found damaged in the middle of work', async () => {
    const folder = damaged();
    for (const file of filesOf(folder, /\.ldb$/)) flip(file, 0.6);
    const notices: Notices = [];
    const store = await open(folder, notices);
    const read: string[] = [];
    store.note([{ key: 'y', value: textOf('y') }]);
    const reading = (async () => {
      for await (const [key, value] of store.read('')) {
        assert.equal(value, textOf(key));
        read.push(key);
      }
    })();
    const kept: string[] = [];
    for (let number = 0; notices.length === 0 || number < 50; number++) {
      const key = `x/${number}`;
      await store.write([{ key, value: textOf(key) }]).then(
        () => kept.push(key),
        () => new Promise((resolve) => setTimeout(resolve, 5)),
      );
      store.note([{ key: `y/${number}`, value: textOf(`y/${number}`) }]);
    }
    await reading;
    assert.deepEqual(
      notices.map(([notice]) => notice),
      ['repaired'],
    );
    assert.deepEqual(read, [...new Set(read)].sort());
    assert.ok(read.includes('y'));
    const there = new Set((await allOf(store)).map(([key]) => key));
    for (const key of kept) assert.ok(there.has(key), key);
    assert.equal((await allOf(store, 'x/')).length, kept.length);
    assert.ok((await allOf(store, 'y/')).length >= 50);
    await store.close();
  });
});
