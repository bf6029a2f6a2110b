/**
 * Lets a checkbox or a select also take an environment variable: a button beside it puts a text field in its place. The
 * one that is shown bears the id, so that Node-RED reads, judges and saves it as any other.
 */
import { asText, isVariable } from './values';

export class VariableSwitch {
  readonly #control: JQuery;
  readonly #text: JQuery;
  readonly #button: JQuery;
  readonly #id: string;

  /** `changed` is called whenever the value may be another one. */
  constructor(control: JQuery, saved: unknown, changed: () => void) {
    this.#control = control;
    this.#id = control.attr('id') ?? '';
    const button = RED._('@smswire/node-red-smswire/smswire-gateway:fields.variable.button');
    const placeholder = RED._('@smswire/node-red-smswire/smswire-gateway:fields.variable.placeholder');
    const hint = control.attr('aria-describedby');
    this.#text = $('<input>', { type: 'text', placeholder })
      .attr({ autocomplete: 'off', spellcheck: 'false' })
      .attr(hint === undefined ? {} : { 'aria-describedby': hint })
      .insertAfter(control);
    this.#button = $('<button>', { type: 'button', class: 'red-ui-button smswire-variable', text: '${ }' })
      .attr({ title: button, 'aria-label': button })
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
