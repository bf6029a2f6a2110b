/** Node-RED's typed inputs, with labels that lead to what is typed into. */

export type InputType =
  | 'str'
  | 'num'
  | 'msg'
  | 'flow'
  | 'global'
  | 'env'
  | 'jsonata'
  | { readonly value: string; readonly label: string; readonly icon: string; readonly hasValue?: boolean };

/**
 * Makes the input with this id a typed one; `typeField` is the id of the input that keeps its type. `typeLabel` is what
 * a screen reader says of the button that chooses the type.
 */
export function makeTyped(id: string, typeField: string, types: readonly InputType[], typeLabel: string): JQuery {
  const input = $(`#${id}`);
  input.typedInput({ default: 'str', types: [...types], typeField: `#${typeField}` });
  nameParts(input).find('.red-ui-typedInput-type-select').attr({ 'aria-label': typeLabel, title: typeLabel });
  return input;
}

/** Gives what is typed into an id, `<id>-value`, the label, and the hint of the input that was made a typed one. */
export function nameParts(input: JQuery): JQuery {
  const id = input.attr('id') ?? '';
  const hint = input.attr('aria-describedby');
  const parts = input.next('.red-ui-typedInput-container');
  parts
    .find('.red-ui-typedInput-input')
    .attr('id', `${id}-value`)
    .attr(hint === undefined ? {} : { 'aria-describedby': hint });
  $(`label[for="${id}"]`).attr('for', `${id}-value`);
  return parts;
}
