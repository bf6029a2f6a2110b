/** Parts of keys. */
import { createHash } from 'node:crypto';

/** Digits of the largest safe integer to the base of 36. */
const DIGITS = 11;

/** A number whose text sorts as it does. */
export function sortable(number: number): string {
  return number.toString(36).padStart(DIGITS, '0');
}

export function numberOf(sortable: string): number {
  return Number.parseInt(sortable, 36);
}

/** Short, and of a form that fits into a key, whatever the text holds. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
