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

/** Paths of tables that are damaged. */
export async function damagedTables(folder: string): Promise<string[]> {
  const damaged: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // One after the other: there may be many, and each is some megabytes.
    if (TABLE.test(name) && !new TableFile(await readFile(path)).isSound) damaged.push(path);
  }
  return damaged;
}

/** Puts what can be read of damaged tables into write-ahead logs, which a repair reads, and removes the tables. */
export async function salvageTables(folder: string): Promise<void> {
  const numbers = (await readdir(folder)).map((name) => Number(NUMBERED.exec(name)?.[1] ?? 0));
  let next = Math.max(0, ...numbers) + 1;
  for (const path of await damagedTables(folder)) {
    const log = logOf(new TableFile(await readFile(path)).entries());
    await writeFile(join(folder, `${String(next++).padStart(6, '0')}.log`), log);
    await rm(path);
  }
}
