/** Messages whose outcome is not out, by the names under which their senders know them. */
import type { Message } from './message';
import { Multimap } from './multimap';

export class OpenOrders {
  readonly #messages = new Set<Message>();
  /**
   * By our key and by the caller's idempotency key. Made when somebody first asks: whoever never cancels anything needs none,
   * and it takes long where very many wait.
   */
  #byName?: Multimap<string, Message>;

  add(message: Message): void {
    this.#messages.add(message);
    if (this.#byName) index(this.#byName, message);
  }

  forget(message: Message): void {
    if (!this.#messages.delete(message)) return;
    for (const name of namesOf(message)) this.#byName?.delete(name, message);
  }

  of(name: string): readonly Message[] {
    if (!this.#byName) {
      this.#byName = new Multimap();
      for (const message of this.#messages) index(this.#byName, message);
    }
    return this.#byName.get(name);
  }
}

function index(byName: Multimap<string, Message>, message: Message): void {
  for (const name of namesOf(message)) byName.add(name, message);
}

function namesOf({ order: { key, once } }: Message): string[] {
  return once === undefined ? [key] : [key, once];
}
