/** Cancelling what is not sent yet: what waits here, and what the vendor holds until its time. */
import { failure, failureOf, type Failure } from '../core/failure';
import type { Account } from '../vendors/driver';
import type { Deliveries } from './deliveries';
import type { CancelOutcome, CancelResult } from './dispatcher';
import type { Message, Recipient } from './message';

/** What is needed of whoever keeps the messages. */
export interface CancelHost {
  /** Messages whose outcome is not out, by a name under which their senders know them. */
  messagesOf(name: string): readonly Message[];
  fail(recipient: Recipient, reason: Failure): void;
  /** The account of a gateway, or why there is none. */
  accountOf(gateway: string): Account | Failure;
}

/** Never rejects: what the vendor does not answer is the failure of those that it was asked about. */
export async function cancelAll(
  gateway: string,
  names: readonly string[],
  host: CancelHost,
  deliveries: Deliveries,
): Promise<CancelOutcome> {
  const failures = new Map<string, Failure | undefined>();
  /** By name the vendor's ids of what it holds. */
  const held = new Map<string, readonly string[]>();
  for (const name of new Set(names)) {
    const count = cancelWaiting(name, host);
    if (count.left > 0) failures.set(name, failure('not-found', 'cancel-late'));
    else if (count.cancelled > 0 && count.held === 0) failures.set(name, undefined);
    else held.set(name, deliveries.scheduledIds(gateway, name));
  }
  const account = host.accountOf(gateway);
  const { results, raw } = await askVendor(account, [...new Set([...held.values()].flat())]);
  for (const [name, ids] of held) {
    const refused = ids.map((id) => results.get(id)).find((reason) => reason !== undefined);
    failures.set(name, refused);
    for (const id of ids) if (!results.get(id)) deliveries.cancelled(gateway, id, raw);
  }
  const listed = names.map((id): CancelResult => {
    const reason = failures.get(id);
    return reason ? { id, failure: reason } : { id };
  });
  return { results: listed, ...(raw === undefined ? {} : { raw }) };
}

/** Cancels what waits here under a name, and counts what the vendor holds until its time and what is beyond recall. */
function cancelWaiting(
  name: string,
  host: CancelHost,
): { readonly cancelled: number; readonly held: number; readonly left: number } {
  const count = { cancelled: 0, held: 0, left: 0 };
  for (const recipient of host.messagesOf(name).flatMap(({ recipients }) => recipients)) {
    if (recipient.settled) continue;
    if (recipient.isOut) {
      if (recipient.state === 'scheduled') count.held++;
      else count.left++;
    } else {
      count.cancelled++;
      host.fail(recipient, failure('cancelled'));
    }
  }
  return count;
}

/** Why each id could not be cancelled; nothing for those that were. */
async function askVendor(
  account: Account | Failure,
  ids: readonly string[],
): Promise<{ results: Map<string, Failure | undefined>; raw?: unknown }> {
  const all = (reason: Failure): Map<string, Failure> => new Map(ids.map((id) => [id, reason]));
  if (ids.length === 0) return { results: new Map() };
  if ('code' in account) return { results: all(account) };
  if (!account.cancel) return { results: all(failure('not-found', 'cancel')) };
  try {
    const { results, raw } = await account.cancel(ids);
    const answered = new Map(results.map(({ id, failure: reason }) => [id, reason]));
    const unanswered = failure('unreadable-answer');
    return { results: new Map(ids.map((id) => [id, answered.has(id) ? answered.get(id) : unanswered])), raw };
  } catch (error) {
    return { results: all(failureOf(error, failure('unreadable-answer'))) };
  }
}
