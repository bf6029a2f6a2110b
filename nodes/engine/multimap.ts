/** Keys with several values, each once. Most keys have one: for these there is no set, for there are very many. */
export class Multimap<Key, Value extends object> {
  readonly #values = new Map<Key, Value | Several<Value>>();

  add(key: Key, value: Value): void {
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, value);
    else if (known instanceof Several) known.add(value);
    else if (known !== value) this.#values.set(key, new Several([known, value]));
  }

  /** Gives whether it was there. */
  delete(key: Key, value: Value): boolean {
    const known = this.#values.get(key);
    if (known === value) return this.#values.delete(key);
    if (!(known instanceof Several) || !known.delete(value)) return false;
    if (known.size === 0) this.#values.delete(key);
    return true;
  }

  /** The values of a key, in the order in which they were added. */
  get(key: Key): readonly Value[] {
    const known = this.#values.get(key);
    if (known === undefined) return [];
    return known instanceof Several ? [...known] : [known];
  }

  /** Takes all values of a key away, and gives them. */
  take(key: Key): readonly Value[] {
    const values = this.get(key);
    this.#values.delete(key);
    return values;
  }

  get keys(): readonly Key[] {
    return [...this.#values.keys()];
  }
}

/** Of its own kind, so that a value may be a set. */
class Several<Value> extends Set<Value> {}
