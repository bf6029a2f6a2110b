/** The arguments of a command in the dialog: a field for each where the command is known, else one field of JSON. */
import { JsonField } from '../../runtime/editor/json-field';
import { checkOptions, commandArguments } from '../../runtime/editor/option-check';
import { OptionForm } from '../../runtime/editor/option-form';
import type { EditorNode, Verdict } from '../../runtime/editor/red';
import { isBlank, isVariable } from '../../runtime/editor/values';
import type { CommandInfo, VendorInfo } from '../../runtime/editor/vendors';
import { isRecord } from '../values';

const ID = 'smswire-device-args';

/** A command, and the vendor that has it. */
export interface Chosen {
  readonly vendor: VendorInfo;
  readonly command: CommandInfo;
}

/** What an open command's arguments are judged by: blank, a variable, or an object. */
export function checkArguments(node: EditorNode, chosen: Chosen | undefined, slots: unknown, value: unknown): Verdict {
  if (isBlank(value) || isVariable(value)) return true;
  if (!isRecord(value)) return node._('editor.error.args');
  if (!chosen) return true;
  const { vendor, command } = chosen;
  return checkOptions(
    commandArguments(vendor.id, command.name, () => slots),
    command.args,
    value,
  );
}

export class Arguments {
  readonly #json: JsonField;
  readonly #rows = $(`#${ID}-rows`);
  /** By vendor and command, so that a look at another command loses none. */
  readonly #typed = new Map<string, unknown>();
  #form: OptionForm | undefined;
  /** Whose they are that the fields show. */
  #key: string | undefined;
  #command = '';

  /** `saved` are those of `command`. */
  constructor(node: EditorNode, command: string, saved: unknown) {
    this.#command = command;
    this.#json = new JsonField($(`#${ID}`), isEmpty(saved) ? '' : saved, (value) =>
      checkArguments(node, undefined, undefined, value),
    );
  }

  /** An object; a text where that is a variable or no JSON. */
  get value(): object | string {
    const value = this.#form ? this.#form.values : this.#json.value;
    if (isRecord(value)) return value;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** Shows the fields of a command; `chosen` where the vendor has it. */
  show(command: string, chosen: Chosen | undefined, slots: () => unknown): void {
    const key = `${chosen?.vendor.id ?? ''} ${command}`;
    if (key === this.#key) return;
    const before = this.value;
    if (this.#key !== undefined) this.#typed.set(this.#key, before);
    // The same command stays what it is, whether its vendor is known or not.
    const value = this.#typed.get(key) ?? (command === this.#command ? before : {});
    this.#key = key;
    this.#command = command;
    // A variable or what is no JSON stands for all of them.
    const fits = isRecord(value) || isBlank(value);
    this.#rows.empty();
    this.#form = undefined;
    if (chosen && fits) {
      const owner = commandArguments(chosen.vendor.id, command, slots);
      this.#form = new OptionForm(this.#rows, ID, owner, chosen.command.args, isRecord(value) ? value : {});
    } else {
      this.#json.value = isEmpty(value) ? '' : value;
    }
    const hasRows = this.#form !== undefined && chosen !== undefined && chosen.command.args.length > 0;
    $(`#${ID}-fixed`).attr('hidden', hasRows ? null : '');
    $(`#${ID}`)
      .closest('.form-row')
      .attr('hidden', this.#form ? '' : null);
  }
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
