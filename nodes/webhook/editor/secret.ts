/** Secret paths: made when a node is dropped or pasted, and kept when it is cut and put elsewhere. */
import type { EditorNode } from '../../runtime/editor/red';
import { isBlank } from '../../runtime/editor/values';

const BYTES = 16;

export function makePath(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** The credentials of nodes that were taken away, as far as the editor knew them. */
const removed = new Map<string, Record<string, unknown> | undefined>();

export function watchRemoved(type: string): void {
  RED.events.on('nodes:remove', (node) => {
    if (node.type === type) removed.set(node.id, node.credentials);
  });
}

/** A node that is new here gets a path of its own; one that comes back keeps its URL, which a vendor may know. */
export function giveNewPath(node: EditorNode): void {
  if (removed.has(node.id)) {
    const before = removed.get(node.id);
    if (before) node.credentials = before;
  } else if (isBlank(node.credentials?.path)) {
    node.credentials = { path: makePath() };
  }
}
