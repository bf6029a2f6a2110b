/** Keeps memories bounded. */

/**
 * Deletes the oldest keys of a map or set that has more than `most`: many at once, for to look for the first again and
 * again takes long where those before it are gone.
 */
export function forgetOldest<Key>(memory: Map<Key, unknown> | Set<Key>, most: number): void {
  if (memory.size <= most) return;
  let left = Math.ceil(most / 100);
  for (const oldest of memory.keys()) {
    memory.delete(oldest);
    if (--left === 0) return;
  }
}
