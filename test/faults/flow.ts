/** The flow under test: for each vendor a way in, a send node, and a way out to the file. */
import type { Simulator } from '../../nodes/simulators/simulator';
import type { Credentials, FlowNode } from './node-red';

const PLACE = { z: 'tab', x: 100, y: 100 };

export const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'faults' };

/** A node that writes what it gets to the file, under a name. */
export function record(name: string): FlowNode {
  const line = `{ node: ${JSON.stringify(name)}, at: Date.now(), msg: { payload: msg.payload, to: msg.to, topic: msg.topic, from: msg.from, sms: msg.sms, error: msg.error } }`;
  return { id: name, type: 'function', ...PLACE, func: `global.get('write')(JSON.stringify(${line}));`, wires: [] };
}

export function gateway(vendor: string, url: string, properties: Readonly<Record<string, unknown>> = {}): FlowNode {
  const own = { id: `gw-${vendor}`, type: 'smswire-gateway', name: `Gateway ${vendor}`, vendor, url, version: 1 };
  return { ...own, options: {}, ...properties };
}

/** `POST /feed/<vendor>` takes an array of messages for the vendor's send node, which has further properties. */
export function sending(vendor: string, properties: Readonly<Record<string, unknown>> = {}): FlowNode[] {
  const feed = 'for (const each of msg.payload) node.send([null, each]);\nmsg.payload = "taken";\nreturn [msg, null];';
  return [
    {
      ...PLACE,
      id: `in-${vendor}`,
      type: 'http in',
      url: `/feed/${vendor}`,
      method: 'post',
      wires: [[`feed-${vendor}`]],
    },
    {
      ...{ ...PLACE, id: `feed-${vendor}`, type: 'function', func: feed, outputs: 2 },
      wires: [[`response-${vendor}`], [`send-${vendor}`]],
    },
    { ...PLACE, id: `response-${vendor}`, type: 'http response', wires: [] },
    {
      ...{ ...PLACE, id: `send-${vendor}`, type: 'smswire-send', gateway: `gw-${vendor}`, version: 1, ...properties },
      wires: OUTPUTS.map((output) => [`${output}-${vendor}`]),
    },
    ...OUTPUTS.map((output) => record(`${output}-${vendor}`)),
  ];
}

export const OUTPUTS = ['accepted', 'failed', 'doubt'] as const;

/** The node `id` of the kind that gives what a vendor tells. */
export function listening(vendor: string, kind: 'report' | 'inbound', interval: number): FlowNode[] {
  const out = `${kind}-${vendor}`;
  const node = { ...PLACE, id: `${kind}s-${vendor}`, type: `smswire-${kind}`, gateway: `gw-${vendor}`, version: 1 };
  return [{ ...node, interval, wires: kind === 'report' ? [[out]] : [[out], [out]] }, record(out)];
}

export const WEBHOOK_PATH = 'f4Ul7sAnDk1lLs0x';

/** A vendor's webhook, and its credentials. */
export function webhook(vendor: string): { nodes: FlowNode[]; credentials: Credentials } {
  const id = `hook-${vendor}`;
  const node = {
    ...PLACE,
    id,
    type: 'smswire-webhook',
    gateway: `gw-${vendor}`,
    allow: '',
    version: 1,
    wires: [[], []],
  };
  return { nodes: [node], credentials: { [id]: { path: `${WEBHOOK_PATH}${vendor}` } } };
}

export function login(vendor: string, { account }: Simulator): Credentials {
  return { [`gw-${vendor}`]: { ...account } };
}
