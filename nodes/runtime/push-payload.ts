/** A push as flows get it: the text that came, and what it holds where it is JSON or a form. */
import { isRecord, parseJson } from '../vendors/json';
import type { Push } from '../vendors/driver';

export type { Push } from '../vendors/driver';

/** A form of more fields is no vendor's. */
const MOST_FIELDS = 1000;
/** What no object gets as its own, for the next one that copies it would get another prototype. */
const PROTO = '__proto__';

/** The body as text; the query where there is no body, and in front of it where there are both. */
export function rawOf({ query, body }: Push): string {
  const text = body.toString('utf8');
  if (query === '') return text;
  return text === '' ? query : `${query}\n${text}`;
}

export function payloadOf({ query, contentType, body }: Push): unknown {
  const text = body.toString('utf8');
  if (text === '') return formOf(query) ?? query;
  if (/^\uFEFF?\s*[[{]/.test(text)) {
    const value = parseJson(text);
    if (value !== undefined) return /__proto__|\\u005f/i.test(text) ? withoutProto(value) : value;
  }
  return isForm(contentType, text) ? (formOf(text) ?? text) : text;
}

/** Some send a form without saying so. */
function isForm(contentType: string, text: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return text.includes('=');
  return type === '' && /^[\w.-]+=/.test(text);
}

/** Fields by name, those that come several times as arrays; nothing where it is no form. */
function formOf(text: string): Record<string, string | string[]> | undefined {
  if (!text.includes('=') || text.split('&', MOST_FIELDS + 1).length > MOST_FIELDS) return undefined;
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text.trim())) {
    if (name !== PROTO) fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    [...fields].map(([name, [first = '', ...more]]) => [name, more.length ? [first, ...more] : first]),
  );
}

function withoutProto(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProto);
  if (!isRecord(value)) return value;
  const own = Object.entries(value).filter(([name]) => name !== PROTO);
  return Object.fromEntries(own.map(([name, inner]) => [name, withoutProto(inner)]));
}
