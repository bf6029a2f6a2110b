/** What the account of the chosen gateway can be asked for, in the dialog. */
import { isOpen, judgeAgain, shown } from '../../runtime/editor/dialogs';
import type { EditorNode, Verdict } from '../../runtime/editor/red';
import { asText, isBlank, isVariable } from '../../runtime/editor/values';
import { loadVendors, vendorAt, type VendorInfo } from '../../runtime/editor/vendors';
import { COMMANDS, isCommand, type Command } from '../commands';

/** What is saved of an account node. */
export interface AccountProps {
  name: string;
  version: number;
  gateway: string;
  command: string;
  threshold: string | number;
  interval: string | number;
}

export type Account = EditorNode & AccountProps;

/** Those that a vendor has, all where it is not known. What waits in Node-RED can be cancelled at each. */
function commandsOf(vendor: VendorInfo | undefined): readonly Command[] {
  return COMMANDS.filter((each) => each === 'cancel' || (vendor?.account.includes(each) ?? true));
}

/** A command as it is saved; blank is the balance, as it is for the runtime. */
function commandIn(value: unknown): string {
  return isBlank(value) ? 'balance' : asText(value);
}

export function checkCommand(node: Account, value: unknown): Verdict {
  if (isVariable(value)) return true;
  const has = commandsOf(vendorAt(shown(node, 'gateway')));
  return has.some((each) => each === commandIn(value)) || node._('editor.error.command');
}

/** Whether the node may ask for a balance: only that has a threshold and comes by itself. A variable may stand for it. */
export function mayAskForBalance(node: Account): boolean {
  const command = commandIn(shown(node, 'command'));
  return command !== 'signature' && command !== 'cancel';
}

export function outputLabel(node: Account, index: number): string {
  const command = commandIn(node.command);
  if (index === 0) return node._(`editor.output.${isCommand(command) ? command : 'result'}`);
  return node._(`editor.output.${command === 'signature' || command === 'cancel' ? 'none' : 'low'}`);
}

export class Dialog {
  readonly #node: Account;
  readonly #command = $('#node-input-command');
  readonly #gateway = $('#node-input-gateway');

  constructor(node: Account) {
    this.#node = node;
  }

  open(): void {
    this.#fill(commandIn(this.#node.command));
    this.#command.on('change', () => {
      this.#show();
    });
    this.#gateway.on('change', () => {
      this.#fill(commandIn(this.#command.val()));
    });
    loadVendors().then(
      () => {
        if (isOpen(this.#node)) this.#fill(commandIn(this.#command.val()));
      },
      // What was chosen before stays; the runtime judges it.
      () => undefined,
    );
  }

  /** What is saved stays among the choices, also where the vendor does not have it. */
  #fill(command: string): void {
    const has = commandsOf(vendorAt(this.#gateway.val()));
    this.#command.empty();
    for (const each of has) this.#add(each, this.#node._(`editor.command.${each}`));
    if (isCommand(command) && !has.includes(command)) {
      this.#add(command, this.#node._('editor.command.missing', { label: this.#node._(`editor.command.${command}`) }));
    } else if (!isCommand(command)) {
      this.#add(command, command);
    }
    this.#command.val(command);
    this.#show();
    judgeAgain(this.#node);
  }

  #add(value: string, text: string): void {
    $('<option>', { value, text }).appendTo(this.#command);
  }

  #show(): void {
    const command = this.#command.val();
    for (const property of ['threshold', 'interval']) {
      $(`#node-input-${property}`)
        .closest('.form-row')
        .attr('hidden', mayAskForBalance(this.#node) ? null : '');
    }
    const isAtVendor = command === 'cancel' && vendorAt(this.#gateway.val())?.account.includes(command) === true;
    $('#smswire-account-command-hint').text(
      isCommand(command) ? this.#node._(`editor.command.hint.${isAtVendor ? 'cancel-vendor' : command}`) : '',
    );
  }
}
