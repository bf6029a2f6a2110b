import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ACCOUNT_CODES,
  FINAL_CODES,
  RETRY,
  SmsError,
  failure,
  failureOf,
  vendorTextKey,
  type Retry,
} from '../../../nodes/core/failure';
import { ACCEPTED_STATES, FAILED_STATES, STATES } from '../../../nodes/core/state';

/** The table of section 6 of the contract, its two pairs of columns one below the other. */
const CONTRACT = `
  auth-failed after-fix
  ip-refused after-fix
  account-disabled after-fix
  permission-denied after-fix
  insufficient-balance after-fix
  quota-exceeded later
  outside-allowed-hours later
  invalid-recipient never
  recipient-refused never
  too-many-recipients after-fix
  content-refused never
  signature-refused after-fix
  template-refused after-fix
  text-too-long never
  sender-refused after-fix
  not-found never
  undelivered never
  store-failed later
  queue-full later
  no-route other-gateway
  line-unavailable later
  sim-error other-line
  rate-limited later
  vendor-busy later
  vendor-error other-gateway
  network later
  no-answer later
  unreadable-answer never
  in-doubt never
  no-report never
  duplicate-id never
  expired never
  cancelled never
  opted-out never
  unsupported never
  invalid-message never
  invalid-config after-fix
  unreadable-push never
`;

describe('error codes', () => {
  it('are those of the contract, with its retry classes, and no others', () => {
    const rows = CONTRACT.trim()
      .split('\n')
      .map((row) => row.trim().split(' ') as [string, Retry]);
    assert.equal(rows.length, 38);
    assert.deepEqual({ ...RETRY }, Object.fromEntries(rows));
  });

  it('pause a gateway as section 3 says', () => {
    assert.deepEqual([...ACCOUNT_CODES].sort(), [
      'account-disabled',
      'auth-failed',
      'insufficient-balance',
      'ip-refused',
    ]);
  });

  it('try no backup as section 3 says', () => {
    assert.deepEqual([...FINAL_CODES].sort(), [
      'cancelled',
      'expired',
      'invalid-config',
      'invalid-message',
      'invalid-recipient',
      'opted-out',
      'queue-full',
    ]);
  });
});

describe('states', () => {
  it('are those of the contract, in its order', () => {
    assert.equal(
      STATES.join(' '),
      'queued scheduled held sending in-doubt accepted sent delivered undelivered rejected expired cancelled suppressed unknown',
    );
  });

  it('leave by the outputs that section 3 gives them', () => {
    assert.deepEqual([...ACCEPTED_STATES], ['accepted', 'scheduled', 'sent', 'delivered']);
    assert.deepEqual([...FAILED_STATES].sort(), ['cancelled', 'expired', 'rejected', 'suppressed', 'undelivered']);
  });
});

describe('failures', () => {
  it('are plain data without empty fields', () => {
    assert.deepEqual(failure('expired'), { code: 'expired' });
    assert.deepEqual(failure('invalid-message', 'to', { field: 'to' }), {
      code: 'invalid-message',
      detail: 'to',
      params: { field: 'to' },
    });
  });

  it('travel as errors that keep message, code and stack', () => {
    const error = new SmsError(failure('network', 'refused'));
    assert.equal(error.message, 'network (refused)');
    assert.equal(error.code, 'network');
    assert.match(error.stack ?? '', /failure\.test/);
    assert.equal(failureOf(error, failure('expired')), error.failure);
    for (const other of [new Error('x'), 'x', undefined, null, { failure: failure('network') }]) {
      assert.deepEqual(failureOf(other, failure('expired')), { code: 'expired' });
    }
  });

  it('name the text of a vendor code by a key without dots', () => {
    assert.equal(vendorTextKey('report', 'MO:0254'), 'codes.report.MO-0254');
    assert.equal(vendorTextKey('error', -106), 'codes.error.-106');
    assert.equal(vendorTextKey('error', '1.2.3'), 'codes.error.1-2-3');
  });
});
