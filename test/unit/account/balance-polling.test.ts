import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { BalancePolling } from '../../../nodes/account/balance-polling';
import { SmsError, failure, type Failure } from '../../../nodes/core/failure';
import { guard } from '../../../nodes/runtime/guard';
import { START, VirtualClock, settle } from '../engine/virtual-clock';

const MINUTE = 60_000;

let clock: VirtualClock;
let restore: () => void;
/** Milliseconds from the start at which the account was asked. */
let asked: number[];
let heard: (string | undefined)[];
/** What it answers with. */
let answer: () => Promise<void>;

const refuse = (reason: Failure) => (): Promise<void> => Promise.reject(new SmsError(reason));

function pollingEvery(interval: number): BalancePolling {
  const host = {
    ask: () => {
      asked.push(Date.now() - START);
      return answer();
    },
    trouble: (reason: Failure | undefined) => {
      heard.push(reason?.code);
    },
  };
  return new BalancePolling(interval, host, (work) => guard(work, () => undefined));
}

const gaps = (): number[] => asked.slice(1).map((at, index) => at - (asked[index] ?? 0));

describe('balances by themselves', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    restore = clock.install();
    [asked, heard] = [[], []];
    answer = () => Promise.resolve();
  });
  afterEach(() => {
    restore();
  });

  it('come at once and in every interval, however often flows are started, until the end', async () => {
    const polling = pollingEvery(MINUTE);
    polling.started('one');
    polling.started('one');
    await clock.advance(90_000);
    polling.started('two');
    await clock.advance(MINUTE);
    assert.deepEqual(asked, [0, MINUTE, 2 * MINUTE]);
    polling.end();
    polling.works();
    await clock.advance(10 * MINUTE);
    assert.deepEqual([asked.length, clock.pending], [3, 0]);
  });

  it('are asked for more and more rarely while they fail, never sooner than usual, and as before once they come', async () => {
    const polling = pollingEvery(10_000);
    answer = refuse(failure('auth-failed'));
    polling.started('one');
    await clock.advance(4 * 60 * MINUTE);
    const [first = 0, second = 0, third = 0] = gaps();
    for (const [gap, least] of [[first, 10_000] as const, [second, 20_000] as const, [third, 40_000] as const]) {
      assert.ok(gap >= least && gap <= least * 1.25 + 1, String(gap));
    }
    assert.ok(
      gaps()
        .slice(-3)
        .every((gap) => gap >= 15 * MINUTE && gap <= 19 * MINUTE),
      String(gaps()),
    );
    answer = () => Promise.resolve();
    await clock.advance(20 * MINUTE);
    assert.deepEqual(gaps().slice(-3), [10_000, 10_000, 10_000]);
    assert.equal(heard.at(-1), undefined);
    polling.end();
  });

  it('are asked for at once where the gateway is mended, and not for any other deploy', async () => {
    const polling = pollingEvery(10_000);
    answer = refuse(failure('auth-failed'));
    polling.started('wrong');
    await clock.advance(MINUTE);
    const before = asked.length;
    polling.started('wrong');
    await settle();
    assert.equal(asked.length, before);
    answer = () => Promise.resolve();
    polling.started('right');
    await clock.advance(20_000);
    assert.deepEqual(asked.slice(before), [MINUTE, MINUTE + 10_000, MINUTE + 20_000]);
    polling.end();
  });

  it('go on as usual once somebody else gets an answer', async () => {
    const polling = pollingEvery(10_000);
    answer = refuse(failure('network'));
    polling.started('one');
    await clock.advance(10 * MINUTE);
    const before = asked.length;
    heard = [];
    answer = () => Promise.resolve();
    polling.works();
    polling.works();
    assert.deepEqual(heard, [undefined]);
    await clock.advance(10_000);
    assert.deepEqual(asked.slice(before), [10 * MINUTE + 10_000]);
    polling.end();
  });

  it('are never asked for twice at a time', async () => {
    const polling = pollingEvery(10_000);
    answer = () => clock.sleep(MINUTE);
    polling.started('one');
    polling.works();
    await clock.advance(MINUTE + 9_999);
    assert.deepEqual(asked, [0]);
    await clock.advance(1);
    assert.deepEqual(asked, [0, MINUTE + 10_000]);
    polling.end();
  });
});
