/** The text of an SMS, from whatever a flow hands over. */
import { failure, SmsError } from './failure';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text in a value: a string, number, boolean or Buffer of UTF-8. Throws an `SmsError` of code `invalid-message`
 * that names `field` for everything else, and for text that no charset can carry (half an emoji).
 */
export function readText(value: unknown, field: string): string {
  const text = textIn(value);
  if (text === undefined) throw new SmsError(failure('invalid-message', 'no-text', { field }));
  if (/\p{Surrogate}/u.test(text)) throw new SmsError(failure('invalid-message', 'ill-formed-text', { field }));
  return text;
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) {
    try {
      return UTF8.decode(value);
    } catch {
      return undefined;
    }
  }
  return undefined;
}
