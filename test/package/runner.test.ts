/** `npm test` counts right, hides no failure, and says what it left out. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT, runNode } from '../support/clone';
import { SmallPackage } from '../support/small-package';

describe('npm test', () => {
  let small: SmallPackage;
  before(() => {
    small = new SmallPackage();
    small.addRunner();
    small.remove('test/unit');
  });
  after(() => {
    small.dispose();
  });

  const last = (output: string): string => output.trimEnd().split('\n').at(-1) ?? '';
  const put = (path: string, code: string): void => {
    small.write(path, `import * as t from 'node:test';\n${code}`);
  };

  it('fails where a tier has no test', async () => {
    const { status, stdout } = await small.test(['unit']);
    assert.equal(last(stdout), '0 passed, 1 failed');
    assert.equal(status, 1);
  });

  it('ends with the counts, and with 0 where all passed', async () => {
    put(
      'test/unit/deep/fine.test.ts',
      "t.describe('a suite', () => { t.it('one', () => {}); t.it('two', () => {}); });",
    );
    const { status, stdout } = await small.test(['unit']);
    assert.equal(last(stdout), '2 passed, 0 failed');
    assert.equal(status, 0);
  });

  it('counts failing tests, hooks and files, shows why, and tells what was skipped', async () => {
    put(
      'test/unit/bad.test.ts',
      `t.describe('outer', () => {
        t.it('works', () => {});
        t.it('breaks', () => { throw new Error('the reason'); });
        t.it('waits', { skip: true }, () => {});
      });`,
    );
    put('test/unit/hook.test.ts', "t.before(() => { throw new Error('no hook'); }); t.it('x', () => {});");
    put('test/unit/load.test.ts', "throw new Error('not even loaded');");
    put('test/unit/none.test.ts', '');
    put('test/unit/status.test.ts', "t.it('passes', () => { process.exitCode = 3; });");
    const { status, stdout } = await small.test(['unit']);
    assert.match(stdout, /✖ outer › breaks\n\s+Error: the reason/);
    assert.match(stdout, /no hook/);
    assert.match(stdout, /not even loaded/);
    assert.match(stdout, /✖ holds no test/);
    assert.match(stdout, /✖ ended with status 3/);
    assert.match(stdout, /– outer › waits \(skipped\)/);
    assert.match(stdout, /^Failed\n {2}test\/unit\/bad\.test\.ts: outer › breaks\n\s+Error: the reason/m);
    assert.equal(last(stdout), '4 passed, 5 failed, 1 skipped');
    assert.equal(status, 1);
  });

  it('says what it left out and how to enable it, and fails for it in CI', async () => {
    small.remove('test/unit');
    put('test/unit/skips.test.ts', "t.it('runs', () => {}); t.it('waits', { skip: true }, () => {});");
    put('test/nodes/fine.test.ts', "t.it('runs', () => {});");
    const without = { SMSWIRE_CHROMIUM: 'nowhere' };
    const { status, stdout } = await small.test(['nodes', 'e2e'], without);
    assert.match(stdout, /^Left out\n {2}e2e, Node\.js [\d.]+, Node-RED [\d.]+: no Chromium found; install/m);
    assert.match(stdout, /^ {2}Node-RED 5\.0: enable it once with: npm test -- --setup$/m);
    assert.equal(last(stdout), '2 passed, 0 failed');
    assert.equal(status, 0);

    const strict = await small.test(['unit'], { CI: 'true' });
    assert.equal(last(strict.stdout), '1 passed, 1 failed');
    assert.equal(strict.status, 1);
  });

  it('never installs through a link: that would empty what others use', async (t) => {
    const own = mkdtempSync(join(tmpdir(), 'smswire-link-'));
    t.after(() => {
      rmSync(own, { recursive: true });
    });
    // Nothing here leads to the clone's modules, and what stands for npm only says that it was called.
    for (const name of ['test/run.mjs', 'test/faults/scenarios.mjs', 'test/support']) {
      cpSync(join(ROOT, name), join(own, name), { recursive: true });
    }
    mkdirSync(join(own, 'theirs'));
    writeFileSync(join(own, 'theirs/precious'), '');
    symlinkSync(join(own, 'theirs'), join(own, 'node_modules'), 'junction');
    writeFileSync(
      join(own, 'package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    );
    writeFileSync(join(own, 'npm.js'), `require('fs').writeFileSync(${JSON.stringify(join(own, 'called'))}, '')`);

    const env = { CI: '', npm_execpath: join(own, 'npm.js') };
    const { status, stdout, stderr } = await runNode(own, ['test/run.mjs', 'unit'], env);
    assert.match(stderr, /node_modules is a link/);
    assert.equal(last(stdout), '0 passed, 1 failed');
    assert.equal(status, 1);
    assert.ok(existsSync(join(own, 'theirs/precious')));
    assert.ok(!existsSync(join(own, 'called')));
  });
});
