/**
 * Keys of entries that are taken. One that is removed from the store stays taken until no look through the store is under
 * way that may have seen it there: over another connection, a look may end after the removal that it began before.
 */
export class TakenKeys {
  readonly #keys = new Set<string>();
  /** Keys that were removed since the last look began. */
  #removed: string[] = [];

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
  }

  /** It is in the store no more. */
  removed(key: string): void {
    this.#removed.push(key);
  }

  /** Looks through the store, while no other look is under way. Rejects as the look does. */
  async during(look: () => Promise<void>): Promise<void> {
    const removed = this.#removed;
    this.#removed = [];
    try {
      await look();
    } finally {
      for (const key of removed) this.#keys.delete(key);
    }
  }
}
