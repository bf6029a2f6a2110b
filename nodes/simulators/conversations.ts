/** Who wrote to which handset last: where an SMS of the handset goes. */
import { national } from './magic';

const MOST_HANDSETS = 30_000;

/** `Sender` is an account, and what a handset answers to: an access code, an extension, a line. */
export class Conversations<Sender> {
  readonly #senders = new Map<string, Sender>();
  #lastCaller: Sender | undefined;

  /** The sender made itself known without writing to anybody. */
  called(sender: Sender): void {
    this.#lastCaller = sender;
  }

  wrote(sender: Sender, handset: string): void {
    const key = national(handset);
    this.#senders.delete(key);
    this.#senders.set(key, sender);
    for (const oldest of this.#senders.keys()) {
      if (this.#senders.size <= MOST_HANDSETS) break;
      this.#senders.delete(oldest);
    }
  }

  /** The last to write to the handset, else the last to call at all. */
  of(handset: string): Sender | undefined {
    return this.#senders.get(national(handset)) ?? this.#lastCaller;
  }
}
