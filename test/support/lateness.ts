/** How late the event loop is. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const EVERY = 5;

/** Begins to measure. Gives what ends that, and the milliseconds that it was late, 99 times of 100. */
export function measureLateness(): () => number {
  const delay = monitorEventLoopDelay({ resolution: EVERY });
  delay.enable();
  // A machine that is busy with other things holds us up as well: that is no work of ours.
  const own: number[] = [];
  let last = { at: performance.now(), worked: process.cpuUsage() };
  const timer = setInterval(() => {
    const now = { at: performance.now(), worked: process.cpuUsage() };
    const { user, system } = process.cpuUsage(last.worked);
    own.push(Math.min(now.at - last.at - EVERY, (user + system) / 1000));
    last = now;
  }, EVERY);
  return () => {
    clearInterval(timer);
    delay.disable();
    own.sort((one, other) => one - other);
    return Math.min(delay.percentile(99) / 1e6, own[Math.floor(own.length * 0.99)] ?? 0);
  };
}
