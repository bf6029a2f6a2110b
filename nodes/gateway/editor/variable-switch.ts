/**
 * Lets a checkbox or a select also take an environment variable: a button beside it puts a text field in its place. The
 * one that is shown bears the id, so that Node-RED reads, judges and saves it as any other.
 */
import { asText, isVariable } from '../../runtime/editor/values';

export interface VariableTexts {
  /** Says what the button does. */
  readonly button: string;
  /** Stands in the empty text field. */
  readonly placeholder: string;
}

export class VariableSwitch {
  readonly #control: JQuery;
  readonly #text: JQuery;
  readonly #button: JQuery;
  readonly #id: string;

  /** `changed` is called whenever the value may be another one. */
  constructor(control: JQuery, saved: unknown, texts: VariableTexts, changed: () => void) {
    this.#control = control;
    this.#id = control.attr('id') ?? '';
    const hint = control.attr('aria-describedby');
    this.#text = $('<input>', { type: 'text', placeholder: texts.placeholder })
      .attr({ autocomplete: 'off', spellcheck: 'false' })
      .attr(hint === undefined ? {} : { 'aria-describedby': hint })
      .insertAfter(control);
    this.#button = $('<button>', { type: 'button', class: 'red-ui-button smswire-variable', text: '${ }' })
      .attr({ title: texts.button, 'aria-label': texts.button })
      .insertAfter(this.#text);
    const holdsVariable = isVariable(saved);
    if (holdsVariable) {
      this.#text.val(asText(saved));
      this.#reset();
    }
    this.#show(holdsVariable);
    this.#button.on('click', () => {
      this.#show(!this.isVariable);
      this.active.trigger('focus');
      changed();
    });
    control.on('change', changed);
    this.#text.on('change keyup paste', changed);
  }

  /** Whether the text field is shown. */
  get isVariable(): boolean {
    return this.#button.attr('aria-pressed') === 'true';
  }

  /** The control that is shown. */
  get active(): JQuery {
    return this.isVariable ? this.#text : this.#control;
  }

  get value(): string | boolean {
    if (this.isVariable) return String(this.#text.val()).trim();
    if (this.#control.is('[type=checkbox]')) return Boolean(this.#control.prop('checked'));
    return String(this.#control.val() ?? '');
  }

  #show(variable: boolean): void {
    this.#button.attr('aria-pressed', String(variable));
    this.#control.toggle(!variable);
    this.#text.toggle(variable);
    this.#control.add(this.#text).removeAttr('id');
    this.active.attr('id', this.#id);
  }

  /** Node-RED has put the variable into a control that cannot hold it. */
  #reset(): void {
    if (this.#control.is('[type=checkbox]')) this.#control.prop('checked', false);
    else this.#control.prop('selectedIndex', 0);
  }
}
