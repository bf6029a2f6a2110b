/** Sends by the vendor's id and, where several recipients have one id, by the recipient's number. */
import type { TrackedSend } from './tracked-send';

export class SendsById {
  /** Most ids are of one recipient: for these there is no map of their own. */
  readonly #sends = new Map<string, TrackedSend | Map<string, TrackedSend>>();

  add(id: string, send: TrackedSend): void {
    const known = this.#sends.get(id);
    if (known instanceof Map) known.set(send.number, send);
    else if (known === undefined || known.number === send.number) this.#sends.set(id, send);
    else this.#sends.set(id, new Map([known, send].map((each) => [each.number, each])));
  }

  get(id: string, number: string): TrackedSend | undefined {
    const known = this.#sends.get(id);
    if (known instanceof Map) return known.get(number);
    return known?.number === number ? known : undefined;
  }

  /** The only one with that id. */
  only(id: string): TrackedSend | undefined {
    const known = this.#sends.get(id);
    if (!(known instanceof Map)) return known;
    return known.size === 1 ? known.values().next().value : undefined;
  }

  of(id: string): Iterable<TrackedSend> {
    return sendsIn(this.#sends.get(id));
  }

  delete(id: string, send: TrackedSend): void {
    const known = this.#sends.get(id);
    if (known instanceof Map && known.get(send.number) === send) known.delete(send.number);
    if (known === send || (known instanceof Map && known.size === 0)) this.#sends.delete(id);
  }

  /** The sends of each id. */
  *[Symbol.iterator](): Generator<Iterable<TrackedSend>> {
    for (const known of this.#sends.values()) yield sendsIn(known);
  }
}

function sendsIn(known: TrackedSend | Map<string, TrackedSend> | undefined): Iterable<TrackedSend> {
  if (known instanceof Map) return known.values();
  return known ? [known] : [];
}
