/** Phone numbers as people write them: reading lists of them, cleaning one, comparing two. */

import { compact } from './compact';

/** Comma and semicolon, both also in full width, and line breaks. */
const SEPARATORS = /[,;\uFF0C\uFF1B\r\n\u2028\u2029]+/;

/** Blanks and invisible marks, hyphens and dashes, dots, and brackets, also in full width: written for the eye alone. */
const DECORATION =
  /[\s\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF.\uFF0E()[\]{}\uFF08\uFF09\uFF3B\uFF3D\uFF5B\uFF5D\u00AD\u2010-\u2015\u2212\uFF0D-]/g;

const NUMBER = /^\+?\d{3,20}$/;

/**
 * The recipients in a value: a string of one or more, a number, or an array of those. Each is trimmed and otherwise as
 * written; doubles go, the first stays. What is no recipient at all is kept as its text, so that it can be reported.
 */
export function readRecipients(value: unknown, country: string): string[] {
  const written: string[] = [];
  collect(value, written, 0);
  const seen = new Set<string>();
  const recipients = written.filter((recipient) => {
    const form = comparable(recipient, country);
    if (seen.has(form)) return false;
    seen.add(form);
    return true;
  });
  return compact(recipients);
}

function collect(value: unknown, into: string[], depth: number): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value) && depth < 4) {
    for (const element of value) collect(element, into, depth + 1);
  } else if (typeof value === 'string') {
    for (const part of value.split(SEPARATORS)) if (part.trim() !== '') into.push(part.trim());
  } else if (typeof value === 'number') {
    // In a number of JavaScript a dot or a minus is no decoration, and beyond 2^53 the digits are not those meant.
    into.push(Number.isSafeInteger(value) && value >= 0 ? String(value) : value.toExponential());
  } else if (typeof value === 'bigint') {
    into.push(String(value));
  } else {
    into.push(Object.prototype.toString.call(value));
  }
}

/** The digits of a number with its optional `+`, or `undefined` where it is none (3 to 20 digits). */
export function cleanNumber(written: string): string | undefined {
  const cleaned = written.replace(DECORATION, '');
  return NUMBER.test(cleaned) ? cleaned : undefined;
}

/** Fewest digits that a number without `+` or `00` has beyond what may be the country code: `8610` stays a service number. */
const FEWEST_NATIONAL = 7;

/** A form in which two ways to write one number are equal: without `+`, `00` and the country code. */
export function comparable(written: string, country: string): string {
  const cleaned = cleanNumber(written);
  if (cleaned === undefined) return written;
  const international = cleaned.replace(/^(\+|00)/, '');
  if (country === '' || !international.startsWith(country)) return international;
  const national = international.slice(country.length);
  const marked = international !== cleaned;
  return national.length >= (marked ? 1 : FEWEST_NATIONAL) ? national : international;
}
