/** Which recipients go together: into one request, by one answer, or on one way. */
import { failure } from '../core/failure';
import type { RecipientResult, SendItem } from '../vendors/driver';
import { valueOf } from './maps';
import type { Message, Recipient } from './message';

/** Elements with the same key together, in their order. */
export function groupBy<T>(elements: Iterable<T>, keyOf: (element: T) => unknown): [T, ...T[]][] {
  if (Array.isArray(elements) && elements.length < 2) return elements.length === 0 ? [] : [[elements[0] as T]];
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const element of elements) {
    const key = keyOf(element);
    const group = groups.get(key);
    if (group) group.push(element);
    else groups.set(key, [element]);
  }
  return [...groups.values()];
}

/** Recipients that can be routed together: of one message, at one position of its gateways, without an outcome. */
export function groupsOf(recipients: readonly Recipient[]): Recipient[][] {
  const groups: Recipient[][] = [];
  const byMessage = new Map<Message, Recipient[][]>();
  for (const recipient of recipients) {
    if (recipient.settled) continue;
    const ofMessage = valueOf(byMessage, recipient.message, () => []);
    const group = ofMessage.find(([first]) => first?.path[0] === recipient.path[0]);
    if (group) {
      group.push(recipient);
      continue;
    }
    const begun = [recipient];
    ofMessage.push(begun);
    groups.push(begun);
  }
  return groups;
}

/** Recipients of a request that came to the same. */
export function alike(
  recipients: readonly Recipient[],
  results: readonly RecipientResult[],
): { result: RecipientResult; concerned: Recipient[] }[] {
  const pairs = recipients.map((recipient, index) => {
    const result: RecipientResult = results[index] ?? { state: 'in-doubt', failure: failure('unreadable-answer') };
    return { recipient, result };
  });
  const sameAs = ({ result }: { result: RecipientResult }): string =>
    result.state + ('failure' in result ? JSON.stringify(result.failure) : '');
  return groupBy(pairs, sameAs).map((group) => ({
    result: group[0].result,
    concerned: group.map(({ recipient }) => recipient),
  }));
}

/**
 * Whether a recipient of a request has another text than the one before it. Recipients of several messages are in one
 * request only where all have one text.
 */
export function beginsItem({ message, item }: Recipient, before: Recipient | undefined): boolean {
  return before === undefined || (before.message === message && before.item !== item);
}

/** The recipients of a request by text, in their order. */
export function itemsOf(recipients: readonly Recipient[]): SendItem[] {
  const items: { text: string; to: string[] }[] = [];
  recipients.forEach((recipient, index) => {
    const { message, item, number } = recipient;
    if (beginsItem(recipient, recipients[index - 1])) items.push({ text: message.textOf(item), to: [number] });
    else items.at(-1)?.to.push(number);
  });
  return items;
}
