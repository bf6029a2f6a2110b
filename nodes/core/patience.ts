/** Waiting for something no longer than it is worth. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the other has come to its end, or `milliseconds` have passed. Rejects as the other does. */
export async function atMost(milliseconds: number, other: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const late = sleep(milliseconds, undefined, { ref: false, signal: patience.signal }).catch(() => undefined);
  try {
    await Promise.race([other, late]);
  } finally {
    patience.abort();
  }
}
