/** Commands to ports and to the device: `goip_send_cmd.html` with data (5.1.3). */
import { failure, SmsError } from '../../core/failure';
import type { CommandAnswer, CommandRequest, CommandSpec } from '../../core/command';
import type { CommandOp, OptionSpec } from '../../core/option';
import { areOfKind, formatPorts } from '../../core/port';
import { isAll, requirePorts, takenRecord, type Command, type Device } from './command';

export const SEND_CMD = 'goip_send_cmd.html';

/** Those that are for ports; they alone may stand in `multiple`. */
const PORT_OPS = ['lock', 'unlock', 'switch', 'reset'] as const;
type PortOp = (typeof PORT_OPS)[number];

const AUTO_SWITCH: OptionSpec = { name: 'autoSwitch', type: 'boolean', scope: 'message', default: true };
const OPS: OptionSpec = { name: 'ops', type: 'ops', scope: 'message' };

const resetsAll = (op: string, ports: string): boolean => op === 'reset' && isAll(ports);

/** The ports of a command in the form that the device wants them. Throws an `SmsError` that names the field. */
function portsOf(op: PortOp, text: string, field: string, slots: number | undefined): string {
  const ports = requirePorts(text, field, slots);
  // It names the slot to go to.
  if (op === 'switch' && !areOfKind(ports, 'cards')) {
    throw new SmsError(failure('invalid-message', 'ejoin-switch-slot', { field }));
  }
  // A module is reset with all of its cards; without a slot, a lock is of the whole port.
  return formatPorts(ports, op === 'reset' ? 'number' : 'letter');
}

async function post({ connection }: Device, data: object): Promise<CommandAnswer> {
  const raw = takenRecord(await connection.post(SEND_CMD, JSON.stringify({ type: 'command', ...data })));
  return { payload: { ok: true }, raw };
}

/** For the ports, with what a lock or a switch is to do when a card cannot register (`auto_fail_sim_switch`). */
function portCommand(op: PortOp): Command {
  const spec: CommandSpec = {
    ...{ name: op, ports: 'required', args: [AUTO_SWITCH] },
    ...(op === 'switch' ? { portKind: 'cards' } : {}),
    ...(op === 'reset' ? { needsConfirm: (ports) => resetsAll(op, ports) } : {}),
  };
  return {
    spec,
    async run(device, { ports, args }) {
      const switches = args.autoSwitch === false ? '0' : '1';
      return post(device, { op, ports: portsOf(op, ports, 'ports', device.slots), auto_fail_sim_switch: switches });
    },
  };
}

function deviceCommand(op: 'save' | 'reboot'): Command {
  const confirm: Partial<CommandSpec> = op === 'reboot' ? { needsConfirm: () => true } : {};
  return { spec: { name: op, ports: 'none', args: [], ...confirm }, run: (device) => post(device, { op }) };
}

const multiple: Command = {
  spec: {
    name: 'multiple',
    ports: 'none',
    args: [OPS],
    needsConfirm: (_ports, args) => opsOf(args).some(({ command, ports }) => resetsAll(command, ports)),
  },
  async run(device, { args }) {
    const given = opsOf(args);
    if (given.length === 0) throw new SmsError(failure('invalid-message', 'ejoin-missing', { field: 'ops' }));
    const ops = given.map(({ command, ports }, index) => {
      const op = PORT_OPS.find((each) => each === command);
      if (op === undefined) {
        const choices = PORT_OPS.join(', ');
        throw new SmsError(failure('invalid-message', 'ejoin-ops', { field: 'ops', item: index + 1, choices }));
      }
      return { op, ports: portsOf(op, ports, `ops[${index}].ports`, device.slots) };
    });
    return post(device, { op: 'multiple', ops });
  },
};

function opsOf(args: CommandRequest['args']): readonly CommandOp[] {
  return Array.isArray(args.ops) ? (args.ops as readonly CommandOp[]) : [];
}

export const DEVICE_COMMANDS: readonly Command[] = [
  ...PORT_OPS.map(portCommand),
  deviceCommand('save'),
  deviceCommand('reboot'),
  multiple,
];
