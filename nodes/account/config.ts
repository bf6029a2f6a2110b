/** What an account node is told, with the values of variables put in. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SmsError, failure } from '../core/failure';
import { readNumber } from '../core/option';
import { resolveVariables } from '../runtime/environment';
import { COMMANDS, isCommand, type Command } from './commands';

/** What an account node saves into the flow (contract, section 5). */
export interface AccountDef extends NodeDef {
  gateway: string;
  command: unknown;
  threshold: unknown;
  interval: unknown;
}

export interface AccountConfig {
  readonly command: Command;
  /** In the unit of the balance. */
  readonly threshold?: number;
  /** Milliseconds from one balance to the next; absent: it is asked for on input only. */
  readonly interval?: number;
}

/** Seconds. A balance changes with what is sent, and vendors take no pleasure in being asked. */
const SHORTEST_INTERVAL = 10;

/** Throws an `SmsError` of code `invalid-config` that names the field. */
export function readConfig(red: NodeAPI, node: Node, def: AccountDef): AccountConfig {
  const read = (value: unknown): unknown => {
    const resolved = resolveVariables(value, (name) => red.util.evaluateNodeProperty(name, 'env', node, {}));
    const text = typeof resolved === 'string' ? resolved.trim() : resolved;
    return text === undefined || text === null || text === '' ? undefined : text;
  };
  const command = read(def.command) ?? 'balance';
  if (!isCommand(command)) {
    throw new SmsError(failure('invalid-config', 'command', { field: 'command', commands: COMMANDS.join(', ') }));
  }
  // Values that were left from another command mean nothing.
  if (command !== 'balance') return { command };
  const threshold = readThreshold(read(def.threshold));
  const interval = readInterval(read(def.interval));
  return {
    command,
    ...(threshold === undefined ? {} : { threshold }),
    ...(interval === undefined ? {} : { interval }),
  };
}

function readThreshold(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const threshold = readNumber(value);
  if (threshold === undefined) throw new SmsError(failure('invalid-config', 'threshold', { field: 'threshold' }));
  return threshold;
}

function readInterval(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const seconds = readNumber(value);
  if (seconds === undefined || seconds < 0) {
    throw new SmsError(failure('invalid-config', 'seconds', { field: 'interval' }));
  }
  return seconds === 0 ? undefined : Math.max(seconds, SHORTEST_INTERVAL) * 1000;
}
