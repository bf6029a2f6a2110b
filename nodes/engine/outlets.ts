/** Hands outcomes to the nodes that they leave through, also those that came out while the node was not there. */
import type { Dispatcher, Outcome } from './dispatcher';

/** Outcomes kept for nodes that are gone. */
const MOST_STRAYS = 10_000;

type Sink = Parameters<Dispatcher['attachNode']>[1];

interface Leaving {
  readonly outcome: Outcome;
  /** To be called once the node has it. */
  readonly left: () => void;
}

export class Outlets {
  readonly #sinks = new Map<string, Sink>();
  /** Outcomes whose node is gone. */
  #strays: Leaving[] = [];

  /** Gives what detaches the node. */
  attach(node: string, sink: Sink): () => void {
    this.#sinks.set(node, sink);
    const mine = this.#strays.filter(({ outcome }) => outcome.node === node);
    this.#strays = this.#strays.filter(({ outcome }) => outcome.node !== node);
    for (const { outcome, left } of mine) this.deliver(outcome, left);
    return () => {
      if (this.#sinks.get(node) === sink) this.#sinks.delete(node);
    };
  }

  /** `left` is called once the node has the outcome. */
  deliver(outcome: Outcome, left: () => void): void {
    const sink = this.#sinks.get(outcome.node);
    if (sink) {
      const way = { isLater: false };
      sink(outcome, (hasLeft) => {
        way.isLater = true;
        // In a turn of its own right before the one in which it is handed on.
        setImmediate(() => {
          if (hasLeft()) left();
          else this.deliver(outcome, left);
        });
      });
      if (!way.isLater) left();
      return;
    }
    this.#strays.push({ outcome, left });
    if (this.#strays.length > MOST_STRAYS) this.#strays.shift();
  }
}
