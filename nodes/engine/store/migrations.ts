/** What is kept may be from an older version of this package: it is brought up to date, one step after the other. */
import { failure, SmsError } from '../../core/failure';
import type { Database } from './database';

/** One step. It may be cut off at any moment and is taken again from its beginning then. */
export type Migration = (database: Database) => Promise<void>;

/** The first leads from format 1 to format 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [];

/** Rejects with an `SmsError` where a newer version of this package wrote here, and touches nothing then. */
export async function migrate(database: Database, folder: string, migrations: readonly Migration[]): Promise<void> {
  const known = migrations.length + 1;
  let format = (await database.format()) ?? 0;
  if (format > known) throw new SmsError(failure('store-failed', 'newer-format', { folder, format, known }));
  if (format === 0) {
    // Empty, or repaired without its mark.
    await database.setFormat(known);
    return;
  }
  for (const step of migrations.slice(format - 1)) {
    await step(database);
    await database.setFormat(++format);
  }
}
