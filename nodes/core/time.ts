/** Wall-clock times of IANA zones, without a table of our own: the runtime's `Intl` knows them. */

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether the runtime knows the zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows in a zone, as if it were UTC, in milliseconds. */
function wallClock(epoch: number, zone: string): number {
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(epoch)) part[type] = value;
  const field = (name: string): number => Number(part[name]);
  return Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute'), field('second'));
}

/** Clocks change on whole minutes, but for some long ago. */
const MINUTE = 60_000;
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0);
const MOST_OFFSETS = 10_000;

/** Offsets by zone and minute: formatting is slow, and what vendors tell of is mostly of the same few minutes. */
const offsets = new Map<string, number>();

/** How far the zone is ahead of UTC at that moment, in milliseconds. */
export function zoneOffset(epoch: number, zone: string): number {
  if (epoch < WHOLE_MINUTES_SINCE) return wallClock(epoch, zone) - Math.floor(epoch / 1000) * 1000;
  const minute = Math.floor(epoch / MINUTE);
  const key = `${zone} ${minute}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = wallClock(minute * MINUTE, zone) - minute * MINUTE;
    if (offsets.size >= MOST_OFFSETS) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

/** The moments at which a zone's clock shows `wall` (milliseconds as if UTC), the earlier first: none, one or two. */
function momentsOf(wall: number, zone: string): number[] {
  const [before, after] = [wall - zoneOffset(wall - DAY, zone), wall - zoneOffset(wall + DAY, zone)];
  const candidates = before === after ? [before] : [Math.min(before, after), Math.max(before, after)];
  return candidates.filter((moment) => moment + zoneOffset(moment, zone) === wall);
}

/**
 * The moment that `wall` means in a zone: of two the earlier; where the clock is put forward over it, as much later as
 * the clock then shows, so that nothing happens before its time.
 */
function momentOf(wall: number, zone: string): number {
  return momentsOf(wall, zone)[0] ?? wall - zoneOffset(wall - DAY, zone);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/i;

/**
 * A moment written as a Date, epoch milliseconds or ISO 8601; without an offset it is the wall clock of `zone`. Gives
 * epoch milliseconds, or `undefined` where it is none of these.
 */
export function readMoment(value: unknown, zone: string): number | undefined {
  if (value instanceof Date) return validMoment(value.getTime());
  if (typeof value === 'number') return validMoment(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{10,13}$/.test(text)) return validMoment(Number(text));
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] = match;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const shown = new Date(wall);
  const real =
    shown.getUTCFullYear() === Number(year) &&
    shown.getUTCMonth() === Number(month) - 1 &&
    shown.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!real) return undefined;
  const moment = offset === undefined ? momentOf(wall, zone) : wall - offsetMilliseconds(offset);
  return validMoment(moment + Math.floor(Number(`0.${fraction}`) * 1000));
}

/** A wall clock of `zone` written as 14 digits, `yyyyMMddHHmmss`; `undefined` where it is none. */
export function readStamp(text: string, zone: string): number | undefined {
  const match = /^\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\s*$/.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match;
  return readMoment(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
}

/**
 * A time as vendors write those of their own clock: `yyyy-MM-dd HH:mm:ss`, or 14 digits. Other digits are no time here,
 * where `readMoment` would take them for epoch milliseconds.
 */
export function readWallClock(value: unknown, zone: string): number | undefined {
  if (typeof value !== 'string') return undefined;
  return /^\s*\d+\s*$/.test(value) ? readStamp(value, zone) : readMoment(value, zone);
}

/** Epoch milliseconds as ISO 8601 with the offset that `zone` has then: `2026-01-31T08:00:00.000+08:00`. */
export function writeMoment(epoch: number, zone: string): string {
  // Offsets before the time of standard zones had seconds, which ISO 8601 cannot say.
  const offset = Math.round(zoneOffset(epoch, zone) / 60_000);
  const minutes = Math.abs(offset);
  const two = (number: number): string => String(number).padStart(2, '0');
  const wall = new Date(epoch + offset * 60_000).toISOString().slice(0, -1);
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function offsetMilliseconds(offset: string): number {
  if (/^z$/i.test(offset)) return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)) * 60_000;
}

function validMoment(epoch: number): number | undefined {
  return Number.isFinite(epoch) && Math.abs(epoch) <= 8.64e15 ? epoch : undefined;
}

/** A span of the day that may pass midnight, in minutes since midnight. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** Reads `22:00-07:00`; `undefined` where it is no such span. */
export function readDaySpan(text: string): DaySpan | undefined {
  const match = /^\s*(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (!match) return undefined;
  const [fromHour, fromMinute, toHour, toMinute] = match.slice(1).map(Number) as [number, number, number, number];
  if (fromHour > 23 || fromMinute > 59 || toMinute > 59 || toHour * 60 + toMinute > 1440) return undefined;
  const span = { from: fromHour * 60 + fromMinute, to: (toHour * 60 + toMinute) % 1440 };
  return span.from === span.to ? undefined : span;
}

/** The moment at which the span that holds `epoch` ends; `epoch` itself where none holds it. */
export function endOfSpan(epoch: number, span: DaySpan, zone: string): number {
  const wall = wallClock(epoch, zone);
  const midnight = wall - (wall % DAY);
  const minute = (wall - midnight) / 60_000;
  const inside =
    span.from < span.to ? minute >= span.from && minute < span.to : minute >= span.from || minute < span.to;
  if (!inside) return epoch;
  const days = minute >= span.to ? 1 : 0;
  const end = midnight + days * DAY + span.to * 60_000;
  // In the hour that a clock put back shows twice, the end that is meant is the one to come.
  return momentsOf(end, zone).find((moment) => moment > epoch) ?? momentOf(end, zone);
}
