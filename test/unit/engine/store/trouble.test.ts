/** Places where nothing can be kept: each is refused with its reason, and sending goes on once the place is mended. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { SmsError, type Failure } from '../../../../nodes/core/failure';
import type { Database } from '../../../../nodes/engine/store/database';
import { EmbeddedStore, type StoreNotice } from '../../../../nodes/engine/store/embedded-store';
import { allOf, asideOf, clearFolders, newFolder, until } from './folders';
import { tableOf } from './tables';

const failsWith =
  (detail: string, params: Failure['params'] = {}) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof SmsError, String(error));
    assert.equal(error.code, 'store-failed');
    assert.equal(error.failure.detail, detail, JSON.stringify(error.failure));
    for (const [name, value] of Object.entries(params)) assert.equal(error.failure.params?.[name], value);
    return true;
  };

/** A table of LevelDB with a byte in it that is not as it was written. */
async function damagedTable(): Promise<Buffer> {
  const table = await tableOf([['key', 'value']]);
  table.writeUInt8(table.readUInt8(3) ^ 1, 3);
  return table;
}

/** Opens a store in another process, and writes to it there. Gives what kills that. */
async function openElsewhere(folder: string): Promise<() => Promise<void>> {
  const args = ['--import', 'tsx', join(__dirname, 'writer.ts'), folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async () => {
    child.stdout.resume();
    child.kill('SIGKILL');
    await once(child, 'close');
  };
}

const mounted: string[] = [];

/** Mounts a disk of its own, where this process may. */
function mount(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
  if (status === 0) mounted.push(folder);
  return status === 0;
}

function cleanUp(): void {
  for (const folder of mounted.splice(0)) spawnSync('umount', ['-l', folder]);
  clearFolders();
}

const NOBODY = 65_534;

/** Ways to take from this process that it may write into a folder; each gives what takes that back. */
const READ_ONLY: Readonly<Record<string, (folder: string) => (() => void) | undefined>> = {
  'a disk that may only be read': (folder) => {
    const { status } = spawnSync('mount', ['-o', 'remount,ro', folder]);
    return status === 0 ? () => undefined : undefined;
  },
  'a folder of somebody else': (folder) => {
    if (process.getuid === undefined) return undefined;
    chmodSync(folder, 0o555);
    // The superuser may write everywhere, so it is not that for a while.
    if (process.getuid() === 0) {
      chmodSync(dirname(folder), 0o755);
      process.seteuid?.(NOBODY);
    }
    return () => {
      if (process.getuid?.() === 0) process.seteuid?.(0);
      chmodSync(folder, 0o755);
    };
  },
};

describe('a store that cannot be opened', () => {
  after(cleanUp);

  it('is in use, by this process', async () => {
    const folder = newFolder();
    const store = await EmbeddedStore.open(folder);
    await assert.rejects(EmbeddedStore.open(folder), failsWith('in-use', { folder }));
    // The first one does not suffer from it.
    await store.write([{ key: 'a', value: 1 }]);
    await store.close();
    const again = await EmbeddedStore.open(folder);
    assert.deepEqual(await allOf(again), [['a', 1]]);
    await again.close();
    assert.deepEqual(asideOf(folder), []);
  });

  it('is in use, by another process', async () => {
    const folder = newFolder();
    const kill = await openElsewhere(folder);
    await assert.rejects(EmbeddedStore.open(folder), failsWith('in-use', { folder }));
    await kill();
    await (await EmbeddedStore.open(folder)).close();
    assert.deepEqual(asideOf(folder), []);
  });

  it('is in use, by another process, however its tables look at the moment', async () => {
    const folder = newFolder();
    const kill = await openElsewhere(folder);
    writeFileSync(join(folder, '999999.ldb'), await damagedTable());
    await assert.rejects(EmbeddedStore.open(folder), failsWith('in-use', { folder }));
    assert.deepEqual(asideOf(folder), []);
    await kill();
    await (await EmbeddedStore.open(folder)).close();
    assert.equal(asideOf(folder).length, 1, 'it is repaired once nobody has it any more');
  });

  it('is where no folder can be made', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file');
    await assert.rejects(EmbeddedStore.open(folder), failsWith('not-writable', { folder }));
    await assert.rejects(EmbeddedStore.open(join(folder, 'below')), failsWith('not-writable'));
    assert.equal(readFileSync(folder, 'utf8'), 'a file');
  });

  it('may not be written', async (t) => {
    let tried = 0;
    for (const [what, protect] of Object.entries(READ_ONLY)) {
      const folder = newFolder();
      mount(folder, 'size=1m');
      await (await EmbeddedStore.open(folder)).close();
      const files = readdirSync(folder);
      const release = protect(folder);
      if (!release) continue;
      tried++;
      try {
        await assert.rejects(EmbeddedStore.open(folder), failsWith('not-writable', { folder }), what);
        await assert.rejects(EmbeddedStore.open(join(folder, 'below')), failsWith('not-writable'), what);
      } finally {
        release();
      }
      assert.deepEqual(readdirSync(folder), files);
    }
    if (tried === 0) t.skip('this system has no way to forbid it');
  });

  it('is on a machine for which there is no database', () => {
    const module = join(__dirname, '../../../../nodes/engine/store/embedded-store.ts');
    const script = `
      const { openEmbeddedStore } = require(${JSON.stringify(module)});
      openEmbeddedStore(process.argv[1]).catch(({ failure }) => console.log(JSON.stringify(failure)));`;
    const env = { ...process.env, npm_config_arch: 'abacus' };
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script, newFolder()], { env });
    const { code, detail } = JSON.parse(stdout.toString()) as Failure;
    assert.deepEqual([code, detail], ['store-failed', 'no-build']);
  });

  it('is of a newer version, and stays as it is', async () => {
    const folder = newFolder();
    const newer = await EmbeddedStore.open(folder, { migrations: [() => Promise.resolve()] });
    await newer.write([{ key: 'a', value: 1 }]);
    await newer.close();
    await assert.rejects(EmbeddedStore.open(folder), failsWith('newer-format', { folder, format: 2, known: 1 }));
    const again = await EmbeddedStore.open(folder, { migrations: [() => Promise.resolve()] });
    assert.deepEqual(await allOf(again), [['a', 1]]);
    await again.close();
    assert.deepEqual(asideOf(folder), []);
  });
});

describe('a store of an older version', () => {
  after(clearFolders);

  it('is brought up to date, each step once, and again where it was cut off', async () => {
    const folder = newFolder();
    const old = await EmbeddedStore.open(folder);
    await old.write([{ key: 'a', value: 1 }]);
    await old.close();

    const taken: string[] = [];
    const step =
      (name: string, fails = false) =>
      async (database: Database): Promise<void> => {
        taken.push(name);
        await database.write([{ key: name, text: '"done"' }], false);
        if (fails) throw new Error('cut off');
      };
    await assert.rejects(EmbeddedStore.open(folder, { migrations: [step('two'), step('three', true)] }));
    const migrations = [step('two'), step('three')];
    for (let round = 0; round < 2; round++) {
      const store = await EmbeddedStore.open(folder, { migrations });
      assert.deepEqual(await allOf(store), [
        ['a', 1],
        ['three', 'done'],
        ['two', 'done'],
      ]);
      await store.close();
    }
    assert.deepEqual(taken, ['two', 'three', 'three']);
    await assert.rejects(EmbeddedStore.open(folder), failsWith('newer-format', { format: 3, known: 1 }));
  });

  it('is not migrated where it is new', async () => {
    const folder = newFolder();
    const migrations = [() => Promise.reject(new Error('nothing to do'))];
    await (await EmbeddedStore.open(folder, { migrations })).close();
    await (await EmbeddedStore.open(folder, { migrations })).close();
  });
});

/** A disk that gets full, and empty again. */
interface Disk {
  readonly folder: string;
  fill(): void;
  free(): void;
}

/** A small disk of its own, where this process may mount one. */
function smallDisk(): Disk | undefined {
  const disk = newFolder();
  if (!mount(disk, 'size=12m')) return undefined;
  const ballast = join(disk, 'ballast');
  return {
    folder: join(disk, 'store'),
    fill: () => {
      // The last of it is not to be had in large pieces.
      for (const size of [1 << 20, 1 << 12]) {
        for (let room = true; room;) {
          try {
            writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
          } catch {
            room = false;
          }
        }
      }
    },
    free: () => {
      rmSync(ballast);
    },
  };
}

/** Files of this process may not get larger than one block. */
function limitedFiles(): Disk | undefined {
  const limit = (size: string): boolean =>
    spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:`]).status === 0;
  if (!limit('unlimited')) return undefined;
  return { folder: newFolder(), fill: () => void limit('4096'), free: () => void limit('unlimited') };
}

describe('a full disk', () => {
  after(cleanUp);

  const DISKS = { 'a small disk': smallDisk, 'files that may not get larger': limitedFiles };

  /** Runs a test on each kind of disk that this machine has. */
  const onFullDisks = (name: string, test: (disk: Disk) => Promise<void>): void => {
    it(name, async (t) => {
      let tried = 0;
      for (const [kind, diskOf] of Object.entries(DISKS)) {
        const disk = diskOf();
        if (!disk) continue;
        tried++;
        await t.test(kind, () => test(disk));
      }
      if (tried === 0) t.skip('it takes Linux: prlimit, or the right to mount');
    });
  };

  onFullDisks(
    'refuses what it cannot keep, has nothing of that later, and goes on by itself once there is room',
    async (disk) => {
      const { folder } = disk;
      const notices: (readonly [notice: StoreNotice, detail?: string])[] = [];
      const store = await EmbeddedStore.open(folder, {
        notice: (notice, _, reason) => notices.push([notice, reason?.detail]),
      });
      const value = (number: number): string => `${number} `.repeat(500);
      const kept = new Map<string, unknown>([['same', 'before']]);
      await store.write([{ key: 'same', value: 'before' }]);
      disk.fill();
      let refused = 0;
      for (let number = 0; refused === 0; number++) {
        const key = `k/${String(number).padStart(5, '0')}`;
        await store
          .write([
            { key, value: value(number) },
            { key: 'same', value: number },
          ])
          .then(() => kept.set(key, value(number)).set('same', number))
          .catch((error: unknown) => {
            failsWith('disk-full', { folder })(error);
            refused++;
          });
      }
      assert.deepEqual(notices, [['fails', 'disk-full']]);

      // At once, without a look at the disk.
      for (let number = 0; number < 100; number++) {
        await assert.rejects(store.write([{ key: 'refused', value: number }]), failsWith('disk-full'));
        store.note([
          { key: 'noted', value: number },
          { key: `n/${number}`, value: number },
        ]);
        kept.set('noted', number).set(`n/${number}`, number);
      }
      await assert.rejects(allOf(store), failsWith('disk-full'));

      disk.free();
      await until(() =>
        store.write([{ key: 'after', value: 'room' }]).then(
          () => true,
          () => false,
        ),
      );
      kept.set('after', 'room');
      assert.deepEqual(new Map(await allOf(store)), kept);
      assert.deepEqual(notices, [
        ['fails', 'disk-full'],
        ['works', undefined],
      ]);
      await store.close();

      const again = await EmbeddedStore.open(folder);
      assert.deepEqual(new Map(await allOf(again)), kept);
      await again.close();
      assert.deepEqual(
        asideOf(folder).filter((path) => !path.endsWith('ballast')),
        [],
      );
    },
  );

  onFullDisks(
    'does not keep a store from closing, and what was noted gets there where there is room again',
    async (disk) => {
      for (const frees of [false, true]) {
        const store = await EmbeddedStore.open(disk.folder);
        disk.fill();
        const write = (): Promise<void> => store.write([{ key: 'large', value: Buffer.alloc(5000) }]);
        await until(() =>
          write().then(
            () => false,
            () => true,
          ),
        );
        store.note([{ key: 'noted', value: frees }]);
        if (frees) disk.free();
        await store.close();
        if (!frees) disk.free();
      }
      const store = await EmbeddedStore.open(disk.folder);
      assert.deepEqual(await allOf(store, 'noted'), [['noted', true]]);
      await store.close();
    },
  );
});
