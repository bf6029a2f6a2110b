/** What is for one node, in order. While the node is away in a deploy, it waits. */
import type { Kept } from './event-journal';

/** Events that are handed over before other work gets its turn. */
const AT_ONCE = 50;

export class Outbox<Event> {
  readonly #waiting: { readonly event: Event; readonly kept: Kept }[] = [];
  /** Those before it have left. */
  #next = 0;
  #receive?: (event: Event) => void;
  #draining?: NodeJS.Immediate;

  /** How many wait. */
  get size(): number {
    return this.#waiting.length - this.#next;
  }

  put(event: Event, kept: Kept): void {
    kept.hold();
    this.#waiting.push({ event, kept });
    this.#drainSoon();
  }

  /** The node is there. */
  open(receive: (event: Event) => void): void {
    this.#receive = receive;
    this.#drainSoon();
  }

  /** The node is away: events wait until it is back. */
  close(): void {
    this.#receive = undefined;
    clearImmediate(this.#draining);
    this.#draining = undefined;
  }

  /** The node does not come back. */
  drop(): void {
    this.close();
    for (const { kept } of this.#waiting.splice(0).slice(this.#next)) kept.release();
    this.#next = 0;
  }

  #drainSoon(): void {
    if (this.#receive && this.size > 0)
      this.#draining ??= setImmediate(() => {
        this.#drain();
      });
  }

  #drain(): void {
    this.#draining = undefined;
    for (let count = 0; count < AT_ONCE && this.#receive; count++) {
      const first = this.#waiting[this.#next];
      if (!first) break;
      this.#next++;
      this.#receive(first.event);
      first.kept.release();
    }
    if (this.#next === this.#waiting.length || this.#next > 1000) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    this.#drainSoon();
  }
}
