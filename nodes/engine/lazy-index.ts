/**
 * Values by their names. Made when somebody first asks: most flows never do, and it takes time and memory where there are
 * very many values.
 */
import { Multimap } from './multimap';

export class LazyIndex<Value extends object> {
  readonly #all: Iterable<Value>;
  readonly #namesOf: (value: Value) => readonly string[];
  #byName?: Multimap<string, Value>;

  /** `all`: what is there, at any time. The names of a value must not change. */
  constructor(all: Iterable<Value>, namesOf: (value: Value) => readonly string[]) {
    this.#all = all;
    this.#namesOf = namesOf;
  }

  /** To be called with each value that `all` gets. */
  add(value: Value): void {
    if (this.#byName) this.#addTo(this.#byName, value);
  }

  /** To be called with each value that `all` loses. */
  delete(value: Value): void {
    if (!this.#byName) return;
    for (const name of this.#namesOf(value)) this.#byName.delete(name, value);
  }

  get(name: string): readonly Value[] {
    if (!this.#byName) {
      this.#byName = new Multimap();
      for (const value of this.#all) this.#addTo(this.#byName, value);
    }
    return this.#byName.get(name);
  }

  #addTo(byName: Multimap<string, Value>, value: Value): void {
    for (const name of this.#namesOf(value)) byName.add(name, value);
  }
}
