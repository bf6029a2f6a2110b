import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { segmentsOf } from '../../../nodes/core/segments';

const brief = (text: string) => {
  const { encoding, characters, parts } = segmentsOf(text);
  return `${encoding} ${characters} ${parts}`;
};

/** 3GPP TS 23.038: the default alphabet (6.2.1) without the escape, and its extension table (6.2.1.1). */
const ALPHABET =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

/** Counts as a phone would pack it, character by character. */
function expected(text: string): string {
  const symbols = Array.from(text);
  const gsm = symbols.every((symbol) => ALPHABET.includes(symbol) || EXTENSION.includes(symbol));
  const size = (symbol: string) => (gsm ? (EXTENSION.includes(symbol) ? 2 : 1) : symbol.length);
  const [single, multiple] = gsm ? [160, 153] : [70, 67];
  const total = symbols.reduce((sum, symbol) => sum + size(symbol), 0);
  let parts = 1;
  let used = 0;
  for (const symbol of total > single ? symbols : []) {
    if (used + size(symbol) > multiple) {
      parts++;
      used = 0;
    }
    used += size(symbol);
  }
  return `${gsm ? 'GSM-7' : 'UCS-2'} ${total} ${parts}`;
}

describe('segments', () => {
  it('packs 160 septets, 153 in each of several parts', () => {
    assert.equal(brief('a'), 'GSM-7 1 1');
    assert.equal(brief('a'.repeat(160)), 'GSM-7 160 1');
    assert.equal(brief('a'.repeat(161)), 'GSM-7 161 2');
    assert.equal(brief('a'.repeat(306)), 'GSM-7 306 2');
    assert.equal(brief('a'.repeat(307)), 'GSM-7 307 3');
    assert.equal(brief('a'.repeat(459)), 'GSM-7 459 3');
    assert.equal(brief('a'.repeat(460)), 'GSM-7 460 4');
  });

  it('packs 70 UCS-2 characters, 67 in each of several parts', () => {
    assert.equal(brief('短'), 'UCS-2 1 1');
    assert.equal(brief('短'.repeat(70)), 'UCS-2 70 1');
    assert.equal(brief('短'.repeat(71)), 'UCS-2 71 2');
    assert.equal(brief('短'.repeat(134)), 'UCS-2 134 2');
    assert.equal(brief('短'.repeat(135)), 'UCS-2 135 3');
    assert.equal(brief(`${'a'.repeat(70)}短`), 'UCS-2 71 2');
  });

  it('knows all 127 characters of the alphabet and all 10 of its extension', () => {
    assert.equal(Array.from(ALPHABET).length, 127);
    assert.equal(Array.from(EXTENSION).length, 10);
    for (const symbol of ALPHABET) assert.equal(brief(symbol), 'GSM-7 1 1', JSON.stringify(symbol));
    for (const symbol of EXTENSION) assert.equal(brief(symbol), 'GSM-7 2 1', JSON.stringify(symbol));
    // Look-alikes that are not in it, the tabulator and the grave accent among them.
    for (const symbol of 'ç\t`´ÀÈáíóú“”‘’–…，。') assert.equal(brief(symbol), 'UCS-2 1 1', JSON.stringify(symbol));
  });

  it('counts two for a character of the extension and never divides it', () => {
    assert.equal(brief('€'.repeat(80)), 'GSM-7 160 1');
    assert.equal(brief('€'.repeat(81)), 'GSM-7 162 2');
    // 76 pairs fill 152 of 153 septets: the 77th goes into the next part.
    assert.equal(brief('€'.repeat(152)), 'GSM-7 304 2');
    assert.equal(brief('€'.repeat(153)), 'GSM-7 306 3');
    assert.equal(brief(`${'a'.repeat(152)}€${'a'.repeat(152)}`), 'GSM-7 306 3');
    assert.equal(brief(`${'a'.repeat(158)}€`), 'GSM-7 160 1');
  });

  it('never divides a pair of surrogates', () => {
    assert.equal(brief('😀'.repeat(35)), 'UCS-2 70 1');
    assert.equal(brief('😀'.repeat(36)), 'UCS-2 72 2');
    // 33 pairs fill 66 of 67: the 34th goes into the next part.
    assert.equal(brief('😀'.repeat(66)), 'UCS-2 132 2');
    assert.equal(brief('😀'.repeat(67)), 'UCS-2 134 3');
    assert.equal(brief(`${'短'.repeat(66)}😀${'短'.repeat(66)}`), 'UCS-2 134 3');
    assert.equal(brief(`${'短'.repeat(68)}😀`), 'UCS-2 70 1');
  });

  it('counts CR LF as two, and an empty text as one part', () => {
    assert.equal(brief('a\r\nb'), 'GSM-7 4 1');
    assert.equal(brief('\r\n'.repeat(80)), 'GSM-7 160 1');
    assert.equal(brief(''), 'GSM-7 0 1');
  });

  it('agrees with a count character by character for any text', () => {
    const gsm = fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET + EXTENSION)), maxLength: 700 });
    const ucs2 = fc.string({ unit: fc.constantFrom('短', 'a', '€', '😀', '\r\n', 'é'), maxLength: 300 });
    const any = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(gsm, ucs2, any), (text) => {
        assert.equal(brief(text), expected(text));
      }),
      { numRuns: 500 },
    );
  });
});
