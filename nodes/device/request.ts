/** What a node and a message together ask of a device (contract, section 5): what is set in the node cannot be changed. */
import type { CommandRequest, CommandSpec } from '../core/command';
import { SmsError, failure, type Failure } from '../core/failure';
import { convertOptions, readBoolean } from '../core/option';
import { isVendorCommand } from '../runtime/vendor-commands';
import type { DeviceConfig } from './config';
import { fieldOf, isBlank, isRecord, readPorts, type Fields } from './values';

export interface Asked extends Pick<CommandRequest, 'ports' | 'args'> {
  readonly command: string;
}

/** Most characters of a command that are shown: a message may hold anything. */
const MOST_SHOWN = 40;

/**
 * Finds the command among those of the vendor, and converts its arguments. Throws an `SmsError`: `unsupported` where the
 * vendor lacks the command, `invalid-message` where no vendor has it, and where something is missing, wrong, or not
 * confirmed.
 */
export function readRequest(config: DeviceConfig, payload: unknown, commands: readonly CommandSpec[]): Asked {
  if (commands.length === 0) throw new SmsError(failure('unsupported', 'no-commands'));
  const isFixed = config.command !== '';
  const given = isRecord(payload) ? payload : {};
  const command = isFixed ? config.command : commandOf(payload);
  const spec = commands.find(({ name }) => name === command);
  if (!spec) throw new SmsError(lacks(command, commands, isFixed ? 'command' : commandField(payload)));

  const ports = portsOf(spec, config, given);
  const args = convertOptions(spec.args, argumentsOf(spec, config.args, given), 'command');
  if (spec.needsConfirm?.(ports, args) === true) {
    // Whoever names the command confirms it: a message that comes along does not for the node, nor the node for it.
    const confirm = isFixed ? readBoolean(fieldOf(config.args, 'confirm')) : fieldOf(given, 'confirm');
    if (confirm !== true) {
      throw new SmsError(failure('invalid-message', 'device-confirm', { field: 'confirm', command }));
    }
  }
  return { command, ports, args };
}

function commandOf(payload: unknown): string {
  const command = isRecord(payload) ? fieldOf(payload, 'command') : payload;
  if (typeof command === 'string' && command.trim() !== '') return command.trim();
  throw new SmsError(failure('invalid-message', 'device-command', { field: commandField(payload) }));
}

function commandField(payload: unknown): string {
  return isRecord(payload) ? 'msg.payload.command' : 'msg.payload';
}

function portsOf(spec: CommandSpec, config: DeviceConfig, given: Fields): string {
  // Those that were left in the node from another command, or that a message has for another reason, mean nothing. But
  // whoever asks for a command of ports that has none expects less than it would do.
  if (spec.ports === 'none') {
    if (config.command !== '' || isBlank(fieldOf(given, 'ports'))) return '';
    throw new SmsError(failure('invalid-message', 'device-no-ports', { field: 'ports', command: spec.name }));
  }
  const ports = config.ports === '' ? readPorts(fieldOf(given, 'ports')) : config.ports;
  if (ports === undefined || (ports === '' && spec.ports === 'required')) {
    throw new SmsError(failure('invalid-message', 'device-ports', { field: 'ports' }));
  }
  return ports;
}

function argumentsOf({ args }: CommandSpec, own: Fields, given: Fields): Fields {
  return Object.fromEntries(
    args.map(({ name }) => {
      const value = fieldOf(own, name);
      return [name, isBlank(value) ? fieldOf(given, name) : value];
    }),
  );
}

/** `field`: where the command was read. */
function lacks(command: string, commands: readonly CommandSpec[], field: string): Failure {
  const shown = command.length > MOST_SHOWN ? `${command.slice(0, MOST_SHOWN)}…` : command;
  const params = { command: shown, commands: commands.map(({ name }) => name).join(', ') };
  return isVendorCommand(command)
    ? failure('unsupported', 'device-command', params)
    : failure('invalid-message', 'device-unknown', { ...params, field });
}
