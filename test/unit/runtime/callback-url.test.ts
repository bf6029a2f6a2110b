import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPublicUrl, joinUrl, SECRET_PATH } from '../../../nodes/runtime/callback-url';
import { readTarget } from '../../../nodes/runtime/push-intake';

describe('the URL of a webhook', () => {
  for (const [base, root, expected] of [
    ['http://h:1880', '/', 'http://h:1880/smswire/p'],
    ['http://h:1880/', '/', 'http://h:1880/smswire/p'],
    ['http://h:1880//', '/flows/', 'http://h:1880/flows/smswire/p'],
    ['http://h/red', 'flows', 'http://h/red/flows/smswire/p'],
    ['http://h/red/', '//a//b//', 'http://h/red/a//b/smswire/p'],
    ['http://h', '', 'http://h/smswire/p'],
  ] as const) {
    it(`is ${expected} for ${base} and ${root}`, () => {
      assert.equal(joinUrl(base, root, 'smswire', 'p'), expected);
    });
  }

  it('takes no time over slashes', () => {
    const slashes = '/'.repeat(200_000);
    const before = process.cpuUsage();
    assert.equal(joinUrl(`http://h${slashes}x${slashes}`, `${slashes}x${slashes}`).length, 200_011);
    assert.ok(process.cpuUsage(before).user < 500_000);
  });

  for (const [url, expected] of [
    ['http://192.168.1.10:1880', true],
    ['https://example.com/red/', true],
    ['HTTP://[2001:db8::1]', true],
    ['192.168.1.10:1880', false],
    ['ftp://h', false],
    ['http://me:you@h', false],
    ['http://h/?a=1', false],
    ['http://h/#a', false],
    ['', false],
  ] as const) {
    it(`${expected ? 'begins' : 'does not begin'} with ${url}`, () => {
      assert.equal(isPublicUrl(url), expected);
    });
  }

  for (const [path, expected] of [
    ['a', true],
    ['Aa0_-'.repeat(25), true],
    ['a'.repeat(129), false],
    ['', false],
    ['a/b', false],
    ['a.b', false],
    ['ä', false],
    ['a\n', false],
  ] as const) {
    it(`${expected ? 'ends' : 'does not end'} with ${JSON.stringify(path.slice(0, 20))} of ${path.length}`, () => {
      assert.equal(SECRET_PATH.test(path), expected);
    });
  }

  for (const [url, ...expected] of [
    ['/p', 'p', '', ''],
    ['/p/', 'p', '', ''],
    ['/p/report', 'p', '/report', ''],
    ['/p/a/b/?x=1&y', 'p', '/a/b/', 'x=1&y'],
    ['/p?x=/1?', 'p', '', 'x=/1?'],
    ['/', '', '', ''],
    ['', '', '', ''],
    ['/?a', '', '', 'a'],
    ['//p', '', '/p', ''],
  ] as const) {
    it(`is taken apart where it is ${url}`, () => {
      const [secret, path, query] = expected;
      assert.deepEqual(readTarget(url), { secret, path, query });
    });
  }
});
