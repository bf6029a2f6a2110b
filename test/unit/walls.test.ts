/** The walls of the house, as ESLint holds them: what each layer may import, and what it may not. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const ROOT = resolve(__dirname, '../..');

let eslint: ESLint;

/** What the walls say of a file with this one line. */
async function messages(file: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, 'nodes', file) });
  return (result?.messages ?? []).map(({ message }) => message);
}

const FORBIDDEN: readonly (readonly [why: string, file: string, path: string])[] = [
  ['core knows nobody.', 'core/x.ts', '../vendors/driver'],
  ['core knows nobody.', 'core/x.ts', '../engine/dispatcher'],
  ['core knows nobody.', 'core/x.ts', '../runtime/texts'],
  ['core knows nobody.', 'core/x.ts', '../simulators/magic'],
  ['vendors know core.', 'vendors/goip/x.ts', '../../engine/dispatcher'],
  ['vendors know core.', 'vendors/goip/x.ts', '../../simulators/goip'],
  ['vendors know core.', 'vendors/goip/deep/x.ts', '../../../runtime/http'],
  ['vendors know core.', 'vendors/json.ts', '../engine/lane'],
  ['A vendor knows no other vendor.', 'vendors/goip/x.ts', '../sms57'],
  ['A vendor knows no other vendor.', 'vendors/goip/x.ts', '../sms57/codes'],
  ['A vendor knows no other vendor.', 'vendors/goip/index.ts', './../sms57/codes'],
  ['A vendor knows no other vendor.', 'vendors/one/x.ts', '../another/index'],
  ['A vendor does not know the registry.', 'vendors/goip/index.ts', '../registry'],
  ['Only the registry knows the vendors.', 'vendors/json.ts', './goip'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/x.ts', '../vendors/goip'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/x.ts', '../vendors/goip/codes'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/x.ts', '../vendors/registry'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/deep/x.ts', '../../vendors/json'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/x.ts', '../runtime/http'],
  ['engine knows core and the driver interface, never one vendor.', 'engine/x.ts', '../simulators/magic'],
  ['simulators share nothing with the drivers.', 'simulators/goip/index.ts', '../../vendors/goip/codes'],
  ['simulators share nothing with the drivers.', 'simulators/x.ts', '../vendors/json'],
  ['simulators share nothing with the drivers.', 'simulators/x.ts', '../core/text'],
  ['simulators share nothing with the drivers.', 'simulators/x.ts', '../engine/lane'],
  ['simulators share nothing with the drivers.', 'simulators/x.ts', '../runtime/http'],
  ['A vendor knows no other vendor.', 'simulators/goip/x.ts', '../ejoin/tasks'],
  ['Nobody knows a node room.', 'core/x.ts', '../send/input'],
  ['Nobody knows a node room.', 'vendors/goip/x.ts', '../../gateway'],
  ['Nobody knows a node room.', 'engine/x.ts', '../report/x'],
  ['Nobody knows a node room.', 'simulators/x.ts', '../webhook'],
  ['Nobody knows a node room.', 'runtime/x.ts', '../send'],
  ['Nobody knows a node room.', 'send/index.ts', '../gateway/index'],
  ['Node rooms know engine, core and runtime.', 'send/index.ts', '../vendors/registry'],
  ['Node rooms know engine, core and runtime.', 'gateway/index.ts', '../vendors/driver'],
  ['Node rooms know engine, core and runtime.', 'alert/index.ts', '../simulators/goip'],
  ['nodes/attic is not in .build/walls.mjs.', 'attic/x.ts', '../core/text'],
  ['Only runtime and the node rooms know Node-RED and the HTTP client.', 'engine/x.ts', 'node-red'],
  ['Only runtime and the node rooms know Node-RED and the HTTP client.', 'vendors/goip/x.ts', 'undici'],
  ['core is pure, and a driver is handed its HTTP call.', 'vendors/goip/x.ts', 'node:https'],
  ['Only engine and runtime know the store.', 'send/index.ts', '../engine/store/store'],
  ['vendors know core.', 'vendors/goip/x.ts', '../../engine/store/store'],
  ['Only the store knows its database.', 'engine/x.ts', 'classic-level'],
  ['Only the store knows its database.', 'engine/storeroom.ts', 'classic-level'],
  ['Only the store knows its database.', 'runtime/x.ts', 'classic-level'],
  ['Only the store knows its database.', 'send/index.ts', 'classic-level'],
  ['Only the store knows its database.', 'engine/shared/x.ts', 'pg'],
];

const ALLOWED: readonly (readonly [file: string, path: string])[] = [
  ['core/x.ts', './text'],
  ['core/x.ts', 'mustache'],
  ['vendors/goip/x.ts', '../../core/failure'],
  ['vendors/goip/x.ts', '../driver'],
  ['vendors/goip/x.ts', '../json'],
  ['vendors/goip/x.ts', './codes'],
  ['vendors/goip/x.ts', 'node:crypto'],
  ['vendors/goip/index.ts', './report'],
  ['vendors/goip/index.ts', './account/balance'],
  ['vendors/goip/deep/x.ts', '../account'],
  ['vendors/goip/deep/x.ts', '../report'],
  ['vendors/goip/deep/x.ts', '../../driver'],
  ['vendors/registry.ts', './goip'],
  ['vendors/json.ts', './driver'],
  ['engine/x.ts', '../vendors/driver'],
  ['engine/x.ts', '../core/failure'],
  ['engine/x.ts', './report'],
  ['engine/store/x.ts', '../../vendors/driver'],
  ['engine/store/x.ts', 'node:fs'],
  ['engine/store/x.ts', 'classic-level'],
  ['engine/x.ts', './store/store'],
  ['runtime/x.ts', '../engine/store/embedded-store'],
  ['simulators/goip/index.ts', '../server'],
  ['simulators/goip/index.ts', './account'],
  ['simulators/registry.ts', './ejoin'],
  ['simulators/x.ts', 'node:http'],
  ['runtime/x.ts', '../vendors/registry'],
  ['runtime/x.ts', '../simulators/registry'],
  ['runtime/x.ts', '../engine/dispatcher'],
  ['runtime/x.ts', 'undici'],
  ['send/index.ts', '../engine/dispatcher'],
  ['send/index.ts', '../runtime/texts'],
  ['send/index.ts', '../core/failure'],
  ['send/index.ts', './input'],
  ['send/editor/x.ts', '../result'],
  ['send/index.ts', 'node-red'],
];

describe('walls', () => {
  before(async () => {
    const { default: config } = (await import(pathToFileURL(join(ROOT, 'eslint.config.mjs')).href)) as {
      default: Linter.Config[];
    };
    const walls = config.filter(({ rules }) => rules !== undefined && 'walls/imports' in rules);
    assert.equal(walls.length, 1);
    // The walls alone: the other rules need the whole program, and are slow.
    const parsing = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser as Linter.Parser } };
    eslint = new ESLint({ cwd: ROOT, overrideConfigFile: true, overrideConfig: [parsing, ...walls] });
  });

  for (const [why, file, path] of FORBIDDEN) {
    it(`${file} may not import ${path}`, async () => {
      assert.deepEqual(await messages(file, `import { x } from '${path}';`), [why]);
    });
  }

  for (const [file, path] of ALLOWED) {
    it(`${file} may import ${path}`, async () => {
      assert.deepEqual(await messages(file, `import { x } from '${path}';`), []);
    });
  }

  it('stand in the way of every kind of import', async () => {
    for (const line of [
      `import type { X } from '../runtime/http';`,
      `import '../runtime/http';`,
      `export { x } from '../runtime/http';`,
      `export * from '../runtime/http';`,
      `const x = import('../runtime/http');`,
      `const x = require('../runtime/http');`,
      `import x = require('../runtime/http');`,
      `type X = import('../runtime/http').X;`,
    ]) {
      assert.deepEqual(await messages('core/x.ts', line), ['core knows nobody.'], line);
    }
  });

  it('are part of the lint that everybody runs', async () => {
    const real = new ESLint({ cwd: ROOT });
    for (const file of ['core/state.ts', 'vendors/goip/index.ts', 'send/index.ts', 'simulators/server.ts']) {
      const { rules } = (await real.calculateConfigForFile(join(ROOT, 'nodes', file))) as Linter.Config;
      assert.deepEqual(rules?.['walls/imports'], [2], file);
    }
  });
});
