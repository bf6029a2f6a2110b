/** Outcomes on their way from the one that works to the one that was asked reach their node once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../../nodes/engine/dispatcher';
import { outcomeKey } from '../../../../nodes/engine/shared/keys';
import { Outcomes } from '../../../../nodes/engine/shared/outcomes';
import type { Change, Entry, Store } from '../../../../nodes/engine/store/store';

const INSTANCE = 'here';

/** A store over several connections: what is asked for first may be answered last. */
class SlowStore implements Store {
  readonly entries = new Map<string, unknown>();
  /** Each does what was asked for next, and says so. */
  readonly writes: (() => void)[] = [];
  /** Each answers what was asked for next, as it was when it was asked for. */
  readonly reads: (() => void)[] = [];

  write(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve) => {
      this.writes.push(() => {
        for (const { key } of changes) this.entries.delete(key);
        resolve();
      });
    });
  }

  note(): void {
    assert.fail('nothing is noted');
  }

  async *read(prefix: string): AsyncGenerator<Entry> {
    const found = [...this.entries].filter(([key]) => key.startsWith(prefix));
    await new Promise<void>((resolve) => this.reads.push(resolve));
    yield* found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('outcomes of a shared engine', () => {
  it('are not handed over again by a look that has seen them before they were removed', async () => {
    const store = new SlowStore();
    const outcomes = new Outcomes(INSTANCE, store);
    const handed: string[] = [];
    outcomes.attachNode('node', ({ key }) => handed.push(key));
    const outcome = { key: 'message', node: 'node', envelope: { call: 1, envelope: {} } } as unknown as Outcome;
    store.entries.set(outcomeKey(INSTANCE, 1, 1), outcome);

    const first = outcomes.collect();
    await turn();
    store.reads.shift()?.();
    await first;
    assert.deepEqual(handed, ['message']);
    const second = outcomes.collect();
    await turn();
    store.writes.shift()?.();
    await turn();
    assert.equal(store.entries.size, 0);
    store.reads.shift()?.();
    await second;
    assert.deepEqual(handed, ['message']);

    // And it is not remembered for ever: a key may come again, in a database that was put back.
    for (let looks = 0; looks < 2; looks++) {
      const look = outcomes.collect();
      await turn();
      store.reads.shift()?.();
      await look;
      store.entries.set(outcomeKey(INSTANCE, 1, 1), outcome);
    }
    assert.deepEqual(handed, ['message', 'message']);
  });
});
