/**
 * The platform's code tables (document, 二.3 and appendix 1) in the words of the public contract. Their texts are in the
 * locales, in the tables `send` and `report`.
 */
import { failure, vendorTextKey, type ErrorCode, type Failure } from '../../core/failure';
import type { State } from '../../core/state';

/** What a send is answered instead of `0,id` (section 二.3); a balance query is assumed to use the same table. */
export const ERRORS: Readonly<Record<string, ErrorCode>> = {
  '-1': 'auth-failed',
  '-2': 'account-disabled',
  '-3': 'ip-refused',
  '-4': 'insufficient-balance',
  '-5': 'content-refused',
  '-6': 'vendor-error',
  '-7': 'invalid-recipient',
  '-8': 'invalid-message',
  '-9': 'text-too-long',
  '-10': 'too-many-recipients',
  '-11': 'sender-refused',
  '-12': 'vendor-error',
  '-13': 'vendor-error',
  '-99': 'vendor-error',
};

/** What a report says. Open states are `accepted`: no step back. */
export interface ReportMeaning {
  readonly state: State;
  readonly code?: ErrorCode;
}

/** Appendix 1, China Mobile. `MA` stands for `MA:xxxx`, and so on: those without an answer leave the outcome unknown. */
export const MOBILE_REPORTS: Readonly<Record<string, ReportMeaning>> = {
  DELIVRD: { state: 'delivered' },
  EXPIRED: { state: 'undelivered', code: 'undelivered' },
  DELETED: { state: 'undelivered', code: 'undelivered' },
  UNDELIV: { state: 'undelivered', code: 'undelivered' },
  ACCEPTD: { state: 'unknown', code: 'no-answer' },
  UNKNOWN: { state: 'unknown', code: 'no-answer' },
  REJECTD: { state: 'undelivered', code: 'undelivered' },
  MA: { state: 'unknown', code: 'no-answer' },
  MB: { state: 'undelivered', code: 'undelivered' },
  MC: { state: 'unknown', code: 'no-answer' },
  CA: { state: 'unknown', code: 'no-answer' },
  CB: { state: 'undelivered', code: 'undelivered' },
  DA: { state: 'unknown', code: 'no-answer' },
  DB: { state: 'undelivered', code: 'undelivered' },
  SA: { state: 'unknown', code: 'no-answer' },
  SB: { state: 'undelivered', code: 'undelivered' },
  IA: { state: 'unknown', code: 'no-answer' },
  IB: { state: 'undelivered', code: 'undelivered' },
  IC: { state: 'unknown', code: 'no-answer' },
};

/** Appendix 1, China Unicom. */
export const UNICOM_REPORTS: Readonly<Record<string, ReportMeaning>> = {
  '0': { state: 'delivered' },
  '1': { state: 'accepted' },
  '2': { state: 'undelivered', code: 'undelivered' },
};

/** Appendix 1, China Telecom. `other` stands for every number that the table does not list. */
export const TELECOM_REPORTS: Readonly<Record<string, ReportMeaning>> = {
  '0': { state: 'delivered' },
  '1': { state: 'undelivered', code: 'undelivered' },
  '2': { state: 'undelivered', code: 'undelivered' },
  '3': { state: 'undelivered', code: 'vendor-error' },
  '4': { state: 'undelivered', code: 'text-too-long' },
  '5': { state: 'undelivered', code: 'vendor-error' },
  '6': { state: 'undelivered', code: 'undelivered' },
  '7': { state: 'undelivered', code: 'vendor-error' },
  '8': { state: 'undelivered', code: 'vendor-busy' },
  '9': { state: 'undelivered', code: 'undelivered' },
  '10': { state: 'undelivered', code: 'vendor-error' },
  '11': { state: 'undelivered', code: 'vendor-error' },
  '12': { state: 'undelivered', code: 'vendor-error' },
  '13': { state: 'undelivered', code: 'vendor-error' },
  '14': { state: 'undelivered', code: 'vendor-error' },
  '15': { state: 'undelivered', code: 'vendor-error' },
  '16': { state: 'undelivered', code: 'invalid-recipient' },
  '17': { state: 'undelivered', code: 'vendor-error' },
  '18': { state: 'undelivered', code: 'vendor-error' },
  '19': { state: 'undelivered', code: 'undelivered' },
  '20': { state: 'undelivered', code: 'vendor-error' },
  '21': { state: 'undelivered', code: 'vendor-error' },
  '22': { state: 'undelivered', code: 'undelivered' },
  '23': { state: 'undelivered', code: 'vendor-busy' },
  '24': { state: 'undelivered', code: 'undelivered' },
  '25': { state: 'undelivered', code: 'vendor-error' },
  '26': { state: 'undelivered', code: 'vendor-error' },
  '27': { state: 'undelivered', code: 'undelivered' },
  '28': { state: 'undelivered', code: 'undelivered' },
  '29': { state: 'undelivered', code: 'vendor-error' },
  '30': { state: 'undelivered', code: 'vendor-error' },
  '31': { state: 'undelivered', code: 'vendor-error' },
  '32': { state: 'undelivered', code: 'undelivered' },
  '33': { state: 'undelivered', code: 'undelivered' },
  '34': { state: 'undelivered', code: 'undelivered' },
  '35': { state: 'undelivered', code: 'vendor-error' },
  '36': { state: 'undelivered', code: 'undelivered' },
  '37': { state: 'undelivered', code: 'undelivered' },
  '38': { state: 'undelivered', code: 'vendor-error' },
  '39': { state: 'undelivered', code: 'no-route' },
  '40': { state: 'undelivered', code: 'vendor-error' },
  '41': { state: 'undelivered', code: 'undelivered' },
  '42': { state: 'undelivered', code: 'undelivered' },
  '43': { state: 'undelivered', code: 'undelivered' },
  '44': { state: 'undelivered', code: 'undelivered' },
  '45': { state: 'undelivered', code: 'undelivered' },
  '46': { state: 'undelivered', code: 'sender-refused' },
  '47': { state: 'undelivered', code: 'undelivered' },
  '48': { state: 'undelivered', code: 'undelivered' },
  '99': { state: 'undelivered', code: 'vendor-error' },
  other: { state: 'undelivered', code: 'undelivered' },
};

/**
 * All three by code: a report does not say whose it is. Unicom and Telecom share 0, 1 and 2, whose texts give both
 * meanings; Unicom's count, for Telecom merely reserves 1 and 2.
 */
export const REPORTS: Readonly<Record<string, ReportMeaning>> = {
  ...TELECOM_REPORTS,
  ...UNICOM_REPORTS,
  ...MOBILE_REPORTS,
};

/** A status as other platforms spell it. */
const ALIASES: Readonly<Record<string, string>> = { REJECTED: 'REJECTD' };

/** What the status of a report says. Only a message that still waits has another report to come. */
export interface ReportStatus {
  readonly state: State;
  readonly final: boolean;
  readonly vendorTextKey?: string;
  readonly failure?: Failure;
}

/**
 * The meaning of a status. Section 四 knows one success, DELIVRD, and appendix 1 another, 0: `strict` holds with the
 * section. A status of no table is a failure with the platform's code.
 */
export function reportStatus(written: string, strict: boolean): ReportStatus {
  const key = reportKey(written);
  const text = key === undefined ? {} : { vendorTextKey: vendorTextKey('report', key) };
  const known: ReportMeaning = (key === undefined ? undefined : REPORTS[key]) ?? FAILED;
  const isDisputed = strict && known.state === 'delivered' && key !== 'DELIVRD';
  const { state, code }: ReportMeaning = isDisputed ? { state: 'undelivered', code: 'undelivered' } : known;
  return {
    state,
    final: state !== 'accepted',
    ...text,
    ...(code === undefined ? {} : { failure: { ...failure(code), vendorCode: written, ...text } }),
  };
}

const FAILED: ReportMeaning = { state: 'undelivered', code: 'vendor-error' };

/** Codes of China Mobile that four characters of somebody else's follow, `MA:xxxx`. */
const FAMILY = /^(?:M[ABC]|[CDS][AB]|I[ABC])(?![A-Z])/;

/** Under which code of appendix 1 a status stands: `MA:0001` under `MA`, `000` under `0`, `777` under `other`. */
function reportKey(written: string): string | undefined {
  const upper = written.toUpperCase();
  const isNumber = /^\d+$/.test(upper);
  const key = isNumber ? String(Number(upper)) : (FAMILY.exec(upper)?.[0] ?? ALIASES[upper] ?? upper);
  if (Object.hasOwn(REPORTS, key)) return key;
  return isNumber ? 'other' : undefined;
}
