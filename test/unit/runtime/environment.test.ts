/** Environment variables as whole values. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import { resolveVariables } from '../../../nodes/runtime/environment';

const VALUES: Record<string, unknown> = { URL: 'http://device', RATE: 5, EMPTY: '' };
const lookUp = (name: string): unknown => VALUES[name];

describe('variables', () => {
  it('stand for whole values, however deep', () => {
    const found = resolveVariables(
      { url: '${URL}', list: [' ${RATE} ', 'x${URL}', 7, null], o: { k: '${URL}' } },
      lookUp,
    );
    assert.deepEqual(found, { url: 'http://device', list: [5, 'x${URL}', 7, null], o: { k: 'http://device' } });
  });

  it('without a value are named, and what they stand in is not used', () => {
    for (const name of ['NOT_SET', 'EMPTY']) {
      assert.throws(
        () => resolveVariables({ deep: ['${' + name + '}'] }, lookUp),
        (error: unknown) =>
          error instanceof SmsError && error.code === 'invalid-config' && error.failure.params?.variable === name,
      );
    }
  });
});
