/** Growing pauses between tries of what may work later. */

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 15 * 60_000;
const GROWTH = 3;
const JITTER = 0.25;

/**
 * Milliseconds to wait before try number `tried + 1`. Spread by a quarter either way, so that messages that failed
 * together do not come back together; never less than the vendor asked for.
 */
export function pauseBefore(tried: number, atLeast = 0, random: () => number = Math.random): number {
  const pause = Math.min(FIRST_PAUSE * GROWTH ** Math.max(0, tried - 1), LONGEST_PAUSE);
  return Math.max(pause * (1 - JITTER + 2 * JITTER * random()), atLeast);
}
