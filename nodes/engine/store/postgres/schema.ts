/** The tables that the instances share, and how they are brought up to date. */
import type { ClientBase } from 'pg';
import { failure, SmsError } from '../../../core/failure';

/** One step, within a transaction of its own. */
export type Migration = (client: ClientBase) => Promise<void>;

/** The first leads from format 1 to format 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [];

/** Whoever makes or changes tables holds this; the number means nothing. */
const LOCK = 7_367_787_714;

/** Keys and values are bytes: any text fits, and keys are in the order of their bytes whatever the database's language. */
const TABLES = `
  CREATE TABLE smswire_format (version integer NOT NULL);
  CREATE TABLE smswire_entry (key bytea PRIMARY KEY, value bytea NOT NULL);
  CREATE TABLE smswire_lease (name text PRIMARY KEY, holder text NOT NULL, epoch bigint NOT NULL, until timestamptz NOT NULL);
  CREATE TABLE smswire_instance (id text PRIMARY KEY, until timestamptz NOT NULL);
`;

/**
 * Makes the tables where there are none, and brings older ones up to date; of several that begin at once one does it.
 * Rejects with an `SmsError` where a newer version of this package wrote here, and touches nothing then; else as pg does.
 */
export async function migrate(client: ClientBase, place: string, migrations: readonly Migration[]): Promise<void> {
  const known = migrations.length + 1;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const { rows: tables } = await client.query<{ found: string | null }>(
      `SELECT to_regclass('smswire_format') AS found`,
    );
    if (tables[0]?.found == null) {
      await client.query(TABLES);
      await client.query('INSERT INTO smswire_format VALUES ($1)', [known]);
    } else {
      const { rows } = await client.query<{ version: number }>('SELECT version FROM smswire_format');
      const format = rows[0]?.version ?? 1;
      if (format > known) {
        throw new SmsError(failure('store-failed', 'newer-database', { database: place, format, known }));
      }
      for (const step of migrations.slice(format - 1)) await step(client);
      if (format < known) await client.query('UPDATE smswire_format SET version = $1', [known]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
