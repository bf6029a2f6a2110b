/** How the body of a POST is made unreadable in an encrypted session (3.2.1), undone. */
import { createDecipheriv, createHash } from 'node:crypto';

export type Method = 'none' | 'xor' | 'rc4' | 'aes-ecb';

const METHODS: ReadonlySet<string> = new Set<Method>(['none', 'xor', 'rc4', 'aes-ecb']);
const BLOCK = 16;

export function isMethod(name: string): name is Method {
  return METHODS.has(name);
}

/** Of the strings one after the other, in UTF-8: 32 hexadecimal digits in lower case. */
export function md5(...parts: readonly string[]): string {
  return createHash('md5').update(parts.join(''), 'utf8').digest('hex');
}

/** The body in clear; `undefined` where it cannot have been encrypted so. `key` are the 32 digits of 3.3.3, as ASCII. */
export function decrypt(method: Method, key: Buffer, body: Buffer): Buffer | undefined {
  switch (method) {
    case 'none':
      return body;
    case 'xor':
      return body.map((byte, place) => byte ^ (key[place % key.length] ?? 0)) as Buffer;
    case 'rc4':
      return rc4(key, body);
    case 'aes-ecb':
      return decryptAes(key, body);
  }
}

/** By hand: the OpenSSL of this Node.js has no RC4 any more. It undoes itself. */
export function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, place) => place);
  const at = (place: number): number => state[place & 255] ?? 0;
  const swap = (one: number, other: number): void => {
    const kept = at(one);
    state[one] = at(other);
    state[other] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  const done = Buffer.alloc(data.length);
  for (let place = 0, i = 0, j = 0; place < data.length; place++) {
    i = (i + 1) & 255;
    j = (j + at(i)) & 255;
    swap(i, j);
    done[place] = (data[place] ?? 0) ^ at(at(i) + at(j));
  }
  return done;
}

/** AES-256, for the key has 32 bytes. Behind the text stand zero bytes: one at least, and no whole block too many. */
function decryptAes(key: Buffer, body: Buffer): Buffer | undefined {
  if (body.length === 0 || body.length % BLOCK !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(body), decipher.final()]);
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end--;
  const zeros = padded.length - end;
  return zeros >= 1 && zeros <= BLOCK ? padded.subarray(0, end) : undefined;
}
