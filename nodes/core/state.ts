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

/** How much a state tells of an SMS that the vendor has: a state never goes back to one that tells less. */
const KNOWLEDGE: Partial<Readonly<Record<State, number>>> = {
  scheduled: 0,
  accepted: 0,
  sent: 1,
  unknown: 2,
  delivered: 3,
  undelivered: 3,
  rejected: 3,
  expired: 3,
  cancelled: 3,
};

/** Whether a report of the state `next` says more than is known by `current`. */
export function isProgress(current: State, next: State): boolean {
  return (KNOWLEDGE[next] ?? 0) > (KNOWLEDGE[current] ?? 0);
}
