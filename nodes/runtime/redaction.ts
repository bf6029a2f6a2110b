/** Finds a text again in whatever way somebody else wrote it. */
import iconv from 'iconv-lite';

const ESCAPES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };
const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/**
 * The source of a pattern for the text in every mixture of ways to write it: as it is, escaped in JSON (also twice),
 * percent-encoded in UTF-8 or GBK (also twice), as HTML, or as UTF-8 that was taken for Latin-1. Case does not matter.
 * Every repetition has an end, so that no answer can make a search take long.
 */
export function anyForm(text: string): string {
  return Array.from(text.replace(/\\+/g, '\\'), anyFormOf).join('');
}

function anyFormOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  const entityNumber = `&#(?:${parseInt(code, 16)}|x0{0,6}${code});`;
  if (character === '\\') {
    // It stands for several in a row.
    const ways = [percent(Buffer.from(character)), utf16(character.charCodeAt(0)), entityNumber];
    return `(?:\\\\{1,64}|(?:${ways.join('|')}){1,64})`;
  }
  const utf8 = Buffer.from(character, 'utf8');
  const ways = [
    percent(utf8),
    `\\\\{0,7}${literal(character)}`,
    entityNumber,
    Array.from({ length: character.length }, (_, index) => utf16(character.charCodeAt(index))).join(''),
  ];
  const entity = ENTITIES[character];
  if (entity !== undefined) ways.push(`&${entity};`);
  const escape = ESCAPES[character];
  if (escape !== undefined) ways.push(`\\\\{1,7}${escape}`);
  if (character === ' ') ways.push('\\+');
  if (utf8.length > 1) ways.push(percent(iconv.encode(character, 'gbk')), literal(utf8.toString('latin1')));
  return `(?:${ways.join('|')})`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** `%E5%AF%86`, where a percent sign may have been encoded again. */
function percent(bytes: Buffer): string {
  return Array.from(bytes, (byte) => `%(?:25){0,3}${byte.toString(16).padStart(2, '0')}`).join('');
}

function utf16(unit: number): string {
  return `\\\\{1,7}u${unit.toString(16).padStart(4, '0')}`;
}

/** Secrets are found wherever they stand; one that is short only where it stands alone, for it may be part of a word. */
export function secretPattern(secret: string): RegExp {
  const base64 = literal(Buffer.from(secret, 'utf8').toString('base64').replace(/=+$/, ''));
  const form = anyForm(secret);
  return secret.length < 4
    ? new RegExp(`(?<![\\p{L}\\p{N}])${form}(?![\\p{L}\\p{N}])`, 'giu')
    : new RegExp(`${form}|${base64}`, 'gi');
}

/** A value of JSON with all its texts, also names, as `change` makes them. */
export function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((element) => changeTexts(element, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [change(name), changeTexts(inner, change)]));
}
