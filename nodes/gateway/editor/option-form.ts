/** The controls of a vendor's own options, built from what the runtime says of them. */
import type { OptionSpec } from '../../core/option';
import { readBoolean, readNumber } from '../../core/option';
import { mark } from '../../runtime/editor/mark';
import { asText, isVariable } from '../../runtime/editor/values';
import { checkOption, type Gateway } from './checks';
import { VariableSwitch } from './variable-switch';
import type { VendorInfo } from './vendors';

export type OptionValues = Record<string, unknown>;

const ID = 'node-config-input-options';

export class OptionForm {
  readonly #node: Gateway;
  readonly #vendor: VendorInfo;
  /** Values that no control shows. */
  readonly #others: OptionValues;
  readonly #readers = new Map<OptionSpec, () => unknown>();

  /** Fills `container` with a row for each option. */
  constructor(container: JQuery, node: Gateway, vendor: VendorInfo, saved: OptionValues) {
    this.#node = node;
    this.#vendor = vendor;
    const names = new Set(vendor.options.map(({ name }) => name));
    this.#others = Object.fromEntries(Object.entries(saved).filter(([name]) => !names.has(name)));
    container.empty();
    for (const option of vendor.options) this.#addRow(container, option, saved[option.name]);
  }

  /** What differs from blank and from the defaults. */
  get values(): OptionValues {
    const values = { ...this.#others };
    for (const [option, read] of this.#readers) {
      const value = read();
      const unset = value === '' || value === (option.default ?? (option.type === 'boolean' ? false : ''));
      if (!unset) values[option.name] = value;
    }
    return values;
  }

  #addRow(container: JQuery, option: OptionSpec, saved: unknown): void {
    const { name } = option;
    const id = `${ID}-${name}`;
    const hint = this.#text(`${name}.hint`);
    const row = $('<div>', { class: 'form-row' }).appendTo(container);
    $('<label>', { for: id, text: this.#text(`${name}.label`) ?? name }).appendTo(row);
    const control = this.#control(option).attr('id', id).appendTo(row);
    if (hint !== undefined) {
      $('<p>', { id: `${id}-hint`, class: 'smswire-hint', text: hint }).appendTo(row);
      control.attr('aria-describedby', `${id}-hint`);
    }
    if (option.type === 'boolean' || option.type === 'choice') this.#useSwitch(option, control, saved);
    else this.#useText(option, control.addClass('smswire-wide'), saved);
  }

  #control(option: OptionSpec): JQuery {
    if (option.type === 'boolean') return $('<input>', { type: 'checkbox' });
    if (option.type === 'choice') return this.#select(option);
    const placeholder = asText(option.default);
    return $('<input>', { type: 'text', placeholder }).attr({ autocomplete: 'off', spellcheck: 'false' });
  }

  #select(option: OptionSpec): JQuery {
    const select = $('<select>');
    const byVendor = this.#node._('editor.option.unset');
    if (option.default === undefined) $('<option>', { value: '', text: byVendor }).appendTo(select);
    for (const choice of option.choices ?? []) {
      const text = this.#text(`${option.name}.choices.${choice}`) ?? choice;
      const isDefault = choice === option.default;
      const label = isDefault ? this.#node._('editor.option.default', { choice: text }) : text;
      $('<option>', { value: choice, text: label }).appendTo(select);
    }
    return select;
  }

  #useSwitch(option: OptionSpec, control: JQuery, saved: unknown): void {
    if (option.type === 'boolean') control.prop('checked', readBoolean(saved ?? option.default) ?? false);
    else control.val(asText(isVariable(saved) ? option.default : (saved ?? option.default)));
    const texts = {
      button: this.#node._('editor.variable.button'),
      placeholder: this.#node._('editor.variable.placeholder'),
    };
    const judge = (): void => {
      const verdict = checkOption(this.#node, this.#vendor.id, option, field.value);
      mark(control, true);
      mark(field.active, verdict);
    };
    const field = new VariableSwitch(control, saved, texts, judge);
    judge();
    this.#readers.set(option, () => field.value);
  }

  #useText(option: OptionSpec, control: JQuery, saved: unknown): void {
    control.val(asText(saved));
    const read = (): unknown => {
      const text = String(control.val()).trim();
      return option.type === 'integer' ? (readNumber(text) ?? text) : text;
    };
    const judge = (): void => {
      mark(control, checkOption(this.#node, this.#vendor.id, option, read()));
    };
    control.on('change keyup paste', judge);
    judge();
    this.#readers.set(option, read);
  }

  /** A text of the vendor's options. */
  #text(path: string): string | undefined {
    const key = `vendors.${this.#vendor.id}.options.${path}`;
    const text = this.#node._(key);
    return text === key ? undefined : text;
  }
}
