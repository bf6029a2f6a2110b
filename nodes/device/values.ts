/** What nodes and messages give for a command, before anybody knows what it means. */

export type Fields = Readonly<Record<string, unknown>>;

/** An object that names things: no list, no bytes, no time. */
export function isRecord(value: unknown): value is Fields {
  return Object.prototype.toString.call(value) === '[object Object]';
}

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Own properties alone count, whatever they are called. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/**
 * Ports as written, blank where there are none; `undefined` where the value is nothing of the kind. A fraction is none:
 * as a number, 1.1 and 1.10 are the same.
 */
export function readPorts(value: unknown): string | undefined {
  if (isBlank(value)) return '';
  if (typeof value === 'string') return value.trim();
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
