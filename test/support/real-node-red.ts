/** A whole Node-RED on loopback with a user directory of its own, as a user runs it. One in a process. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EventEmitter } from 'node:events';
import { MANIFEST, packedFiles, ROOT } from './clone';
import { NODE_RED } from './node-red';

interface NodeRed {
  init(server: Server, settings: Record<string, unknown>): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: (request: unknown, response: unknown) => void;
  readonly events: EventEmitter;
}

export interface NodeSet {
  readonly id: string;
  readonly module: string;
  readonly types: readonly string[];
  readonly enabled: boolean;
  readonly err?: string;
}

export interface FlowNode extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly type: string;
}

export class RealNodeRed {
  readonly #red: NodeRed;
  readonly #server: Server;
  readonly #userDir: string;
  /** What Node-RED has logged. */
  readonly log: string[] = [];

  private constructor(red: NodeRed, server: Server, userDir: string) {
    this.#red = red;
    this.#server = server;
    this.#userDir = userDir;
  }

  /** Starts one into which nothing is installed but what npm would publish, with its runtime dependencies. */
  static async start(): Promise<RealNodeRed> {
    const userDir = mkdtempSync(join(tmpdir(), 'smswire-node-red-'));
    const modules = join(userDir, 'node_modules');
    for (const file of await packedFiles()) cpSync(join(ROOT, file), join(modules, MANIFEST.name, file));
    for (const name of Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.optionalDependencies })) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
    }
    writeFileSync(
      join(userDir, 'package.json'),
      JSON.stringify({ dependencies: { [MANIFEST.name]: MANIFEST.version } }),
    );

    const red = createRequire(NODE_RED)(NODE_RED) as NodeRed;
    const server = createServer((request, response) => {
      red.httpAdmin(request, response);
    });
    const running = new RealNodeRed(red, server, userDir);
    const collect = () => (entry: { msg: unknown }) => running.log.push(String(entry.msg));
    red.init(server, {
      userDir,
      flowFile: 'flows.json',
      credentialSecret: 'only for tests',
      logging: { collecting: { level: 'info', handler: collect } },
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await red.start();
    return running;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(this.url + path, { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  /** What is in the palette. */
  async nodeSets(): Promise<NodeSet[]> {
    return (await this.#get('nodes')) as NodeSet[];
  }

  /** A catalog as the editor gets it. */
  async texts(namespace: string, language: string): Promise<unknown> {
    return this.#get(`locales/${namespace}?lng=${language}`);
  }

  /** The forms, scripts and help of all nodes as the editor gets them. */
  async html(language: string): Promise<string> {
    const answer = await fetch(`${this.url}nodes`, { headers: { accept: 'text/html', 'accept-language': language } });
    return answer.text();
  }

  /** Deploys flows, waits until they run, and gives the types that Node-RED misses: then they do not. */
  async deploy(flows: readonly FlowNode[]): Promise<string[]> {
    const { events } = this.#red;
    let forget = (): void => undefined;
    // Node-RED answers before the flows run. Whoever stopped it in between would leave nodes behind that nobody closes.
    const settled = new Promise<string[]>((resolve) => {
      const started = (): void => {
        resolve([]);
      };
      const stopped = ({ id, payload }: { id: string; payload?: { error?: string; types?: string[] } }): void => {
        if (id === 'runtime-state' && payload?.error === 'missing-types') resolve(payload.types ?? []);
      };
      events.on('flows:started', started).on('runtime-event', stopped);
      forget = () => events.off('flows:started', started).off('runtime-event', stopped);
    });
    try {
      const answer = await fetch(`${this.url}flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' },
        body: JSON.stringify(flows),
      });
      if (!answer.ok) throw new Error(`deploy: ${answer.status} ${await answer.text()}`);
      return await settled;
    } finally {
      forget();
    }
  }

  async stop(): Promise<void> {
    await this.#red.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#userDir, { recursive: true, force: true });
  }
}
