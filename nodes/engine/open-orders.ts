/** Messages whose outcome is not out, by the names under which their senders know them. */
import { LazyIndex } from './lazy-index';
import type { Message } from './message';

export class OpenOrders {
  readonly #messages = new Set<Message>();
  readonly #byName = new LazyIndex(this.#messages, ({ order }) => order);

  add(message: Message): void {
    this.#messages.add(message);
    this.#byName.add(message);
  }

  forget(message: Message): void {
    if (this.#messages.delete(message)) this.#byName.delete(message);
  }

  of(name: string): readonly Message[] {
    return this.#byName.get(name);
  }
}
