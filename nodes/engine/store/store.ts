/**
 * What the engine must know again after a restart. Keys are texts, values what JSON can carry, and Buffers, Uint8Arrays
 * and Dates besides; of anything else in a value it is left out, property by property.
 */

export interface Change {
  /** Not empty, and without halves of surrogate pairs: two keys that differ in those alone are the same. */
  readonly key: string;
  /** Without a value: removed. Taken as it is at the call; what changes in it later is not kept. */
  readonly value?: unknown;
}

export type Entry = readonly [key: string, value: unknown];

export interface Store {
  /**
   * Keeps all changes or none, after all earlier ones. Resolves once they would survive a power cut; rejects with an
   * `SmsError` of code `store-failed` where they cannot be kept.
   */
  write(changes: readonly Change[]): Promise<void>;
  /**
   * Keeps changes with the next write, or soon: a power cut may take them, so they must be such as are known again from
   * elsewhere. Never throws.
   */
  note(changes: readonly Change[]): void;
  /**
   * What is kept under keys that begin with `prefix`, in the order of their keys' UTF-8 bytes: all that was written
   * before the first entry is asked for, nothing that is written after. Rejects as `write` does.
   */
  read(prefix: string): AsyncIterable<Entry>;
  /** Keeps what is still on its way, and refuses all that comes after. */
  close(): Promise<void>;
}
