/** Messages whose outcome is not out, by the names under which their senders know them. */
import type { Message } from './message';
import { Multimap } from './multimap';

export class OpenOrders {
  /** By our key and by the caller's idempotency key. */
  readonly #byName = new Multimap<string, Message>();

  add(message: Message): void {
    for (const name of namesOf(message)) this.#byName.add(name, message);
  }

  forget(message: Message): void {
    for (const name of namesOf(message)) this.#byName.delete(name, message);
  }

  of(name: string): readonly Message[] {
    return this.#byName.get(name);
  }
}

function namesOf({ order: { key, once } }: Message): string[] {
  return once === undefined ? [key] : [key, once];
}
