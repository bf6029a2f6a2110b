/** The dialog of a device node: the commands of the chosen gateway, and what goes with the chosen command. */
import { isOpen, judgeAgain } from '../../runtime/editor/dialogs';
import type { EditorNode } from '../../runtime/editor/red';
import { asText, isBlank } from '../../runtime/editor/values';
import { isRecord, type Fields } from '../values';
import { commandsAt, loadCommands, type CommandInfo } from './commands';

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

const ARGS = 'smswire-device-args';
const CONFIRM = 'smswire-device-confirm';

export class Dialog {
  readonly #node: EditorNode & DeviceProps;
  readonly #command = $('#node-input-command');
  readonly #args = $(`#${ARGS}`);
  readonly #confirm = $(`#${CONFIRM}`);

  constructor(node: EditorNode & DeviceProps) {
    this.#node = node;
  }

  open(): void {
    const { confirm, ...args } = isRecord(this.#node.args) ? this.#node.args : {};
    this.#args.val(
      typeof this.#node.args === 'string' ? this.#node.args : Object.keys(args).length > 0 ? json(args) : '',
    );
    this.#args.typedInput({ default: 'json', types: ['json'] });
    const parts = this.#args.next('.red-ui-typedInput-container');
    parts.find('.red-ui-typedInput-input').attr({ id: `${ARGS}-value`, 'aria-describedby': `${ARGS}-hint` });
    $(`label[for="${ARGS}"]`).attr('for', `${ARGS}-value`);
    this.#confirm.prop('checked', confirm === true || confirm === 'true');
    this.#fill(asText(this.#node.command));
    let command = this.#command.val();
    this.#command.on('change', () => {
      // What was confirmed was the other command. Node-RED also says so where nothing has changed.
      if (this.#command.val() !== command) this.#confirm.prop('checked', false);
      command = this.#command.val();
      this.#show();
    });
    $('#node-input-gateway').on('change', () => {
      this.#fill(asText(this.#command.val()));
    });
    loadCommands().then(
      () => {
        if (!isOpen(this.#node)) return;
        this.#fill(asText(this.#command.val()));
        judgeAgain(this.#node);
      },
      // What was chosen before stays; the runtime judges it.
      () => undefined,
    );
  }

  /** What the fields hold, as it is saved. JSON that cannot be read is kept as it is, and the node is marked. */
  args(): object | string {
    const text = asText(this.#args.typedInput('value')).trim();
    const read = text === '' ? {} : parse(text);
    if (!isRecord(read)) return text;
    const { confirm: _confirm, ...args } = read;
    return this.#confirm.prop('checked') === true && this.#isConfirmable() ? { ...args, confirm: true } : args;
  }

  #chosen(): CommandInfo | undefined {
    const command = this.#command.val();
    return commandsAt($('#node-input-gateway').val())?.find(({ name }) => name === command);
  }

  /** A command that is not known here, such as a variable, may need it. One that the message says is confirmed there. */
  #isConfirmable(): boolean {
    return this.#chosen()?.confirmable ?? !isBlank(this.#command.val());
  }

  /** What is saved stays among the choices, also where the vendor does not have it or is not known yet. */
  #fill(command: string): void {
    const commands = commandsAt($('#node-input-gateway').val()) ?? [];
    const names = commands.map(({ name }) => name);
    if (command !== '' && !names.includes(command)) names.push(command);
    this.#command.empty().append($('<option>', { value: '', text: this.#node._('editor.command.message') }));
    for (const name of names) $('<option>', { value: name, text: name }).appendTo(this.#command);
    this.#command.val(command);
    this.#show();
  }

  #show(): void {
    const chosen = this.#chosen();
    $('#node-input-ports')
      .closest('.form-row')
      .attr('hidden', chosen?.ports === 'none' ? '' : null);
    this.#confirm.closest('.form-row').attr('hidden', this.#isConfirmable() ? null : '');
    const names = chosen?.args.join(', ') ?? '';
    const key = chosen === undefined ? 'any' : names === '' ? 'none' : 'some';
    $(`#${ARGS}-hint`).text(this.#node._(`editor.args.${key}`, { command: chosen?.name ?? '', names }));
  }
}

/** Blank: there are none. */
export function isArguments(value: unknown): boolean {
  return isBlank(value) || isRecord(value);
}

function json(args: Fields): string {
  return JSON.stringify(args);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
