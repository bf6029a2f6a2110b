/**
 * What can go wrong with a message, in the words of the public contract (its section 6). A `Failure` is plain data:
 * it can be stored, and its sentence for the user is written late, in the language of the runtime.
 */

/** When, if ever, sending again may help. */
export type Retry = 'never' | 'later' | 'after-fix' | 'other-gateway' | 'other-line';

/** Every canonical error code with its retry class. */
export const RETRY = {
  'auth-failed': 'after-fix',
  'ip-refused': 'after-fix',
  'account-disabled': 'after-fix',
  'permission-denied': 'after-fix',
  'insufficient-balance': 'after-fix',
  'quota-exceeded': 'later',
  'outside-allowed-hours': 'later',
  'invalid-recipient': 'never',
  'recipient-refused': 'never',
  'too-many-recipients': 'after-fix',
  'content-refused': 'never',
  'signature-refused': 'after-fix',
  'template-refused': 'after-fix',
  'text-too-long': 'never',
  'sender-refused': 'after-fix',
  'not-found': 'never',
  undelivered: 'never',
  'store-failed': 'later',
  'queue-full': 'later',
  'no-route': 'other-gateway',
  'line-unavailable': 'later',
  'sim-error': 'other-line',
  'rate-limited': 'later',
  'vendor-busy': 'later',
  'vendor-error': 'other-gateway',
  network: 'later',
  'no-answer': 'later',
  'unreadable-answer': 'never',
  'in-doubt': 'never',
  'no-report': 'never',
  'duplicate-id': 'never',
  expired: 'never',
  cancelled: 'never',
  'opted-out': 'never',
  unsupported: 'never',
  'invalid-message': 'never',
  'invalid-config': 'after-fix',
  'unreadable-push': 'never',
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof RETRY;

/** Why a message, or one of its recipients, did not go through. */
export interface Failure {
  readonly code: ErrorCode;
  /** Chooses among the sentences for `code`: the key `errors.<code>.<detail>` of the locales; `default` without it. */
  readonly detail?: string;
  /** What the sentence names: a field, a setting, a limit. Never a secret, a phone number or a text. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** The vendor's code, as the vendor wrote it. */
  readonly vendorCode?: string;
  /** The vendor's own words, as the vendor wrote them. */
  readonly vendorText?: string;
  /** Where the locales hold the document's text of the vendor's code: a key below `vendors.<vendor>`. */
  readonly vendorTextKey?: string;
  /** Milliseconds after which the vendor asked to be called again (`Retry-After`). */
  readonly retryAfter?: number;
}

/** Codes that concern the account as a whole: they pause its gateway. */
export const ACCOUNT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'auth-failed',
  'ip-refused',
  'account-disabled',
  'insufficient-balance',
]);

/** Codes that no other gateway would answer differently: no backup is tried. */
export const FINAL_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid-recipient',
  'opted-out',
  'expired',
  'cancelled',
  'invalid-message',
  'invalid-config',
  'queue-full',
]);

/** A failure on its way up the stack. */
export class SmsError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.detail ? `${failure.code} (${failure.detail})` : failure.code);
    this.name = 'SmsError';
  }

  get code(): ErrorCode {
    return this.failure.code;
  }
}

/** Makes a failure with its sentence and what the sentence names. */
export function failure(code: ErrorCode, detail?: string, params?: Failure['params']): Failure {
  return { code, ...(detail === undefined ? {} : { detail }), ...(params === undefined ? {} : { params }) };
}

/** The failure in whatever was thrown; `otherwise` where it was none of ours. */
export function failureOf(thrown: unknown, otherwise: Failure): Failure {
  return thrown instanceof SmsError ? thrown.failure : otherwise;
}

/** The locale key, below `vendors.<vendor>`, of the text that a document's `table` has for `code`. */
export function vendorTextKey(table: string, code: string | number): string {
  return `codes.${table}.${String(code).replace(/[.:]/g, '-')}`;
}
