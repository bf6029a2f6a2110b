import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, RETRY } from '../../../nodes/core/failure';
import type { SendRequest } from '../../../nodes/vendors/driver';
import { recipientCount, sameForAll, statusResult, unreadable } from '../../../nodes/vendors/http-status';

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: Buffer.alloc(0) });

describe('statusResult', () => {
  it('says nothing about success', () => {
    for (const status of [200, 201, 204, 299]) assert.equal(statusResult(answer(status)), undefined);
  });

  const refusals: readonly [number, string][] = [
    [301, 'invalid-config'],
    [307, 'invalid-config'],
    [400, 'vendor-error'],
    [401, 'auth-failed'],
    [403, 'permission-denied'],
    [404, 'invalid-config'],
    [405, 'invalid-config'],
    [407, 'invalid-config'],
    [413, 'vendor-error'],
    [429, 'rate-limited'],
  ];
  for (const [status, code] of refusals) {
    it(`takes ${status} as ${code}`, () => {
      const result = statusResult(answer(status));
      assert.equal(result?.state, 'rejected');
      assert.equal(result.failure.code, code);
      assert.equal(result.failure.vendorCode, `HTTP ${status}`);
    });
  }

  it('leaves everything else in doubt', () => {
    for (const status of [100, 302, 303, 304, 402, 408, 409, 418, 500, 502, 503, 504, 599, 0, 999]) {
      const result = statusResult(answer(status));
      assert.equal(result?.state, 'in-doubt', String(status));
      assert.ok(result.failure.code in RETRY);
    }
  });

  it('keeps how long the vendor asked to wait', () => {
    const after = (value: string) => statusResult(answer(429, { 'retry-after': value }))?.failure.retryAfter;
    assert.equal(after('2'), 2000);
    assert.equal(after('999999999'), 86_400_000);
    for (const value of ['0', '-1', 'soon', '', 'Wed, 21 Oct 2026 07:28:00 GMT']) assert.equal(after(value), undefined);
  });
});

describe('answers for a whole request', () => {
  const request: SendRequest = {
    items: [
      { text: 'a', to: ['1', '2'] },
      { text: 'b', to: ['3'] },
    ],
    options: {},
    wantReports: false,
  };

  it('gives every recipient the same', () => {
    assert.equal(recipientCount(request), 3);
    const result = { state: 'rejected', failure: failure('vendor-busy') } as const;
    assert.deepEqual(sameForAll(request, result, 'raw'), {
      results: [result, result, result],
      isRefused: true,
      raw: 'raw',
    });
  });

  it('leaves an unreadable answer in doubt', () => {
    const { results, raw } = unreadable(request, '?');
    assert.equal(raw, '?');
    assert.deepEqual(
      results.map((result) => [result.state, 'failure' in result && result.failure.code]),
      Array.from({ length: 3 }, () => ['in-doubt', 'unreadable-answer']),
    );
  });
});
