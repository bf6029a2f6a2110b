/** Wall-clock times as the vendors print them: Asia/Shanghai, eight hours ahead of UTC all year, whatever the host's zone. */

const AHEAD = 8 * 60 * 60 * 1000;

/** `YYYY-MM-DD hh:mm:ss` of a time in epoch milliseconds. */
export function shanghaiTime(at: number): string {
  return new Date(at + AHEAD).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD` of a time in epoch milliseconds. */
export function shanghaiDay(at: number): string {
  return shanghaiTime(at).slice(0, 10);
}

/** `YYYYMMDDhhmmss` of a time in epoch milliseconds. */
export function shanghaiDigits(at: number): string {
  return shanghaiTime(at).replace(/\D/g, '');
}

/** Epoch milliseconds of `YYYYMMDDhhmmss`; `undefined` where there is no such time. */
export function fromShanghaiDigits(digits: string): number | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(digits);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - AHEAD;
  // A day that the calendar lacks rolls over into the next month, and then reads otherwise.
  return shanghaiDigits(at) === digits ? at : undefined;
}

/** The same time of the wall clock a month later; on the last day of that month where it is too short. */
export function shanghaiMonthLater(at: number): number {
  const wall = new Date(at + AHEAD);
  const day = wall.getUTCDate();
  wall.setUTCDate(1);
  wall.setUTCMonth(wall.getUTCMonth() + 1);
  const days = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate();
  wall.setUTCDate(Math.min(day, days));
  return wall.getTime() - AHEAD;
}
