/**
 * Numbers as the platform takes them (document, 二.2 and appendix 2). At home they go without country code; abroad as
 * country code and number, to the countries of the list alone. Only `+` or `00` makes a number international: eleven
 * bare digits from 13 to 19 are a Chinese mobile.
 */
import { failure, type Failure } from '../../core/failure';
import { COUNTRIES } from './countries';

const PREFIX = /^(?:\+|00)/;
const HOME_MOBILE = /^1[3-9]\d{9}$/;
const LISTED: ReadonlySet<string> = new Set(COUNTRIES.map(String));
const LONGEST_CODE = 4;

/** The number as it goes over the wire, and as reports name it. */
export function wireNumber(to: string): string {
  const digits = to.replace(PREFIX, '');
  const national = digits.replace(/^86/, '');
  if (national !== digits && HOME_MOBILE.test(national)) return national;
  // +1 305 555 0123 without its `+` would be somebody else's: a Chinese mobile. The `00` keeps it abroad.
  return isInternational(to) && HOME_MOBILE.test(digits) ? `00${digits}` : digits;
}

/** Whether a field of a push is a telephone number; also a short one of a service. */
export function isPhone(field: string): boolean {
  return /^\+?\d{3,20}$/.test(field);
}

export function checkRecipient(to: string): Failure | undefined {
  return isInternational(to) && !isListed(to.replace(PREFIX, '')) ? failure('no-route', 'hezhong-country') : undefined;
}

function isInternational(to: string): boolean {
  return PREFIX.test(to) && !to.replace(PREFIX, '').startsWith('86');
}

function isListed(digits: string): boolean {
  for (let length = 1; length <= LONGEST_CODE; length++) if (LISTED.has(digits.slice(0, length))) return true;
  return false;
}
