/** `npm run bench` measures something, whatever the figures are. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { ROOT } from '../support/clone';

describe('the bench', () => {
  it('prints each figure with its target', () => {
    const args = ['--import', 'tsx', 'test/bench/main.ts', '--quick', 'same-text', 'reports'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 120_000,
    });
    assert.equal(status, 0, stderr);
    const [, ...figures] = stdout.trim().split('\n');
    assert.equal(figures.length, 3);
    for (const figure of figures) assert.match(figure, /\d [×a-zA-Z]+ .*≥ \d+\.\d+ × +(met|missed) /);
  });

  it('says what it does not know', () => {
    const args = ['--import', 'tsx', 'test/bench/main.ts', 'everything'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /^Unknown: everything\. Known: single /);
  });
});
