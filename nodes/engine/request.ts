/** One request to a vendor: what is asked, and what its answer tells of each recipient. */
import { SmsError, failure, failureOf, type ErrorCode } from '../core/failure';
import type { RecipientResult, SendRequest } from '../vendors/driver';
import type { ReportEvent } from './events';
import type { Gateway } from './gateway';
import { itemsOf } from './grouping';
import type { Recipient } from './message';
import { nameOf } from './routing';
import type { SendFacts } from './tracked-send';

/** Thrown after a request, they tell nothing of whether the vendor took it. */
const UNCERTAIN_CODES: ReadonlySet<ErrorCode> = new Set(['no-answer', 'unreadable-answer', 'in-doubt']);

export interface RequestParts {
  /** Epoch milliseconds at which the vendor is to send, where it is the vendor who waits. */
  readonly at: number | undefined;
  readonly wantReports: boolean;
}

/** Asks the vendor to send to recipients of one message. Gives what each came to, in their order. Never rejects. */
export async function ask(
  gateway: Gateway,
  recipients: readonly Recipient[],
  { at, wantReports }: RequestParts,
): Promise<readonly RecipientResult[]> {
  const [first] = recipients;
  if (!first) return [];
  const { message } = first;
  const callbackUrl = gateway.callbackUrl();
  // What was accepted before, and then not delivered, is not what comes of this one.
  for (const recipient of recipients) Object.assign(recipient, { id: undefined, ids: undefined });
  const request: SendRequest = {
    items: itemsOf(message, recipients),
    options: message.options.get(gateway.id) ?? gateway.options,
    ...(at === undefined ? {} : { at }),
    wantReports,
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  };
  try {
    const answer = await gateway.account.send(request);
    message.raw = answer.raw;
    recipients.forEach((recipient, index) => {
      const result = answer.results[index];
      if (result && 'id' in result) Object.assign(recipient, { id: result.id, ids: result.ids });
    });
    return answer.results;
  } catch (error) {
    const reason = failureOf(error, failure('unreadable-answer'));
    const certain = error instanceof SmsError && !UNCERTAIN_CODES.has(reason.code);
    return recipients.map(() => ({ state: certain ? 'rejected' : 'in-doubt', failure: reason }));
  }
}

/** What is to be known of an SMS that was accepted, so that reports find it; nothing where it was not. */
export function factsOf(
  gateway: Gateway,
  recipient: Recipient,
  result: RecipientResult | undefined,
  sentAt: number,
  tell: (recipient: Recipient, event: ReportEvent) => void,
): SendFacts | undefined {
  if (!result || !('id' in result)) return undefined;
  const { message, item, to, due } = recipient;
  const { key, once, ref, until } = message.order;
  const { id, ids, state } = result;
  return {
    ...{ key, gateway: nameOf(gateway), to, text: message.textOf(item), id, state, sentAt },
    ...(ids === undefined ? {} : { ids }),
    ...(once === undefined ? {} : { once }),
    ...(due === undefined ? {} : { due }),
    ...(ref === undefined ? {} : { ref }),
    ...(until === 'delivered' ? { watcher: recipient.watcher(tell) } : {}),
  };
}
