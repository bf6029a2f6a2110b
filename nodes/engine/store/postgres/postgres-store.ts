/**
 * The store in a PostgreSQL database. While one group of changes is on its way the next one gathers. A group that may have
 * been kept or not, because a connection broke, is written again: that changes nothing where it was.
 */
import { performance } from 'node:perf_hooks';
import type { ClientBase } from 'pg';
import { failure, failureOf, SmsError, type Failure } from '../../../core/failure';
import type { Operation } from '../database';
import { decode } from '../encoding';
import { GroupQueue } from '../group-queue';
import { HeldBack } from '../held-back';
import type { Change, Entry, Store } from '../store';
import type { PostgresDatabase } from './database';
import type { Session } from './session';
import { troubleOf } from './trouble';

/** Who may write: the holder of the lease of this number, for as long as it is held. */
export interface StoreFence {
  readonly epoch: number;
  readonly isHeld: boolean;
}

/** Milliseconds between two tries of a group. */
const TRY_EVERY = 250;
/** Milliseconds after which a group is given up where there is no lease that ends. */
const PATIENCE = 10_000;
/** Entries in one page. */
const PAGE = 1_000;

const ENTRIES = 'SELECT key, value FROM smswire_entry WHERE key >= $1 AND ($2::bytea IS NULL OR key < $2) ORDER BY key';
const REMOVE = 'DELETE FROM smswire_entry WHERE key = ANY($1::bytea[])';
const PUT = `INSERT INTO smswire_entry (key, value) SELECT * FROM unnest($2::bytea[], $3::bytea[])`;
const REPLACE = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value';
const WRITE = `WITH removed AS (${REMOVE}), put AS (${PUT} ${REPLACE}) SELECT 1 AS held`;
/** The row is locked until it is kept: nobody gets the lease in between. */
const FENCED = `
  WITH held AS (
    SELECT 1 AS held FROM smswire_lease WHERE name = 'worker' AND epoch = $4 AND until > clock_timestamp() FOR SHARE
  ),
  removed AS (${REMOVE} AND EXISTS (SELECT FROM held)),
  put AS (${PUT} WHERE EXISTS (SELECT FROM held) ${REPLACE})
  SELECT held FROM held`;

const REFUSED = failure('store-failed', 'fenced');
const CLOSED = failure('store-failed', 'closed');

interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
}

export class PostgresStore implements Store {
  readonly #database: PostgresDatabase;
  readonly #fence: StoreFence | undefined;
  readonly #session: Session;
  readonly #heldBack = new HeldBack();
  readonly #queue = new GroupQueue(
    () => this.#work(),
    () => true,
  );
  #closed: Promise<void> | undefined;
  #isOver = false;

  /**
   * With a fence, what is written while its lease is not held is refused with `store-failed`, detail `fenced`: the database
   * looks at it in the same statement.
   */
  constructor(database: PostgresDatabase, fence?: StoreFence) {
    this.#database = database;
    this.#fence = fence;
    this.#session = database.session();
  }

  async write(changes: readonly Change[]): Promise<void> {
    if (this.#closed) throw new SmsError(CLOSED);
    const done = this.#queue.add(changes, false).wait();
    this.#queue.schedule();
    await done;
  }

  note(changes: readonly Change[]): void {
    if (this.#closed) return;
    this.#queue.add(changes, true);
    this.#queue.schedule();
  }

  async *read(prefix: string): AsyncGenerator<Entry> {
    await this.write([]);
    const start = Buffer.from(prefix);
    const range = [start, endOf(start)];
    const rows = await this.#database.query<Row>(`${ENTRIES} LIMIT ${PAGE + 1}`, range);
    if (rows.length <= PAGE) {
      for (const row of rows) yield entryOf(row);
      return;
    }
    for await (const page of this.#pages(range)) for (const row of page) yield entryOf(row);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  /** Writes group after group. Never rejects. */
  async #work(): Promise<void> {
    do {
      const group = this.#queue.shift();
      if (!group) return;
      const operations = [...this.#heldBack.take().operations, ...group.operations];
      const reason = operations.length === 0 ? undefined : await this.#keep(operations);
      if (reason === undefined) {
        group.resolve();
      } else {
        const written = new Set(group.writtenKeys);
        this.#heldBack.note(operations.filter(({ key }) => !written.has(key)));
        group.reject(reason);
      }
    } while (this.#queue.isUrgent);
  }

  /** Tries until it is kept, or why it cannot be. Never rejects. */
  async #keep(operations: readonly Operation[]): Promise<Failure | undefined> {
    // What came last of a key counts.
    const last = new Map(operations.map((operation) => [operation.key, operation]));
    const removed = [...last.values()].filter(({ text }) => text === undefined);
    const put = [...last.values()].filter(({ text }) => text !== undefined);
    const values: unknown[] = [
      removed.map(({ key }) => Buffer.from(key)),
      put.map(({ key }) => Buffer.from(key)),
      put.map(({ text = '' }) => Buffer.from(text)),
    ];
    if (this.#fence) values.push(this.#fence.epoch);
    const since = performance.now();
    for (;;) {
      if (this.#fence && !this.#fence.isHeld) return REFUSED;
      try {
        const rows = await this.#session.query(this.#fence ? FENCED : WRITE, values);
        return rows.length > 0 ? undefined : REFUSED;
      } catch (error) {
        const isLast = !this.#fence && performance.now() - since > PATIENCE;
        if (isLast || this.#isOver) return failureOf(error, failure('store-failed'));
        await new Promise((resolve) => setTimeout(resolve, TRY_EVERY).unref());
      }
    }
  }

  /** All in a range, as it was at the beginning. */
  async *#pages(range: readonly unknown[]): AsyncGenerator<readonly Row[]> {
    const pages = this.#cursor(range);
    try {
      for (let page = await pages.next(); page.length > 0; page = await pages.next()) yield page;
    } catch (error) {
      throw new SmsError(troubleOf(error, this.#database.place));
    } finally {
      pages.end();
    }
  }

  #cursor(range: readonly unknown[]): { next(): Promise<readonly Row[]>; end(): void } {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const client = new Promise<ClientBase>((resolve, reject) => {
      this.#database
        .borrow(async (borrowed) => {
          await borrowed.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
          await borrowed.query(`DECLARE entries NO SCROLL CURSOR FOR ${ENTRIES}`, [...range]);
          resolve(borrowed);
          await ended;
          await borrowed.query('COMMIT');
        })
        .catch(reject);
    });
    client.catch(() => undefined);
    return {
      next: async () => (await (await client).query<Row>(`FETCH ${PAGE} FROM entries`)).rows,
      end,
    };
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    await this.#queue.drain();
    this.#session.close();
  }
}

function entryOf({ key, value }: Row): Entry {
  return [key.toString('utf8'), decode(value.toString('utf8'))];
}

/** The bytes after all that begin with these; nothing: there is no end. A byte of UTF-8 is never the greatest. */
function endOf(start: Buffer): Buffer | null {
  if (start.length === 0) return null;
  const end = Buffer.from(start);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return end;
}
