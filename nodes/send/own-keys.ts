/** Keys of messages tell who sent them: a message that comes back to its sender goes only to those it names itself. */
import { createHash, randomUUID } from 'node:crypto';
import { valueOf } from '../engine/maps';

/** By the node. */
const marks = new Map<string, string>();
const MOST_MARKS = 1000;

/** A new key for what the node sends. Nothing is remembered, so it is known however late it comes, restarts included. */
export function newKey(node: string): string {
  return markOf(node) + randomUUID().slice(8);
}

export function isSender(node: string, key: string | undefined): boolean {
  return key?.startsWith(`${markOf(node)}-`) ?? false;
}

/** Eight digits, as many as a UUID begins with. */
function markOf(node: string): string {
  return valueOf(marks, node, () => {
    if (marks.size >= MOST_MARKS) marks.clear();
    return createHash('sha256').update(node).digest('hex').slice(0, 8);
  });
}
