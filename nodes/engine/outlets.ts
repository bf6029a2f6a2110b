/** Hands outcomes to the nodes that they leave through, also those that came out while the node was not there. */
import type { Outcome } from './dispatcher';

/** Outcomes kept for nodes that are gone. */
const MOST_STRAYS = 10_000;

type Sink = (outcome: Outcome) => void;

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
      sink(outcome);
      left();
      return;
    }
    this.#strays.push({ outcome, left });
    if (this.#strays.length > MOST_STRAYS) this.#strays.shift();
  }
}
