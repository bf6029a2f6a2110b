/**
 * `npm run test:faults`: the long form of the tests that kill, stop and starve a real Node-RED, and a table of what they
 * found. `-- --short` runs what `npm test` runs of them, `-- --markdown` prints the table as Markdown; names of scenarios
 * (`-- kill store`) run these alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, ROOT } from '../support/install.mjs';

const FLAGS = ['--short', '--markdown'];
const COLUMNS = ['Scenario', 'Messages', 'Kills', 'Lost', 'Doubled', 'In doubt', 'First send after a start'];

const folder = join(ROOT, 'test', 'faults');
const scenarios = readdirSync(folder).flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.[1] ?? []);
const args = process.argv.slice(2);
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
const table = [COLUMNS, ...found.map(cellsOf)];
console.log(`\n${(args.includes('--markdown') ? markdown(table) : aligned(table)).join('\n')}`);
for (const { scenario, remark } of found) if (remark) console.log(`\n${scenario}: ${remark}`);

function cellsOf({ scenario, messages, kills, lost, doubled, inDoubt, firstSend, slowest }) {
  const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1);
  const time = firstSend === undefined ? undefined : `${seconds(firstSend)} s (at most ${seconds(slowest)} s)`;
  return [scenario, messages, kills, lost, doubled, inDoubt, time].map((cell) => String(cell ?? '–'));
}

function markdown([head, ...body]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...body.map(line)];
}

function aligned(lines) {
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines.map((cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
}
