/**
 * The text of an inbound SMS (7.2.3, 8.2.3) as devices carry it: base64 of UTF-8 or plain, NULs behind it, and sometimes
 * a block of headers in front of it.
 */
import { readMoment } from '../../core/time';
import { textOf } from '../json';

export interface SmsText {
  readonly text: string;
  /** What the headers say, where there are any. */
  readonly sender?: string;
  readonly receiver?: string;
  readonly smsc?: string;
  /** Epoch milliseconds: when the service centre took the SMS (SCTS). */
  readonly at?: number;
}

/** Nothing but this very block is one: whatever else begins like it is what somebody wrote. */
const HEADERS = /^Sender: ?([^\r\n]*)\r\nReceiver: ?([^\r\n]*)\r\nSMSC: ?([^\r\n]*)\r\nSCTS: ?([^\r\n]*)\r\n\r\n/;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The content of a row. What is not base64 of UTF-8 through and through is the text itself. */
export function readContent(content: string): SmsText {
  return readPlain(fromBase64(content) ?? content);
}

/** A text that is not wrapped, with or without headers. */
export function readPlain(written: string): SmsText {
  const whole = withoutNuls(written);
  const headers = HEADERS.exec(whole);
  if (!headers) return { text: whole };
  const [block, sender, receiver, smsc, scts] = headers;
  return {
    text: whole.slice(block.length),
    sender: textOf(sender),
    receiver: textOf(receiver),
    smsc: textOf(smsc),
    at: readScts(scts ?? ''),
  };
}

/** The text in base64 of UTF-8; `undefined` where the content is no such thing through and through. */
export function fromBase64(content: string): string | undefined {
  const packed = content.replace(/[\r\n]+/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  const bytes = Buffer.from(packed, 'base64');
  if (bytes.toString('base64') !== packed) return undefined;
  try {
    return UTF8.decode(bytes);
  } catch {
    // "STOP" has the form of base64, too.
    return undefined;
  }
}

/** The device's buffer may show behind the text. A pattern would look at each run of NULs inside it again and again. */
function withoutNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

/**
 * The time of a service centre: `yymmddhhmmss` of its own clock, and how far that is ahead of UTC in quarters of an hour,
 * two digits. 8 is added to the first of them where it is behind: `A8` is -28. Gives epoch milliseconds.
 */
export function readScts(text: string): number | undefined {
  const match = /^\s*(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([0-9a-f])(\d)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', tens = '', units = ''] = match;
  const clock = readMoment(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`, 'UTC');
  if (clock === undefined) return undefined;
  const first = Number.parseInt(tens, 16);
  const quarters = (first % 8) * 10 + Number(units);
  return clock - (first >= 8 ? -quarters : quarters) * 900_000;
}
