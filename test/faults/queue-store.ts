/** Where the queue is kept in this run: see `run.mjs`. */
import { Postgres } from '../support/postgres';

const STORE = process.env.SMSWIRE_FAULTS_STORE;

let postgres: Promise<Postgres> | undefined;

/** The setting of a new Node-RED, with a database of its own where it is one; nothing for the store that users get. */
export async function storeSetting(): Promise<{ readonly store?: string }> {
  if (STORE !== 'postgres') return STORE === undefined ? {} : { store: STORE };
  postgres ??= Postgres.start({ holdsUp: false });
  return { store: await (await postgres).createDatabase() };
}
