/** What several instances on one PostgreSQL may rely on: one of them writes at a time, and nothing is written out of turn. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SmsError } from '../../../../nodes/core/failure';
import { PostgresDatabase } from '../../../../nodes/engine/store/postgres/database';
import { Lease } from '../../../../nodes/engine/store/postgres/lease';
import { PostgresStore } from '../../../../nodes/engine/store/postgres/postgres-store';
import { Presence } from '../../../../nodes/engine/store/postgres/presence';
import type { Store } from '../../../../nodes/engine/store/store';
import { NO_POSTGRES, PASSWORD, Postgres } from '../../../support/postgres';
import { allOf } from './folders';

const SPAN = 600;

/** Waits, for at most five seconds. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await sleep(20);
  }
}

function failsWith(detail: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SmsError);
    assert.equal(error.code, 'store-failed');
    assert.equal(error.failure.detail, detail);
    assert.ok(!JSON.stringify([error.failure, error.message]).includes(PASSWORD));
    return true;
  };
}

describe('a PostgreSQL that is shared', { skip: NO_POSTGRES }, () => {
  let postgres: Postgres;
  let url: string;
  const opened: PostgresDatabase[] = [];
  const ends: (() => Promise<void>)[] = [];

  before(async () => {
    postgres = await Postgres.start();
    url = await postgres.createDatabase();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    for (const database of opened.splice(0)) await database.close();
  });
  after(async () => {
    await postgres.close();
  });

  async function open(address = url): Promise<PostgresDatabase> {
    const database = await PostgresDatabase.open(address);
    opened.push(database);
    return database;
  }

  /** An instance that wants the lease, and what it heard of it. */
  async function instance(name: string): Promise<{ lease: Lease; heard: boolean[]; database: PostgresDatabase }> {
    const database = await open();
    const heard: boolean[] = [];
    const lease = new Lease(database, name, (isHeld) => heard.push(isHeld), SPAN);
    ends.push(() => lease.stop());
    return { lease, heard, database };
  }

  it('makes its tables once where many begin at once', async () => {
    const fresh = await postgres.createDatabase();
    const all = await Promise.all(Array.from({ length: 6 }, () => open(fresh)));
    for (const database of all) assert.equal((await database.query('SELECT * FROM smswire_format')).length, 1);
  });

  it('takes each step of a migration once, in turn, and touches nothing of a newer version', async () => {
    const fresh = await postgres.createDatabase();
    await open(fresh);
    const taken: number[] = [];
    const step = (number: number) => (): Promise<void> => Promise.resolve(void taken.push(number));
    const migrations = [step(1), step(2)];
    const both = await Promise.all([1, 2].map(() => PostgresDatabase.open(fresh, { migrations })));
    opened.push(...both);
    assert.deepEqual(taken, [1, 2]);
    await assert.rejects(PostgresDatabase.open(fresh), failsWith('newer-database'));
    assert.deepEqual(await both[0]!.query('SELECT version FROM smswire_format'), [{ version: 3 }]);
  });

  it('says why it cannot be used, and never the password', async () => {
    const address = new URL(url);
    const login = `${address.username}:${PASSWORD}`;
    await assert.rejects(
      PostgresDatabase.open(`postgres://nobody:${PASSWORD}@${address.host}/x`),
      failsWith('database-login'),
    );
    await assert.rejects(PostgresDatabase.open(`postgres://${address.host}/x`), failsWith('database-login'));
    await assert.rejects(
      PostgresDatabase.open(`postgres://${login}@${address.host}/missing`),
      failsWith('database-missing'),
    );
    await assert.rejects(PostgresDatabase.open(`postgres://${login}@127.0.0.1:1/x`), failsWith('database-unreachable'));
    await assert.rejects(PostgresDatabase.open(`postgres://${login}@:x/`), failsWith('database-address'));
    await postgres.run(`CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'`);
    const empty = await postgres.createDatabase();
    const reader = `postgres://reader:${PASSWORD}@${address.host}${new URL(empty).pathname}`;
    await assert.rejects(PostgresDatabase.open(reader), failsWith('database-rights'));
  });

  it('gives the lease to one, and to the next when that one gives it back or is heard of no more', async () => {
    const [one, two] = [await instance('one'), await instance('two')];
    one.lease.start();
    await until('the first has it', () => one.lease.isHeld);
    two.lease.start();
    await sleep(SPAN * 2);
    assert.deepEqual([one.lease.isHeld, two.lease.isHeld], [true, false]);
    const { epoch } = one.lease;
    await one.lease.stop();
    await until('the second has it', () => two.lease.isHeld);
    assert.ok(two.lease.epoch > epoch);
    assert.deepEqual([one.heard, two.heard], [[true, false], [true]]);
    const three = await instance('three');
    three.lease.start();
    // Its line is cut.
    await two.database.close();
    await until('the third has it', () => three.lease.isHeld);
    assert.equal(two.lease.isHeld, false);
    assert.ok(three.lease.epoch > two.lease.epoch);
  });

  it('takes nothing from one that has lost the lease, whatever that one believes', async () => {
    const [one, two] = [await instance('one'), await instance('two')];
    one.lease.start();
    await until('the first has it', () => one.lease.isHeld);
    const { epoch } = one.lease;
    const sleeper: Store = new PostgresStore(one.database, { epoch, isHeld: true });
    await sleeper.write([{ key: 'fence!mine', value: 1 }]);
    await one.lease.stop();
    await assert.rejects(sleeper.write([{ key: 'fence!late', value: 1 }]), failsWith('fenced'));
    two.lease.start();
    await until('the second has it', () => two.lease.isHeld);
    const writer = new PostgresStore(two.database, two.lease);
    await writer.write([{ key: 'fence!mine', value: 2 }]);
    await assert.rejects(sleeper.write([{ key: 'fence!mine' }, { key: 'fence!late', value: 1 }]), failsWith('fenced'));
    assert.deepEqual(await allOf(writer, 'fence!'), [['fence!mine', 2]]);
  });

  it('counts the lease as over when the clock is put forward', async (t) => {
    const { lease, heard } = await instance('one');
    lease.start();
    await until('it has it', () => lease.isHeld);
    const { now } = Date;
    t.mock.method(Date, 'now', () => now() + SPAN);
    assert.equal(lease.isHeld, false);
    assert.deepEqual(heard.slice(0, 2), [true, false]);
  });

  it('keeps everything, in order, while the database is stopped and started again', async () => {
    const database = await open();
    const store = new PostgresStore(database);
    const written: Promise<void>[] = [];
    for (let number = 0; number < 300; number++) {
      store.note([{ key: 'order!noted', value: number }]);
      written.push(
        store.write([
          { key: 'order!last', value: number },
          { key: `order!${number}`, value: number },
        ]),
      );
      if (number === 100) await postgres.stop(number % 2 === 0 ? 'SIGQUIT' : 'SIGINT');
      if (number === 150) setTimeout(() => void postgres.restart(), 500);
      await sleep(2);
    }
    await Promise.all(written);
    const found = new Map(await allOf(store, 'order!'));
    assert.equal(found.size, 302);
    assert.equal(found.get('order!last'), 299);
    assert.equal(found.get('order!noted'), 299);
    await store.close();
  });

  it('tells notices to all, and says when some may be missing', async () => {
    const [one, two] = [await open(), await open()];
    const told: string[] = [];
    let connections = 0;
    const end = two.listen(
      (payload) => told.push(payload),
      () => connections++,
    );
    await until('it listens', () => connections === 1);
    await one.notify('first');
    await until('it is told', () => told.includes('first'));
    await postgres.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`);
    await until('it listens again', () => connections === 2);
    await one.notify('second');
    await until('it is told again', () => told.includes('second'));
    end();
  });

  it('knows which instances live', async () => {
    const database = await open();
    const [one, two] = ['one', 'two'].map((name) => new Presence(database, name, SPAN));
    ends.push(
      () => one!.stop(),
      () => two!.stop(),
    );
    one!.start();
    two!.start();
    await until('both are there', async () => (await database.query('SELECT * FROM smswire_instance')).length === 2);
    assert.deepEqual([...(await one!.living())].sort(), ['one', 'two']);
    await two!.stop();
    assert.deepEqual([...(await one!.living())], ['one']);
  });
});
