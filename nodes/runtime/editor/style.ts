/** The look of our dialogs: label, control and an optional button in columns, hints below. */

const ID = 'smswire-style';

const STYLE = `
.smswire-form .form-row {
  display: grid;
  grid-template-columns: 130px minmax(0, 1fr) auto;
  gap: 2px 8px;
  align-items: center;
  margin-bottom: 10px;
}
.smswire-form .form-row.smswire-top { align-items: start; }
.smswire-form [hidden] { display: none !important; }
.smswire-form .form-row > label { width: auto; margin: 0; overflow-wrap: anywhere; }
.smswire-form .form-row > label > i.fa,
.smswire-form .form-row > .smswire-label > i.fa { width: 14px; text-align: center; }
.smswire-form .smswire-indented > .form-row > label { padding-left: 18px; }
.smswire-form .smswire-choices { display: flex; flex-wrap: wrap; gap: 4px 16px; }
.smswire-form .smswire-choices > label { display: flex; align-items: center; gap: 5px; width: auto; margin: 0; }
.smswire-form .smswire-choices > label > input { width: auto; margin: 0; }
.smswire-form .form-row > input:not([type=checkbox]),
.smswire-form .form-row > select,
.smswire-form .form-row > textarea { width: 100%; margin: 0; }
.smswire-form .form-row > input[type=checkbox] { width: auto; margin: 0; justify-self: start; }
.smswire-form .form-row > .smswire-wide,
.smswire-form .form-row > div { grid-column: 2 / -1; }
.smswire-form input[type=checkbox].input-error { outline: 2px solid var(--red-ui-form-input-border-error-color); }
.smswire-form input:disabled,
.smswire-form select:disabled {
  color: var(--red-ui-form-text-color-disabled);
  background: var(--red-ui-secondary-background-disabled);
}
.smswire-form input[readonly] { color: var(--red-ui-primary-text-color); }
.smswire-form textarea { resize: vertical; }
.smswire-form .smswire-hint,
.smswire-form .smswire-warning {
  grid-column: 2 / -1;
  margin: 0;
  font-size: 12px;
  line-height: 1.4;
  color: var(--red-ui-secondary-text-color);
}
.smswire-form .smswire-warning {
  padding: 6px 8px;
  border-left: 3px solid var(--red-ui-text-color-warning);
  color: var(--red-ui-primary-text-color);
  background: var(--red-ui-secondary-background);
}
.smswire-form .smswire-variable { font-family: var(--red-ui-monospace-font); padding: 0 6px; }
.smswire-form .smswire-variable[aria-pressed=true] { color: var(--red-ui-text-color-link); }
.smswire-form fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.smswire-form fieldset:disabled label { color: var(--red-ui-secondary-text-color-disabled); }
.smswire-form details { border-top: 1px solid var(--red-ui-secondary-border-color); padding: 8px 0 0; margin: 0 0 8px; }
.smswire-form details > .smswire-hint { margin-bottom: 10px; }
.smswire-form .smswire-top > label { margin-top: 7px; }
.smswire-form summary { display: list-item; cursor: pointer; font-weight: bold; margin-bottom: 10px; }
.smswire-form summary:focus-visible { outline: 2px solid var(--red-ui-form-input-focus-color); outline-offset: 2px; }
`;

export function addStyle(): void {
  if ($(`#${ID}`).length === 0) $('<style>', { id: ID, text: STYLE }).appendTo('head');
}
