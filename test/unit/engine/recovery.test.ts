/** What was kept is taken up as soon as it can be, and nothing is begun before. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { SmsError, failure } from '../../../nodes/core/failure';
import { Recovery } from '../../../nodes/engine/recovery';

const IN_USE = failure('store-failed', 'in-use', { folder: '/somewhere' });

/** A recovery of which the first `failures` tries fail, and when each of them was. */
function recovering(t: TestContext, failures: number) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const tries: number[] = [];
  const told: string[] = [];
  const recovery = new Recovery(
    () => {
      tries.push(Date.now());
      return tries.length <= failures ? Promise.reject(new SmsError(IN_USE)) : Promise.resolve();
    },
    (reason) => told.push(reason?.detail ?? 'works'),
  );
  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 250) {
      t.mock.timers.tick(250);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { recovery, tries, told, pass };
}

describe('taking up what was kept', () => {
  it('is not spoken of where it works at once, and what waits begins', async (t) => {
    const { recovery, told, pass } = recovering(t, 0);
    const begun: string[] = [];
    recovery.whenDone(() => {
      begun.push('before');
      return () => begun.push('ended');
    });
    assert.equal(begun.length, 0);
    await recovery.tried;
    assert.equal(recovery.failure, undefined);
    const end = recovery.whenDone(() => {
      begun.push('at once');
      return () => begun.push('ended');
    });
    assert.deepEqual(begun, ['before', 'at once']);
    end();
    assert.deepEqual(begun, ['before', 'at once', 'ended']);
    await pass(60_000);
    assert.deepEqual(told, []);
  });

  it('is tried with growing pauses until it works: one word when it fails, one when it works', async (t) => {
    const { recovery, tries, told, pass } = recovering(t, 10);
    await recovery.tried;
    assert.equal(recovery.failure, IN_USE);
    const begun: string[] = [];
    const ends = ['stays', 'goes before'].map((name) =>
      recovery.whenDone(() => {
        begun.push(name);
        return () => begun.push(`${name} ended`);
      }),
    );
    ends[1]?.();
    await pass(93_500);
    assert.deepEqual([recovery.failure, begun, told], [IN_USE, [], ['in-use']]);
    await pass(30_000);
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    assert.deepEqual(pauses, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    assert.equal(recovery.failure, undefined);
    assert.deepEqual(told, ['in-use', 'works']);
    assert.deepEqual(begun, ['stays']);
    ends[0]?.();
    assert.deepEqual(begun, ['stays', 'stays ended']);
    await pass(120_000);
    assert.equal(tries.length, 11);
  });
});
