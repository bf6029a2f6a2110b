/**
 * A table file of LevelDB, read without it (its doc/table_format.md). LevelDB takes what is in a table for what was
 * written: where bytes have changed, it may end the process, or lose what stands behind them. Each block has a checksum,
 * by which the good ones are told from the bad.
 */
import { maskedChecksum } from './checksum';

/** A key with one of its values, or with its removal. */
export interface TableEntry {
  readonly key: Buffer;
  /** Number of the change: the greatest counts. */
  readonly sequence: bigint;
  /** Absent: it was removed. */
  readonly value?: Buffer;
}

/** Where a block stands. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

interface Block {
  readonly content: Buffer;
  readonly isCompressed: boolean;
}

const FOOTER = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Type of compression and checksum, behind each block. */
const TRAILER = 5;
/** Number of the change and kind, behind each key. */
const KEY_TRAILER = 8;
const KIND_VALUE = 1;

export class TableFile {
  readonly #bytes: Buffer;
  readonly #metaIndex: Block | undefined;
  readonly #index: Block | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    if (bytes.length < FOOTER) return;
    const reader = new Reader(bytes.subarray(-FOOTER));
    this.#metaIndex = this.#block(reader.handle());
    this.#index = this.#block(reader.handle());
  }

  /** Whether it has its end: one that was being written when the process ended has not, and nothing refers to it. */
  get isComplete(): boolean {
    const { length } = this.#bytes;
    return length >= FOOTER && this.#bytes.readBigUInt64LE(length - 8) === MAGIC;
  }

  /** Whether all of it but its end is as it was written, as far as can be seen: what is compressed is not looked into. */
  get isSound(): boolean {
    return [this.#metaIndex, this.#index].every(
      (index) => index && this.#handlesIn(index).every((handle) => this.#block(handle)),
    );
  }

  /** What stands in blocks that are as they were written. */
  *entries(): Generator<TableEntry, void> {
    for (const handle of this.#index ? this.#handlesIn(this.#index) : []) {
      const block = this.#block(handle);
      for (const [key, value] of block ? pairsIn(block) : []) {
        if (key.length < KEY_TRAILER) continue;
        const trailer = key.readBigUInt64LE(key.length - KEY_TRAILER);
        const isValue = Number(trailer & 0xffn) === KIND_VALUE;
        yield {
          key: key.subarray(0, -KEY_TRAILER),
          sequence: trailer >> 8n,
          ...(isValue ? { value } : {}),
        };
      }
    }
  }

  #handlesIn(index: Block): Handle[] {
    return [...pairsIn(index)].flatMap(([, value]) => new Reader(value).handle() ?? []);
  }

  /** Nothing where it is not as it was written. */
  #block(handle: Handle | undefined): Block | undefined {
    if (!handle) return undefined;
    const { offset, size } = handle;
    const whole = this.#bytes.subarray(offset, offset + size + TRAILER);
    if (whole.length < size + TRAILER) return undefined;
    if (whole.readUInt32LE(size + 1) !== maskedChecksum(whole.subarray(0, size + 1))) return undefined;
    return { content: whole.subarray(0, size), isCompressed: whole[size] !== 0 };
  }
}

/** Keys and values in a block. A key has only what differs from the one before it. */
function* pairsIn({ content, isCompressed }: Block): Generator<readonly [key: Buffer, value: Buffer], void> {
  if (isCompressed || content.length < 4) return;
  const restarts = content.readUInt32LE(content.length - 4);
  const reader = new Reader(content.subarray(0, Math.max(0, content.length - 4 * (restarts + 1))));
  let key = Buffer.alloc(0);
  while (!reader.isAtEnd) {
    const [shared, own, length] = [reader.number(), reader.number(), reader.number()];
    key = Buffer.concat([key.subarray(0, shared), reader.bytes(own)]);
    yield [key, reader.bytes(length)];
  }
}

/** Reads numbers and bytes, one after the other; past the end there are zeros and nothing. */
class Reader {
  #at = 0;

  constructor(private readonly content: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.content.length;
  }

  /** Seven bits in each byte, the lowest first; the highest bit says that more come. */
  number(): number {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.content[this.#at++] ?? 0;
      number += (byte & 0x7f) * factor;
      if (byte < 0x80) return number;
    }
  }

  bytes(length: number): Buffer {
    const bytes = this.content.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  handle(): Handle | undefined {
    const handle = { offset: this.number(), size: this.number() };
    return Number.isSafeInteger(handle.offset + handle.size) ? handle : undefined;
  }
}
