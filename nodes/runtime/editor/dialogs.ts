/** The dialogs that are open: while one is, fields are judged by what it shows, not by what is saved. */
import type { EditorNode } from './red';

/** By node id what the ids of its controls begin with. */
const open = new Map<string, string>();

export function openDialog(node: EditorNode, prefix: 'node-input' | 'node-config-input'): void {
  open.set(node.id, prefix);
}

export function closeDialog(node: EditorNode): void {
  open.delete(node.id);
}

export function isOpen(node: EditorNode): boolean {
  return open.has(node.id);
}

/** A property as the open dialog shows it, else as it is saved. */
export function shown<Node extends EditorNode>(node: Node, property: keyof Node & string): unknown {
  const prefix = open.get(node.id);
  const control = $(`#${prefix ?? ''}-${property}`);
  if (prefix === undefined || control.length === 0) return node[property];
  // A select that is not filled yet has no value.
  return control.is('[type=checkbox]') ? control.prop('checked') : (control.val() ?? node[property]);
}

/** Lets Node-RED judge all fields of an open dialog again. */
export function judgeAgain(node: EditorNode): void {
  const prefix = open.get(node.id);
  if (prefix !== undefined) $(`#${prefix}-name`).triggerHandler('change');
}
