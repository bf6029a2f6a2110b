/** What is for one node, in order. While the node is away in a deploy, it waits. */
import type { Kept } from './event-journal';

interface Waiting<Event> {
  readonly event: Event;
  readonly kept: Kept;
}

export class Outbox<Event> {
  #waiting: Waiting<Event>[] = [];
  /** Those before it have left. */
  #next = 0;
  #receive?: (event: Event) => void;
  #leaving?: () => () => boolean;
  #isDropped = false;
  #draining?: NodeJS.Immediate;

  /** `atOnce`: events that are handed over before other work gets its turn. */
  constructor(private readonly atOnce: number) {}

  /** How many wait. */
  get size(): number {
    return this.#waiting.length - this.#next;
  }

  put(event: Event, kept: Kept): void {
    kept.hold();
    this.#waiting.push({ event, kept });
    this.#drainSoon();
  }

  /** The node is there. `leaving` is as in `Listener`. */
  open(receive: (event: Event) => void, leaving?: () => () => boolean): void {
    this.#receive = receive;
    this.#leaving = leaving;
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
    this.#isDropped = true;
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
    const handedOver: Waiting<Event>[] = [];
    const hasLeft = this.#leaving?.();
    if (hasLeft) {
      // In a turn of its own right before the one in which the first is handed on.
      setImmediate(() => {
        if (hasLeft() || this.#isDropped) for (const { kept } of handedOver) kept.release();
        else this.#takeBack(handedOver);
      });
    }
    for (let count = 0; count < this.atOnce && this.#receive; count++) {
      const first = this.#waiting[this.#next];
      if (!first) break;
      this.#next++;
      this.#receive(first.event);
      if (hasLeft) handedOver.push(first);
      else first.kept.release();
    }
    if (this.#next === this.#waiting.length || this.#next > 1000) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    this.#drainSoon();
  }

  /** They did not leave the node: they come again, before all others. */
  #takeBack(events: readonly Waiting<Event>[]): void {
    this.#waiting = [...events, ...this.#waiting.slice(this.#next)];
    this.#next = 0;
    this.#drainSoon();
  }
}
