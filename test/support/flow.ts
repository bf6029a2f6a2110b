/** A real Node-RED with the package's nodes, for tests: flows with helper nodes, and what came out of them. */
import { createRequire } from 'node:module';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import helper from 'node-red-node-test-helper';
import type { Node, NodeInitializer, NodeMessage } from 'node-red';
import account from '../../nodes/account';
import device from '../../nodes/device';
import gateway from '../../nodes/gateway';
import inbound from '../../nodes/inbound';
import report from '../../nodes/report';
import { leaseSimulator, type SimulatorLease } from '../../nodes/runtime/simulators';
import send from '../../nodes/send';
import webhook from '../../nodes/webhook';
import { NODE_RED, NODE_RED_FOLDER } from './node-red';

helper.init(NODE_RED);

/** A core node, by the folder that it lies in. */
function core(file: string): NodeInitializer {
  return createRequire(`${NODE_RED_FOLDER}/package.json`)(`@node-red/nodes/core/${file}`) as NodeInitializer;
}

/** No catalog is loaded here, so that a text is its key, or what this makes of key and parameters. */
export type Translate = (key: string, params?: unknown) => string;
let translate: Translate | undefined;

/** The Express application of HTTP nodes. */
type HttpNode = RequestListener & {
  set(name: string, value: unknown): void;
  readonly _router?: { readonly stack: readonly { readonly regexp: RegExp }[] };
};
let httpNode: HttpNode | undefined;

function translated(room: NodeInitializer): NodeInitializer {
  return (red) => {
    httpNode = red.httpNode;
    (room as (api: object) => void)(translate ? Object.assign(red, { _: translate }) : red);
  };
}

const NODES: NodeInitializer[] = [
  translated(gateway),
  translated(send),
  translated(report),
  translated(inbound),
  translated(webhook),
  translated(account),
  translated(device),
  core('common/24-complete.js'),
  core('common/25-catch.js'),
  core('common/25-status.js'),
  core('common/60-link.js'),
  core('network/05-tls.js'),
  core('network/21-httpin.js'),
  core('network/06-httpproxy.js'),
];

export interface Recipient {
  to: string;
  id?: string;
  ids?: string[];
  state: string;
  item?: number;
  error?: { code: string; message: string; retry: string; vendorCode?: string; vendorText?: string };
}

export interface Sms {
  key: string;
  gateway?: string;
  gatewayId?: string;
  vendor?: string;
  state: string;
  recipients: Recipient[];
  segments?: unknown;
  attempts: {
    gateway: string;
    gatewayId: string;
    at: string;
    to: string[];
    state: string;
    error?: { code: string; message: string };
  }[];
  error?: Recipient['error'];
  raw?: unknown;
  once?: string;
  priority?: number;
  ref?: unknown;
  options?: unknown;
  resolve?: unknown;
}

export interface Message extends NodeMessage {
  to?: string[];
  sms: Sms;
  error?: { message: string; code?: string; cause?: unknown; source?: { id: string } };
  status?: { text: string; fill?: string; shape?: string };
  [property: string]: unknown;
}

export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** What a collecting node got, in order, and a wait for more. */
export class Inbox {
  readonly messages: Message[] = [];
  #wake: (() => void)[] = [];

  push(message: Message): void {
    this.messages.push(message);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The message with that index, once it is there. Rejects after `patience` milliseconds. */
  async at(index: number, patience = 8000): Promise<Message> {
    const end = Date.now() + patience;
    for (;;) {
      const message = this.messages[index];
      if (message) return message;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`message ${index} did not come; there are ${this.messages.length}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  get next(): Promise<Message> {
    return this.at(this.messages.length);
  }
}

export class Flow {
  readonly #inboxes = new Map<string, Inbox>();
  /** Nodes whose input is collected. */
  readonly #collecting = new WeakSet<Node>();
  #web: Server | undefined;

  /** Starts Node-RED with these nodes; nodes of type `helper` collect what they get. */
  static async load(
    nodes: FlowNode[],
    credentials: Record<string, Record<string, string>> = {},
    texts?: Translate,
  ): Promise<Flow> {
    translate = texts;
    await new Promise<void>((resolve, reject) => {
      helper.startServer((error?: unknown) => {
        if (error) reject(error instanceof Error ? error : new Error('the server did not start'));
        else resolve();
      });
    });
    // Node-RED forgets credentials of removed nodes in the very object that it is given.
    await helper.load(NODES, onTab(nodes), structuredClone(credentials));
    const flow = new Flow();
    flow.#collect(nodes);
    return flow;
  }

  #collect(nodes: readonly FlowNode[]): void {
    for (const { id, type, d } of nodes) {
      if (type !== 'helper' || d === true) continue;
      const node = helper.getNode(id);
      if (this.#collecting.has(node)) continue;
      this.#collecting.add(node);
      const inbox = this.#inboxes.get(id) ?? new Inbox();
      this.#inboxes.set(id, inbox);
      node.on('input', (message) => {
        inbox.push(message as Message);
      });
    }
  }

  /** Settings of `settings.js` that the next flow is loaded with, and only that. */
  static set(settings: object): void {
    helper.settings(settings);
  }

  /** Deploys other nodes in place of the ones that run. `type`: which of them are replaced. */
  async deploy(
    nodes: FlowNode[],
    credentials: Record<string, Record<string, string>> = {},
    type: 'full' | 'nodes' = 'full',
  ): Promise<void> {
    await helper.setFlows(onTab(nodes), type, structuredClone(credentials));
    this.#collect(nodes);
  }

  inbox(id: string): Inbox {
    const inbox = this.#inboxes.get(id);
    if (!inbox) throw new Error(`no helper node ${id}`);
    return inbox;
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  input(id: string, message: Readonly<Record<string, unknown>>): void {
    helper.getNode(id).receive({ ...message });
  }

  /** Everything that Node-RED logged. */
  get log(): string {
    return JSON.stringify(helper.log().args);
  }

  /** What an HTTP node of this Node-RED is reached through; nothing listens before the first use. */
  async web(): Promise<string> {
    if (!this.#web) {
      // The helper makes a new application for each flow.
      this.#web = createServer((request, response) => httpNode?.(request, response));
      const server = this.#web;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return `http://127.0.0.1:${(this.#web.address() as AddressInfo).port}`;
  }

  /** Sets what `httpServerOptions` sets. */
  setHttp(name: string, value: unknown): void {
    httpNode?.set(name, value);
  }

  /** How many handlers stand at a path of HTTP nodes. */
  routes(path: string): number {
    const stack = httpNode?._router?.stack ?? [];
    return stack.filter(({ regexp }) => regexp.test(path) && !regexp.test('/other')).length;
  }

  /** Connections to HTTP nodes that are open. */
  connections(): Promise<number> {
    return new Promise((resolve) => {
      if (this.#web)
        this.#web.getConnections((_error, count) => {
          resolve(count);
        });
      else resolve(0);
    });
  }

  async close(): Promise<void> {
    helper.settings({});
    this.#web?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (this.#web)
        this.#web.close(() => {
          resolve();
        });
      else resolve();
    });
    await helper.unload();
    for (const lease of leases.splice(0)) await lease.release(true);
    await new Promise<void>((resolve) => {
      helper.stopServer(() => {
        resolve();
      });
    });
  }
}

/** The nodes on a tab. Those with a place are no config nodes: that is how Node-RED tells them apart. */
function onTab(nodes: readonly FlowNode[]): FlowNode[] {
  const isConfig = ({ type }: FlowNode) => /^(smswire-gateway|tls-config|http proxy)$/.test(type);
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    ...nodes.map((node) => (isConfig(node) ? node : { z: 'tab', x: 100, y: 100, wires: [], ...node })),
  ];
}

/** A simulated gateway; its login tells it apart from those of other tests. */
export function simulated(vendor: string, id: string, properties: Record<string, unknown> = {}): FlowNode {
  return {
    id,
    type: 'smswire-gateway',
    name: `Gateway ${id}`,
    vendor,
    simulate: true,
    options: {},
    version: 1,
    ...properties,
  };
}

/**
 * A gateway `gw` that talks to the vendor's simulator as to a real vendor, so that it is told no URL to push to, and its
 * credentials. The simulator ends with the flow.
 */
export async function unpushed(
  vendor: string,
  username: string,
  login: { accountId?: string } = {},
): Promise<{ gateway: FlowNode; credentials: Record<string, Record<string, string>> }> {
  const lease = await leaseSimulator(vendor);
  leases.push(lease);
  const account = { ...lease.simulator.account, ...login, username };
  lease.simulator.addAccount(account);
  const gateway = simulated(vendor, 'gw', { simulate: false, url: lease.simulator.url });
  return { gateway, credentials: { gw: account } };
}

/** Simulators that end with the flow. */
const leases: SimulatorLease[] = [];

/** A send node wired to helper nodes `accepted`, `failed` and `doubt`, and those nodes with it. */
export function sendTo(gatewayId: string, properties: Record<string, unknown> = {}): FlowNode[] {
  return [
    {
      ...{ id: 'send', type: 'smswire-send', gateway: gatewayId, version: 1 },
      wires: [['accepted'], ['failed'], ['doubt']],
      ...properties,
    },
    ...['accepted', 'failed', 'doubt'].map((id) => ({ id, type: 'helper' })),
  ];
}

/** What the vendor's simulator, which the flow's gateways share, accepted from a login. */
export async function acceptedBy(vendor: string, username?: string): Promise<{ to: string; text: string }[]> {
  const lease = await leaseSimulator(vendor);
  const accepted = lease.simulator.accepted
    .filter((sms) => username === undefined || sms.username === username)
    .map(({ to, text }) => ({ to, text }));
  await lease.release(false);
  return accepted;
}

/** Makes SMS arrive at the vendor's simulator, as if handsets had sent them to whoever wrote to them last. */
export async function arriveAt(vendor: string, ...messages: readonly { from: string; text: string }[]): Promise<void> {
  const lease = await leaseSimulator(vendor);
  for (const sms of messages) lease.simulator.receive(sms);
  await lease.release(false);
}
