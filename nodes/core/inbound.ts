/** An inbound SMS: what a handset sent to one of the account's numbers. */

export interface Inbound {
  /** The vendor's id of it, where it has one. */
  readonly id?: string;
  /** The sender as the vendor writes it. */
  readonly from: string;
  /** The number, access code or line that it reached, where it is told. */
  readonly to?: string;
  /** What follows the account's own number, for vendors with extensions. */
  readonly extension?: string;
  /** The line or port that received it. */
  readonly line?: string;
  /** Exactly as it was sent. */
  readonly text: string;
  /** Epoch milliseconds; absent where the vendor tells no time. */
  readonly at?: number;
  /** The service centre that it came through. */
  readonly smsc?: string;
  /** The SIM card that received it. */
  readonly iccid?: string;
  /**
   * Equal for one and the same SMS, be it pushed, pushed again or polled; it says nothing of number or text. Absent where the vendor hands each out once:
   * then two that look the same are two.
   */
  readonly identity?: string;
  /** Where the vendor tells of one SMS in two forms that share no identity: what both have in common, and which this is. */
  readonly twin?: { readonly name: string; readonly form: string };
  /** The vendor's record, parsed where it could be. */
  readonly raw: unknown;
}
