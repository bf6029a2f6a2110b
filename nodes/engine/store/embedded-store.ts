/**
 * The durable store. While one group of changes is on its way to the disk the next one gathers, so that all who wait share
 * one wait for the disk. LevelDB takes nothing more after a failed write until it is opened again; so does this store,
 * which tries again by itself, with pauses that grow.
 */
import { failure, SmsError, type Failure } from '../../core/failure';
import type { Database } from './database';
import { decode } from './encoding';
import { entriesOf } from './entries';
import { operationOf, type Group } from './group';
import { GroupQueue } from './group-queue';
import { HeldBack } from './held-back';
import type { Migration } from './migrations';
import { openDatabase, type OpeningNotice } from './opening';
import type { Change, Entry, Store } from './store';
import { isDamage, troubleOf } from './trouble';

/** Besides what opening has to say: `fails` comes with the reason, and `works` once something was written again. */
export type StoreNotice = OpeningNotice | 'fails' | 'works';

export interface EmbeddedStoreOptions {
  /** Tells the user, by a text `store.<notice>` of the locales; `reason` is the failure behind it. */
  readonly notice?: (notice: StoreNotice, params: Readonly<Record<string, string | number>>, reason?: Failure) => void;
  readonly migrations?: readonly Migration[];
}

/** Milliseconds until a failed database is opened again: at first, and at most. */
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** How often one reading begins again because of damage. */
const MOST_TRIES = 3;

/** Opens the store in `folder`, which is made where it is not there. Rejects with an `SmsError` of code `store-failed`. */
export async function openEmbeddedStore(folder: string, options: EmbeddedStoreOptions = {}): Promise<Store> {
  return await EmbeddedStore.open(folder, options);
}

export class EmbeddedStore implements Store {
  readonly #folder: string;
  readonly #options: EmbeddedStoreOptions;
  /** Absent while it is not open. */
  #database: Database | undefined;
  /** Why it is not open. */
  #reason: Failure | undefined;
  readonly #queue = new GroupQueue(
    () => this.#work(),
    () => this.#database !== undefined,
  );
  readonly #heldBack = new HeldBack();
  /** A repair is to be made before it is opened again. */
  #damaged = false;
  /** A reader came upon something that is not as it was written. */
  #foundBroken: { readonly error: unknown } | undefined;
  /** Something was written that a power cut may still take. */
  #unsynced = false;
  /** The user was told that it fails. */
  #failing = false;
  #pause = SHORTEST_PAUSE;
  #reviving: Promise<void> | undefined;
  #revival: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  private constructor(folder: string, options: EmbeddedStoreOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  static async open(folder: string, options: EmbeddedStoreOptions = {}): Promise<EmbeddedStore> {
    const store = new EmbeddedStore(folder, options);
    store.#database = await store.#open();
    return store;
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.#assertOpen();
    const group = this.#queue.add(changes, false);
    group.sync = true;
    const done = group.wait();
    this.#queue.schedule();
    await done;
  }

  note(changes: readonly Change[]): void {
    if (this.#closed) return;
    if (this.#reason) {
      this.#heldBack.note(changes.map(operationOf));
    } else {
      this.#queue.add(changes, true);
      this.#queue.schedule();
    }
  }

  read(prefix: string): AsyncIterable<Entry> {
    return entriesOf(this.#pages(prefix));
  }

  async *#pages(prefix: string): AsyncGenerator<readonly Entry[], void> {
    let last: string | undefined;
    for (let tries = 1; ; tries++) {
      const database = await this.#upToDate();
      try {
        for await (const page of database.pages(prefix, last)) {
          yield page.map(([key, text]): Entry => [key, decode(text)]);
          last = page.at(-1)?.[0];
        }
        return;
      } catch (error) {
        if (tries === MOST_TRIES) throw new SmsError(troubleOf(error, this.#folder));
        await this.#getOver(database, error);
      }
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  #assertOpen(): void {
    if (this.#closed) throw new SmsError(failure('store-failed', 'closed'));
    if (this.#reason) throw new SmsError(this.#reason);
  }

  /** The database with all that was written and noted up to now. */
  async #upToDate(): Promise<Database> {
    this.#assertOpen();
    const done = this.#queue.add([], true).wait();
    this.#queue.schedule();
    await done;
    if (this.#database) return this.#database;
    this.#assertOpen();
    throw new SmsError(failure('store-failed', 'closed'));
  }

  /** Deals with what a reader came upon. */
  async #getOver(database: Database, error: unknown): Promise<void> {
    // Where it was opened again meanwhile, reading simply goes on.
    if (this.#database !== database) return;
    this.#foundBroken = { error };
    // Behind what is on its way already.
    await this.#queue.working;
    this.#queue.start();
    await this.#queue.working;
    await this.#revive();
  }

  /** Everything that happens to the open database happens here, one after the other. Never rejects. */
  async #work(): Promise<void> {
    do {
      const database = this.#database;
      if (!database) return;
      if (this.#foundBroken) {
        await this.#fail(database, this.#foundBroken.error);
        return;
      }
      const group = this.#queue.shift();
      if (!group) return;
      try {
        await database.write(group.operations, group.sync);
      } catch (error) {
        await this.#fail(database, error, group);
        return;
      }
      this.#succeeded(group);
    } while (this.#queue.isUrgent);
  }

  #succeeded(group: Group): void {
    group.resolve();
    if (group.operations.length === 0) return;
    this.#unsynced = !group.sync;
    this.#pause = SHORTEST_PAUSE;
    if (!this.#failing) return;
    this.#failing = false;
    this.#tell('works');
  }

  /** Closes the database: from now on nothing is taken until it is open again. */
  async #fail(database: Database, error: unknown, group?: Group): Promise<void> {
    const reason = troubleOf(error, this.#folder);
    this.#reason = reason;
    this.#database = undefined;
    this.#foundBroken = undefined;
    this.#damaged ||= isDamage(error);
    const queued = this.#queue.takeAll();
    const groups = group ? [group, ...queued] : queued;
    for (const each of groups) {
      this.#heldBack.note(each.noted);
      each.reject(reason);
    }
    if (!this.#damaged) this.#tellFailing(reason);
    // What was refused must not be there later: somebody was told so. LevelDB still reads what was there before.
    if (group) this.#heldBack.undo(await database.before(group.writtenKeys).catch(() => []));
    await database.close().catch(() => undefined);
    this.#reviveLater();
  }

  #tellFailing(reason: Failure): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#tell('fails', {}, reason);
  }

  #tell(notice: StoreNotice, params: Readonly<Record<string, string | number>> = {}, reason?: Failure): void {
    try {
      this.#options.notice?.(notice, params, reason);
    } catch {
      // Whoever listens has troubles of their own; what is kept does not depend on it.
    }
  }

  #reviveLater(): void {
    clearTimeout(this.#revival);
    if (this.#closed) return;
    this.#revival = setTimeout(() => {
      void this.#revive();
    }, this.#pause).unref();
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  /** Opens the database again, now. Never rejects. */
  #revive(): Promise<void> {
    clearTimeout(this.#revival);
    return (this.#reviving ??= this.#tryToRevive().finally(() => {
      this.#reviving = undefined;
    }));
  }

  async #tryToRevive(): Promise<void> {
    if (this.#database) return;
    try {
      this.#database = await this.#openWithHeldBack();
      this.#reason = undefined;
      // What was noted in the meantime.
      const group = this.#queue.add([], true);
      for (const operation of this.#heldBack.take().operations) group.add(operation, true);
      this.#queue.schedule();
    } catch (error) {
      this.#damaged ||= isDamage(error);
      this.#reason = troubleOf(error, this.#folder);
      this.#tellFailing(this.#reason);
      this.#reviveLater();
    }
  }

  async #openWithHeldBack(): Promise<Database> {
    const database = await this.#open();
    const { operations, giveBack } = this.#heldBack.take();
    try {
      await database.write(operations, true);
      return database;
    } catch (error) {
      giveBack();
      await database.close().catch(() => undefined);
      throw error;
    }
  }

  async #open(): Promise<Database> {
    const database = await openDatabase(this.#folder, {
      notice: (notice, params) => {
        this.#tell(notice, params);
      },
      migrations: this.#options.migrations,
      damaged: this.#damaged,
    });
    this.#damaged = false;
    return database;
  }

  async #end(): Promise<void> {
    await this.#queue.drain();
    clearTimeout(this.#revival);
    await this.#reviving;
    // Once more, for what was held back.
    if (!this.#database && !this.#heldBack.isEmpty) await this.#revive();
    await this.#queue.drain();
    const database = this.#database;
    this.#database = undefined;
    if (!database) return;
    if (this.#unsynced) await database.sync().catch(() => undefined);
    await database.close().catch(() => undefined);
  }
}
