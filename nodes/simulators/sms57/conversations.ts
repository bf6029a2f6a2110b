/** Who wrote to which handset last: where an SMS of the handset goes. */
import type { Account } from './account-state';

const MOST_HANDSETS = 30_000;

interface Sender {
  readonly account: Account;
  /** The access code that stood as sender. */
  readonly code: string;
}

export class Conversations {
  readonly #senders = new Map<string, Sender>();
  #lastCaller: Sender | undefined;

  called(account: Account, code: string): void {
    this.#lastCaller = { account, code };
  }

  wrote(account: Account, code: string, handset: string): void {
    const key = national(handset);
    this.#senders.delete(key);
    this.#senders.set(key, { account, code });
    for (const oldest of this.#senders.keys()) {
      if (this.#senders.size <= MOST_HANDSETS) break;
      this.#senders.delete(oldest);
    }
  }

  /** The last to write to the handset, else the last to call the gateway at all. */
  of(handset: string): Sender | undefined {
    return this.#senders.get(national(handset)) ?? this.#lastCaller;
  }
}

function national(number: string): string {
  return number.replace(/^(\+|00)?86(?=1\d{10}$)/, '');
}
