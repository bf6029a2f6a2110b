/** Which instances live: each says so again and again. */
import type { PostgresDatabase } from './database';

const SPAN = 15_000;
/** Milliseconds after which an instance that is gone is forgotten. */
const FORGOTTEN = 86_400_000;

export class Presence {
  readonly #database: PostgresDatabase;
  readonly #instance: string;
  readonly #span: number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `span`: milliseconds after which one that says nothing counts as gone. */
  constructor(database: PostgresDatabase, instance: string, span = SPAN) {
    this.#database = database;
    this.#instance = instance;
    this.#span = span;
  }

  start(): void {
    void this.#say();
  }

  /** Ids of all that live, by the database's clock. Rejects with an `SmsError` of code `store-failed`. */
  async living(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query<{ id: string }>(
      'SELECT id FROM smswire_instance WHERE until > clock_timestamp()',
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#database.query('DELETE FROM smswire_instance WHERE id = $1', [this.#instance]).catch(() => undefined);
  }

  async #say(): Promise<void> {
    try {
      await this.#database.query(
        `INSERT INTO smswire_instance VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
         ON CONFLICT (id) DO UPDATE SET until = excluded.until`,
        [this.#instance, this.#span],
      );
      await this.#database.query(
        `DELETE FROM smswire_instance WHERE until < clock_timestamp() - $1 * interval '1 millisecond'`,
        [FORGOTTEN],
      );
    } catch {
      // The next time.
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#say(), this.#span / 3).unref();
  }
}
