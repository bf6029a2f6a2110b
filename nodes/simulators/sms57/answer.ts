/** Answers of the gateway: JSON where `rt=json` asked for it, XML where it did not. */
import type { SimulatedAnswer } from '../server';

/** STATUS table (section 7), as far as a request can provoke it. */
export const STATUS = {
  ok: 0,
  badFormat: 1,
  badAddress: 2,
  badLogin: 3,
  tooManyConnections: 21,
  noChannel: 100,
  tooManyNumbers: 102,
} as const;

/** RESULT table (section 8). */
export const RESULT = { ok: 0, badExtno: 10, noBalance: 15, badSignature: 17 } as const;

type Complete = Exclude<SimulatedAnswer, string>;
type Field = string | number | null | readonly object[];
export type Fields = Readonly<Record<string, Field>>;

export function written(fields: Fields, isJson: boolean): Complete {
  return isJson
    ? { headers: { 'content-type': 'application/json;charset=UTF-8' }, body: JSON.stringify(fields) }
    : { headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: xml(fields) };
}

/** The document does not show the XML: names and nesting are those of the JSON. Ids are decimal there. */
function xml(fields: Fields): string {
  return `<?xml version="1.0" encoding="UTF-8"?><response>${elements(fields)}</response>`;
}

function elements(record: object): string {
  return Object.entries(record)
    .map(([name, value]) => `<${name}>${content(name, value)}</${name}>`)
    .join('');
}

function content(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((row: unknown) => (isObject(row) ? elements({ item: row }) : '')).join('');
  if (isObject(value)) return elements(value);
  if (name === 'mid' && typeof value === 'string' && value !== '') return BigInt(`0x${value}`).toString();
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value).replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
