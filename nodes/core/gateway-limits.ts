/** Between what the numbers of a gateway may lie: for the dialog, which marks them, and the runtime, which refuses them. */

interface Limits {
  readonly min: number;
  readonly max: number;
}

export const GATEWAY_LIMITS = {
  /** Recipients per second. */
  rate: { min: 0, max: 10_000 },
  /** Requests in flight. */
  window: { min: 1, max: 1000 },
  /** Seconds. */
  timeout: { min: 1, max: 600 },
  /** Seconds. */
  doubtAfter: { min: 0, max: 7 * 86_400 },
} as const satisfies Record<string, Limits>;
