/** The outputs of webhook nodes, for pushes that come by another way than their own URL. */
import type { PushTaken } from '../engine/events';
import type { Push } from '../vendors/driver';

export interface PushOutput {
  /** The account of the node's gateway, as it is now. */
  account(): Promise<string | undefined>;
  /** Must not throw. */
  emit(push: Push, taken: PushTaken): void;
}

const outputs = new Set<PushOutput>();

/** Gives what takes the outputs away again. */
export function addPushOutput(output: PushOutput): () => void {
  outputs.add(output);
  return () => {
    outputs.delete(output);
  };
}

/** Shows a push to the webhook nodes of all gateways on the account. */
export async function emitPush(accountKey: string, push: Push, taken: PushTaken): Promise<void> {
  for (const output of [...outputs]) {
    if ((await output.account()) === accountKey) output.emit(push, taken);
  }
}
