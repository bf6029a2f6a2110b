/** What a device node is told, with the values of variables put in. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SmsError, failure } from '../core/failure';
import { isBlank, isRecord, readPorts, type Fields } from './values';
import { resolveVariables } from '../runtime/environment';

/** What a device node saves into the flow (contract, section 5). */
export interface DeviceDef extends NodeDef {
  gateway: string;
  command: unknown;
  ports: unknown;
  args: unknown;
}

export interface DeviceConfig {
  /** Blank: the message says it. */
  readonly command: string;
  /** As written; blank: the message may say them. */
  readonly ports: string;
  /** As they are in the node, not converted yet: only the command knows its arguments. */
  readonly args: Fields;
}

/** Throws an `SmsError` of code `invalid-config` that names the field. */
export function readConfig(red: NodeAPI, node: Node, def: DeviceDef): DeviceConfig {
  const read = (value: unknown): unknown =>
    resolveVariables(value, (name) => red.util.evaluateNodeProperty(name, 'env', node, {}));
  const command = read(def.command) ?? '';
  if (typeof command !== 'string') throw invalid('device-text', 'command');
  const ports = readPorts(read(def.ports));
  if (ports === undefined) throw invalid('device-ports', 'ports');
  return { command: command.trim(), ports, args: readArgs(read(def.args)) };
}

/** A variable has no objects, only their JSON. */
function readArgs(value: unknown): Fields {
  if (isBlank(value)) return {};
  const args = typeof value === 'string' ? parse(value) : value;
  if (!isRecord(args)) throw invalid('device-args', 'args');
  return args;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function invalid(detail: string, field: string): SmsError {
  return new SmsError(failure('invalid-config', detail, { field }));
}
