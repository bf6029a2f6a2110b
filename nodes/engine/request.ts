/** One request to a vendor: what is asked, and what its answer tells of each recipient. */
import { SmsError, failure, failureOf, type ErrorCode } from '../core/failure';
import type { RecipientResult, SendAnswer, SendRequest, SettleAnswer, Unsettled } from '../vendors/driver';
import type { GatewayName } from './dispatcher';
import type { ReportEvent } from './events';
import type { Gateway } from './gateway';
import { groupBy, itemsOf } from './grouping';
import type { Recipient } from './message';
import { optionsOf, tolerate } from './routing';
import type { SendFacts } from './tracked-send';

/** Thrown after a request, they tell nothing of whether the vendor took it. */
const UNCERTAIN_CODES: ReadonlySet<ErrorCode> = new Set(['no-answer', 'unreadable-answer', 'in-doubt']);

export type AcceptedResult = Extract<RecipientResult, { readonly id: string }>;

export interface RequestParts {
  /** Epoch milliseconds at which the vendor is to send, where it is the vendor who waits. */
  readonly at: number | undefined;
  readonly wantReports: boolean;
}

/** Asks the vendor to send to recipients, of one message or of several with one text. Gives what each came to, in their order. Never rejects. */
export async function ask(
  gateway: Gateway,
  recipients: readonly Recipient[],
  parts: RequestParts,
): Promise<Pick<SendAnswer, 'results' | 'isRefused'>> {
  // What was accepted before, and then not delivered, is not what comes of this one.
  for (const recipient of recipients) Object.assign(recipient, { id: undefined, ids: undefined });
  try {
    const answer = await gateway.account.send(requestOf(gateway, recipients, parts));
    noteRaw(recipients, answer);
    takeIds(recipients, answer.results);
    return answer;
  } catch (error) {
    const reason = failureOf(error, failure('unreadable-answer'));
    const certain = error instanceof SmsError && !UNCERTAIN_CODES.has(reason.code);
    return { results: recipients.map(() => ({ state: certain ? 'rejected' : 'in-doubt', failure: reason })) };
  }
}

/**
 * Asks the vendor once more, under the same ids, for recipients of one request of which nobody knows whether it was taken.
 * Never rejects.
 */
export async function askAgain(
  gateway: Gateway,
  recipients: readonly Recipient[],
  parts: RequestParts,
): Promise<Pick<SettleAnswer, 'results' | 'askAgain'>> {
  const [first] = recipients;
  const { account } = gateway;
  const ids = recipients.flatMap(({ clientId }) => clientId ?? []);
  const nothing = { results: [], askAgain: false };
  if (!first || !account.settle || ids.length < recipients.length) return nothing;
  const { run } = first.intent ?? {};
  const request = { ids, ...requestOf(gateway, recipients, parts) };
  const unsettled: Unsettled = { request, ...(run === undefined ? {} : { run }) };
  try {
    const answer = await account.settle(unsettled);
    if (answer.raw !== undefined) first.message.raw = answer.raw;
    return answer;
  } catch {
    // A mistake in a driver.
    return nothing;
  }
}

/** Each message keeps the answer; where it shares the request with others, no more of it than its own part. */
function noteRaw(recipients: readonly Recipient[], { raw, rawFor }: SendAnswer): void {
  for (const { message } of recipients) message.raw = raw;
  const isShared = recipients.some(({ message }) => message !== recipients[0]?.message);
  if (!rawFor || !isShared) return;
  for (const own of groupBy(recipients.keys(), (place) => recipients[place]?.message)) {
    const message = recipients[own[0]]?.message;
    if (message) message.raw = tolerate(() => rawFor(own), raw);
  }
}

function requestOf(gateway: Gateway, recipients: readonly Recipient[], { at, wantReports }: RequestParts): SendRequest {
  const callbackUrl = gateway.callbackUrl();
  const ids = recipients.flatMap(({ clientId }) => clientId ?? []);
  return {
    items: itemsOf(recipients),
    options: optionsOf(recipients[0]?.message, gateway),
    ...(ids.length > 0 ? { ids } : {}),
    ...(at === undefined ? {} : { at }),
    wantReports,
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  };
}

/** Each recipient has the vendor's id from now on. */
export function takeIds(recipients: readonly Recipient[], results: readonly (RecipientResult | undefined)[]): void {
  recipients.forEach((recipient, index) => {
    const result = results[index];
    if (result && 'id' in result) Object.assign(recipient, { id: result.id, ids: result.ids });
  });
}

/** What is to be known of an SMS that was accepted, so that reports find it. */
export function factsOf(
  gateway: GatewayName,
  recipient: Recipient,
  { id, ids, state }: AcceptedResult,
  sentAt: number,
  tell: (recipient: Recipient, event: ReportEvent) => void,
): SendFacts {
  const { message, item, to, due } = recipient;
  const { key, once, ref, until } = message.order;
  return {
    key,
    gateway,
    to,
    text: message.textOf(item),
    id,
    state,
    sentAt,
    ...(ids === undefined ? {} : { ids }),
    ...(once === undefined ? {} : { once }),
    ...(due === undefined ? {} : { due }),
    ...(ref === undefined ? {} : { ref }),
    ...(until === 'delivered' ? { watcher: recipient.watcher(tell) } : {}),
  };
}
