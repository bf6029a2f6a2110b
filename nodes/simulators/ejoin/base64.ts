/** Base64 without the leniency of `Buffer.from`, which reads over whatever is none. */

/** The bytes, or `undefined` where the text is not base64 from end to end. */
export function decodeBase64(text: string): Buffer | undefined {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
