/** What stands behind a node. Node-RED hands on a turn later what a node sends, and a deploy may come first. */
import type { Node, NodeAPI } from 'node-red';

type Behind = readonly [id: string, node: Node | null | undefined];

/** The nodes that an output is wired to, as they are now: none where one is disabled or gone. */
export function nodesBehind(red: NodeAPI, node: Node, output: number): Behind[] {
  return (wiresOf(node)[output] ?? []).map((id) => [id, red.nodes.getNode(id) as Behind[1]]);
}

export function isWired(red: NodeAPI, node: Node, output: number): boolean {
  return nodesBehind(red, node, output).some(([, behind]) => Boolean(behind));
}

/**
 * Tells, when it is asked again right before what is sent now is handed on, whether that reaches the nodes behind. `outputs`:
 * those that are sent by; absent: all.
 */
export function arrival(red: NodeAPI, node: Node, outputs = [...wiresOf(node).keys()]): () => boolean {
  const behind = outputs.flatMap((output) => nodesBehind(red, node, output));
  return () => behind.every(([id, now]) => red.nodes.getNode(id) === now);
}

function wiresOf(node: Node): readonly string[][] {
  return (node as Node & { readonly wires?: readonly string[][] }).wires ?? [];
}
