/** The wall clock of the Chinese vendors: UTC+8 all the year, whatever the zone of this host. */

const OFFSET = 8 * 3_600_000;

/** `2018-05-01 12:30:00` */
export function beijingTime(at: number): string {
  return new Date(at + OFFSET).toISOString().slice(0, 19).replace('T', ' ');
}

/** `20180501123000` */
export function beijingDigits(at: number): string {
  return beijingTime(at).replace(/\D/g, '');
}

/** Epoch milliseconds of 14 digits, `20180501123000`; `undefined` where there is no such time. */
export function fromBeijingDigits(digits: string): number | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(digits);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second) - OFFSET;
  // A day that the calendar lacks rolls over into the next month, and then reads otherwise.
  return Number.isFinite(at) && beijingDigits(at) === digits ? at : undefined;
}

/** The same wall clock time a month later; the last day of that month where it is too short. */
export function beijingMonthLater(at: number): number {
  const wall = new Date(at + OFFSET);
  const day = wall.getUTCDate();
  wall.setUTCDate(1);
  wall.setUTCMonth(wall.getUTCMonth() + 1);
  const days = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0)).getUTCDate();
  wall.setUTCDate(Math.min(day, days));
  return wall.getTime() - OFFSET;
}
