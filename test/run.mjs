/**
 * `npm test`: installs what is missing, builds, lints, and runs every tier that this machine can run, then says what it
 * left out and how to enable it. `npm test -- unit nodes` runs only these tiers, `npm test -- --setup` also fetches what
 * the newer Node-RED needs. With CI=true everything is fetched, and whatever is left out or skipped is a failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SCENARIOS_WITH } from './faults/scenarios.mjs';
import { install, newerNodeRed, ROOT } from './support/install.mjs';

/** Tiers in the order of their cost. */
const TIERS = ['unit', 'nodes', 'package', 'faults', 'e2e'];
/** What runs in Node-RED, and so needs what is built. */
const IN_NODE_RED = ['nodes', 'package', 'faults', 'e2e'];
/** What is run once more in the newer Node-RED. */
const IN_NEWER = ['nodes', 'package', 'e2e'];
/** Files of a tier that are run there, where the others have nothing to do with the Node-RED under test. */
const FILES_IN_NEWER = { package: ['examples.test.ts'] };
/** What CI runs of the fault suite besides. */
const MORE_FAULTS = [
  { what: 'long form', environment: { SMSWIRE_FAULTS: 'long' }, scenarios: ['kill'] },
  {
    what: 'queue in PostgreSQL',
    environment: { SMSWIRE_FAULTS_STORE: 'postgres' },
    scenarios: ['kill', 'deploy', 'answers'],
  },
  { what: 'queue in memory', environment: { SMSWIRE_FAULTS_STORE: 'memory' }, scenarios: SCENARIOS_WITH.memory },
];
/** One file after the other: they start processes of their own. */
const ONE_BY_ONE = ['faults', 'e2e'];
/** Seconds until a file that has not ended is ended: a test that hangs, or one that left a server or a timer behind. */
const PATIENCE = 420;

const ci = process.env.CI === 'true';
const { tiers, setup } = parseArguments(process.argv.slice(2));
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const failed = [];
const leftOut = [];
const scratch = mkdtempSync(join(tmpdir(), 'smswire-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

function parseArguments(args) {
  const names = args.filter((each) => !each.startsWith('--'));
  const unknown = args.filter((each) => each !== '--setup' && !TIERS.includes(each) && each !== 'lint');
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(' ')}. Known: ${['lint', ...TIERS].join(' ')} --setup`);
    process.exit(2);
  }
  return { tiers: names.length > 0 ? names : ['lint', ...TIERS], setup: ci || args.includes('--setup') };
}

/** Adds a line to the summary and its counts to the total. */
function count(name, { passed = 0, failed = 0, skipped = 0 }, remark = '') {
  const failedHere = ci ? failed + skipped : failed;
  total.passed += passed;
  total.failed += failedHere;
  if (!ci) total.skipped += skipped;
  const counts = [`${passed} passed`, `${failedHere} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(
    ', ',
  );
  summary.push(`  ${name.padEnd(8)} ${counts}${remark && ` (${remark})`}`);
}

/** A step that passes or fails as a whole. */
function step(name, args) {
  console.log(`\n${name}`);
  const passed = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  count(name, passed ? { passed: 1 } : { failed: 1 });
  return passed;
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const indent = (text) => text.trimEnd().replace(/^(?=.)/gm, '      ');

/** Runs one file, prints what failed in it, and gives the counts. */
async function runFile(file, round, environment) {
  const started = Date.now();
  const record = join(scratch, `${file.replaceAll(/[^\w.-]/g, '_')}.jsonl`);
  const reporter = pathToFileURL(join(ROOT, 'test', 'support', 'reporter.mjs')).href;
  const args = ['--import', 'tsx', `--test-reporter=${reporter}`, `--test-reporter-destination=${record}`, file];
  const child = spawn(round.node, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  let late = false;
  const timers = [
    setTimeout(() => {
      late = true;
      child.kill('SIGTERM');
    }, PATIENCE * 1000),
    setTimeout(() => child.kill('SIGKILL'), (PATIENCE + 5) * 1000),
  ];
  const status = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  timers.forEach(clearTimeout);

  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n') : [];
  rmSync(record, { force: true });
  const tests = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
  const failures = tests.filter(({ outcome }) => outcome === 'failed');
  if (late) failures.push({ name: `did not end within ${PATIENCE} s`, error: output });
  else if (tests.length === 0) failures.push({ name: 'holds no test, or ended before one', error: output });
  else if (status !== 0 && failures.length === 0) failures.push({ name: `ended with status ${status}`, error: output });
  const skips = tests.filter(({ outcome }) => outcome === 'skipped');
  const counts = {
    passed: tests.length - skips.length - tests.filter(({ error }) => error).length,
    failed: failures.length,
    skipped: skips.length,
  };
  console.log(
    `  ${failures.length > 0 ? '✖' : '✔'} ${file}  ${counts.passed} passed, ${counts.failed} failed  ${seconds(started)}`,
  );
  for (const { name, error } of failures) {
    console.log(`    ✖ ${name}\n${indent(error)}`);
    failed.push(`  ${file}: ${name}\n${indent(error.slice(0, 2000))}`);
  }
  for (const { name } of skips) console.log(`    – ${name} (skipped)`);
  return counts;
}

/** Runs a tier's files, a few at a time. */
async function runTier(tier, round, environment) {
  const started = Date.now();
  console.log(`\n${tier}, ${round.label}`);
  const folder = join(ROOT, 'test', tier);
  const waiting = existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((name) => (round.files?.[tier] ? round.files[tier].includes(name) : name.endsWith('.test.ts')))
        .map((name) => relative(ROOT, join(folder, name)))
        .sort()
    : [];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const counts = await runFile(file, round, environment);
      for (const key of Object.keys(sum)) sum[key] += counts[key];
    }
  };
  await Promise.all(Array.from({ length: ONE_BY_ONE.includes(tier) ? 1 : Math.min(availableParallelism(), 4) }, work));
  if (sum.passed + sum.failed === 0) count(tier, { ...sum, failed: 1 }, 'no test ran');
  else count(tier, sum, seconds(started));
}

/** What one Node.js and one Node-RED make of the tiers. */
async function runRound(round, built, chromium) {
  summary.push(round.label);
  // A runner that this one is run by would be reported to instead of us.
  const environment = { ...process.env, ...round.environment, ...(chromium && { SMSWIRE_CHROMIUM: chromium }) };
  delete environment.NODE_TEST_CONTEXT;
  for (const tier of TIERS.filter((each) => tiers.includes(each) && round.tiers.includes(each))) {
    if (!built && IN_NODE_RED.includes(tier)) count(tier, { failed: 1 }, 'not run: the build failed');
    else if (tier === 'e2e' && chromium === undefined) leaveOut(`e2e, ${round.label}`, NO_CHROMIUM);
    else await runTier(tier, round, environment);
  }
}

async function runMoreFaults(label, built) {
  if (!tiers.includes('faults')) return;
  for (const { what, environment, scenarios } of MORE_FAULTS) {
    const files = { faults: scenarios.map((scenario) => `${scenario}.test.ts`) };
    const round = { label: `${label}, ${what}`, node: process.execPath, tiers: ['faults'], files };
    await runRound({ ...round, environment: { SMSWIRE_NODE_RED: '', ...environment } }, built);
  }
}

const NO_CHROMIUM =
  'no Chromium found; install Chrome or Chromium (Debian: apt-get install chromium; anywhere: npx playwright-core install chromium), or name one in SMSWIRE_CHROMIUM';

function leaveOut(what, how) {
  leftOut.push(`  ${what}: ${how}`);
  if (ci) count(what, { failed: 1 }, 'left out');
}

async function main() {
  const fault = install();
  if (fault !== undefined) {
    console.error(`${fault} So nothing was run.`);
    total.failed += 1;
    return;
  }
  const inNodeRed = IN_NODE_RED.some((tier) => tiers.includes(tier));
  const built = !inNodeRed || step('build', ['build.mjs']);
  if (tiers.includes('lint')) {
    step('eslint', ['node_modules/eslint/bin/eslint.js', '.']);
    step('prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
  }
  let chromium;
  if (tiers.includes('e2e')) {
    const { tsImport } = await import('tsx/esm/api');
    chromium = (await tsImport('./support/chromium.ts', import.meta.url)).chromiumPath();
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', 'node-red', 'package.json'), 'utf8'));
  const label = `Node.js ${process.versions.node}, Node-RED ${version}`;
  await runRound(
    { label, node: process.execPath, environment: { SMSWIRE_NODE_RED: '' }, tiers: TIERS },
    built,
    chromium,
  );
  if (ci) await runMoreFaults(label, built);
  if (!inNodeRed) return;
  const newer = newerNodeRed(setup);
  if (typeof newer === 'string') {
    leaveOut('Node-RED 5.0', newer);
  } else {
    const environment = { SMSWIRE_NODE_RED: newer.nodeRed };
    const newerLabel = `Node.js ${newer.nodeVersion.slice(1)}, Node-RED ${newer.version}`;
    await runRound(
      { label: newerLabel, node: newer.node, environment, tiers: IN_NEWER, files: FILES_IN_NEWER },
      built,
      chromium,
    );
  }
}

await main();
console.log(`\n${summary.join('\n')}`);
// Once more at the end: whoever keeps only the last of a long log reads why it failed there.
if (failed.length > 0) console.log(`Failed\n${failed.join('\n')}`);
if (leftOut.length > 0) console.log(`Left out\n${leftOut.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
