/** What an account says of itself, in one form for every vendor (contract, section 5). */
import type { Failure } from './failure';

/** What an account may have beside sending. */
export type AccountCall = 'balance' | 'signature' | 'cancel';

export interface Balance {
  /** In `unit`. */
  readonly amount: number;
  readonly unit: 'CNY' | 'messages' | 'unspecified';
  /** Paid afterwards: negative by nature, where it is so. */
  readonly postpaid: boolean;
  readonly raw: unknown;
}

export interface Signature {
  /** Without its brackets. */
  readonly text: string;
  readonly raw: unknown;
}

/** What came of one id that was to be cancelled. */
export interface Cancelled {
  /** The vendor's id, as it was given. */
  readonly id: string;
  /** Absent where it is cancelled. */
  readonly failure?: Failure;
}

export interface CancelAnswer {
  /** One for each id, in their order. */
  readonly results: readonly Cancelled[];
  readonly raw: unknown;
}
