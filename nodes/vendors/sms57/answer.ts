/** What the answers of all calls have in common: `status`, and XML where JSON was asked for. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { fieldOf, isRecord, parseJson, textOf, type JsonRecord } from '../json';
import { codeFailure, isSuccess, STATUS } from './codes';

export interface Answer {
  /** The JSON object, with a status that is a number. */
  readonly record?: JsonRecord;
  /** What the status says, where it is not 0: a definite refusal of the request. */
  readonly refusal?: Failure;
  /** Why there is neither. */
  readonly unreadable?: Failure;
  /** The JSON, else the text. */
  readonly raw: unknown;
}

export function readAnswer(answer: HttpAnswer): Answer {
  const text = answer.body.toString('utf8');
  const value = parseJson(text);
  const raw = value ?? text;
  const status = isRecord(value) ? integerOf(fieldOf(value, 'status')) : undefined;
  if (!isRecord(value) || status === undefined) {
    return { ...(isXml(text) ? readXml(text) : { unreadable: failure('unreadable-answer') }), raw };
  }
  return { record: value, raw, ...(isSuccess(status) ? {} : { refusal: codeFailure(status) }) };
}

/** The digits of a whole number, as the gateway wrote them: a number or a string. */
export function integerOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? text : undefined;
}

function isXml(text: string): boolean {
  return /^\uFEFF?\s*<(?!!doctype\s+html|html)/i.test(text);
}

/**
 * Without a right `rt` the gateway answers XML (seen). Its form is not documented, so an acceptance is never read from
 * it. Only a single status that section 7 lists as an error, with no id beside it, is a definite refusal.
 */
function readXml(text: string): Omit<Answer, 'raw'> {
  const found = [...text.matchAll(/<status>\s*(\d{1,9})\s*<\/status>/gi)].map((match) => match[1] ?? '');
  const [status = ''] = found;
  const isRefusal = found.length === 1 && Object.hasOwn(STATUS, String(Number(status))) && !/<mid\b/i.test(text);
  return isRefusal ? { refusal: codeFailure(status) } : { unreadable: failure('unreadable-answer', 'sms57-xml') };
}
