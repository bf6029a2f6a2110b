/** Recipients of whom nobody knows whether the vendor took the message: they wait for a user's word. */
import type { Recipient } from './message';
import type { OnceRecord } from './once';

/** Orders with recipients in doubt that are remembered. */
const MOST_ORDERS = 10_000;

export class Doubts {
  /** By the key of their order. */
  readonly #byKey = new Map<string, Set<Recipient>>();
  /** Those in doubt under one idempotency key: a word on one settles all. */
  readonly #byOnce = new WeakMap<OnceRecord, Set<Recipient>>();

  /** The recipients of an order that are in doubt. */
  of(key: string): Recipient[] {
    return [...(this.#byKey.get(key) ?? [])];
  }

  note(recipient: Recipient): void {
    const { once, message } = recipient;
    const { key } = message.order;
    this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(recipient));
    if (once) this.#byOnce.set(once, (this.#byOnce.get(once) ?? new Set()).add(recipient));
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > MOST_ORDERS && oldest !== undefined) this.#byKey.delete(oldest);
  }

  /** It is settled, and with it all under the same idempotency key: those are given. */
  forget(recipient: Recipient): readonly Recipient[] {
    const { once } = recipient;
    const all = [...new Set([recipient, ...((once && this.#byOnce.get(once)) ?? [])])];
    for (const settled of all) {
      const { key } = settled.message.order;
      const inDoubt = this.#byKey.get(key);
      inDoubt?.delete(settled);
      if (inDoubt?.size === 0) this.#byKey.delete(key);
    }
    if (once) this.#byOnce.delete(once);
    return all;
  }
}
