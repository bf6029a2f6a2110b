/** Commands to a device or a line, as nodes give them: what there is, what it needs, and what comes of it. */
import type { OptionSpec, OptionValues } from './option';
import type { PortKind } from './port';

/** One command that a vendor has (contract, section 5). */
export interface CommandSpec {
  /** As flows write it: `status`, `sms-stats`. */
  readonly name: string;
  /** Whether it names ports, and whether it must. */
  readonly ports: 'none' | 'optional' | 'required';
  /** Which ports it has a use for. Absent: cards and whole ports. For dialogs; the driver has the last word. */
  readonly portKind?: PortKind;
  /** Its arguments, with their limits, as `convertOptions` reads them for a `command`. */
  readonly args: readonly OptionSpec[];
  /**
   * It takes effect only with an explicit choice (reboot, everything removed): the argument `confirm` of the command, in
   * the node or the message. Absent: never.
   */
  needsConfirm?(ports: string, args: OptionValues): boolean;
}

/** What a command is run with. Everything is converted, defaults are filled in. */
export interface CommandRequest {
  /** As written: `2B`, `1A,2B,4-32`, `all`; blank where none are named. */
  readonly ports: string;
  readonly args: OptionValues;
  /** Where the device is to push what it is asked to tell of itself, where there is a webhook and a public URL. */
  readonly callbackUrl?: string;
}

export interface CommandAnswer {
  /** The result as flows get it: what the contract's table says of the command. */
  readonly payload: unknown;
  /** The vendor's answer: parsed where it could be, else its text. */
  readonly raw: unknown;
}
