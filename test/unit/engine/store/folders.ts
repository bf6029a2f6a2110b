/** Folders for stores, and what is in them. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Store } from '../../../../nodes/engine/store/store';

const made: string[] = [];

/** A folder that does not exist yet, below one that is there and has nothing else in it. */
export function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'smswire-store-'));
  made.push(parent);
  return join(parent, 'store');
}

export function clearFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What was put aside of a store's folder, the oldest first. */
export function asideOf(folder: string): string[] {
  return readdirSync(dirname(folder))
    .filter((name) => name !== basename(folder))
    .sort()
    .map((name) => join(dirname(folder), name));
}

export async function allOf(store: Store, prefix = ''): Promise<(readonly [key: string, value: unknown])[]> {
  const entries = [];
  for await (const entry of store.read(prefix)) entries.push(entry);
  return entries;
}

/** Waits until something is so. */
export async function until(condition: () => unknown): Promise<void> {
  const patience = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > patience) throw new Error(`Not so after a minute: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
