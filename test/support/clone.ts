/** The clone that the tests run in, what its package.json says, and how they run its scripts. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const ROOT = dirname(dirname(__dirname));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: { readonly url?: string };
  readonly bugs?: { readonly url?: string };
  readonly keywords?: readonly string[];
  readonly engines?: { readonly node?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly 'node-red': { readonly version?: string; readonly nodes: Readonly<Record<string, string>> };
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export const MANIFEST = JSON.parse(read('package.json')) as Manifest;

/** The palette's nodes: their type, the file that Node-RED loads, and the name that their other files go by. */
export const NODES = Object.entries(MANIFEST['node-red'].nodes).map(([type, file]) => ({
  type,
  file,
  name: basename(file, '.js'),
}));

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a folder, as a user would. */
async function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const inherited = { ...process.env, ...env };
  // Set by the test runner: a runner below it would take itself for a part of this one.
  delete inherited.NODE_TEST_CONTEXT;
  const shell = command === 'npm' && process.platform === 'win32';
  const child = spawn(command, args, { cwd, env: inherited, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

export function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return run(cwd, process.execPath, args, env);
}

/** Runs the npm that runs the tests, in the clone. */
export function runNpm(args: readonly string[]): Promise<Finished> {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? runNode(ROOT, [cli, ...args]) : run(ROOT, 'npm', args, {});
}

/** The paths of what npm would publish. */
export async function packedFiles(): Promise<string[]> {
  const { stdout, stderr, status } = await runNpm(['pack', '--dry-run', '--json', '--ignore-scripts']);
  if (status !== 0) throw new Error(stderr);
  const parsed = JSON.parse(stdout) as unknown;
  const [packed] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as {
    files: { path: string }[];
  }[];
  return (packed?.files ?? []).map(({ path }) => path).sort();
}
