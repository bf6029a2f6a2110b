import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../../../nodes/core/patience';

describe('waiting at most so long', () => {
  it('ends with what is waited for', async () => {
    const since = Date.now();
    await atMost(5000, sleep(20));
    const waited = Date.now() - since;
    assert.ok(waited >= 15 && waited < 2000, `${waited} ms`);
  });

  it('ends when it has lasted long enough', async () => {
    const since = Date.now();
    const patience = new AbortController();
    await atMost(
      20,
      sleep(5000, undefined, { signal: patience.signal }).catch(() => undefined),
    );
    const waited = Date.now() - since;
    patience.abort();
    assert.ok(waited >= 15 && waited < 2000, `${waited} ms`);
  });

  it('rejects as what is waited for does', async () => {
    await assert.rejects(atMost(5000, Promise.reject(new Error('no'))), /no/);
  });
});
