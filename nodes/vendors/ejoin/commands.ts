/** Every command that a device takes, in the order of the document. */
import type { CommandAnswer, CommandRequest, CommandSpec } from '../../core/command';
import { failure, SmsError } from '../../core/failure';
import type { Command, Device } from './command';
import { PARAMETER_COMMANDS } from './parameters';
import { DEVICE_COMMANDS } from './send-cmd';
import { STATISTICS_COMMANDS } from './statistics';
import { STATUS_COMMANDS } from './status-query';
import { QUEUE_COMMANDS } from './task-queue';

const ALL: readonly Command[] = [
  ...STATUS_COMMANDS,
  ...DEVICE_COMMANDS,
  ...PARAMETER_COMMANDS,
  ...QUEUE_COMMANDS,
  ...STATISTICS_COMMANDS,
];

export const COMMANDS: readonly CommandSpec[] = ALL.map(({ spec }) => spec);

/** Runs one of them; see `Account.run`. */
export async function runCommand(device: Device, name: string, request: CommandRequest): Promise<CommandAnswer> {
  const command = ALL.find(({ spec }) => spec.name === name);
  if (!command) throw new SmsError(failure('unsupported'));
  return command.run(device, request);
}
