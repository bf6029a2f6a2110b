/** What drivers say of their accounts before one is opened, for the editor, is what an opened account has. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountCall } from '../../../nodes/core/account';
import type { DriverIo } from '../../../nodes/vendors/driver';
import { VENDORS } from '../../../nodes/vendors/registry';

const CALLS: readonly AccountCall[] = ['balance', 'signature', 'cancel'];

const CONFIG = {
  ...{ url: 'http://127.0.0.1:9', accountId: '300001', username: 'user', password: 'word' },
  ...{ timezone: 'Asia/Shanghai', country: '86', options: {} },
};

const IO: DriverIo = {
  http: () => Promise.reject(new Error('nobody calls')),
  now: () => 0,
  nextIds: () => Promise.resolve(1),
  notice: () => undefined,
};

describe('the calls of an account', () => {
  for (const [id, driver] of VENDORS) {
    it(`are at ${id} those that its driver names`, () => {
      const account = driver.open(CONFIG, IO);
      assert.deepEqual(
        driver.accountCalls ?? [],
        CALLS.filter((call) => account[call] !== undefined),
      );
      assert.equal(account.run !== undefined, (driver.commands ?? []).length > 0);
    });
  }
});
