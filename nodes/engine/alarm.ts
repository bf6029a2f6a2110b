/** Timers by the wall clock. They never keep the process alive. */

/** Longer waits are taken in steps, for timers overflow at 24.8 days and do not see the host sleep. */
const LONGEST_STEP = 3_600_000;

/** Runs `ring` once the clock shows `at` (epoch milliseconds), and gives what cancels it. */
export function setAlarm(at: number, ring: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = at - Date.now();
    timer = setTimeout(left > LONGEST_STEP ? arm : ring, Math.min(Math.max(left, 0), LONGEST_STEP));
    timer.unref();
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}
