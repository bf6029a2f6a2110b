/** Shows pushes that were not taken to webhook nodes, where they came by another way than the URL of one. */
import type { Push } from '../vendors/driver';
import type { Refusal } from './push-intake';

export interface RefusalWatcher {
  /** The account of the node's gateway, as it is now. */
  account(): Promise<string | undefined>;
  /** Must not throw. */
  refused(push: Push, outcome: Refusal): void;
}

const watchers = new Set<RefusalWatcher>();

/** Gives what takes the watcher away again. */
export function watchRefusals(watcher: RefusalWatcher): () => void {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

/** To the webhook nodes of all gateways on the account. */
export async function showRefusal(accountKey: string, push: Push, outcome: Refusal): Promise<void> {
  for (const watcher of [...watchers]) {
    if ((await watcher.account()) === accountKey) watcher.refused(push, outcome);
  }
}
