/** The flows that are measured: ours, and ones of core nodes that do the same job. */
import { WEBHOOK_PATH } from '../faults/flow';
import { NodeRed, removeFolder, type Credentials, type FlowNode } from '../faults/node-red';
import { until } from '../faults/waiting';
import type { Vendor } from './vendor';

export type Kind = 'core' | 'memory' | 'embedded';
export type VendorId = 'goip' | 'sms57';

export const IN_FLIGHT = 32;

/** What a run of the flow has to say: `ms` from the first input to the last outcome, and latencies in milliseconds. */
export interface Run {
  readonly ms: number;
  readonly latencies: readonly number[];
}

const PLACE = { z: 'tab', x: 100, y: 100 };

/** Functions for the flows: the loop's delay, and the memory in use. */
const CONTEXT = `
  monitor: require('perf_hooks').monitorEventLoopDelay({ resolution: 1 }),
  now: () => require('perf_hooks').performance.now(),
  heap: () => {
    require('v8').setFlagsFromString('--expose-gc');
    const gc = require('vm').runInNewContext('gc');
    gc(); gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
`;

/**
 * `POST /run` with `{ count, inFlight, text, every }`: hands messages in, `inFlight` at a time or one in `every` milliseconds,
 * and writes when the last one has its outcome. A text that ends in a blank gets a number.
 */
const PUMP = `
const now = global.get('now');
const message = (run) => {
  const index = run.next++;
  const text = run.text.endsWith(' ') ? run.text + index : run.text;
  return { to: String(13800000000 + index), payload: text, at: now() };
};
if (msg.req) {
  const { count, inFlight, text, every } = msg.payload;
  const run = { count, text, every, next: 0, done: 0, latencies: [], startedAt: now() };
  context.set('run', run);
  if (every) {
    const timer = setInterval(() => {
      if (run.next < count) node.send([message(run), null]);
      else clearInterval(timer);
    }, every);
  } else {
    for (let i = 0; i < Math.min(inFlight, count); i++) node.send([message(run), null]);
  }
  return [null, { req: msg.req, res: msg.res, payload: 'ok' }];
}
const run = context.get('run');
if (msg.at === undefined) {
  global.get('write')(JSON.stringify({ node: 'many', at: Date.now(), msg: {} }));
  return;
}
run.latencies.push(now() - msg.at);
if (++run.done === run.count) {
  const ms = now() - run.startedAt;
  global.get('write')(JSON.stringify({ node: 'run', at: Date.now(), msg: { ms, latencies: run.latencies } }));
} else if (run.next < run.count && !run.every) {
  return [message(run), null];
}
`;

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

/** A Node-RED with one of the flows, and a report node, a webhook and a core `http in` besides. */
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
      fn('pump', PUMP, [['send'], ['response']]),
      { ...PLACE, id: 'response', type: 'http response', wires: [] },
      ...way(kind, vendorId, vendor.url),
      ...measuring(),
      ...many(),
      ...(isOurs ? reporting() : parsing()),
    ];
    const credentials: Credentials = {
      gw: { username: 'u', password: 'p' },
      hook: { path: WEBHOOK_PATH },
    };
    const smswire = kind === 'memory' ? { store: 'memory' } : {};
    const context = `${CONTEXT} md5: (text) => require('crypto').createHash('md5').update(text).digest('hex'),`;
    const nodeRed = await NodeRed.make(flows, credentials, { smswire, context });
    const flow = new Flow(nodeRed, vendor);
    if (starts) await nodeRed.start();
    return flow;
  }

  /** One run. */
  async run(options: { count: number; text: string; inFlight?: number; every?: number }, seconds = 120): Promise<Run> {
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
  const func = `const monitor = global.get('monitor');
switch (msg.req.params.what) {
  case 'heap': msg.payload = { heap: global.get('heap')() }; break;
  case 'reset': monitor.enable(); monitor.reset(); msg.payload = {}; break;
  case 'delay': msg.payload = { p99: monitor.percentile(99) / 1e6, max: monitor.max / 1e6 }; break;
  default: msg.payload = { reports: global.get('reports') || 0 };
}
return msg;`;
  return [
    { ...PLACE, id: 'measure-in', type: 'http in', url: '/measure/:what', method: 'get', wires: [['measure']] },
    fn('measure', func, [['response']]),
  ];
}

/** `POST /many`: one message, whose outcome is written. */
function many(): FlowNode[] {
  return [
    { ...PLACE, id: 'many-in', type: 'http in', url: '/many', method: 'post', wires: [['many']] },
    fn('many', `node.send([{ ...msg.payload }, null]); msg.payload = 'ok'; return [null, msg];`, [
      ['send'],
      ['response'],
    ]),
  ];
}

function reporting(): FlowNode[] {
  const hook = { ...PLACE, id: 'hook', type: 'smswire-webhook', gateway: 'gw', allow: '', version: 1, wires: [[], []] };
  const report = { ...PLACE, id: 'report', type: 'smswire-report', gateway: 'gw', version: 1, interval: 0 };
  return [
    hook,
    { ...report, wires: [['count']] },
    fn('count', `global.set('reports', (global.get('reports') || 0) + 1);`, []),
  ];
}

/** What a user would do without us: parse, and answer. */
function parsing(): FlowNode[] {
  const func = `for (const row of msg.payload) global.set('reports', (global.get('reports') || 0) + 1, undefined);
msg.payload = 'OK'; return msg;`;
  return [
    { ...PLACE, id: 'push-in', type: 'http in', url: '/push', method: 'post', wires: [['parse']] },
    fn('parse', func, [['response']]),
  ];
}
