/**
 * The checksum of LevelDB's files (its doc/table_format.md and doc/log_format.md): CRC-32C, masked, because files with
 * checksums in them may be checked themselves. Node.js has CRC-32 alone, which has another polynomial.
 */
const POLYNOMIAL = 0x82f63b78;
const MASK = 0xa282ead8;
/** Bytes that are looked up at once. */
const SLICES = 8;

/** What a byte does to the checksum: in the first 256 places as the last byte, in the next with one behind it, and so on. */
const PLACES = SLICES * 256;
const TABLE = new DataView(new ArrayBuffer(PLACES * 4));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  TABLE.setInt32(byte * 4, crc, true);
}
for (let place = 256; place < PLACES; place++) {
  const crc = effect(0, place - 256);
  TABLE.setInt32(place * 4, (crc >>> 8) ^ effect(0, crc & 0xff), true);
}

function effect(behind: number, byte: number): number {
  return TABLE.getInt32((behind * 256 + byte) * 4, true);
}

/** The checksum of bytes, as it stands in a file. */
export function maskedChecksum(bytes: Buffer): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}

function crc32c(bytes: Buffer): number {
  let crc = -1;
  let at = 0;
  for (const end = bytes.length - SLICES; at <= end; at += SLICES) {
    const first = crc ^ bytes.readInt32LE(at);
    const second = bytes.readInt32LE(at + 4);
    crc =
      effect(7, first & 0xff) ^
      effect(6, (first >>> 8) & 0xff) ^
      effect(5, (first >>> 16) & 0xff) ^
      effect(4, first >>> 24) ^
      effect(3, second & 0xff) ^
      effect(2, (second >>> 8) & 0xff) ^
      effect(1, (second >>> 16) & 0xff) ^
      effect(0, second >>> 24);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ effect(0, (crc ^ bytes.readUInt8(at)) & 0xff);
  return ~crc;
}
