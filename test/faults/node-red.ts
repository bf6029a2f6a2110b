/**
 * A real Node-RED with the built package, in a process of its own that can be killed, stopped and started again on the
 * same user directory. What leaves its flow is in a file before the flow goes on.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NODE_RED_FOLDER } from '../support/node-red';
import { storeSetting } from './queue-store';
import { between, pause, until } from './waiting';

const PACKAGE = dirname(dirname(__dirname));
/** Below those that outgoing connections are given, so that none takes it while Node-RED is down. */
const PORTS = [20_000, 32_000] as const;
/** What it logs once its flows run. */
const RUNS = 'Started flows';
/** Seconds that Node-RED may take to start or to stop on a machine that is busy. */
const PATIENCE = 60;

/** How Node-RED is set up. */
export interface NodeRedOptions {
  /** The user directory; a new one without it. */
  readonly folder?: string;
  /** What is set under `smswire` in its settings. */
  readonly smswire?: Readonly<Record<string, unknown>>;
  /** JavaScript: properties of what function nodes have as their global context, besides `write`. */
  readonly context?: string;
  /** Its clock can be set. */
  readonly movesClock?: boolean;
}

export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };
export type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Puts another clock in the place of the host's, ahead by as many milliseconds as it was told in the environment, and then
 * by lines on its standard input.
 */
const CLOCK = `const Host = Date;
let ahead = Number(process.env.SMSWIRE_FAULTS_AHEAD);
globalThis.Date = new Proxy(Host, {
  construct: (_, args, made) => Reflect.construct(Host, args.length > 0 ? args : [Host.now() + ahead], made),
  get: (_, name) => (name === 'now' ? () => Host.now() + ahead : Host[name]),
});
process.stdin.setEncoding('utf8').on('data', (text) => {
  ahead = Number(text.trim().split('\\n').at(-1));
  console.log('clock ahead by ' + ahead);
});
`;

const children = new Set<ChildProcess>();
const folders = new Set<string>();
const end = (): void => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};
process.once('exit', end);
// Whoever ends a test that hangs gets rid of what it has started, too.
process.once('SIGTERM', () => process.exit(1));

/** A folder that is removed when the tests have ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'smswire-faults-'));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** A line that the flow has written: see `record` in `flow.ts`. */
export interface Line {
  readonly node: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly msg: Readonly<Record<string, unknown>>;
}

export class NodeRed {
  readonly folder: string;
  readonly port: number;
  readonly #own: string;
  readonly #settings: string;
  readonly #outputs: string;
  #child: ChildProcess | undefined;
  /** What it has logged since it was started last. */
  log = '';
  /** Epoch milliseconds at which the process was started last. */
  startedAt = 0;
  /** Epoch milliseconds at which its flows ran; 0 as long as they do not. */
  flowsAt = 0;
  /** Milliseconds by which its clock is ahead. */
  #ahead = 0;
  readonly #lines: Line[] = [];
  #read = 0;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    // Not in the user directory: its disk may be full.
    this.#own = newFolder();
    this.#settings = join(this.#own, 'settings.js');
    this.#outputs = join(this.#own, 'outputs.jsonl');
  }

  /** Lays out a user directory. */
  static async make(
    flows: readonly FlowNode[],
    credentials: Credentials,
    options: NodeRedOptions = {},
  ): Promise<NodeRed> {
    const { folder = newFolder() } = options;
    const scope = join(folder, 'node_modules', '@smswire');
    mkdirSync(scope, { recursive: true });
    symlinkSync(PACKAGE, join(scope, 'node-red-smswire'), 'junction');
    writeFileSync(join(folder, 'flows.json'), JSON.stringify(flows));
    writeFileSync(join(folder, 'flows_cred.json'), JSON.stringify(credentials));
    return NodeRed.on(folder, { ...options, smswire: { ...(await storeSetting()), ...options.smswire } });
  }

  /** A Node-RED on a user directory that is there. */
  static async on(
    folder: string,
    { smswire, movesClock = false, context = '' }: NodeRedOptions = {},
  ): Promise<NodeRed> {
    const made = new NodeRed(folder, await freePort());
    const settings = {
      ...{ uiHost: '127.0.0.1', uiPort: made.port, flowFile: 'flows.json', credentialSecret: false, lang: 'en-US' },
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false, palette: { catalogues: [] } },
      apiMaxLength: '50mb',
      ...(smswire ? { smswire } : {}),
    };
    writeFileSync(
      made.#settings,
      `// Nobody is left to end it where the one who started it is gone.
process.stdin.on('end', () => process.exit(1)).resume();
${movesClock ? CLOCK : ''}const write = (line) => require('fs').appendFileSync(${JSON.stringify(made.#outputs)}, '\\n' + line + '\\n');
module.exports = { ...${JSON.stringify(settings)}, functionGlobalContext: { write, ${context} } };
`,
    );
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the process; `started` waits until the flows run. */
  spawn(): void {
    const args = [join(NODE_RED_FOLDER, 'red.js'), '--userDir', this.folder, '--settings', this.#settings];
    const env = { ...process.env, SMSWIRE_FAULTS_AHEAD: String(this.#ahead) };
    const child = spawn(process.execPath, args, { cwd: this.folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.startedAt = Date.now();
    this.flowsAt = 0;
    this.log = '';
    this.#child = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.stdin.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (this.#child !== child) return;
        this.log += text;
        if (this.flowsAt === 0 && this.log.includes(RUNS)) this.flowsAt = Date.now();
      });
    }
  }

  async started(): Promise<void> {
    await until('Node-RED starts', () => this.flowsAt > 0 || !this.runs, PATIENCE);
    if (!this.runs) throw new Error(`Node-RED did not start:\n${this.log}`);
  }

  async start(): Promise<void> {
    this.spawn();
    await this.started();
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As whoever runs Node-RED as a service stops it. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Sets its clock ahead of the host's by so many milliseconds, also for its later lives. */
  async setClock(ahead: number): Promise<void> {
    this.#ahead = ahead;
    if (!this.runs) return;
    const before = this.log.length;
    this.#child?.stdin?.write(`${ahead}\n`);
    await until('the clock is set', () => this.log.includes(`clock ahead by ${ahead}\n`, before) || !this.runs);
  }

  /** Stops it in the midst of whatever it does, and lets it go on. */
  async suspend(milliseconds: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await pause(milliseconds);
    this.#child?.kill('SIGCONT');
  }

  /** The same as a host that sleeps does it: with another time at the end. */
  async sleep(milliseconds: number, aheadThen: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await pause(milliseconds);
    this.#child?.stdin?.write(`${aheadThen}\n`);
    this.#child?.kill('SIGCONT');
    await this.setClock(aheadThen);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.runs) return;
    const ended = once(child, 'close');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE * 1000);
    await ended;
    clearTimeout(timer);
    if (child.signalCode === 'SIGKILL' && signal !== 'SIGKILL') throw new Error(`Node-RED did not stop:\n${this.log}`);
  }

  async deploy(flows: readonly FlowNode[], type: 'full' | 'flows' | 'nodes'): Promise<void> {
    await this.post('flows', flows, { 'node-red-deployment-type': type });
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE * 1000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  /** All that has left its flows so far, in all its lives. */
  get lines(): readonly Line[] {
    const size = statSync(this.#outputs, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#read) return this.#lines;
    const file = openSync(this.#outputs, 'r');
    const added = Buffer.alloc(size - this.#read);
    readSync(file, added, 0, added.length, this.#read);
    closeSync(file);
    const whole = added.lastIndexOf(10) + 1;
    for (const text of added.subarray(0, whole).toString('utf8').split('\n')) {
      const line = lineOf(text);
      if (line) this.#lines.push(line);
    }
    this.#read += whole;
    return this.#lines;
  }

  async remove(): Promise<void> {
    await this.kill();
    removeFolder(this.#own);
  }
}

/** A process that is killed while it writes leaves a line in part. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = between(...PORTS);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(false);
      });
      server.listen(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
  throw new Error('no free port');
}
