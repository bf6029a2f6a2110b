/**
 * Numbers as the platform takes them (document, 4.1.1): Chinese ones without country code. It says nothing of numbers
 * abroad, and a number such as +1 305 555 0123 would be a Chinese mobile once its `+` is gone: those are refused.
 */
import { failure, type Failure } from '../../core/failure';

const INTERNATIONAL = /^(?:\+|00)(?!86)/;

/** The number as it goes over the wire, and as answers name it. */
export function wireNumber(to: string): string {
  const digits = to.replace(/^(?:\+|00)/, '');
  return digits.replace(/^86(?=1[3-9]\d{9}$)/, '');
}

export function checkRecipient(to: string): Failure | undefined {
  return INTERNATIONAL.test(to) ? failure('no-route', 'mobset-international') : undefined;
}
