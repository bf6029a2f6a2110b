/** The controls of a vendor's own options and of a command's arguments, built from what the runtime says of them. */
import type { OptionSpec } from '../../core/option';
import { readBoolean, readNumber, splitList } from '../../core/option';
import { JsonField } from './json-field';
import { mark } from './mark';
import { checkOption, labelOf, type OptionOwner } from './option-check';
import type { TextParams } from './red';
import { sharedText } from './texts';
import { asText, isBlank, isVariable } from './values';
import { VariableSwitch } from './variable-switch';

export type OptionValues = Record<string, unknown>;

/** An option whose value needs JSON. */
const JSON_TYPES: readonly OptionSpec['type'][] = ['attachments', 'object', 'ops'];

export class OptionForm {
  /** What the ids of the controls begin with. */
  readonly #id: string;
  readonly #owner: OptionOwner;
  readonly #saved: OptionValues;
  /** Values that no control shows. */
  readonly #others: OptionValues;
  readonly #readers = new Map<OptionSpec, () => unknown>();

  /** Fills `container` with a row for each option; what is typed into the controls has ids below `id`. */
  constructor(container: JQuery, id: string, owner: OptionOwner, options: readonly OptionSpec[], saved: OptionValues) {
    this.#id = id;
    this.#owner = owner;
    this.#saved = saved;
    const names = new Set(options.map(({ name }) => name));
    this.#others = Object.fromEntries(Object.entries(saved).filter(([name]) => !names.has(name)));
    container.empty();
    for (const option of options) this.#addRow(container, option, saved[option.name]);
  }

  /**
   * What differs from blank; of a gateway also from the defaults, which a command's message may change. What nobody
   * touched is exactly as it was saved.
   */
  get values(): OptionValues {
    const values = { ...this.#others };
    for (const [option, read] of this.#readers) {
      const value = read();
      if (!isBlank(value) && !this.#isDefault(option, value)) values[option.name] = value;
    }
    return values;
  }

  #isDefault({ type, default: usual = type === 'boolean' ? false : undefined }: OptionSpec, value: unknown): boolean {
    return !this.#isOpen && value === usual;
  }

  /** Whether what is blank may still be said by somebody else: by a message. */
  get #isOpen(): boolean {
    return this.#owner.source === 'command';
  }

  #addRow(container: JQuery, option: OptionSpec, saved: unknown): void {
    const id = `${this.#id}-${option.name}`;
    const hint = this.#owner.text(option.name, 'hint');
    const row = $('<div>', { class: 'form-row' }).appendTo(container);
    $('<label>', { for: id, text: labelOf(this.#owner, option) }).appendTo(row);
    const control = this.#control(option, saved).attr('id', id).appendTo(row);
    if (hint !== undefined) {
      $('<p>', { id: `${id}-hint`, class: 'smswire-hint', text: hint }).appendTo(row);
      control.attr('aria-describedby', `${id}-hint`);
    }
    if (JSON_TYPES.includes(option.type)) this.#useJson(option, control, saved);
    else if (control.is('input[type=text]')) this.#useText(option, control.addClass('smswire-wide'), saved);
    else this.#useSwitch(option, control, saved);
  }

  #control(option: OptionSpec, saved: unknown): JQuery {
    if (option.type === 'boolean' && !this.#isOpen) return $('<input>', { type: 'checkbox' });
    if (option.type === 'boolean' || option.type === 'choice') return this.#select(option, saved);
    const placeholder = this.#isOpen && !JSON_TYPES.includes(option.type) ? unsaid(option.default) : option.default;
    return $('<input>', { type: 'text', placeholder: asText(placeholder) }).attr({
      ...{ autocomplete: 'off', spellcheck: 'false' },
    });
  }

  #select(option: OptionSpec, saved: unknown): JQuery {
    const select = $('<select>');
    const choices = choicesOf(option);
    const shown = (choice: string): string => this.#choiceText(option, choice);
    const usual = asText(option.default);
    if (this.#isOpen) {
      $('<option>', { value: '', text: unsaid(usual === '' ? undefined : shown(usual)) }).appendTo(select);
    } else if (usual === '') {
      $('<option>', { value: '', text: say('option.unset') }).appendTo(select);
    }
    for (const choice of choices) {
      const isDefault = !this.#isOpen && choice === usual;
      const text = isDefault ? say('option.default', { choice: shown(choice) }) : shown(choice);
      $('<option>', { value: choice, text }).appendTo(select);
    }
    // What is saved stays, also where it is none of them.
    const other = chosen(option, saved);
    if (!isBlank(other) && !isVariable(other) && !choices.includes(other)) {
      $('<option>', { value: other, text: other }).appendTo(select);
    }
    return select;
  }

  #choiceText({ name, type }: OptionSpec, choice: string): string {
    if (type === 'boolean') return say(choice === 'true' ? 'option.yes' : 'option.no');
    return this.#owner.text(name, `choices.${choice}`) ?? choice;
  }

  #useSwitch(option: OptionSpec, control: JQuery, saved: unknown): void {
    const usual = this.#isOpen ? undefined : option.default;
    if (control.is('select')) control.val(chosen(option, isBlank(saved) || isVariable(saved) ? usual : saved));
    else control.prop('checked', readBoolean(saved ?? usual) ?? false);
    const isYesOrNo = option.type === 'boolean' && control.is('select');
    const read = this.#keeping(option, () => (isYesOrNo ? (readBoolean(field.value) ?? field.value) : field.value));
    const judge = (): void => {
      mark(control, true);
      mark(field.active, checkOption(this.#owner, option, read()));
    };
    const field = new VariableSwitch(control, saved, judge);
    this.#readers.set(option, read);
    judge();
  }

  #useText(option: OptionSpec, control: JQuery, saved: unknown): void {
    const isList = option.type === 'strings';
    control.val(isList && Array.isArray(saved) ? saved.map(asText).join(', ') : asText(saved));
    const read = this.#keeping(option, () => {
      const text = String(control.val()).trim();
      if (option.type === 'integer') return readNumber(text) ?? text;
      return isList && !isBlank(text) && !isVariable(text) ? splitList(text) : text;
    });
    const judge = (): void => {
      mark(control, checkOption(this.#owner, option, read()));
    };
    control.on('change keyup paste', judge);
    this.#readers.set(option, read);
    judge();
  }

  #useJson(option: OptionSpec, control: JQuery, saved: unknown): void {
    // Node-RED makes its own control as wide as the style says.
    const field = new JsonField(control.css('width', '100%'), saved, (value) =>
      checkOption(this.#owner, option, value),
    );
    const read = this.#keeping(option, () => field.value);
    this.#readers.set(option, read);
    read();
    field.judge();
  }

  /** Reads a control; as long as it shows what it showed first, that is what was saved, in whatever form. */
  #keeping(option: OptionSpec, read: () => unknown): () => unknown {
    let first: string | undefined;
    return () => {
      const value = read();
      first ??= JSON.stringify(value);
      return JSON.stringify(value) === first ? (this.#saved[option.name] ?? value) : value;
    };
  }
}

function choicesOf({ type, choices = [] }: OptionSpec): readonly string[] {
  return type === 'boolean' ? ['true', 'false'] : choices;
}

/** What a select has for a saved value: `true` however it was written. */
function chosen({ type }: OptionSpec, saved: unknown): string {
  return asText(type === 'boolean' ? (readBoolean(saved) ?? saved) : saved);
}

/** What stands in a blank control: that the message may say it, and what counts where it does not. */
function unsaid(usual: unknown): string {
  return isBlank(usual) ? say('option.message') : say('option.message-else', { choice: asText(usual) });
}

function say(key: string, params?: TextParams): string {
  return sharedText(`fields.${key}`, params) ?? key;
}
