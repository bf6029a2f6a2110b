/** Messages whose outcome is not out, by the names under which their senders know them. */
import { addTo, removeFrom } from './maps';
import type { Message } from './message';

export class OpenOrders {
  /** By our key and by the caller's idempotency key. */
  readonly #byName = new Map<string, Set<Message>>();

  add(message: Message): void {
    for (const name of namesOf(message)) addTo(this.#byName, name, message);
  }

  forget(message: Message): void {
    for (const name of namesOf(message)) removeFrom(this.#byName, name, message);
  }

  of(name: string): readonly Message[] {
    return [...(this.#byName.get(name) ?? [])];
  }
}

function namesOf({ order: { key, once } }: Message): string[] {
  return once === undefined ? [key] : [key, once];
}
