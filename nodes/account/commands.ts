/** What an account can be asked for (contract, section 5). */
import { failure, type Failure } from '../core/failure';
import type { Gateway } from '../engine/gateway';

export const COMMANDS = ['balance', 'signature', 'cancel'] as const;

export type Command = (typeof COMMANDS)[number];

export function isCommand(value: unknown): value is Command {
  return COMMANDS.some((command) => command === value);
}

/** That the vendor lacks a command; names those that the account has. What waits here can be cancelled at every vendor. */
export function lacks(command: Command, { account }: Pick<Gateway, 'account'>): Failure {
  const has = COMMANDS.filter((each) => each === 'cancel' || account[each] !== undefined);
  return failure('unsupported', 'account-command', { command, commands: has.join(', ') });
}
