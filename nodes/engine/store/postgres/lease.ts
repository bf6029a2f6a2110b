/**
 * Which of the instances does the work: the one that holds the lease. It is given by the database, by the database's clock,
 * and counts here from the moment at which it was asked for, so that it is over here before it is over there.
 */
import { performance } from 'node:perf_hooks';
import type { PostgresDatabase } from './database';

const SPAN = 10_000;
/** Milliseconds between two tries of one that does not hold it. */
const TRY_EVERY = 1_000;

/**
 * Gives the lease to whoever asks if nobody else has it. The number grows unless it is renewed by the one who knows it: who
 * lost it and did not notice must not be taken for who got it after that.
 */
const TAKE = `
  INSERT INTO smswire_lease AS lease (name, holder, epoch, until)
  VALUES ('worker', $1, 1, clock_timestamp() + $2 * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE SET
    holder = excluded.holder,
    until = excluded.until,
    epoch = CASE
      WHEN lease.holder = excluded.holder AND lease.epoch = $3 AND lease.until > clock_timestamp() THEN lease.epoch
      ELSE lease.epoch + 1
    END
  WHERE lease.holder = excluded.holder OR lease.until <= clock_timestamp()
  RETURNING epoch::text`;

export class Lease {
  readonly #database: PostgresDatabase;
  readonly #holder: string;
  readonly #changed: (isHeld: boolean) => void;
  readonly #span: number;
  #epoch = 0;
  /** When it was asked for with success last, by the wall clock and by the one that nobody sets. */
  #since: { readonly wall: number; readonly steady: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `changed` must not throw. `span`: milliseconds. */
  constructor(database: PostgresDatabase, holder: string, changed: (isHeld: boolean) => void, span = SPAN) {
    this.#database = database;
    this.#holder = holder;
    this.#changed = changed;
    this.#span = span;
  }

  /** Whether it is held for certain. A host that slept shows in the one clock or in the other. */
  get isHeld(): boolean {
    if (!this.#since) return false;
    const { wall, steady } = this.#since;
    if (Date.now() - wall < this.#span && performance.now() - steady < this.#span) return true;
    this.#lose();
    return false;
  }

  /** Grows with each change of the holder. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Tries to get it and to keep it, until it is stopped. */
  start(): void {
    void this.#try();
  }

  /** Gives it back. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (!this.isHeld) return;
    this.#lose();
    await this.#database
      .query('UPDATE smswire_lease SET until = clock_timestamp() WHERE holder = $1 AND epoch = $2', [
        this.#holder,
        this.#epoch,
      ])
      .catch(() => undefined);
  }

  async #try(): Promise<void> {
    const since = { wall: Date.now(), steady: performance.now() };
    const wasHeld = this.isHeld;
    try {
      const values = [this.#holder, this.#span, wasHeld ? this.#epoch : -1];
      const [row] = await this.#database.query<{ epoch: string }>(TAKE, values);
      if (!row) this.#lose();
      else this.#take(Number(row.epoch), since);
    } catch {
      // It is held until it is over.
    }
    if (this.#isStopped) return;
    const pause = this.isHeld ? this.#span / 3 : Math.min(TRY_EVERY, this.#span / 3);
    this.#timer = setTimeout(() => void this.#try(), pause).unref();
  }

  #take(epoch: number, since: { readonly wall: number; readonly steady: number }): void {
    if (this.#isStopped) return;
    const isSame = this.#since !== undefined && this.#epoch === epoch;
    if (!isSame) this.#lose();
    this.#epoch = epoch;
    this.#since = since;
    // The answer may have taken longer than it is good for.
    if (!isSame && this.isHeld) this.#changed(true);
  }

  #lose(): void {
    if (!this.#since) return;
    this.#since = undefined;
    this.#changed(false);
  }
}
