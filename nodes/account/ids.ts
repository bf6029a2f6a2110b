/** The ids of what is to be cancelled, as a message gives them. */
import { SmsError, failure } from '../core/failure';

/** Most ids in one message: they may become as many requests. */
export const MOST_IDS = 10_000;

/**
 * One id or an array of ids, each once, in their order and verbatim. A number is taken where it has kept all its digits.
 * Throws an `SmsError` of code `invalid-message` that names the field.
 */
export function readIds(payload: unknown): string[] {
  const isList = Array.isArray(payload);
  const given: readonly unknown[] = isList ? payload : [payload];
  if (given.length === 0) throw invalid('msg.payload');
  if (given.length > MOST_IDS) {
    throw new SmsError(failure('invalid-message', 'too-many-ids', { field: 'msg.payload', most: MOST_IDS }));
  }
  return [...new Set(Array.from(given, (id, index) => readId(id, isList ? `msg.payload[${index}]` : 'msg.payload')))];
}

function readId(id: unknown, field: string): string {
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  if (typeof id === 'string' && id.trim() !== '') return id;
  throw invalid(field);
}

function invalid(field: string): SmsError {
  return new SmsError(failure('invalid-message', 'ids', { field }));
}
