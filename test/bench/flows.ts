/** The flows that are measured: ours, and ones of core nodes that do the same job. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WEBHOOK_PATH } from '../faults/flow';
import { NodeRed, removeFolder, type Credentials, type FlowNode } from '../faults/node-red';
import { until } from '../faults/waiting';
import type { Vendor } from './vendor';

export type Kind = 'core' | 'memory' | 'embedded';
export type VendorId = 'goip' | 'sms57';

export const IN_FLIGHT = 32;

/** See `nodes.cjs`. */
export interface RunOptions {
  readonly text: string;
  readonly count?: number;
  /** One message to so many recipients. */
  readonly many?: number;
  readonly inFlight?: number;
  /** Milliseconds. */
  readonly every?: number;
}

/** What a run of the flow has to say: `ms` from the first input to the last outcome, and latencies in milliseconds. */
export interface Run {
  readonly ms: number;
  readonly latencies: readonly number[];
}

const PLACE = { z: 'tab', x: 100, y: 100 };

const BUILD: Readonly<Record<VendorId, string>> = {
  goip: `msg.payload = JSON.stringify({ auth: { username: 'u', password: 'p' }, number: msg.to, content: msg.payload });
msg.method = 'POST'; msg.headers = { 'content-type': 'application/json; charset=utf-8' }; return msg;`,
  sms57: `const md5 = global.get('md5');
const q = { action: 'send', account: 'u', password: md5('p' + msg.payload + msg.to), mobile: msg.to, content: msg.payload, rt: 'json' };
msg.payload = new URLSearchParams(q).toString();
msg.method = 'POST'; msg.headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }; return msg;`,
};
const READ: Readonly<Record<VendorId, string>> = {
  goip: `const { result, taskID } = JSON.parse(msg.payload); if (result !== 'ACCEPT') throw new Error(result); msg.sms = { id: taskID }; return msg;`,
  sms57: `const { list } = JSON.parse(msg.payload); if (list[0].result !== 0) throw new Error('refused'); msg.sms = { id: list[0].mid }; return msg;`,
};
const PATHS: Readonly<Record<VendorId, string>> = { goip: '/goip/sendsms/', sms57: '/sms' };

const fn = (id: string, func: string, wires: string[][], outputs = wires.length): FlowNode => ({
  ...{ ...PLACE, id, type: 'function', func, outputs, wires },
});

function way(kind: Kind, vendor: VendorId, url: string): FlowNode[] {
  if (kind !== 'core') {
    const options = {};
    const gateway = {
      id: 'gw',
      type: 'smswire-gateway',
      name: 'bench',
      vendor,
      version: 1,
      window: IN_FLIGHT,
      options,
    };
    const send = { ...PLACE, id: 'send', type: 'smswire-send', gateway: 'gw', version: 1 };
    return [
      { ...gateway, url: url + (vendor === 'goip' ? '' : '/sms') },
      { ...send, wires: [['pump'], ['failed'], ['failed']] },
      fn('failed', `node.error(JSON.stringify(msg.sms));`, []),
    ];
  }
  const request = { ...PLACE, id: 'request', type: 'http request', method: 'use', ret: 'txt', persist: true };
  return [
    fn('send', BUILD[vendor], [['request']]),
    { ...request, url: url + PATHS[vendor], wires: [['read']] },
    fn('read', READ[vendor], [['pump']]),
  ];
}

/** A Node-RED with one of the flows, and what takes pushed reports besides. */
export class Flow {
  private constructor(
    readonly nodeRed: NodeRed,
    readonly vendor: Vendor,
  ) {}

  static async start(kind: Kind, vendorId: VendorId, vendor: Vendor, starts = true): Promise<Flow> {
    const isOurs = kind !== 'core';
    const flows: FlowNode[] = [
      { id: 'tab', type: 'tab', label: 'bench' },
      { ...PLACE, id: 'in', type: 'http in', url: '/run', method: 'post', wires: [['pump']] },
      { ...PLACE, id: 'pump', type: 'bench-pump', wires: [['send'], ['response']] },
      { ...PLACE, id: 'response', type: 'http response', wires: [] },
      ...way(kind, vendorId, vendor.url),
      ...measuring(),
      ...(isOurs ? reporting() : parsing()),
    ];
    const credentials: Credentials = {
      gw: { username: 'u', password: 'p' },
      hook: { path: WEBHOOK_PATH },
    };
    const smswire = kind === 'memory' ? { store: 'memory' } : {};
    const context = `md5: (text) => require('crypto').createHash('md5').update(text).digest('hex'),`;
    const nodeRed = await NodeRed.make(flows, credentials, { smswire, context });
    const folder = join(nodeRed.folder, 'nodes');
    mkdirSync(folder);
    copyFileSync(join(__dirname, 'nodes.cjs'), join(folder, 'bench.js'));
    writeFileSync(join(folder, 'bench.html'), '');
    const flow = new Flow(nodeRed, vendor);
    if (starts) await nodeRed.start();
    return flow;
  }

  /** One run. */
  async run(options: RunOptions, seconds = 120): Promise<Run> {
    const before = this.#runs.length;
    await this.nodeRed.post('run', { inFlight: IN_FLIGHT, ...options });
    await until('the run ends', () => this.#runs.length > before, seconds);
    return this.#runs.at(-1)!.msg as Run;
  }

  get #runs(): readonly { readonly msg: unknown }[] {
    return this.nodeRed.lines.filter(({ node }) => node === 'run');
  }

  /** Asks the process for a figure: `heap` in bytes, `reset`, `delay` in milliseconds, `reports` that came out. */
  async ask(what: 'heap' | 'reset' | 'delay' | 'reports'): Promise<Readonly<Record<string, number>>> {
    const answer = await fetch(`${this.nodeRed.url}measure/${what}`);
    return (await answer.json()) as Readonly<Record<string, number>>;
  }

  async close(): Promise<void> {
    await this.nodeRed.remove();
    removeFolder(this.nodeRed.folder);
  }
}

function measuring(): FlowNode[] {
  return [
    { ...PLACE, id: 'measure-in', type: 'http in', url: '/measure/:what', method: 'get', wires: [['measure']] },
    { ...PLACE, id: 'measure', type: 'bench-measure', wires: [['response']] },
    { ...PLACE, id: 'count', type: 'bench-count', wires: [] },
  ];
}

function reporting(): FlowNode[] {
  const hook = { ...PLACE, id: 'hook', type: 'smswire-webhook', gateway: 'gw', allow: '', version: 1, wires: [[], []] };
  const report = { ...PLACE, id: 'report', type: 'smswire-report', gateway: 'gw', version: 1, interval: 0 };
  return [hook, { ...report, wires: [['count']] }];
}

/** What a user would do without us: parse, and answer. */
function parsing(): FlowNode[] {
  const func = `const reports = msg.payload.map(({ mid, mobile, stat, time }) => ({ id: mid, to: mobile, state: stat, time }));
msg.payload = 'OK'; return [msg, { payload: reports, count: reports.length }];`;
  return [
    { ...PLACE, id: 'push-in', type: 'http in', url: '/push', method: 'post', wires: [['parse']] },
    fn('parse', func, [['response'], ['count']]),
  ];
}
