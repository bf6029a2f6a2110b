/** The dialog of a device node: the commands of the chosen gateway, and what goes with the chosen command. */
import { isOpen, judgeAgain, shown } from '../../runtime/editor/dialogs';
import type { EditorNode } from '../../runtime/editor/red';
import { sharedText } from '../../runtime/editor/texts';
import { asText, isBlank, isVariable } from '../../runtime/editor/values';
import { loadVendors, slotsAt, vendorAt, type VendorInfo } from '../../runtime/editor/vendors';
import { isRecord } from '../values';
import { Arguments, type Chosen } from './arguments';

/** What is saved of a device node. */
export interface DeviceProps {
  name: string;
  version: number;
  gateway: string;
  command: string;
  ports: string | number;
  /** With `confirm`, which has a checkbox of its own. A variable stands for all of it. */
  args: object | string;
}

export type Device = EditorNode & DeviceProps;

const CONFIRM = 'smswire-device-confirm';

/** The command that the vendor has, as the open dialog shows it, else as it is saved; undefined where it is none. */
export function chosenBy(node: Device): Chosen | undefined {
  return find(vendorAt(shown(node, 'gateway')), shown(node, 'command'));
}

/** The same of what is saved, which is not yet what the dialog shows. */
export function savedBy(node: Device): Chosen | undefined {
  return find(vendorAt(node.gateway), node.command);
}

function find(vendor: VendorInfo | undefined, name: unknown): Chosen | undefined {
  const command = vendor?.commands.find((each) => each.name === name);
  return vendor && command && { vendor, command };
}

export class Dialog {
  readonly #node: Device;
  readonly #command = $('#node-input-command');
  readonly #gateway = $('#node-input-gateway');
  readonly #confirm = $(`#${CONFIRM}`);
  readonly #args: Arguments;

  constructor(node: Device) {
    this.#node = node;
    const { confirm, ...args } = isRecord(node.args) ? node.args : {};
    this.#args = new Arguments(node, asText(node.command), isRecord(node.args) ? args : node.args);
    this.#confirm.prop('checked', confirm === true || confirm === 'true');
  }

  open(): void {
    this.#fill(asText(this.#node.command));
    let command = this.#command.val();
    this.#command.on('change', () => {
      // What was confirmed was the other command. Node-RED also says so where nothing has changed.
      if (this.#command.val() !== command) this.#confirm.prop('checked', false);
      command = this.#command.val();
      this.#show();
    });
    this.#gateway.on('change', () => {
      this.#fill(asText(this.#command.val()));
    });
    loadVendors().then(
      () => {
        if (!isOpen(this.#node)) return;
        this.#fill(asText(this.#command.val()));
        judgeAgain(this.#node);
      },
      // What was chosen before stays; the runtime judges it.
      () => undefined,
    );
  }

  /** What the fields hold, as it is saved. What is no object is kept as it is, and the node is marked. */
  args(): object | string {
    const { value } = this.#args;
    if (typeof value === 'string') return value.trim() === '' ? {} : value;
    const { confirm: _confirm, ...args } = value as { confirm?: unknown };
    return this.#confirm.prop('checked') === true && this.#isConfirmable() ? { ...args, confirm: true } : args;
  }

  #chosen(): Chosen | undefined {
    return find(vendorAt(this.#gateway.val()), this.#command.val());
  }

  /** A command that is not known here, such as a variable, may need it. One that the message says is confirmed there. */
  #isConfirmable(): boolean {
    return this.#chosen()?.command.confirmable ?? !isBlank(this.#command.val());
  }

  /** What is saved stays among the choices, also where the vendor does not have it or is not known yet. */
  #fill(command: string): void {
    const vendor = vendorAt(this.#gateway.val());
    const add = (value: string, text: string): void => {
      $('<option>', { value, text }).appendTo(this.#command);
    };
    this.#command.empty();
    add('', this.#node._('editor.command.message'));
    for (const { name } of vendor?.commands ?? []) {
      const label = sharedText(`vendors.${vendor?.id ?? ''}.commands.${name}.label`) ?? name;
      add(name, this.#node._('editor.command.named', { label, name }));
    }
    if (command !== '' && !find(vendor, command)) {
      const isMissing = vendor !== undefined && !isVariable(command);
      add(command, isMissing ? this.#node._('editor.command.missing', { name: command }) : command);
    }
    this.#command.val(command);
    this.#show();
    judgeAgain(this.#node);
  }

  #show(): void {
    const chosen = this.#chosen();
    const { ports = 'required', portKind = 'any' } = chosen?.command ?? {};
    const field = $('#node-input-ports');
    field.closest('.form-row').attr('hidden', ports === 'none' ? '' : null);
    field.attr('placeholder', this.#node._(`editor.ports.placeholder.${ports === 'optional' ? ports : 'required'}`));
    $('#smswire-device-ports-hint').text(this.#node._(`editor.ports.${portKind}`));
    this.#confirm.closest('.form-row').attr('hidden', this.#isConfirmable() ? null : '');
    this.#args.show(asText(this.#command.val()), chosen, () => slotsAt(this.#gateway.val()));
  }
}
