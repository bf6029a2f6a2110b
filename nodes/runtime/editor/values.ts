/** What fields of a dialog may hold beside their own kind of value. */

/** An environment variable as the whole value: `${NAME}`. The runtime puts its value in. */
export function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{[^{}]+\}$/.test(value.trim());
}

/** Nothing was typed; a config select says `_ADD_` where nothing is chosen. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '_ADD_') return true;
  return typeof value === 'string' && value.trim() === '';
}

/** What a text field shows of a saved value. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
