/** Hands outcomes to the nodes that they leave through, also those that came out while the node was not there. */
import type { Outcome } from './dispatcher';

/** Outcomes kept for nodes that are gone. */
const MOST_STRAYS = 10_000;

type Sink = (outcome: Outcome) => void;

export class Outlets {
  readonly #sinks = new Map<string, Sink>();
  /** Outcomes whose node is gone. */
  #strays: Outcome[] = [];

  /** Gives what detaches the node. */
  attach(node: string, sink: Sink): () => void {
    this.#sinks.set(node, sink);
    const mine = this.#strays.filter((outcome) => outcome.node === node);
    this.#strays = this.#strays.filter((outcome) => outcome.node !== node);
    for (const outcome of mine) this.deliver(outcome);
    return () => {
      if (this.#sinks.get(node) === sink) this.#sinks.delete(node);
    };
  }

  deliver(outcome: Outcome): void {
    const sink = this.#sinks.get(outcome.node);
    if (sink) {
      sink(outcome);
      return;
    }
    this.#strays.push(outcome);
    if (this.#strays.length > MOST_STRAYS) this.#strays.shift();
  }
}
