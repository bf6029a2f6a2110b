import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSender, newKey } from '../../../nodes/send/own-keys';

describe('the key of a message', () => {
  it('tells its sender, however many came after it', () => {
    const first = newKey('node');
    const keys = new Set(Array.from({ length: 10_001 }, () => newKey('node')));
    assert.equal(keys.size, 10_001);
    assert.match(first, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(isSender('node', first), true);
    assert.equal(isSender('another', first), false);
    assert.equal(isSender('node', undefined), false);
    assert.equal(isSender('node', 'of another node'), false);
  });
});
