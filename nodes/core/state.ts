/** The states of a recipient, as the public contract names them (section 6). */
export const STATES = [
  'queued',
  'scheduled',
  'held',
  'sending',
  'in-doubt',
  'accepted',
  'sent',
  'delivered',
  'undelivered',
  'rejected',
  'expired',
  'cancelled',
  'suppressed',
  'unknown',
] as const;

export type State = (typeof STATES)[number];

/** States in which the vendor has the message; output 1 of a send node. */
export const ACCEPTED_STATES: ReadonlySet<State> = new Set<State>(['accepted', 'scheduled', 'sent', 'delivered']);

/** States in which it is certain that nothing reached the handset; output 2 of a send node. */
export const FAILED_STATES: ReadonlySet<State> = new Set<State>([
  'rejected',
  'undelivered',
  'expired',
  'cancelled',
  'suppressed',
]);
