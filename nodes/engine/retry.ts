/** Growing pauses between tries of what may work later. All times in milliseconds. */

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 15 * 60_000;
const GROWTH = 3;
const JITTER = 0.25;

export interface Pauses {
  /** What the vendor asked for. */
  readonly atLeast?: number;
  readonly longest?: number;
  /** How many times as long each is as the one before. */
  readonly growth?: number;
  readonly random?: () => number;
}

/**
 * Milliseconds to wait before try number `tried + 1`. Spread by a quarter either way, so that messages that failed
 * together do not come back together; never less than the vendor asked for.
 */
export function pauseBefore(
  tried: number,
  { atLeast = 0, longest = LONGEST_PAUSE, growth = GROWTH, random = Math.random }: Pauses = {},
): number {
  const pause = Math.min(FIRST_PAUSE * growth ** Math.max(0, tried - 1), longest);
  return Math.max(pause * (1 - JITTER + 2 * JITTER * random()), atLeast);
}

/**
 * Milliseconds to wait after so many failures in a row of what is usually repeated every `usual` milliseconds. Never less
 * than that, and longer by up to a quarter: many that lost one network must not all come back at the same moment.
 */
export function pauseAfter(failures: number, usual: number, random: () => number = Math.random): number {
  const pause = Math.min(usual * 2 ** Math.min(failures - 1, 10), Math.max(LONGEST_PAUSE, usual));
  return pause * (1 + JITTER * random());
}
