/** A device node in a real Node-RED, and the simulated ejoin device that it commands. */
import assert from 'node:assert/strict';
import type { EjoinOptions } from '../../nodes/simulators/ejoin';
import { EjoinClient } from './ejoin-client';
import { Asking, collectorsOf, keyed, type Refusal } from './asking';
import { Flow, simulated, type FlowNode, type Message } from './flow';

export interface Asked {
  readonly command: string;
  readonly [argument: string]: unknown;
}

/** Every command of the contract, with arguments that a device takes. */
export const COMMANDS: readonly Asked[] = [
  { command: 'status' },
  { command: 'subscribe' },
  { command: 'unsubscribe' },
  { command: 'lock', ports: '1A' },
  { command: 'unlock', ports: '1A' },
  { command: 'switch', ports: '1B' },
  { command: 'reset', ports: '1' },
  { command: 'save' },
  { command: 'multiple', ops: [{ command: 'lock', ports: '1A' }] },
  { command: 'get', params: ['sms_url'] },
  { command: 'set', params: { simulate_queue: 5 } },
  { command: 'sms-stats' },
  { command: 'call-stats' },
  { command: 'tasks', port: 1, pos: 0 },
  { command: 'pause', tids: [7] },
  { command: 'resume', tids: [7] },
  { command: 'remove', tids: [7] },
  { command: 'reboot', confirm: true },
];

export const LOGIN = { username: 'demo', password: 'demo-ejoin' };

export interface Setup {
  readonly simulator?: EjoinOptions;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly login?: Readonly<Record<'username' | 'password', string>>;
  /** Other properties of the gateway. */
  readonly gateway?: Readonly<Record<string, unknown>>;
  /** Nodes besides, and what they know. */
  readonly nodes?: readonly FlowNode[];
  readonly credentials?: Record<string, Record<string, string>>;
}

export class EjoinNode {
  /** The device as somebody else sees it, who shares no code with the driver. */
  readonly device: EjoinClient;
  readonly flow: Flow;
  readonly #nodes: FlowNode[];
  readonly #credentials: Record<string, Record<string, string>>;
  #asking: Asking;

  private constructor(
    device: EjoinClient,
    flow: Flow,
    nodes: FlowNode[],
    credentials: Record<string, Record<string, string>>,
  ) {
    this.device = device;
    this.flow = flow;
    this.#nodes = nodes;
    this.#credentials = credentials;
    this.#asking = new Asking(flow, 'device');
  }

  static async start(setup: Setup = {}): Promise<EjoinNode> {
    const device = new EjoinClient(setup.simulator);
    await device.open();
    const at = { simulate: false, url: device.device.url, options: setup.options ?? {}, ...setup.gateway };
    const nodes: FlowNode[] = [
      simulated('ejoin', 'gw', at),
      { ...{ id: 'device', type: 'smswire-device', gateway: 'gw', version: 1 }, wires: [['result']] },
      ...collectorsOf('device'),
      ...(setup.nodes ?? []),
    ];
    const credentials = { gw: setup.login ?? LOGIN, ...setup.credentials };
    return new EjoinNode(device, await Flow.load(nodes, credentials, keyed), nodes, credentials);
  }

  /** Deploys the flow once more, with other properties of the gateway. */
  async deploy(gateway: Readonly<Record<string, unknown>>): Promise<void> {
    const nodes = this.#nodes.map((node) => (node.id === 'gw' ? { ...node, ...gateway } : node));
    await this.flow.deploy(nodes, this.#credentials);
    this.#asking = new Asking(this.flow, 'device');
  }

  answer(payload: Asked): Promise<Message> {
    return this.#asking.answer({ payload });
  }

  /** The result of a command. */
  async run<Result = unknown>(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<Result> {
    return (await this.answer({ ...args, command })).payload as Result;
  }

  refusal(payload: unknown): Promise<Refusal> {
    return this.#asking.refusal({ payload });
  }

  /** What was asked of the device while `work` was done: call and query without the login, and what stood in the body. */
  async seen(work: () => Promise<unknown>): Promise<readonly Seen[]> {
    const { requests } = this.device.device;
    const before = requests.length;
    await work();
    return requests.slice(before).map(({ method, url, body }) => {
      const { pathname, searchParams } = new URL(url, this.device.device.url);
      const query = Object.fromEntries(
        [...searchParams].filter(([name]) => !['version', 'username', 'password'].includes(name)),
      );
      return { method, call: pathname.slice(1), query, body: body.toString('latin1') };
    });
  }

  /** Lets the time of the device go on. */
  pass(milliseconds: number): void {
    this.device.clock += milliseconds;
  }

  /** Refuses as expected, and nothing is asked of the device. */
  async refusesUnasked(payload: unknown, code: string, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const seen = await this.seen(async () => {
      const refusal = await this.refusal(payload);
      const named = Object.keys(params).map((name) => [name, refusal.params[name]]);
      assert.deepEqual([refusal.code, Object.fromEntries(named)], [code, params]);
    });
    assert.deepEqual(seen, []);
  }

  async close(): Promise<void> {
    await this.flow.close();
    await this.device.close();
  }
}

export interface Seen {
  readonly method: string;
  readonly call: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}
