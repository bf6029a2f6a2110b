/** Inbound SMS that the platform pushes (document, 五). */
import type { Inbound } from '../../core/inbound';
import { readStamp } from '../../core/time';
import { identityOf } from '../identity';
import { percentDecode } from './percent';
import { isPhone } from './numbers';

/**
 * Reads the value of `mos`, as it came: it is split before it is decoded, for what is encoded belongs to the text. A
 * value without a comma of its own was encoded as a whole, and that is undone first.
 */
export function readInbounds(value: string, zone: string) {
  const whole = !value.includes(',') && /%2c/i.test(value) ? percentDecode(value) : value;
  const inbound: Inbound[] = [];
  const unreadable: string[] = [];
  for (const record of recordsOf(whole, zone)) {
    const sms = readInbound(record, zone);
    if (sms) inbound.push(sms);
    else unreadable.push(record.trim());
  }
  return { inbound, unreadable };
}

/**
 * The records of a value, separated by `;`. A text may hold one too: a piece without a time goes on in the next, and
 * one without a telephone number belongs to the record before it, provided that it ends with a time.
 */
function recordsOf(value: string, zone: string): string[] {
  const records: { start: number; end: number }[] = [];
  let isOpen = false;
  let end = -1;
  while (end < value.length) {
    const from = end + 1;
    const next = value.indexOf(';', from);
    end = next < 0 ? value.length : next;
    const piece = value.slice(from, end);
    const isTimed = endingOf(piece, zone) !== undefined;
    const last = records.at(-1);
    if (last && (isOpen || (isTimed && !beginsWithPhone(piece)))) {
      last.end = end;
    } else {
      if (fieldOf(piece) === '') continue;
      records.push({ start: from, end });
    }
    isOpen = !isTimed;
  }
  return records.map(({ start, end: stop }) => value.slice(start, stop));
}

function beginsWithPhone(piece: string): boolean {
  const comma = piece.indexOf(',');
  return comma >= 0 && isPhone(fieldOf(piece.slice(0, comma)));
}

const TIME = /^\d{14}$/;
const SERIAL = /^[\w.:-]{0,64}$/;
/** Longer fields are neither a time nor a serial number, however they are written. */
const LONGEST = 64;

/** A field that is no text: decoded, without the blanks and line breaks around it. */
function fieldOf(written: string): string {
  return written.length > LONGEST ? written : percentDecode(written).trim();
}

interface Ending {
  readonly time: string;
  /** Where the comma before the time is. */
  readonly at: number;
}

/** The time that a record ends with. The platform's serial number may follow it, as it does in reports (四.2). */
function endingOf(record: string, zone: string): Ending | undefined {
  const last = record.lastIndexOf(',');
  if (last < 0) return undefined;
  const field = fieldOf(record.slice(last + 1));
  const earlier = last === 0 ? -1 : record.lastIndexOf(',', last - 1);
  const before = earlier < 0 ? '' : fieldOf(record.slice(earlier + 1, last));
  const final = TIME.test(field) ? { time: field, at: last } : undefined;
  if (!TIME.test(before) || !SERIAL.test(field)) return final;
  // Both may be the time. A serial number of 14 digits is none.
  return final && readStamp(field, zone) !== undefined ? final : { time: before, at: earlier };
}

/** 五.2: phone, extension, text, time. Everything between extension and time is the text, commas too. */
function readInbound(record: string, zone: string): Inbound | undefined {
  const first = record.indexOf(',');
  const second = first < 0 ? -1 : record.indexOf(',', first + 1);
  const ending = endingOf(record, zone);
  if (!ending || second < 0 || second >= ending.at) return undefined;
  const from = fieldOf(record.slice(0, first));
  if (!isPhone(from)) return undefined;
  const extension = fieldOf(record.slice(first + 1, second));
  const text = percentDecode(record.slice(second + 1, ending.at));
  const at = readStamp(ending.time, zone);
  return {
    from,
    ...(extension === '' ? {} : { extension }),
    text,
    ...(at === undefined ? {} : { at }),
    identity: identityOf(from, extension, text, ending.time),
    raw: record.trim(),
  };
}
