/** Parameters: of the query, and of the form of a POST. Their values are bytes: the charset is not always GBK. */
import { decode } from 'iconv-lite';
import type { SimulatedRequest } from '../server';

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;

export class Parameters {
  readonly #values = new Map<string, Buffer>();

  constructor(request: SimulatedRequest) {
    this.#take(request.query);
    const type = String(request.headers['content-type'] ?? '');
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
    if (request.method === 'POST' && isForm) this.#take(request.body.toString('latin1'));
  }

  /** The value's bytes; none where the parameter is missing. */
  bytes(name: string): Buffer {
    return this.#values.get(name) ?? Buffer.alloc(0);
  }

  /** The value in GBK, as the interface has it (section 2.1). */
  text(name: string): string {
    return decode(this.bytes(name), 'gbk');
  }

  /** Bytes as characters, one each. The first of several values with one name wins. */
  #take(encoded: string): void {
    for (const pair of encoded.split('&')) {
      const equals = pair.indexOf('=');
      if (equals < 0) continue;
      const name = percentDecoded(pair.slice(0, equals)).toString('latin1');
      if (!this.#values.has(name)) this.#values.set(name, percentDecoded(pair.slice(equals + 1)));
    }
  }
}

/** A `%` without two hex digits stands for itself. */
function percentDecoded(encoded: string): Buffer {
  const bytes = Buffer.from(encoded, 'latin1');
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    const hex = byte === PERCENT ? encoded.slice(index + 1, index + 3) : '';
    if (/^[\da-f]{2}$/i.test(hex)) {
      bytes[length] = parseInt(hex, 16);
      index += 2;
    } else {
      bytes[length] = byte === PLUS ? BLANK : byte;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}
