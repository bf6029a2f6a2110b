/**
 * What is sent, by the names under which senders know it: our key, and the caller's idempotency key. Made when somebody
 * first asks: most flows never do, and it takes time and memory where there is very much.
 */
import { Multimap } from './multimap';

interface Named {
  readonly key: string;
  readonly once?: string;
}

export class LazyIndex<Value extends object> {
  readonly #all: Iterable<Value>;
  readonly #named: (value: Value) => Named;
  #byName?: Multimap<string, Value>;

  /** `all`: what is there, at any time. The names of a value must not change. */
  constructor(all: Iterable<Value>, named: (value: Value) => Named) {
    this.#all = all;
    this.#named = named;
  }

  /** To be called with each value that `all` gets. */
  add(value: Value): void {
    if (this.#byName) this.#addTo(this.#byName, value);
  }

  /** To be called with each value that `all` loses. */
  delete(value: Value): void {
    if (!this.#byName) return;
    for (const name of namesOf(this.#named(value))) this.#byName.delete(name, value);
  }

  get(name: string): readonly Value[] {
    if (!this.#byName) {
      this.#byName = new Multimap();
      for (const value of this.#all) this.#addTo(this.#byName, value);
    }
    return this.#byName.get(name);
  }

  #addTo(byName: Multimap<string, Value>, value: Value): void {
    for (const name of namesOf(this.#named(value))) byName.add(name, value);
  }
}

function namesOf({ key, once }: Named): readonly string[] {
  return once === undefined ? [key] : [key, once];
}
