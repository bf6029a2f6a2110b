/** Percent-encoding as a push has it (document, 五.2: UTF-8). */

/** Bytes from 80 to BF, of which all but the first byte of a character are. */
const MORE = '%[89AB][\\dA-F]';
/** Characters of UTF-8 by their first bytes; no surrogates, and none that is longer than it must be. */
const CHARACTERS = [
  '%[0-7][\\dA-F]',
  `%(?:C[2-9A-F]|D[\\dA-F])${MORE}`,
  `%(?:E0%[AB][\\dA-F]|ED%[89][\\dA-F]|E[1-9A-CEF]${MORE})${MORE}`,
  `%(?:F0%[9AB][\\dA-F]|F4%8[\\dA-F]|F[1-3]${MORE})${MORE}${MORE}`,
];
const TEXT = new RegExp(`(?:${CHARACTERS.join('|')})+`, 'gi');

/**
 * The text of a value: `%XX` are bytes of UTF-8, `+` is a blank, and everything else stands for itself, also a `%` that
 * begins no byte and bytes that are no UTF-8.
 */
export function percentDecode(value: string): string {
  return value.replaceAll('+', ' ').replace(TEXT, (characters) => decodeURIComponent(characters));
}
