/** Which port sends: the message's `from`, else the gateway's `ports`, else the device chooses (6.3.1.3, notes 1 to 3). */
import { failure, type Failure } from '../../core/failure';
import { formatPorts, parsePorts, type Port } from '../../core/port';
import type { OptionValues } from '../driver';
import { integerOption, textOption } from './options';

/** The ports that a field names. None where it is blank or says `all`, for then the device chooses. */
export function portsOf(options: OptionValues, field: 'ports' | 'from'): readonly Port[] | Failure {
  const text = textOption(options, field);
  if (text === undefined) return [];
  const parsed = parsePorts(text, integerOption(options, 'slots'));
  if ('problem' in parsed) {
    const code = field === 'from' ? 'invalid-message' : 'invalid-config';
    return failure(code, `ejoin-port-${parsed.problem}`, { field, entry: parsed.entry });
  }
  return parsed.ports === 'all' ? [] : parsed.ports;
}

export function isFailure(value: readonly Port[] | Failure): value is Failure {
  return 'code' in value;
}

/** Whether the message names a sender of its own, `all` included. */
function hasFrom(options: OptionValues): boolean {
  return textOption(options, 'from') !== undefined;
}

/** What is wrong with the choice of ports, whoever the recipients are. */
export function checkSender(options: OptionValues): Failure | undefined {
  const ports = portsOf(options, hasFrom(options) ? 'from' : 'ports');
  if (isFailure(ports)) return ports;
  if (options.perPort !== true || ports.length > 0) return undefined;
  return failure('invalid-message', 'ejoin-per-port-none', { field: 'perPort', other: 'from' });
}

/**
 * One recipient and several ports is one copy from each port (note 2): refused unless `perPort` asks for it. This is
 * about the message's own `from`; the gateway's `ports` are a pool, from which one port sends.
 */
export function checkCopies(options: OptionValues, recipients: number): Failure | undefined {
  if (recipients !== 1 || options.perPort === true || !hasFrom(options)) return undefined;
  const ports = portsOf(options, 'from');
  if (isFailure(ports) || ports.length < 2) return undefined;
  return failure('invalid-message', 'ejoin-per-port', { field: 'from', other: 'perPort' });
}

/**
 * `from` of a task with so many recipients; `undefined` where the device is to choose. Ports take turns by the tid, for
 * these follow each other: so the load is spread, and a task that is sent again is the same as before. A task with
 * several recipients names all ports, for the device then takes one for each (note 3).
 */
export function fromOf(options: OptionValues, recipients: number, tid: number): string | undefined {
  const ports = portsOf(options, hasFrom(options) ? 'from' : 'ports');
  if (isFailure(ports) || ports.length === 0) return undefined;
  if (recipients > 1 || options.perPort === true) return formatPorts(ports, 'letter');
  const port = ports[tid % ports.length];
  return port && formatPorts([port], 'letter');
}
