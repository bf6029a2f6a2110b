/** A gateway as the engine sees it: what its config node says, and the vendor's account behind it. */
import { failure, type Failure } from '../core/failure';
import type { OptionValues } from '../core/option';
import type { DaySpan } from '../core/time';
import type { Account, Driver } from '../vendors/driver';

/** What to do with a send whose outcome is unknown. */
export type DoubtRule = 'hold' | 'resend' | 'failover';

export interface Gateway {
  /** Id of the config node. */
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  /** Equal for gateways on one account (vendor, address, login): they share limits, queue and pause. */
  readonly accountKey: string;
  /** Changes with everything that the user may have mended; secrets are in it only as a digest. */
  readonly fingerprint: string;
  /** Recipients per second; 0 = no limit. */
  readonly rate: number;
  /** Requests in flight. */
  readonly window: number;
  readonly doubt: DoubtRule;
  /** Milliseconds that `hold` waits for evidence. */
  readonly doubtAfter: number;
  readonly quietHours?: DaySpan;
  /** Whoever answers that they want no more SMS get none through it. */
  readonly optOut: boolean;
  readonly timezone: string;
  readonly country: string;
  readonly options: OptionValues;
  readonly driver: Driver;
  readonly account: Account;
  /** Reserves ids that we choose, never given before at the vendor's address, and gives the first; they rise by one. */
  reserveIds(count: number): Promise<number>;
  /** What may be shown of a vendor's words: the same without secrets, which an answer may quote. */
  discreet(words: unknown): unknown;
  /** Where the vendor or device is to push what it learns; nothing where it cannot reach this Node-RED. */
  callbackUrl(): string | undefined;
}

/** A gateway whose configuration cannot work, and why. */
export interface BrokenGateway {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly failure: Failure;
}

/** Why nothing can be done where a gateway's config node is missing or disabled. */
export const NO_GATEWAY = failure('invalid-config', 'no-gateway', { field: 'gateway' });
