/**
 * The folders beside a store's folder: what was damaged is kept there for whoever wants to look into it, and a repair
 * takes place there, so that at no moment less is there than before.
 */
import { cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Damaged folders that are kept: the latest ones. */
const MOST_DAMAGED = 3;
/** What LevelDB locks while a database is open. */
const LOCK = 'LOCK';

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Where a repair of `folder` takes place. */
function workshopOf(folder: string): string {
  return `${folder}.repairing`;
}

/** A name for what is put aside now; no colons, which Windows does not take. */
async function freeName(folder: string): Promise<string> {
  const name = `${folder}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  let free = name;
  for (let count = 2; await exists(free); count++) free = `${name}-${count}`;
  return free;
}

async function forgetOldest(folder: string): Promise<void> {
  const beginning = `${basename(folder)}.damaged-`;
  const damaged = (await readdir(dirname(folder))).filter((name) => name.startsWith(beginning)).sort();
  for (const name of damaged.slice(0, -MOST_DAMAGED)) {
    await remove(join(dirname(folder), name));
  }
}

/** Makes the folder, or puts the repaired one in its place where the process ended in between. */
export async function prepareFolder(folder: string): Promise<void> {
  if (!(await exists(folder)) && (await exists(workshopOf(folder)))) await rename(workshopOf(folder), folder);
  await mkdir(folder, { recursive: true });
}

/** Files of a database are there: it is not to be made, but to be opened. */
export async function hasDatabase(folder: string): Promise<boolean> {
  return (await readdir(folder)).some((name) => /^CURRENT$|^\d+\.(?:ldb|sst|log)$/.test(name));
}

/**
 * A folder whose database has the same lock: it can be opened where nobody has this one open. Nothing where the disk cannot
 * give a file two names.
 */
export async function shareLock(folder: string): Promise<string | undefined> {
  const probe = await mkdtemp(`${folder}.probe-`);
  try {
    await link(join(folder, LOCK), join(probe, LOCK));
  } catch (error) {
    // Without a lock nobody can have it open.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      await remove(probe);
      return undefined;
    }
  }
  return probe;
}

export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** A copy of the folder to work on. */
export async function copyToWorkshop(folder: string): Promise<string> {
  const workshop = workshopOf(folder);
  await remove(workshop);
  await cp(folder, workshop, { recursive: true, errorOnExist: true });
  return workshop;
}

export async function emptyFolder(folder: string): Promise<void> {
  await remove(folder);
  await mkdir(folder);
}

/** What a repair could not use: the folder that is put aside has it as well. */
export async function removeLost(folder: string): Promise<void> {
  await remove(join(folder, 'lost'));
}

export async function clearWorkshop(folder: string): Promise<void> {
  await remove(workshopOf(folder));
}

/** Puts the folder aside, and what was made of it in its place. Gives where the damaged one is. */
export async function exchange(folder: string): Promise<string> {
  const damaged = await freeName(folder);
  await rename(folder, damaged);
  await rename(workshopOf(folder), folder);
  await forgetOldest(folder);
  return damaged;
}

/** The write-ahead logs, which are gone once the database is open. */
export async function readLogs(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => /^\d+\.log$/.test(name));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** Keeps files aside; gives where. */
export async function keepAside(folder: string, files: ReadonlyMap<string, Buffer>): Promise<string> {
  const damaged = await freeName(folder);
  await mkdir(damaged);
  for (const [name, content] of files) await writeFile(join(damaged, name), content);
  await forgetOldest(folder);
  return damaged;
}

/** Bytes of the write-ahead logs that the database left out when it was opened just now. */
export async function droppedBytes(folder: string): Promise<number> {
  const said = await readFile(join(folder, 'LOG'), 'utf8').catch(() => '');
  return [...said.matchAll(/: dropping (\d+) bytes; /g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
