/** A write-ahead log of LevelDB, written without it (its doc/log_format.md): a repair makes a table of it. */
import { maskedChecksum } from './checksum';
import type { TableEntry } from './table-file';

const BLOCK = 32 * 1024;
const HEADER = 7;
/** Kinds of records: a whole batch, or its first, middle or last part. */
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

/** A log with these entries, each with the number that it had. */
export function logOf(entries: Iterable<TableEntry>): Buffer {
  const parts: Buffer[] = [];
  let left = BLOCK;
  for (const entry of entries) {
    let rest = batchOf(entry);
    for (let isFirst = true; isFirst || rest.length > 0; isFirst = false) {
      if (left < HEADER) {
        parts.push(Buffer.alloc(left));
        left = BLOCK;
      }
      const part = rest.subarray(0, left - HEADER);
      rest = rest.subarray(part.length);
      const isLast = rest.length === 0;
      parts.push(recordOf(part, isFirst ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE));
      left -= HEADER + part.length;
    }
  }
  return Buffer.concat(parts);
}

function recordOf(part: Buffer, kind: number): Buffer {
  const record = Buffer.alloc(HEADER + part.length);
  record.writeUInt16LE(part.length, 4);
  record.writeUInt8(kind, 6);
  part.copy(record, HEADER);
  record.writeUInt32LE(maskedChecksum(record.subarray(6)), 0);
  return record;
}

/** A batch of one change. */
function batchOf({ key, sequence, value }: TableEntry): Buffer {
  const head = Buffer.alloc(13);
  head.writeBigUInt64LE(sequence, 0);
  head.writeUInt32LE(1, 8);
  head.writeUInt8(value ? 1 : 0, 12);
  return Buffer.concat([head, numbered(key), ...(value ? [numbered(value)] : [])]);
}

/** Bytes with their length before them. */
function numbered(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
