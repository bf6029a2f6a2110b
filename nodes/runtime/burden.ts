/**
 * Whether a push is so laborious to read that no vendor can have made it: whoever knows the secret path could else hold
 * Node-RED up with brackets alone. It is looked at byte by byte, once, which takes no time worth naming.
 */

/** Bytes up to which nothing can be a burden. Every text that a handset can send is shorter. */
const HARMLESS = 64 * 1024;
const MOST_LEVELS = 50;
/** A device of 64 ports with 32 cards each writes 45,000 values. */
const MOST_VALUES = 65_536;
/** Names in one object; objects of very many are slow to make. */
const MOST_NAMES = 2000;

const [QUOTE, BACKSLASH, COMMA, SEMICOLON, AMPERSAND] = [0x22, 0x5c, 0x2c, 0x3b, 0x26];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

export function isBurden(body: Buffer): boolean {
  if (body.length <= HARMLESS) return false;
  let values = 0;
  let quoted = false;
  /** For each open bracket the names so far; nothing in arrays. */
  const open: (number | undefined)[] = [];
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === SEMICOLON || byte === AMPERSAND) {
      const names = open.at(-1);
      if (++values > MOST_VALUES || (names ?? 0) >= MOST_NAMES) return true;
      if (names !== undefined) open[open.length - 1] = names + 1;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      open.push(byte === OPEN_OBJECT ? 0 : undefined);
      if (open.length > MOST_LEVELS) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      open.pop();
    }
  }
  return false;
}
