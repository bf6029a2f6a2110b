/** Which node sent what: a message that comes back to its sender goes only to those it names itself. */

const MOST_KEYS = 10_000;

const senders = new Map<string, string>();

export function noteSender(key: string, node: string): void {
  senders.delete(key);
  senders.set(key, node);
  const [oldest] = senders.keys();
  if (senders.size > MOST_KEYS && oldest !== undefined) senders.delete(oldest);
}

export function isSender(node: string, key: string | undefined): boolean {
  return key !== undefined && senders.get(key) === node;
}
