/**
 * `npm run test:faults`: the long form of the tests that kill, stop and starve a real Node-RED, and a table of what they
 * found. `-- --short` runs what `npm test` runs of them, `-- --markdown` prints the table as Markdown, with one line for all
 * vendors of a scenario; names of scenarios (`-- kill store`) run these alone. `-- --postgres` and `-- --memory` keep the
 * queue there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, ROOT } from '../support/install.mjs';
import { SCENARIOS, SCENARIOS_WITH } from './scenarios.mjs';

const STORES = Object.keys(SCENARIOS_WITH);
const FLAGS = ['--short', '--markdown', ...STORES.map((store) => `--${store}`)];
/** What is proven, by the numbers that the scenarios name. */
const PROOFS = [
  'Killed while sending',
  'Broken lines',
  'Vendors that refuse',
  'Broken answers and reports',
  'Killed while receiving',
  'Two instances on one database',
  'Clocks',
  'Disk and store',
  'Deploys and stops',
  'Urgent before many',
  'Device restarts',
  'No report',
];
const COLUMNS = ['Proof', 'Scenario', 'Vendors', 'Messages', 'Kills', 'Lost', 'Doubled', 'In doubt', 'Remarks'];
/** Columns of text; the others hold numbers. */
const TEXTS = new Set(['Proof', 'Scenario', 'Vendors', 'Remarks']);

const args = process.argv.slice(2);
const store = STORES.find((each) => args.includes(`--${each}`));
const scenarios = store === undefined ? SCENARIOS : SCENARIOS_WITH[store];
const unknown = args.filter((each) => !FLAGS.includes(each) && !scenarios.includes(each));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(' ')}. Known: ${[...scenarios, ...FLAGS].join(' ')}`);
  process.exit(2);
}
const fault = install();
if (fault !== undefined) {
  console.error(`${fault} So nothing was run.`);
  process.exit(1);
}
const node = (...command) => spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit', env: environment });
const scratch = mkdtempSync(join(tmpdir(), 'smswire-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const rows = join(scratch, 'rows.jsonl');
const environment = {
  ...process.env,
  SMSWIRE_FAULTS_ROWS: rows,
  ...(!args.includes('--short') && { SMSWIRE_FAULTS: 'long' }),
  ...(store !== undefined && { SMSWIRE_FAULTS_STORE: store }),
};
delete environment.NODE_TEST_CONTEXT;

if (node('build.mjs').status !== 0) process.exit(1);
const chosen = scenarios.filter((each) => args.includes(each));
const files = (chosen.length > 0 ? chosen : scenarios).map((each) => join('test', 'faults', `${each}.test.ts`));
const { status } = node('--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec', ...files);
process.exitCode = status === 0 ? 0 : 1;

const found = existsSync(rows)
  ? readFileSync(rows, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
found.sort((one, other) => one.proof - other.proof);
const isMarkdown = args.includes('--markdown');
const table = [COLUMNS, ...(isMarkdown ? joined(found) : found.map((row) => [row])).map(cellsOf)];
console.log(`\n${(isMarkdown ? markdown(table) : aligned(table)).join('\n')}`);

/** The rows of each scenario at all its vendors. */
function joined(rows) {
  const scenarios = new Map();
  for (const row of rows) {
    const name = `${row.proof} ${row.scenario}`;
    scenarios.set(name, [...(scenarios.get(name) ?? []), row]);
  }
  return [...scenarios.values()];
}

/** A line of the table for the rows of one scenario. */
function cellsOf(rows) {
  const [{ proof, scenario }] = rows;
  const vendors = [...new Set(rows.map(({ vendor }) => vendor))];
  const countsOf = (name) => rows.flatMap((row) => row[name] ?? []);
  const sum = (name) => {
    const counts = countsOf(name);
    return counts.length > 0 ? String(counts.reduce((total, count) => total + count, 0)) : '–';
  };
  const cells = [`${proof}. ${PROOFS[proof - 1]}`, scenario, vendors.length === 5 ? 'all' : vendors.join(', ')];
  // One process sends to all vendors of a scenario.
  const kills = countsOf('kills');
  const counts = [
    sum('messages'),
    kills.length > 0 ? String(Math.max(...kills)) : '–',
    ...['lost', 'doubled', 'inDoubt'].map(sum),
  ];
  return [...cells, ...counts, remarksOf(rows).join('; ')];
}

function remarksOf(rows) {
  const remarks = new Set(rows.flatMap(({ remark }) => remark ?? []));
  const settled = rows.filter(({ inDoubt }) => inDoubt === 0).map(({ vendor }) => vendor);
  const isMixed = settled.length > 0 && rows.some(({ inDoubt }) => inDoubt > 0);
  const times = new Map();
  for (const { what, milliseconds } of rows.flatMap((row) => row.times ?? [])) {
    times.set(what, [...(times.get(what) ?? []), ...milliseconds]);
  }
  const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
  const measured = [...times].flatMap(([what, all]) => {
    const sorted = all.sort((one, other) => one - other);
    if (sorted.length === 0) return [];
    return `${what}: ${seconds(sorted[(sorted.length - 1) >> 1])}, at most ${seconds(sorted.at(-1))}`;
  });
  return [...(isMixed ? [`in doubt at ${settled.join(', ')}: 0`] : []), ...measured, ...remarks];
}

function markdown([head, ...body]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((name) => (TEXTS.has(name) ? '---' : '---:'))), ...body.map(line)];
}

function aligned(lines) {
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => (TEXTS.has(COLUMNS[column]) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
