/** Tables as LevelDB writes them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { newFolder } from './folders';

/** The one table of a database that has nothing but these. */
export async function tableOf(
  entries: readonly (readonly [key: string, value: string])[],
  compression = false,
): Promise<Buffer> {
  const folder = newFolder();
  const level = new ClassicLevel(folder, { compression });
  await level.open();
  await level.batch(entries.map(([key, value]) => ({ type: 'put', key, value })));
  await level.compactRange('', '\u{10ffff}');
  await level.close();
  const tables = readdirSync(folder).filter((name) => name.endsWith('.ldb'));
  assert.equal(tables.length, 1);
  return readFileSync(join(folder, tables[0] ?? ''));
}
