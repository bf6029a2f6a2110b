/** The clone that the tests run in, and how they run its scripts. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export const ROOT = dirname(dirname(__dirname));

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a folder, as a user would. */
export async function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const inherited = { ...process.env, ...env };
  // Set by the test runner: a runner below it would take itself for a part of this one.
  delete inherited.NODE_TEST_CONTEXT;
  const child = spawn(process.execPath, args, { cwd, env: inherited, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}
