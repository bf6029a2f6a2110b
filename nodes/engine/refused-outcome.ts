/** The outcome of an order that nobody was handed. */
import type { Failure } from '../core/failure';
import type { Order, Outcome, RecipientOutcome } from './dispatcher';

type Parts = Pick<Order, 'key' | 'node' | 'items' | 'batch' | 'envelope'> & Partial<Pick<Order, 'until'>>;

/** Every recipient was refused for the reason. */
export function refusedOutcome(order: Parts, reason: Failure): Outcome {
  const { key, node, items, batch = false, envelope, until = 'accepted' } = order;
  const recipients = items.flatMap(({ to: all }, item) =>
    all.map((to): RecipientOutcome => ({ to, item, state: 'rejected', failure: reason })),
  );
  return { key, node, items, batch, envelope, until, recipients, attempts: [] };
}
