/**
 * A sixth vendor is one folder of a driver, one simulator, its texts, and its line in each registry (CONTRIBUTING.md). Here
 * one is added to a copy of the sources. If anything else had to change for it, the walls would be wrong.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

const ROOT = resolve(__dirname, '../..');
const FIXTURE = join(ROOT, 'test/fixtures/sixth-vendor');
const ID = 'pigeon';

const COPIED = [
  ...['nodes', 'locales', 'test/support', 'package.json', 'tsconfig.json', 'tsconfig.test.json'],
  ...['tsconfig.editor.json', 'eslint.config.mjs', '.build/walls.mjs'],
];
const ADDED = [`nodes/vendors/${ID}`, `nodes/simulators/${ID}.ts`];
const TEXTS = ['en-US', 'zh-CN'].map((language) => `locales/${language}/vendors/${ID}.json`);

let folder: string;

/** Runs a tool of the project in the copy; gives its exit status with all it said. */
function run(...args: string[]): Promise<{ status: number; said: string }> {
  // Whoever runs this test must not be mistaken for the tools' own runner.
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder, env, timeout: 120_000 }, (error, out, err) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ status, said: out + err });
    });
  });
}

/** Adds the vendor to a registry: its import, and itself at the end of the list. */
async function register(registry: string, exported: string): Promise<void> {
  const path = join(folder, registry);
  const before = await readFile(path, 'utf8');
  const added = before
    .replace(/^import type /m, `import { ${exported} as ${ID} } from './${ID}';\n$&`)
    .replace(/(= [[{][^\]}]*\w)(,?\s*[\]}];)/, `$1, ${ID}$2`);
  assert.equal(added.split('\n').length, before.split('\n').length + 1, `${registry} has another form now`);
  assert.equal(added.split(ID).length - before.split(ID).length, 3);
  await writeFile(path, added);
}

describe('a sixth vendor', { concurrency: true }, () => {
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'smswire-sixth-vendor-')));
    for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
    await symlink(await realpath(join(ROOT, 'node_modules')), join(folder, 'node_modules'), 'junction');
    for (const path of [...ADDED, ...TEXTS]) {
      assert.ok(!existsSync(join(folder, path)), `${path} is there already`);
      await cp(join(FIXTURE, path), join(folder, path), { recursive: true });
    }
    await cp(join(FIXTURE, 'send.ts'), join(folder, 'test/send.ts'));
    await register('nodes/vendors/registry.ts', 'driver');
    await register('nodes/simulators/registry.ts', 'start');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('sends in Node-RED, and tells what becomes of it and what handsets answer', async () => {
    const { status, said } = await run('--import', 'tsx', 'test/send.ts');
    assert.equal(status, 0, said);
    assert.match(said, /sent through the sixth vendor, and heard from it/);
  });

  it('passes the check of types', async () => {
    const { status, said } = await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json');
    assert.equal(status, 0, said);
  });

  it('passes the lint, walls included', async () => {
    const files = [...ADDED, 'nodes/vendors/registry.ts', 'nodes/simulators/registry.ts'];
    const { status, said } = await run('node_modules/eslint/bin/eslint.js', ...files);
    assert.equal(status, 0, said);
  });
});
