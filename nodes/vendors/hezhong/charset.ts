/**
 * Character sets of the platform (document, 二.1 and the parameter msgFormat of 二.2). What a set cannot carry exactly is
 * never replaced: it is refused, or goes as UTF-8 where the user wants that.
 */
import iconv from 'iconv-lite';

export const FORMATS = ['gbk', 'latin1', 'utf8', 'auto'] as const;
export type Format = (typeof FORMATS)[number];
/** What a text is really sent as. */
export type Charset = Exclude<Format, 'auto'>;

/** The value of msgFormat. */
export const MSG_FORMAT: Readonly<Record<Charset, string>> = { gbk: '0', latin1: '1', utf8: '2' };

/**
 * Characters on whose bytes the tables called GBK differ: the euro sign, characters that came with GB 18030, private
 * ones, and U+2295, which Java's table reads as another sign. Another table would show something else, so to us GBK
 * does not carry them.
 */
const DISPUTED = /[\u01f9\u1e3f\u20ac\u2295\u2e80-\u2fff\u303e\u3400-\u4dbf\ue000-\uf8ff]/;

const SETS: Readonly<Record<Charset, { encode(text: string): Buffer; carries(text: string): boolean }>> = {
  gbk: {
    encode: (text) => iconv.encode(text, 'gbk'),
    carries: (text) => !DISPUTED.test(text) && iconv.decode(iconv.encode(text, 'gbk'), 'gbk') === text,
  },
  latin1: {
    encode: (text) => Buffer.from(text, 'latin1'),
    carries: (text) => Buffer.from(text, 'latin1').toString('latin1') === text,
  },
  utf8: {
    encode: (text) => Buffer.from(text, 'utf8'),
    carries: (text) => Buffer.from(text, 'utf8').toString('utf8') === text,
  },
};

/** The option's value; the default where it is not set. */
export function formatOf(option: unknown): Format {
  return FORMATS.find((format) => format === option) ?? 'gbk';
}

/** What to send the text as: `auto` takes UTF-8 only where GBK does not do. */
export function charsetFor(text: string, format: Format): Charset {
  if (format !== 'auto') return format;
  return carries(text, 'gbk') ? 'gbk' : 'utf8';
}

/** Whether every character arrives as it was written. */
export function carries(text: string, charset: Charset): boolean {
  return SETS[charset].carries(text);
}

/**
 * The bytes of the text, percent-encoded. Letters, digits and `-._~` of ASCII stay; of everything else every byte is
 * written as `%XX`, also where the second byte of a GBK character would be a letter: readers that join `%XX` in a row
 * would lose it otherwise. A blank is `%20`, which every reader of forms and URLs takes.
 */
export function percentEncode(text: string, charset: Charset): string {
  return text.replace(/[^\w.~-]+/gu, (run) => {
    const bytes = SETS[charset].encode(run);
    return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}

/** An answer's text: UTF-8 where it is that, else GBK. Takes any bytes; a byte order mark is dropped. */
export function decodeAnswer(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return iconv.decode(body, 'gbk');
  }
}
