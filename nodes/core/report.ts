/** A delivery report: what became of one SMS to one recipient, as the vendor tells it. */
import type { Failure } from './failure';
import type { State } from './state';

export interface Report {
  /** The vendor's id, as it was given when the SMS was accepted. Absent where the vendor tells of an SMS without its id. */
  readonly id?: string;
  /** The recipient as the vendor writes it, where it is told. */
  readonly to?: string;
  readonly state: State;
  /** The vendor has nothing more to say of it. */
  readonly final: boolean;
  /** Epoch milliseconds; absent where the vendor tells no time. */
  readonly at?: number;
  /** The line or port that sent it. */
  readonly line?: string;
  /** The vendor's code, as the vendor wrote it. */
  readonly vendorCode?: string;
  /** The vendor's own words, as the vendor wrote them. */
  readonly vendorText?: string;
  /** Where the locales hold the document's text of the vendor's code: a key below `vendors.<vendor>`. */
  readonly vendorTextKey?: string;
  /** Why it was not delivered, where that is what the report says. */
  readonly failure?: Failure;
  /** Where there is no id: equal for one and the same report, be it pushed, pushed again or polled. */
  readonly identity?: string;
  /** The vendor's record, parsed where it could be. */
  readonly raw: unknown;
}
