/** A PostgreSQL database that several instances share: its connections, and notices from one instance to the others. */
import type pg from 'pg';
import { failure, SmsError } from '../../../core/failure';
import { migrate, MIGRATIONS, type Migration } from './schema';
import { Session } from './session';
import { troubleOf } from './trouble';

export interface PostgresOptions {
  readonly migrations?: readonly Migration[];
}

/** Milliseconds: for a connection, for the database to end a statement, and for this side to give it up after that. */
const CONNECT = 5_000;
const STATEMENT = 10_000;
const ANSWER = 12_000;
/** Connections beside those of sessions and of the listener. */
const CONNECTIONS = 4;
/** Milliseconds between two tries of the listener to connect, at first and at most, and between two looks at its line. */
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
const LOOK_EVERY = 10_000;

/** The package, only now: where it is missing, nothing but this store may fail. */
async function loadPg(): Promise<typeof pg> {
  try {
    return (await import('pg')).default;
  } catch {
    throw new SmsError(failure('store-failed', 'no-pg'));
  }
}

export class PostgresDatabase {
  readonly #pg: typeof pg;
  readonly #config: pg.ClientConfig;
  readonly #pool: pg.Pool;
  readonly #ends = new Set<() => void>();
  /** Host and port, for messages. */
  readonly place: string;
  /** Instances whose tables are in one schema hear each other. */
  #channel = '';
  #closed: Promise<void> | undefined;

  private constructor(library: typeof pg, url: URL) {
    this.#pg = library;
    this.place = url.host;
    this.#config = {
      connectionString: url.href,
      connectionTimeoutMillis: CONNECT,
      statement_timeout: STATEMENT,
      query_timeout: ANSWER,
      keepAlive: true,
      application_name: 'smswire',
    };
    this.#pool = new library.Pool({ ...this.#config, max: CONNECTIONS });
    // A connection that breaks while nobody uses it; the next one is told by its own error.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Connects, and brings the tables up to date. `url`: `postgres://user:password@host:port/name`, with pg's parameters.
   * Rejects with an `SmsError` of code `store-failed`.
   */
  static async open(url: string, { migrations = MIGRATIONS }: PostgresOptions = {}): Promise<PostgresDatabase> {
    if (!URL.canParse(url)) throw new SmsError(failure('store-failed', 'database-address', { field: 'smswire.store' }));
    const library = await loadPg();
    let database: PostgresDatabase | undefined;
    let place = '';
    try {
      place = new URL(url).host;
      database = new PostgresDatabase(library, new URL(url));
      await database.#prepare(migrations);
      return database;
    } catch (error) {
      await database?.close();
      throw new SmsError(troubleOf(error, place));
    }
  }

  /** One statement. Rejects with an `SmsError` of code `store-failed`. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return (await this.#pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw new SmsError(troubleOf(error, this.place));
    }
  }

  /** Removes an entry, beside all writes of stores, and gives whether it was there. Rejects as `query` does. */
  async removeEntry(key: string): Promise<boolean> {
    const found = await this.query('DELETE FROM smswire_entry WHERE key = $1 RETURNING key', [Buffer.from(key)]);
    return found.length > 0;
  }

  /** A connection of one's own, for as long as `work` takes. Rejects as that does. */
  async borrow<Value>(work: (client: pg.ClientBase) => Promise<Value>): Promise<Value> {
    const client = await this.#pool.connect();
    // What breaks it while it is lent is told by the next statement.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let isBroken = true;
    try {
      const value = await work(client);
      isBroken = false;
      return value;
    } finally {
      client.off('error', ignore);
      client.release(isBroken);
    }
  }

  /** A connection for statements one after the other. */
  session(): Session {
    return new Session(() => this.#connect(), this.place);
  }

  /**
   * Calls `told` with each payload that any instance, also this one, gives to `notify`, and `again` whenever there is a
   * new connection, also the first: notices may have been missed. Connects again by itself. Gives what ends it.
   */
  listen(told: (payload: string) => void, again: () => void): () => void {
    let client: pg.Client | undefined;
    let timer: NodeJS.Timeout | undefined;
    let pause = SHORTEST_PAUSE;
    let isOver = false;
    const drop = (): void => {
      const dropped = client;
      client = undefined;
      dropped?.removeAllListeners('end');
      dropped?.end().catch(() => undefined);
    };
    const lost = (): void => {
      drop();
      clearTimeout(timer);
      if (isOver) return;
      timer = setTimeout(() => void connect(), pause).unref();
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
    /** A line that is dead tells nothing by itself. */
    const look = (): void => {
      timer = setTimeout(() => {
        client?.query('SELECT 1').then(look, lost);
      }, LOOK_EVERY).unref();
    };
    const connect = async (): Promise<void> => {
      try {
        const mine = await this.#connect();
        client = mine;
        mine.on('notification', ({ payload = '' }) => {
          told(payload);
        });
        mine.on('end', lost);
        await mine.query(`LISTEN ${mine.escapeIdentifier(this.#channel)}`);
        if (isOver) {
          drop();
          return;
        }
        pause = SHORTEST_PAUSE;
        look();
        again();
      } catch {
        lost();
      }
    };
    const end = (): void => {
      isOver = true;
      clearTimeout(timer);
      drop();
      this.#ends.delete(end);
    };
    this.#ends.add(end);
    void connect();
    return end;
  }

  /** `payload`: less than 8,000 bytes. Rejects with an `SmsError` of code `store-failed`. */
  async notify(payload: string): Promise<void> {
    await this.query('SELECT pg_notify($1, $2)', [this.#channel, payload]);
  }

  /** Never rejects. */
  close(): Promise<void> {
    for (const end of this.#ends) end();
    return (this.#closed ??= this.#pool.end().catch(() => undefined));
  }

  async #prepare(migrations: readonly Migration[]): Promise<void> {
    await this.borrow(async (client) => {
      await migrate(client, this.place, migrations);
      const { rows } = await client.query<{ schema: string | null }>('SELECT current_schema() AS schema');
      this.#channel = `smswire_${rows[0]?.schema ?? ''}`.slice(0, 63);
    });
  }

  async #connect(): Promise<pg.Client> {
    const client = new this.#pg.Client(this.#config);
    // Without anybody who hears it, it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}
