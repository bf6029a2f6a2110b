/** Opens a store's folder, whatever has become of it. */
import { SmsError } from '../../core/failure';
import * as aside from './aside';
import { Database, loadLevel } from './database';
import { migrate, MIGRATIONS, type Migration } from './migrations';
import { hasDamagedTable, salvageTables } from './salvage';
import { Damage, isDamage, troubleOf } from './trouble';

/**
 * What the user should hear of; each is a text `store.<notice>` of the locales. `repaired`: it was damaged, and what could
 * be saved is there, maybe older than it was. `emptied`: it was damaged beyond that. `cut`: its latest entries are gone.
 */
export type OpeningNotice = 'repaired' | 'emptied' | 'cut';

export interface OpeningOptions {
  readonly notice: (notice: OpeningNotice, params: Readonly<Record<string, string | number>>) => void;
  readonly migrations?: readonly Migration[];
  /** It was seen to be damaged while it was open. */
  readonly damaged?: boolean;
}

/** Rejects with an `SmsError` of code `store-failed`. */
export async function openDatabase(folder: string, options: OpeningOptions): Promise<Database> {
  try {
    const Level = await loadLevel();
    await aside.prepareFolder(folder);
    return await openAsItIs(Level, folder, options).catch((error: unknown) => {
      if (isDamage(error)) return repair(Level, folder, options);
      throw error;
    });
  } catch (error) {
    throw new SmsError(troubleOf(error, folder));
  }
}

type LevelClass = Awaited<ReturnType<typeof loadLevel>>;

async function openAsItIs(Level: LevelClass, folder: string, options: OpeningOptions): Promise<Database> {
  if (options.damaged) throw new Damage('It was seen before.');
  // Without its file CURRENT it would be taken for a new one, and all that is there removed.
  const isNew = !(await aside.hasDatabase(folder));
  // Somebody who has it open may be about to write a table.
  if ((await hasDamagedTable(folder)) && (await isFree(Level, folder))) throw new Damage('A table is damaged.');
  const logs = await aside.readLogs(folder);
  const database = await Database.open(Level, folder, isNew);
  try {
    await migrate(database, folder, options.migrations ?? MIGRATIONS);
    const bytes = await aside.droppedBytes(folder);
    if (bytes > 0) options.notice('cut', { bytes, damaged: await aside.keepAside(folder, logs) });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function repair(Level: LevelClass, folder: string, options: OpeningOptions): Promise<Database> {
  const workshop = await aside.copyToWorkshop(folder);
  try {
    const notice = await restore(Level, workshop);
    const damaged = await aside.exchange(folder);
    options.notice(notice, { damaged });
  } finally {
    await aside.clearWorkshop(folder);
  }
  return await openAsItIs(Level, folder, { ...options, damaged: false });
}

/** Makes a sound database of a damaged one, be it an empty one. */
async function restore(Level: LevelClass, folder: string): Promise<OpeningNotice> {
  if (await isRepaired(Level, folder)) return 'repaired';
  await aside.emptyFolder(folder);
  await Database.open(Level, folder, true).then((database) => database.close());
  return 'emptied';
}

/** Whether no other process has it open; not where that cannot be seen. Rejects where one has. */
async function isFree(Level: LevelClass, folder: string): Promise<boolean> {
  const probe = await aside.shareLock(folder);
  if (probe === undefined) return false;
  try {
    await Database.open(Level, probe, true).then((database) => database.close());
    return true;
  } finally {
    await aside.remove(probe);
  }
}

/** Repairs what it can; whether there is anything left. */
async function isRepaired(Level: LevelClass, folder: string): Promise<boolean> {
  try {
    await salvageTables(folder);
    await Level.repair(folder);
    await aside.removeLost(folder);
    const database = await Database.open(Level, folder, false);
    try {
      const sound = await database.clean();
      // A single key is looked for in the latest table first, and a repair does not tell which that is.
      await database.compact();
      return sound > 0;
    } finally {
      await database.close();
    }
  } catch (error) {
    // A full disk says nothing of what could be saved.
    const { detail } = troubleOf(error, folder);
    if (detail === 'disk-full' || detail === 'not-writable') throw error;
    return false;
  }
}
