/** Reads what an input message and the node's configuration ask for (contract, section 3). */
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { SmsError, failure } from '../core/failure';
import { readNumber } from '../core/option';
import { cleanNumber, readRecipients } from '../core/recipient';
import { renderTemplate } from '../core/template';
import { readText } from '../core/text';
import { readMoment } from '../core/time';
import type { OrderItem } from '../engine/dispatcher';
import { evaluateInput, isEmptyInput } from '../runtime/typed-input';
import { isMessageOption } from '../runtime/vendor-list';

export interface SendDef extends NodeDef {
  gateway: string;
  backup1: string;
  backup2: string;
  backup3: string;
  to: string;
  toType: string;
  text: string;
  textType: string;
  at: string;
  atType: string;
  ttl: unknown;
  until: unknown;
  deadline: unknown;
}

export interface SendMessage extends NodeMessage {
  to?: unknown;
  sms?: unknown;
}

/** What is read of an incoming `msg.sms`; all else in it is an earlier result. */
export interface Carried {
  readonly once?: string;
  readonly priority?: number;
  readonly ref?: unknown;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly resolve?: 'accepted' | 'failed' | 'resend';
  readonly key?: string;
  /** Attempts of earlier sends. Absent: there were none. */
  readonly attempts?: readonly unknown[];
}

export interface SendInput {
  readonly items: readonly OrderItem[];
  readonly batch: boolean;
  readonly at?: number;
}

/** One for all inputs that carry nothing, for very many may wait. */
const NOTHING: Carried = {};
const MOST_REF = 4096;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

/** Throws an `SmsError` of code `invalid-message` that names the field. */
export function readCarried({ sms }: SendMessage): Carried {
  if (typeof sms !== 'object' || sms === null) return NOTHING;
  const { once, priority, ref, options, resolve, key, attempts } = sms as Record<string, unknown>;
  return {
    ...(isNothing(once) ? {} : { once: readOnce(once) }),
    ...(isNothing(priority) ? {} : { priority: readPriority(priority) }),
    ...(ref === undefined ? {} : { ref: readRef(ref) }),
    ...(isNothing(options) ? {} : { options: readOptions(options) }),
    ...(isNothing(resolve) ? {} : { resolve: readVerdict(resolve) }),
    ...(typeof key === 'string' && key !== '' ? { key } : {}),
    ...(Array.isArray(attempts) && attempts.length > 0 ? { attempts: attempts as unknown[] } : {}),
  };
}

function readOnce(value: unknown): string {
  if ((typeof value === 'string' || typeof value === 'number') && String(value).length <= 1024) return String(value);
  throw invalid('once', 'msg.sms.once');
}

function readPriority(value: unknown): number {
  const priority = readNumber(value);
  if (priority !== undefined && Number.isInteger(priority) && priority >= -128 && priority <= 127) return priority;
  throw invalid('priority', 'msg.sms.priority');
}

function readRef(value: unknown): unknown {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    json = undefined;
  }
  if (json === undefined || Buffer.byteLength(json) > MOST_REF) throw invalid('ref', 'msg.sms.ref');
  return value;
}

function readOptions(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('options', 'msg.sms.options');
  for (const name of Object.keys(value)) {
    if (!isMessageOption(name)) throw invalid('unknown-option', `msg.sms.options.${name.slice(0, 40)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function readVerdict(value: unknown): 'accepted' | 'failed' | 'resend' {
  if (value === 'accepted' || value === 'failed' || value === 'resend') return value;
  throw invalid('resolve', 'msg.sms.resolve');
}

/** Reads the recipients and texts of a node's input. */
export class InputReader {
  readonly #red: NodeAPI;
  readonly #node: Node;
  readonly #def: SendDef;

  constructor(red: NodeAPI, node: Node, def: SendDef) {
    this.#red = red;
    this.#node = node;
    this.#def = def;
  }

  /** Milliseconds. */
  get ttl(): number {
    return this.#seconds('ttl', DAY_SECONDS) * 1000;
  }

  get until(): 'accepted' | 'delivered' {
    const { until } = this.#def;
    if (isNothing(until) || until === 'accepted') return 'accepted';
    if (until === 'delivered') return 'delivered';
    throw new SmsError(failure('invalid-config', 'until', { field: 'until' }));
  }

  /** Milliseconds. */
  get deadline(): number {
    return this.#seconds('deadline', HOUR_SECONDS) * 1000;
  }

  /**
   * `returned`: the message comes back to the node that sent it, so that the node's own `to` and `text` do not count.
   * Rejects with an `SmsError` of code `invalid-message` that names the field.
   */
  async read(
    msg: SendMessage,
    { returned, country, timezone }: { returned: boolean; country: string; timezone: string },
  ): Promise<SendInput> {
    const ownTo = !returned && !isEmptyInput(this.#def.to);
    const ownText = !returned && !isEmptyInput(this.#def.text);
    const at = await this.#at(msg, timezone);
    const timing = at === undefined ? {} : { at };
    if (!ownTo && !ownText && isBatch(msg.payload)) {
      return { items: msg.payload.map((entry, index) => readEntry(entry, index, country)), batch: true, ...timing };
    }
    const to = ownTo ? await this.#ownTo(msg, country) : recipientsOf(msg, country);
    const text = ownText ? await this.#ownText(msg) : readText(msg.payload, 'msg.payload');
    return { items: [{ text, to }], batch: false, ...timing };
  }

  #seconds(field: 'ttl' | 'deadline', otherwise: number): number {
    const value = this.#def[field];
    const seconds = isNothing(value) ? otherwise : readNumber(value);
    if (seconds === undefined || seconds < 0) throw new SmsError(failure('invalid-config', 'seconds', { field }));
    return seconds;
  }

  async #ownTo(msg: SendMessage, country: string): Promise<string[]> {
    const { to, toType } = this.#def;
    const recipients = readRecipients(await this.#evaluate('to', to, toType || 'str', msg), country);
    if (recipients.length === 0) throw invalid('no-recipient', 'to');
    return recipients;
  }

  async #ownText(msg: SendMessage): Promise<string> {
    const { text, textType } = this.#def;
    if ((textType || 'str') === 'str') return renderTemplate(text, msg, 'text');
    const value = await this.#evaluate('text', text, textType, msg);
    if (isNothing(value)) throw invalid('no-text', 'text');
    return readText(value, 'text');
  }

  async #at(msg: SendMessage, timezone: string): Promise<number | undefined> {
    const { at, atType } = this.#def;
    if (isEmptyInput(at)) return undefined;
    const moment = readMoment(await this.#evaluate('at', at, atType || 'str', msg), timezone);
    if (moment === undefined) throw invalid('at', 'at');
    return moment > Date.now() ? moment : undefined;
  }

  #evaluate(field: string, value: string, type: string, msg: SendMessage): Promise<unknown> {
    return evaluateInput(this.#red, this.#node, field, value, type, msg);
  }
}

/** `msg.to`, else `msg.topic` where that is nothing but numbers. */
function recipientsOf(msg: SendMessage, country: string): string[] {
  if (!isNothing(msg.to)) {
    const recipients = readRecipients(msg.to, country);
    if (recipients.length === 0) throw invalid('no-recipient', 'msg.to');
    return recipients;
  }
  const topic = readRecipients((msg as { topic?: unknown }).topic, country);
  if (topic.length > 0 && topic.every((to) => cleanNumber(to) !== undefined)) return topic;
  throw invalid('no-recipient', 'msg.to');
}

function isBatch(payload: unknown): payload is unknown[] {
  return Array.isArray(payload) && payload.length > 0;
}

function readEntry(entry: unknown, index: number, country: string): OrderItem {
  const field = `msg.payload[${index}]`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw invalid('batch-entry', field);
  const { to, text } = entry as { to?: unknown; text?: unknown };
  const recipients = readRecipients(to, country);
  if (recipients.length === 0) throw invalid('no-recipient', `${field}.to`);
  return { to: recipients, text: readText(text, `${field}.text`) };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function invalid(detail: string, field: string): SmsError {
  return new SmsError(failure('invalid-message', detail, { field }));
}
