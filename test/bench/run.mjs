/**
 * `npm run bench`: measures the built package in a real Node-RED, in ratios to a flow of core nodes and to bare undici on the
 * same vendor, in one run on one machine, and prints each figure with its target. `-- single reports` measures these alone,
 * `-- --markdown` prints the table as Markdown, `-- --quick` only shows that everything runs. A target that is missed is
 * no error.
 */
import { spawnSync } from 'node:child_process';
import { install, ROOT } from '../support/install.mjs';

const fault = install();
if (fault !== undefined) {
  console.error(`${fault} So nothing was measured.`);
  process.exit(1);
}
const node = (...command) => spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
if (node('build.mjs').status !== 0) process.exit(1);
process.exitCode = node('--import', 'tsx', 'test/bench/main.ts', ...process.argv.slice(2)).status ?? 1;
