/**
 * The document's code tables. The texts lie in the locales, below `vendors.ejoin.codes.<table>.<code>`.
 */
import { failure, vendorTextKey, type ErrorCode, type Failure } from '../../core/failure';
import type { State } from '../../core/state';

/**
 * Task status (6.3.1.4). It serves every call about tasks (6.3.3 to 6.3.6) and, in the samples, the program's cause in a
 * failure report (6.3.2.3). Every code but 0 says that the device did not take the task; 6 does not say it for certain.
 */
export const TASK_CODES: Readonly<Record<number, ErrorCode | undefined>> = {
  0: undefined,
  /** Also the answer to a wrong login. */
  1: 'auth-failed',
  /** Later firmware says "Port Unavailable". */
  2: 'line-unavailable',
  3: 'vendor-error',
  4: 'line-unavailable',
  5: 'line-unavailable',
  6: 'no-answer',
  7: 'vendor-error',
  8: 'invalid-message',
  9: 'invalid-recipient',
  10: 'vendor-busy',
  11: 'vendor-error',
  /** The device wants to be told a port: the gateway's `ports`. */
  12: 'sender-refused',
  /** Central servers say "IccidNoFound" with it. */
  13: 'duplicate-id',
  14: 'permission-denied',
  15: 'unsupported',
  /** The device's own queue is full. */
  16: 'vendor-busy',
  17: 'invalid-message',
  18: 'invalid-message',
  19: 'invalid-message',
  20: 'content-refused',
};

/** What a login that is not accepted is answered with. */
export const INVALID_USER = 1;
export const UNAUTHORIZED = 14;

/** Timeout: the device heard nothing, which is no proof that nothing was done. */
export const TIMEOUT = 6;
const DUPLICATE = 13;

/** `code` 0 or 200 is success; which of them depends on the call. */
export function isSuccess(code: number): boolean {
  return code === 0 || code === 200;
}

/**
 * Whether a code is no proof that nothing was done. 5xx is no code of the document: the device took it from HTTP, and it
 * means there what it means in HTTP.
 */
export function isDoubtful(code: number): boolean {
  return code === TIMEOUT || (code >= 500 && code <= 599);
}

/**
 * Codes of what the task itself holds. The rest depend on ports, on cards, on the queue, on the configuration or the login:
 * what meets them now may have been taken before.
 */
const CONTENT_CODES: ReadonlySet<number> = new Set([8, 9, 11, 17, 18, 19]);

/** Whether a code refuses the same task every time. */
export function isOfContent(code: number): boolean {
  return CONTENT_CODES.has(code);
}

/** What a task code other than success means. `text` is what the device wrote behind it. */
export function taskFailure(code: number, text: string | undefined): Failure {
  const known = Object.hasOwn(TASK_CODES, code) ? TASK_CODES[code] : undefined;
  return {
    ...failure(code === DUPLICATE ? duplicateCode(text) : (known ?? 'vendor-error')),
    vendorCode: String(code),
    ...(text === undefined ? {} : { vendorText: text }),
    ...(known === undefined ? {} : { vendorTextKey: vendorTextKey('task', code) }),
  };
}

/** 13 is the document's unless its text says something else: central servers have no card with that ICCID. */
function duplicateCode(text: string | undefined): ErrorCode {
  if (text === undefined || saysDuplicate(text)) return 'duplicate-id';
  return /iccid/i.test(text) ? 'sim-error' : 'vendor-error';
}

/** Whether the words behind 13 say that the device knows the tid. */
export function saysDuplicate(text: string | undefined): boolean {
  return text !== undefined && /duplicat/i.test(text);
}

/** What is known of a port by its state. */
export interface PortState {
  /** How flows see the state. */
  readonly state: string;
  /** Why nothing can be sent from the port now. Never a code of the whole account: the other ports go on. */
  readonly error?: ErrorCode;
}

/** Port states (4.1.4); 15 and 16 come from newer firmware, 10 does not exist. */
export const PORT_STATES: Readonly<Record<number, PortState>> = {
  0: { state: 'no-sim', error: 'sim-error' },
  1: { state: 'idle-sim', error: 'line-unavailable' },
  2: { state: 'registering', error: 'line-unavailable' },
  3: { state: 'registered' },
  4: { state: 'in-call', error: 'line-unavailable' },
  5: { state: 'no-balance', error: 'sim-error' },
  6: { state: 'register-failed', error: 'sim-error' },
  7: { state: 'locked-by-device', error: 'line-unavailable' },
  8: { state: 'locked-by-operator', error: 'sim-error' },
  9: { state: 'sim-read-error', error: 'sim-error' },
  11: { state: 'sim-detected', error: 'line-unavailable' },
  12: { state: 'locked-by-user', error: 'line-unavailable' },
  13: { state: 'calling-port', error: 'line-unavailable' },
  14: { state: 'waiting-to-call', error: 'line-unavailable' },
  15: { state: 'accessing-network', error: 'line-unavailable' },
  16: { state: 'module-silent', error: 'line-unavailable' },
};

/** First word of a delivery report's text, "code scts" (7.2.3). */
export const DELIVERY_CODES: Readonly<Record<number, State>> = { 0: 'delivered' };

/**
 * What a delivery report says by its code. The document knows 0 alone. The others look like the network's TP-Status (3GPP
 * TS 23.040, 9.2.3.15): from 1 on forwarded without confirmation, from 32 on still being tried, from 64 on given up. Only
 * the last is a definite failure, whoever is right: a backup gateway would send again.
 */
export function deliveryMeaning(code: number): { state: State; final: boolean; code?: ErrorCode } {
  const known = Object.hasOwn(DELIVERY_CODES, code) ? DELIVERY_CODES[code] : undefined;
  if (known !== undefined) return { state: known, final: true };
  if (code < 32) return { state: 'unknown', final: true, code: 'no-answer' };
  return code < 64 ? { state: 'sent', final: false } : { state: 'undelivered', final: true, code: 'undelivered' };
}

/** State of a task in the device's queue (6.3.6). */
export const QUEUE_STATES: Readonly<Record<number, 'waiting' | 'paused'>> = { 0: 'waiting', 1: 'paused' };
