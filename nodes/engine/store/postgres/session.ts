/**
 * Statements on one connection, one after the other. After a connection is lost its last statement may still be under way in
 * the database; it is ended there before the next one is made, so that it does not come to its effect after that one.
 */
import type pg from 'pg';
import { SmsError } from '../../../core/failure';
import { troubleOf } from './trouble';

/** A connection as the database knows it. A process id alone may be somebody else's after a restart. */
interface Backend {
  readonly pid: number;
  readonly start: string;
}

/** Milliseconds between two looks whether the old connection has ended. */
const LOOK_EVERY = 50;
/** Looks after which it is given up for now. */
const MOST_LOOKS = 200;

export class Session {
  readonly #connect: () => Promise<pg.Client>;
  readonly #place: string;
  #client: pg.Client | undefined;
  #backend: Backend | undefined;
  #isClosed = false;

  constructor(connect: () => Promise<pg.Client>, place: string) {
    this.#connect = connect;
    this.#place = place;
  }

  /**
   * Not to be called before the last call has settled. Rejects with an `SmsError` of code `store-failed`: the statement may
   * have come to its effect or not, and does not after the next one.
   */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      const client = (this.#client ??= await this.#begin());
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      this.#drop();
      throw new SmsError(troubleOf(error, this.#place));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #drop(): void {
    this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  async #begin(): Promise<pg.Client> {
    const client = await this.#connect();
    try {
      if (this.#backend) await endBackend(client, this.#backend);
      // What is kept has to survive a power cut, whatever the database does otherwise.
      await client.query('SET synchronous_commit TO on');
      const { rows } = await client.query<Backend>(
        'SELECT pid, backend_start::text AS start FROM pg_stat_activity WHERE pid = pg_backend_pid()',
      );
      this.#backend = rows[0];
      if (this.#isClosed) throw new Error('closed');
      return client;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }
}

async function endBackend(client: pg.Client, { pid, start }: Backend): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const { rows } = await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2',
      [pid, start],
    );
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  throw new Error('The last connection does not end.');
}
