/**
 * How a session encrypts the data of a POST (3.2.1, 3.3). The document names the methods and the key alone; the rest is
 * as a working client does it: the key's 32 hexadecimal digits are themselves the bytes of it.
 */
import { createCipheriv, createHash } from 'node:crypto';

/** The values of `crypt`. */
export const METHODS = ['none', 'xor', 'rc4', 'aes-ecb'] as const;
export type Method = (typeof METHODS)[number];

const BLOCK = 16;

/** The parts put together, as 32 hexadecimal digits in lower case. */
export function md5(...parts: readonly (string | number)[]): string {
  return createHash('md5').update(parts.join(''), 'utf8').digest('hex');
}

/** The data as it goes out. `key` is what `md5` gave. */
export function encrypt(method: Method, key: string, data: string): string | Buffer {
  const [keyBytes, bytes] = [Buffer.from(key, 'latin1'), Buffer.from(data, 'utf8')];
  switch (method) {
    case 'none':
      return data;
    case 'xor':
      return Buffer.from(bytes.map((byte, index) => byte ^ (keyBytes[index % keyBytes.length] ?? 0)));
    case 'rc4':
      return rc4(keyBytes, bytes);
    case 'aes-ecb':
      return aes(keyBytes, bytes);
  }
}

/** AES-256 in ECB. Filled up with zeros, by a whole block where nothing is missing. */
function aes(key: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const padding = Buffer.alloc(BLOCK - (data.length % BLOCK));
  return Buffer.concat([cipher.update(data), cipher.update(padding), cipher.final()]);
}

/** RC4, which newer builds of OpenSSL, and so of Node.js, lack. Encrypts, and decrypts as well. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index & 255] ?? 0;
  const swap = (first: number, second: number): void => {
    const value = at(first);
    state[first & 255] = at(second);
    state[second & 255] = value;
  };
  for (let index = 0, other = 0; index < 256; index += 1) {
    other += at(index) + (key[index % key.length] ?? 0);
    swap(index, other);
  }
  const out = Buffer.alloc(data.length);
  for (let index = 0, other = 0; index < data.length; index += 1) {
    other = (other + at(index + 1)) & 255;
    swap(index + 1, other);
    out[index] = (data[index] ?? 0) ^ at(at(index + 1) + at(other));
  }
  return out;
}
