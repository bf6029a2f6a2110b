/** The state of lines and ports, in one form for every vendor (contract, section 5). What is unknown is null. */

export interface PortStatus {
  /** From 1; the raw text of a SIM pool's port. */
  readonly port: number | string | null;
  /** From 1. */
  readonly slot: number | null;
  /** As the vendor writes it. */
  readonly line: string;
  /** The name of `code`. */
  readonly state: string;
  readonly code: number | null;
  /** Whether the SIM card is registered in the network. */
  readonly registered: boolean | null;
  /** Whether the line can be reached by the vendor's server. */
  readonly online: boolean | null;
  readonly operator: string | null;
  /** The SIM card's own number. */
  readonly number: string | null;
  readonly imei: string | null;
  readonly imsi: string | null;
  readonly iccid: string | null;
  readonly balance: number | null;
  readonly signal: number | null;
  /** SMS that the line may still send. */
  readonly remaining: number | null;
  readonly remainingToday: number | null;
}

/** What a device says of itself: all of its ports, or the one that changed. */
export interface DeviceStatus {
  readonly type: 'device' | 'port';
  readonly ports: readonly PortStatus[];
  readonly mac?: string;
  readonly ip?: string;
  readonly seq?: number;
  /** The device's own words, parsed. */
  readonly raw: unknown;
}
