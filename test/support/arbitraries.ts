/** Texts and numbers as unkind as people and machines write them. */
import fc from 'fast-check';
import iconv from 'iconv-lite';

/** What has broken a wire format somewhere before. */
const NASTY = [
  ...['&', '%', '#', '+', "'", '"', '\\', '/', '?', '=', ';', ',', '<b>', '`', '$', '{{payload}}', '${HOME}'],
  ...['\n', '\r\n', '\r', '\t', '\0', '\x0b', '\x1b', '\x7f', '\x85', '\u2028', '\u2029', ' ', '\u3000', '\ufeff'],
  ...[
    '%41',
    '%',
    '%zz',
    '&mobile=13900000999',
    '&mobs=13900000999',
    '\n13900000999#x',
    '\r\n13900000998#y',
    '+',
    '%2B',
  ],
  ...["'; drop table sms; --", '","number":"13900000997', '0', '?', '\ufffd', '【签名】', '退订回T', '，；'],
  ...['😀', '👨‍👩‍👧‍👦', '🇨🇳', 'é', 'e\u0301', '€', '[]{}~^|', '中文短信', '鱼', '𠮷', '㐂', 'ß', 'Ω', 'привет', '한글', 'ﷺ'],
];

/** Characters that GBK has. */
const gbk = fc
  .tuple(fc.integer({ min: 0x81, max: 0xfe }), fc.integer({ min: 0x40, max: 0xfe }))
  .map(([lead, trail]) => iconv.decode(Buffer.from([lead, trail]), 'gbk'));

const piece: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...NASTY), weight: 4 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 8 }), weight: 1 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }), weight: 2 },
  { arbitrary: fc.string({ maxLength: 20 }), weight: 2 },
  { arbitrary: fc.array(gbk, { maxLength: 8 }).map((characters) => characters.join('')), weight: 3 },
);

const long = fc
  .tuple(fc.constantFrom('a', '长', '😀', '€', '\n'), fc.integer({ min: 60, max: 600 }))
  .map(([character, times]) => character.repeat(times));

const halfAnEmoji = fc.constantFrom('\ud83d', 'x\ude00', '\ud83d\ud83d\ude00');

/** Any text at all, now and then one that no vendor can carry. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ arbitrary: piece, weight: 40 }, { arbitrary: long, weight: 2 }, { arbitrary: halfAnEmoji, weight: 1 }),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

const digits = (min: number, max = min): fc.Arbitrary<string> =>
  fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), minLength: min, maxLength: max });

const chineseMobile = fc.tuple(fc.constantFrom('13', '15', '17', '18'), digits(9)).map((parts) => parts.join(''));

/** Numbers as the engine hands them over: digits with an optional `+`. None of them is a magic one. */
export const anyNumber: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: fc.tuple(fc.constantFrom('', '', '+86', '86', '0086'), chineseMobile), weight: 6 },
    {
      arbitrary: fc.tuple(fc.constantFrom('+', '00'), fc.constantFrom('1', '49', '852', '1246', '999'), digits(6, 10)),
      weight: 2,
    },
    {
      arbitrary: fc.tuple(fc.constantFrom('', '+'), fc.integer({ min: 1, max: 9 }).map(String), digits(2, 19)),
      weight: 1,
    },
  )
  .map((parts) => parts.join(''))
  .filter((number) => !/19900000\d\d\d/.test(number));

/** Whose telephone a number reaches, seen from China: the oracle of these tests, and of nothing else. */
export function telephone(number: string): string {
  const international = number.replace(/^(\+|00)/, '');
  if (international !== number) return `+${international}`;
  if (/^1[3-9]\d{9}$/.test(number)) return `+86${number}`;
  return /^861[3-9]\d{9}$/.test(number) ? `+${number}` : number;
}

/** The same, for wires that know no `+`. */
export function digitsOnly(number: string): string {
  return number.replace(/^(\+|00)/, '').replace(/^86(?=\d{7})/, '');
}
