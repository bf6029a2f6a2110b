/** Folders for stores, and what is in them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../../nodes/engine/store/store';

const made: string[] = [];

/** A folder that does not exist yet, below one that is there. */
export function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'smswire-store-'));
  made.push(parent);
  return join(parent, 'store');
}

export function clearFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export async function allOf(store: Store, prefix = ''): Promise<(readonly [key: string, value: unknown])[]> {
  const entries = [];
  for await (const entry of store.read(prefix)) entries.push(entry);
  return entries;
}
