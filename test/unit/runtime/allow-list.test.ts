import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAllowList } from '../../../nodes/runtime/allow-list';

const allows = (list: string, address: string | undefined): boolean => readAllowList(list).list.allows(address);

describe('an allow list', () => {
  for (const [list, address, expected] of [
    ['', '203.0.113.7', true],
    [' , ', '203.0.113.7', true],
    ['', undefined, true],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.7', undefined, false],
    ['203.0.113.7', '', false],
    ['203.0.113.7', 'unknown', false],
    ['203.0.113.7', '203.0.113.7:4711', true],
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['203.0.113.7', '::ffff:cb00:7107', true],
    ['::ffff:203.0.113.7', '203.0.113.7', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.114.9', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:DB8::1', '[2001:db8:0:0::1]:443', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.1; 10.0.0.2，10.0.0.3\n10.0.0.4', '10.0.0.4', true],
    ['203.0.113.7 2001:db8::1', '2001:db8::1', true],
  ] as const) {
    it(`${expected ? 'lets' : 'does not let'} ${String(address)} through "${list}"`, () => {
      assert.deepEqual(readAllowList(list).wrong, []);
      assert.equal(allows(list, address), expected);
    });
  }

  for (const entry of [
    ...['localhost', '10.0.0', '10.0.0.256', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '/8', '010.0.0.1'],
    ...['2001:db8::/129', '2001:::1', 'fe80::1%eth0', '::ffff:10.0.0.0/95', '10.0.0.0/-1', '*'],
  ]) {
    it(`names ${entry} as wrong, and that alone`, () => {
      const { list, wrong } = readAllowList(`10.0.0.1, ${entry}`);
      assert.deepEqual(wrong, [entry]);
      assert.deepEqual([list.allows('10.0.0.1'), list.allows('10.0.0.2')], [true, false]);
    });
  }
});
