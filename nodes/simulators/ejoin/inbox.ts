/** The SMS that the device holds for `goip_get_sms.html` (section 8): what came in, and delivery reports among it. */
import { randomBytes } from 'node:crypto';

const MOST_ROWS = 20_000;

/** [0] 1 = delivery report, [1] port (`2B`), [2] Unix seconds, [3] sender or SMSC, [4] receiver, [5] content. */
export type SmsRow = readonly [flag: 0 | 1, port: string, time: number, from: string, to: string, content: string];

/** An SMS that came in, for whoever is told of it by itself. */
export interface ReceivedSms {
  /** `2B`. */
  readonly port: string;
  readonly from: string;
  readonly to: string;
  readonly smsc: string;
  readonly iccid: string;
  /** As `timeStamp` writes it. */
  readonly scts: string;
  readonly text: string;
}

export interface SmsPage {
  readonly rows: readonly SmsRow[];
  /** Where the next query goes on. */
  readonly next: number;
}

/** One run of the device: a new run has a new `ssrc`, and counts from 1 again. */
export class Inbox {
  /** 16 hexadecimal digits. */
  readonly ssrc = randomBytes(8).toString('hex');
  #rows: { readonly id: number; readonly row: SmsRow }[] = [];
  #nextId = 1;

  add(row: SmsRow): void {
    this.#rows.push({ id: this.#nextId++, row });
    if (this.#rows.length > MOST_ROWS) this.#rows.shift();
  }

  /** Up to `most` rows from the id `from` on, 0 = all of them; `remove` forgets what is returned. */
  page(from: number, most: number, remove: boolean): SmsPage {
    const start = this.#rows.findIndex(({ id }) => id >= from);
    const found = start < 0 ? [] : this.#rows.slice(start, most > 0 ? start + most : undefined);
    if (remove && start >= 0) this.#rows.splice(start, found.length);
    return { rows: found.map(({ row }) => row), next: (found.at(-1)?.id ?? this.#nextId - 1) + 1 };
  }
}

/** The text of an ordinary SMS: base64 of UTF-8. The device leaves NULs behind it, as in the sample of 8.2.3. */
export function encodeText(text: string): string {
  return Buffer.concat([Buffer.from(text, 'utf8'), Buffer.alloc(4)]).toString('base64');
}

/** What a delivery report says: `code scts`, 0 = delivered. */
export function deliveryText(code: number, at: number): string {
  return `${code} ${timeStamp(at)}`;
}

/** The SCTS of a time: yymmddhhmmss in Shanghai, and the zone in quarters of an hour. */
export function timeStamp(at: number): string {
  const shanghai = new Date(at + 8 * 3_600_000).toISOString();
  return `${shanghai.slice(2, 19).replace(/\D/g, '')}32`;
}
