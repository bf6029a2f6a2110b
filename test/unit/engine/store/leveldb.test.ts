/** What is read and written of LevelDB's files without it, against LevelDB itself. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { maskedChecksum } from '../../../../nodes/engine/store/leveldb/checksum';
import { logOf } from '../../../../nodes/engine/store/leveldb/log-file';
import { TableFile, type TableEntry } from '../../../../nodes/engine/store/leveldb/table-file';
import { clearFolders, newFolder } from './folders';
import { tableOf } from './tables';

const ENTRIES = Array.from({ length: 1500 }, (_, number): [string, string] => [
  `key ${String(number).padStart(5, '0')} 键`,
  number % 100 === 0 ? 'long '.repeat(2000) : `value of ${number}`,
]);

/** Entries that stand in one block of a table, at most. */
const BLOCK = 200;

const told = (entries: Iterable<TableEntry>): [string, string | undefined][] =>
  [...entries].map(({ key, value }) => [key.toString(), value?.toString()]);

describe('files of LevelDB', () => {
  let table: Buffer;
  before(async () => {
    table = await tableOf(ENTRIES);
  });
  after(clearFolders);

  it('have the checksum that CRC-32C is known by', () => {
    const known = 0xe306_9283;
    const masked = (((known >>> 15) | (known << 17)) + 0xa282_ead8) >>> 0;
    assert.equal(maskedChecksum(Buffer.from('123456789')), masked);
  });

  it('are read as LevelDB wrote them', () => {
    const file = new TableFile(table);
    assert.ok(file.isSound && file.isComplete);
    assert.deepEqual(told(file.entries()), ENTRIES);
    const sequences = [...file.entries()].map(({ sequence }) => sequence);
    assert.equal(new Set(sequences).size, ENTRIES.length);
  });

  it('are not judged where they are compressed, but for their checksums', async () => {
    const compressed = await tableOf(ENTRIES, true);
    assert.ok(compressed.length < table.length);
    assert.ok(new TableFile(compressed).isSound);
  });

  it('are found damaged wherever a bit is flipped, and give nothing wrong then', () => {
    const wanted = new Map(ENTRIES);
    fc.assert(
      fc.property(fc.nat(table.length - 1), fc.nat(7), (place, bit) => {
        const damaged = Buffer.from(table);
        damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << bit), place);
        const file = new TableFile(damaged);
        const entries = told(file.entries());
        for (const [key, value] of entries) assert.equal(value, wanted.get(key));
        const isWhole = file.isSound && file.isComplete;
        // Between the places of the blocks and the mark at the end there is room that nobody looks at.
        if (place < table.length - 48 || place >= table.length - 8) assert.ok(!isWhole, `bit ${bit} at ${place}`);
        if (file.isSound) assert.equal(entries.length, ENTRIES.length);
        // Of the entries one block is missing at most, or all of them where it is not known any more where blocks are.
        const missing = ENTRIES.length - entries.length;
        assert.ok(missing === ENTRIES.length || missing < BLOCK, `${missing} are missing`);
      }),
      { numRuns: 500 },
    );
  });

  it('that are none, or a part of one, are damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const file = new TableFile(Buffer.from(bytes));
        assert.deepEqual([file.isComplete, file.isSound, told(file.entries())], [false, false, []]);
      }),
    );
    for (const length of [0, 1, 47, 48, 49, 4096, table.length - 1]) {
      const file = new TableFile(table.subarray(0, length));
      assert.deepEqual([file.isComplete, file.isSound], [false, false], String(length));
    }
  });

  it('are written so that a repair makes of them what was meant, whatever the lengths', async () => {
    const lengths = [0, 1, 100, 32_000, ...Array.from({ length: 40 }, (_, index) => 32_725 + index), 70_000, 200_000];
    const wanted = new Map(
      lengths.map((length, index) => [`key ${String(index).padStart(3, '0')}`, 'x'.repeat(length)]),
    );
    const entries = [...wanted].map(([key, value], index): TableEntry => ({
      key: Buffer.from(key),
      value: Buffer.from(value),
      sequence: BigInt(1000 - index),
    }));
    const old = (key: string): TableEntry => ({ key: Buffer.from(key), value: Buffer.from('old'), sequence: 5n });
    const removed = { key: Buffer.from('removed'), sequence: 2000n };
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, '000007.log'), logOf([removed, ...entries, old('key 001'), old('removed')]));
    await ClassicLevel.repair(folder);
    const level = new ClassicLevel(folder, { createIfMissing: false });
    await level.open();
    assert.deepEqual(new Map(await level.iterator().all()), wanted);
    assert.equal(await level.get('key 001'), wanted.get('key 001'));
    assert.equal(await level.get('removed'), undefined);
    await level.close();
  });
});
