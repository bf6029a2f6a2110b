/** A store in a folder that another one uses, until that ends. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { SmsError } from '../../../../nodes/core/failure';
import { DeferredStore } from '../../../../nodes/engine/store/deferred-store';
import { EmbeddedStore } from '../../../../nodes/engine/store/embedded-store';
import { MemoryStore } from '../../../../nodes/engine/store/memory-store';
import type { Store } from '../../../../nodes/engine/store/store';
import { allOf, asideOf, clearFolders, newFolder } from './folders';

const isInUse = (error: unknown): boolean => error instanceof SmsError && error.failure.detail === 'in-use';

describe('a store that is opened later', () => {
  after(clearFolders);

  it('keeps what is written and noted while it is being opened, in that order', async () => {
    let open!: (store: Store) => void;
    const deferred = new DeferredStore(
      () =>
        new Promise((resolve) => {
          open = resolve;
        }),
    );
    const written = deferred.write([{ key: 'a', value: 'written' }]);
    deferred.note([{ key: 'a', value: 'noted' }]);
    const memory = new MemoryStore();
    open(memory);
    await written;
    await deferred.open();
    assert.deepEqual(await allOf(memory), [['a', 'noted']]);
  });

  it('refuses what it cannot keep, leaves no trace of it, and has all that the other kept once that ends', async () => {
    const folder = newFolder();
    const first = await EmbeddedStore.open(folder);
    const second = new DeferredStore(() => EmbeddedStore.open(folder));
    await assert.rejects(second.write([{ key: 'a', value: 'second' }]), isInUse);
    second.note([{ key: 'b', value: 'second' }]);
    await assert.rejects(allOf(second), isInUse);
    for (let tries = 0; tries < 3; tries++) await assert.rejects(second.open(), isInUse);
    await first.write([{ key: 'a', value: 'first' }]);
    first.note([{ key: 'c', value: 'first' }]);
    await first.close();
    // Nobody has tried since.
    await assert.rejects(second.write([{ key: 'a', value: 'second' }]), isInUse);
    await second.open();
    assert.deepEqual(await allOf(second), [
      ['a', 'first'],
      ['c', 'first'],
    ]);
    await second.write([{ key: 'a', value: 'second' }]);
    await second.close();
    assert.deepEqual(asideOf(folder), []);
  });
});
