/** A field that takes JSON, with Node-RED's window to edit it in. Blank is nothing; a variable is not judged. */
import type { Verdict } from './red';
import { nameParts } from './typed-field';
import { asText, isVariable } from './values';

export class JsonField {
  readonly #input: JQuery;

  /**
   * Makes the input, which stands in the form already, a field of JSON. `judge` says what is wrong with what `value`
   * gives, and `text` is what a text is shown as that is no JSON.
   */
  constructor(input: JQuery, saved: unknown, judge: (value: unknown) => Verdict) {
    this.#input = input;
    input.val(shownOf(saved));
    const type = {
      ...{ value: 'json', label: 'JSON', icon: 'red/images/typedInput/json.svg' },
      // Node-RED takes a sentence as well as `false`; its published types do not know.
      validate: (text: unknown) => judge(read(asText(text))) as boolean,
      expand: () => {
        this.#expand();
      },
    };
    input.typedInput({ default: 'json', types: [type] });
    const expand = RED._('@smswire/node-red-smswire/smswire-gateway:fields.json.expand');
    const parts = nameParts(input);
    parts.find('.red-ui-typedInput-type-select').attr('aria-label', type.label);
    parts.find('.red-ui-typedInput-option-expand').attr({ title: expand, 'aria-label': expand });
  }

  /** What the JSON says; blank where there is none; the text itself where it is a variable or no JSON. */
  get value(): unknown {
    return read(asText(this.#input.typedInput('value')));
  }

  set value(value: unknown) {
    this.#input.typedInput('value', shownOf(value));
  }

  /** Marks it, or takes the mark away. */
  judge(): void {
    this.#input.typedInput('validate');
  }

  #expand(): void {
    const { value } = this;
    RED.editor.editJSON({
      value: typeof value === 'string' ? value : JSON.stringify(value, null, 4),
      complete: (text) => {
        this.value = read(text);
      },
    });
  }
}

function shownOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : asText(value);
}

function read(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '' || isVariable(trimmed)) return trimmed;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    return trimmed;
  }
}
