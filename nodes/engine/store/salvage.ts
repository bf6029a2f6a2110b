/**
 * Tables with blocks that are not as they were written: LevelDB must not see them, for it may end the process at them, each
 * time anew. What else is in them goes on.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logOf } from './leveldb/log-file';
import { TableFile } from './leveldb/table-file';

const TABLE = /^\d+\.(?:ldb|sst)$/;
/** Files of LevelDB have numbers, each its own. */
const NUMBERED = /^(?:MANIFEST-)?(\d+)/;

/** Whether a table is damaged in a way that LevelDB would not see before it is too late. */
export async function hasDamagedTable(folder: string): Promise<boolean> {
  for await (const { file } of tablesIn(folder)) if (file.isComplete && !file.isSound) return true;
  return false;
}

/** The tables, one after the other: there may be many, and each is some megabytes. */
async function* tablesIn(folder: string): AsyncGenerator<{ readonly path: string; readonly file: TableFile }, void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (TABLE.test(name)) yield { path, file: new TableFile(await readFile(path)) };
  }
}

/** Puts what can be read of damaged tables into write-ahead logs, which a repair reads, and removes the tables. */
export async function salvageTables(folder: string): Promise<void> {
  const numbers = (await readdir(folder)).map((name) => Number(NUMBERED.exec(name)?.[1] ?? 0));
  let next = Math.max(0, ...numbers) + 1;
  for await (const { path, file } of tablesIn(folder)) {
    if (file.isComplete && file.isSound) continue;
    await writeFile(join(folder, `${String(next++).padStart(6, '0')}.log`), logOf(file.entries()));
    await rm(path);
  }
}
