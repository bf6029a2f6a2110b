/**
 * Brings outcomes from the worker to the instance whose node gave the order, and from there to the node. While they are on
 * their way they are kept; those of an instance that is gone leave through the same node of the worker's.
 */
import { performance } from 'node:perf_hooks';
import type { Dispatcher, Outcome } from '../dispatcher';
import { Outlets } from '../outlets';
import type { Store } from '../store/store';
import type { Packed } from './calls';
import { instanceOf, OUTCOMES } from './keys';
import { Sweep } from './sweep';
import { TakenKeys } from './taken-keys';

/** Milliseconds after which what was read may be somebody else's by now: this process was asleep or stopped. */
const STALE = 5_000;

export class Outcomes {
  readonly #instance: string;
  readonly #store: Store;
  readonly #outlets = new Outlets();
  /** Keys of what was handed to a node, or waits for it. */
  readonly #handed = new TakenKeys();
  /** Keys of those among them that the node has, and that could not be removed. */
  readonly #left = new Set<string>();
  /** What nodes of this process gave with their calls, by number of the call. */
  readonly #envelopes = new Map<number, unknown>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #sweep = new Sweep(() => this.#handed.during(() => this.#collect()));
  /** Instances that are gone: what was for them leaves here. */
  #gone: ReadonlySet<string> = new Set();

  constructor(instance: string, store: Store) {
    this.#instance = instance;
    this.#store = store;
  }

  attachNode(id: string, sink: Parameters<Dispatcher['attachNode']>[1]): () => void {
    return this.#outlets.attach(id, sink);
  }

  /** Remembers an envelope, so that the outcome comes back with what it was and not with a copy. */
  pack(call: number, envelope: unknown): Packed {
    this.#envelopes.set(call, envelope);
    return { call, envelope };
  }

  /** No outcome comes back for it. */
  unpack(call: number): void {
    this.#envelopes.delete(call);
  }

  /** Hands an outcome to its node that nothing is kept of. */
  deliver(outcome: Outcome): void {
    this.#outlets.deliver(outcome, () => undefined);
  }

  /** Takes care of what is for instances that are gone, from now on. */
  careFor(gone: ReadonlySet<string>): void {
    this.#gone = gone;
  }

  /** Takes what is there. Never rejects. */
  collect(): Promise<void> {
    return this.#sweep.run();
  }

  /** Resolves once it is kept what has left. Never rejects. */
  async flush(): Promise<void> {
    // Only then it is known of what a node sends in this turn whether it has left.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all(this.#leaving);
  }

  async #collect(): Promise<void> {
    const prefixes = [this.#instance, ...this.#gone].map((instance) => `${OUTCOMES}${instance}!`);
    for (const prefix of prefixes) {
      const wall = Date.now();
      const steady = performance.now();
      const found: (readonly [string, Outcome])[] = [];
      for await (const [key, value] of this.#store.read(prefix)) found.push([key, value as Outcome]);
      if (Date.now() - wall > STALE || performance.now() - steady > STALE) continue;
      for (const [key, outcome] of found) {
        if (!this.#handed.has(key)) this.#hand(key, outcome);
        else if (this.#left.delete(key)) this.#remove(key);
      }
    }
  }

  #hand(key: string, outcome: Outcome): void {
    this.#handed.add(key);
    const { call, envelope } = outcome.envelope as Packed;
    const isMine = instanceOf(key) === this.#instance && this.#envelopes.has(call);
    this.#outlets.deliver({ ...outcome, envelope: isMine ? this.#envelopes.get(call) : envelope }, () => {
      if (isMine) this.#envelopes.delete(call);
      this.#remove(key);
    });
  }

  #remove(key: string): void {
    const leaving = this.#store.write([{ key }]).then(
      () => {
        this.#handed.removed(key);
        this.#leaving.delete(leaving);
      },
      () => {
        this.#left.add(key);
        this.#leaving.delete(leaving);
      },
    );
    this.#leaving.add(leaving);
  }
}
