/** A vendor's own options: what they are, and how what a user typed becomes what a driver gets. */
import { failure, SmsError } from './failure';

/** Values after conversion: what the option's `type` says. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** An attachment of an MMS. */
export interface Attachment {
  /** The kind of file as the vendor names it, such as `jpg`. */
  readonly type: string;
  readonly content: Buffer;
}

/** One of several commands that are given at once. */
export interface CommandOp {
  readonly command: string;
  /** As written; blank where none are named. */
  readonly ports: string;
}

/** One option of a gateway or message, or one argument of a command: how it is checked, and who may set it. */
export interface OptionSpec {
  readonly name: string;
  /**
   * `integer` and `boolean` are converted from strings; `attachments` become `Attachment[]`. `strings` are a list, or one
   * text with commas or line breaks between them, and become `string[]`, possibly none; `object` becomes
   * `Record<string, string>`, its values texts, numbers or booleans before; `ops` become `CommandOp[]`.
   */
  readonly type: 'string' | 'integer' | 'boolean' | 'choice' | 'attachments' | 'strings' | 'object' | 'ops';
  /** Set in the gateway's dialog, by `msg.sms.options`, or by either (then the message wins). Means nothing to commands. */
  readonly scope: 'gateway' | 'message' | 'both';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /**
   * What a string, each of the strings, or each name of an object must match, whole; what it demands of an option is said
   * by the locale key `rule` of the option.
   */
  readonly pattern?: RegExp;
  /**
   * Of a string that names ports as `core/port` reads them, one whole port, or slots, which are written as ports are. For
   * dialogs; the driver has the last word.
   */
  readonly names?: 'ports' | 'port' | 'slots';
  /** Shown in the dialog and used where the option is not set. */
  readonly default?: string | number | boolean;
}

/** Whose options are read: that decides which specs count and which error a bad value is. */
export type OptionSource = 'gateway' | 'message' | 'command';

/**
 * Converts the options that `specs` know; others are left out. Blank values count as not set; for a gateway and
 * a command the defaults are filled in. Throws an `SmsError` of code `invalid-config` (gateway) or `invalid-message` that
 * names the option.
 */
export function convertOptions(
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
  source: OptionSource,
): OptionValues {
  const converted: Record<string, unknown> = {};
  for (const spec of specs) {
    if (source !== 'command' && spec.scope !== 'both' && spec.scope !== source) continue;
    const value = Object.hasOwn(values, spec.name) ? values[spec.name] : undefined;
    if (value !== undefined && value !== null && value !== '') {
      converted[spec.name] = convert(spec, value) ?? refuse(spec, source);
    } else if (source !== 'message' && spec.default !== undefined) converted[spec.name] = spec.default;
  }
  return converted;
}

/** `undefined` where the value is no such thing. */
function convert(spec: OptionSpec, value: unknown): unknown {
  switch (spec.type) {
    case 'string':
      return convertString(spec, value);
    case 'integer':
      return convertInteger(spec, value);
    case 'boolean':
      return readBoolean(value);
    case 'choice': {
      const choice = typeof value === 'number' ? String(value) : value;
      return typeof choice === 'string' && spec.choices?.includes(choice) ? choice : undefined;
    }
    case 'attachments':
      return convertAttachments(value);
    case 'strings':
      return convertStrings(spec, value);
    case 'object':
      return convertObject(spec, value);
    case 'ops':
      return convertOps(value);
  }
}

function refuse(spec: OptionSpec, source: OptionSource): never {
  const detail = `${source === 'command' ? 'argument' : 'option'}-${spec.type}`;
  throw new SmsError(
    failure(source === 'gateway' ? 'invalid-config' : 'invalid-message', detail, {
      field: spec.name,
      choices: spec.choices?.join(', ') ?? '',
      min: spec.min ?? Number.MIN_SAFE_INTEGER,
      max: spec.max ?? Number.MAX_SAFE_INTEGER,
    }),
  );
}

/** A number is taken where it is sure to be what was written: of a fraction the zeros at its end are gone. */
function convertString(spec: OptionSpec, value: unknown): string | undefined {
  if (typeof value !== 'string' && !Number.isSafeInteger(value)) return undefined;
  const text = String(value);
  return matches(spec, text) ? text : undefined;
}

function matches({ pattern }: OptionSpec, text: string): boolean {
  return !pattern || new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(text);
}

function convertInteger(spec: OptionSpec, value: unknown): number | undefined {
  const number = readNumber(value);
  if (number === undefined || !Number.isSafeInteger(number)) return undefined;
  return number >= (spec.min ?? -Infinity) && number <= (spec.max ?? Infinity) ? number : undefined;
}

function convertStrings(spec: OptionSpec, value: unknown): string[] | undefined {
  const elements: unknown = typeof value === 'string' ? splitList(value) : value;
  const strings: string[] = [];
  for (const element of Array.isArray(elements) ? (elements as unknown[]) : [elements]) {
    const text = typeof element === 'string' || Number.isFinite(element) ? String(element).trim() : '';
    if (text === '' || !matches(spec, text)) return undefined;
    strings.push(text);
  }
  return strings;
}

/** What stands between the commas and line breaks of a text, without blanks. */
export function splitList(text: string): string[] {
  return text
    .split(/[,，\r\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function convertObject(spec: OptionSpec, value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries: [string, string][] = [];
  for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
    if (typeof inner !== 'string' && typeof inner !== 'boolean' && !Number.isFinite(inner)) return undefined;
    if (!matches(spec, name)) return undefined;
    entries.push([name, String(inner)]);
  }
  // Unlike an assignment, this makes a property of `__proto__` too.
  return Object.fromEntries(entries);
}

function convertOps(value: unknown): CommandOp[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ops: CommandOp[] = [];
  for (const element of value as unknown[]) {
    if (typeof element !== 'object' || element === null) return undefined;
    const { command, ports = '' } = element as { command?: unknown; ports?: unknown };
    if (typeof command !== 'string' || (typeof ports !== 'string' && !Number.isSafeInteger(ports))) return undefined;
    ops.push({ command, ports: String(ports) });
  }
  return ops;
}

function convertAttachments(value: unknown): Attachment[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const attachments: Attachment[] = [];
  for (const element of value as unknown[]) {
    if (typeof element !== 'object' || element === null) return undefined;
    const { type, content } = element as { type?: unknown; content?: unknown };
    if (typeof type !== 'string' || !/^\w+$/.test(type)) return undefined;
    if (content instanceof Uint8Array) {
      attachments.push({ type, content: Buffer.from(content) });
    } else if (typeof content === 'string' && isBase64(content)) {
      attachments.push({ type, content: Buffer.from(content, 'base64') });
    } else {
      return undefined;
    }
  }
  return attachments;
}

function isBase64(text: string): boolean {
  const [, digits] = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text.replace(/\s+/g, '')) ?? [];
  return digits !== undefined && digits.length % 4 !== 1;
}

/** A number, also where it arrives as a string; `undefined` where it is none. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(value)) return undefined;
  return Number(value);
}

/** A boolean, also where it arrives as a string or as 0 or 1; `undefined` where it is none. */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim().toLowerCase() : '';
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}
