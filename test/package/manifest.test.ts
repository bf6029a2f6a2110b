/** What the scorecard of the Flow Library and npm ask of package.json, without asking either of them. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MANIFEST, NODES, read, ROOT } from '../support/clone';

interface Locked {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly gypfile?: boolean;
}

const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const runtime = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

/** The lowest version of a range that has no upper bound, as one number that compares. */
function lowest(range: string | undefined): number {
  const [, major, minor, patch] =
    /^>=\s*(\d+)\.(\d+)\.(\d+)$/.exec(range ?? '') ?? assert.fail(`${range} is no open range`);
  return Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch);
}

describe('package.json', () => {
  it('has a scoped name and a version', () => {
    assert.match(MANIFEST.name, /^@[a-z\d][\w.-]*\/[a-z\d][\w.-]*$/);
    assert.match(MANIFEST.version, /^\d+\.\d+\.\d+$/);
  });

  it('names its licence, and the licence is there', () => {
    assert.equal(MANIFEST.license, 'Apache-2.0');
    assert.match(read('LICENSE'), /^\s*Apache License\s+Version 2\.0, January 2004/);
  });

  it('says where its source is and where faults are reported', () => {
    assert.match(MANIFEST.repository?.url ?? '', /^git\+https:\/\/.+\.git$/);
    assert.match(MANIFEST.bugs?.url ?? '', /^https:\/\//);
  });

  it('has the keyword that the Flow Library searches for', () => {
    assert.ok(MANIFEST.keywords?.includes('node-red'));
  });

  it('runs on Node-RED 4.1 and all that follow, and on the lowest Node.js of Node-RED 5', () => {
    assert.ok(lowest(MANIFEST['node-red'].version) <= lowest('>=4.1.0'));
    assert.ok(lowest(MANIFEST.engines?.node) <= lowest('>=22.9.0'));
    assert.equal(lowest(MANIFEST.engines?.node), lowest('>=20.19.0'));
  });

  it('has at most six dependencies', () => {
    const all = { ...MANIFEST.dependencies, ...MANIFEST.optionalDependencies };
    assert.ok(Object.keys(all).length <= 6);
  });

  // Its script takes the build that comes with it, and compiles only where there is none for the machine.
  const BUILT = 'node_modules/classic-level';

  it('runs no script and compiles nothing where it is installed', () => {
    const scripts = Object.keys(MANIFEST.scripts ?? {});
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.ok(!scripts.includes(name), name);
    assert.ok(runtime.length > 0);
    const building = runtime.filter(
      ([path, { hasInstallScript, gypfile }]) => path !== BUILT && (hasInstallScript === true || gypfile === true),
    );
    assert.deepEqual(building, []);
  });

  it('has its database built for the machines that run Node-RED', () => {
    const builds = readdirSync(join(ROOT, BUILT, 'prebuilds'));
    for (const machine of ['linux-x64', 'linux-arm64', 'linux-arm', 'darwin-x64+arm64', 'win32-x64']) {
      assert.ok(builds.includes(machine), machine);
    }
  });

  it('locks packages without saying where they came from', () => {
    assert.doesNotMatch(read('package-lock.json'), /"resolved"/);
  });

  it('maps every type to a file of its own in dist/, and is no ES module', () => {
    assert.ok(NODES.length > 0);
    for (const { type, file, name } of NODES) {
      assert.equal(type, `smswire-${name}`);
      assert.equal(file, `dist/${name}.js`);
    }
    assert.ok(!('type' in MANIFEST));
  });
});
