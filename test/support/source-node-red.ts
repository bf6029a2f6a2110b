/**
 * A whole Node-RED in this process, with a user directory of its own, the nodes in it, and its admin API: for tests of what
 * the helper's Node-RED leaves out, such as logs, flow files and what the editor is given.
 */
import type { EventEmitter } from 'node:events';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNode } from './flow';
import { NODE_RED } from './node-red';

interface Runtime {
  init(server: Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: (request: IncomingMessage, response: ServerResponse) => void;
  readonly events: EventEmitter;
  readonly nodes: { getNode(id: string): { receive(message: object): void } | null };
}

const ROOMS = resolve(__dirname, '../../nodes');

/** Every text is its key with all its parameters, so that whatever may be put into a sentence is seen. */
const ROOM = (room: string): string => `
const room = require(${JSON.stringify(join(ROOMS, room, 'index.ts'))});
module.exports = (RED) => {
  RED._ = (key, params) => 'text ' + key + ' ' + JSON.stringify(params ?? {});
  return room.default(RED);
};`;

/** A node that hands what it gets to the test. */
const COLLECTOR = `
module.exports = (RED) => {
  RED.nodes.registerType('collector', function (def) {
    RED.nodes.createNode(this, def);
    this.on('input', (msg, send, done) => {
      RED.events.emit('collected', def.id, msg);
      done();
    });
  });
};`;

const page = (type: string): string =>
  `<script type="text/javascript">RED.nodes.registerType('${type}', { category: 'sms', defaults: {} });</script>`;

export class SourceNodeRed {
  /** Whatever was logged, at every level, as it was given to the log. */
  readonly log: unknown[] = [];
  readonly collected: { id: string; message: Record<string, unknown> }[] = [];
  readonly #runtime: Runtime;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(runtime: Runtime, server: Server, folder: string) {
    this.#runtime = runtime;
    this.#server = server;
    this.#folder = folder;
  }

  static async start(): Promise<SourceNodeRed> {
    const folder = await mkdtemp(join(tmpdir(), 'smswire-node-red-'));
    await mkdir(join(folder, 'nodes'));
    for (const [name, code] of [
      ['smswire-gateway', ROOM('gateway')],
      ['smswire-send', ROOM('send')],
      ['smswire-report', ROOM('report')],
      ['smswire-inbound', ROOM('inbound')],
      ['smswire-webhook', ROOM('webhook')],
      ['smswire-account', ROOM('account')],
      ['smswire-device', ROOM('device')],
      ['collector', COLLECTOR],
    ] as const) {
      await writeFile(join(folder, 'nodes', `${name}.js`), code);
      await writeFile(join(folder, 'nodes', `${name}.html`), page(name));
    }
    const runtime = createRequire(__filename)(NODE_RED) as Runtime;
    const server = createServer((request, response) => {
      runtime.httpAdmin(request, response);
    });
    const started = new SourceNodeRed(runtime, server, folder);
    runtime.init(server, {
      userDir: folder,
      flowFile: 'flows.json',
      smswire: { store: 'memory' },
      credentialSecret: 'of this test',
      logging: {
        console: { level: 'off' },
        capture: {
          level: 'trace',
          metrics: true,
          audit: true,
          handler: () => (line: unknown) => started.log.push(line),
        },
      },
      editorTheme: { tours: false },
      externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    runtime.events.on('collected', (id: string, message: Record<string, unknown>) => {
      started.collected.push({ id, message });
    });
    await runtime.start();
    return started;
  }

  /** Deploys nodes as the editor does: credentials come with them. Waits until they run. */
  async deploy(nodes: readonly FlowNode[]): Promise<void> {
    const answer = await fetch(`${this.#url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-api-version': 'v2' },
      body: JSON.stringify({ flows: nodes }),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status} to a deploy: ${await answer.text()}`);
    const last = nodes.at(-1)?.id ?? '';
    const end = Date.now() + 10_000;
    while (!this.#runtime.nodes.getNode(last)) {
      if (Date.now() > end) throw new Error(`node ${last} does not run`);
      await sleep(10);
    }
  }

  input(id: string, message: object): void {
    const node = this.#runtime.nodes.getNode(id);
    if (!node) throw new Error(`no node ${id}`);
    node.receive(message);
  }

  /** What an address of the admin API answers. */
  async admin(path: string): Promise<string> {
    return (await fetch(this.#url + path, { headers: { 'node-red-api-version': 'v2' } })).text();
  }

  /** Every file that Node-RED wrote in its user directory. */
  async files(): Promise<ReadonlyMap<string, string>> {
    const names = (await readdir(this.#folder, { withFileTypes: true })).filter((entry) => entry.isFile());
    const read = names.map(async ({ name }) => [name, await readFile(join(this.#folder, name), 'utf8')] as const);
    return new Map(await Promise.all(read));
  }

  async close(): Promise<void> {
    await this.#runtime.stop();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}
