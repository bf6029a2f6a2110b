/**
 * JSON as these vendors write it. Strict first; then the faults of their own documents and servers are forgiven: a byte
 * order mark, text before the JSON, a comma before a closing bracket. Brackets are not mended: an answer that was cut
 * short must stay unreadable. Integers of more than 15 digits become strings, for ids must survive verbatim.
 */

/** The value, or `undefined` where the text holds none. */
export function parseJson(body: Buffer | string): unknown {
  const text = (typeof body === 'string' ? body : body.toString('utf8')).replace(/^\uFEFF/, '').trim();
  for (const candidate of candidates(text)) {
    for (const commas of [false, true]) {
      try {
        const isFine = !commas && !LONG_INTEGER.test(candidate);
        const value = JSON.parse(isFine ? candidate : mend(candidate, commas)) as unknown;
        return isTooDeep(value, MOST_LEVELS) ? undefined : value;
      } catch {
        // The next way to read it may do.
      }
    }
  }
  return undefined;
}

/** Far more than any document nests; without a limit, whoever walks the value later would run out of stack. */
const MOST_LEVELS = 50;

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** The text itself, then the same without what stands in front of the JSON, then its last line alone. */
function* candidates(text: string): Generator<string> {
  yield text;
  const start = text.search(/[[{]/);
  if (start > 0) yield text.slice(start);
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  if (/^[[{]/.test(lastLine) && lastLine.length < text.length) yield lastLine;
}

/** Where there is none, nothing but commas may be to be mended. */
const LONG_INTEGER = /\d{16}/;

/**
 * Strings are matched so that nothing inside them is touched; one that never ends reaches to the end of the text, else
 * every quote in it would be tried again.
 */
const TOKENS = /"(?:[^"\\]|\\.?)*(?:"|$)|(?<![\w.+-])-?\d{16,}(?![\d.eE])|,(?=\s*[}\]])/gs;

function mend(text: string, commas: boolean): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token;
    if (token === ',') return commas ? '' : token;
    return `"${token}"`;
  });
}

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field whatever the case of its name; the exact name wins. */
export function fieldOf(record: JsonRecord, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(record)) if (key.toLowerCase() === lower) return record[key];
  return undefined;
}

/** A record with another value in a field that it has, whatever the case of its name. */
export function withField(record: JsonRecord, name: string, value: unknown): JsonRecord {
  const lower = name.toLowerCase();
  const own = Object.hasOwn(record, name) ? name : Object.keys(record).find((key) => key.toLowerCase() === lower);
  return own === undefined ? record : { ...record, [own]: value };
}

/** A string or number as trimmed text; `undefined` for everything else and for blanks. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text;
}

/** The integer that a value is or begins with (`"2 Port Unavailable"` is 2); `undefined` where it has none. */
export function leadingInteger(value: unknown): number | undefined {
  const digits = /^[+-]?\d+/.exec(textOf(value) ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}
