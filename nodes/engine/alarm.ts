/** Timers by the wall clock. They never keep the process alive. */

/** Longer waits are taken in steps, for timers overflow at 24.8 days. */
const LONGEST_STEP = 3_600_000;
/** Milliseconds between two looks at the clock while an alarm is set that is further away. */
const LOOK_EVERY = 10_000;
/** Milliseconds by which a look may be late where the clock was not put forward. */
const LATENESS = 5_000;

/** Arms again each alarm that is further away than the next look. */
const far = new Set<() => void>();
let cancelLook: (() => void) | undefined;

/**
 * Runs `ring` once the clock shows `at` (epoch milliseconds), and gives what cancels it. Timers do not see that the host
 * sleeps, or that its clock is put forward: then it rings late by ten seconds at most. Where the clock is put back it
 * rings after the time that it was set for, and whoever goes by the clock looks at it again.
 */
export function setAlarm(at: number, ring: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
    forget(arm);
  };
  const arm = (): void => {
    clearTimeout(timer);
    const left = at - Date.now();
    if (left > LOOK_EVERY) remember(arm);
    else forget(arm);
    timer = setTimeout(
      left > LONGEST_STEP
        ? arm
        : () => {
            end();
            ring();
          },
      Math.min(Math.max(left, 0), LONGEST_STEP),
    );
    timer.unref();
  };
  arm();
  return end;
}

function remember(arm: () => void): void {
  far.add(arm);
  if (!cancelLook) look();
}

function forget(arm: () => void): void {
  if (!far.delete(arm) || far.size > 0) return;
  cancelLook?.();
  cancelLook = undefined;
}

function look(): void {
  const since = Date.now();
  const timer = setTimeout(() => {
    look();
    if (Date.now() - since > LOOK_EVERY + LATENESS) for (const arm of [...far]) arm();
  }, LOOK_EVERY);
  timer.unref();
  cancelLook = () => {
    clearTimeout(timer);
  };
}
