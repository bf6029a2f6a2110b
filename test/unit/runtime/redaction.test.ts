import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { changeTexts, secretPattern } from '../../../nodes/runtime/redaction';

const percentGbk = (text: string): string =>
  Array.from(iconv.encode(text, 'gbk'), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const json = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The ways in which an answer may repeat what it was sent. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON': json,
  'in JSON in JSON': (text) => json(json(text)),
  'in JSON without letters': (text) =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  'in a URL': encodeURIComponent,
  'in a URL in a URL': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in a form': (text) => new URLSearchParams({ text }).toString().slice(5),
  'in HTML': (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`),
  'as Latin-1': (text) => Buffer.from(text).toString('latin1'),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in capitals': (text) => encodeURIComponent(text).toLowerCase(),
};

const secret = fc
  .string({ unit: 'grapheme', minLength: 4, maxLength: 20 })
  .filter((text) => text.trim() === text && !/[\u212a\u017f]/.test(text));

const BACKSLASHES = [String.raw`! \!`, String.raw`a\\b\c`];

describe('redaction', () => {
  for (const [how, write] of Object.entries(WAYS)) {
    it(`finds any secret ${how}`, () => {
      fc.assert(
        fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
          const cut = `${before}[${write(text)}]${after}`.replace(secretPattern(text), '***');
          assert.ok(!cut.includes(`[${write(text)}]`), cut);
        }),
        { numRuns: 200, examples: BACKSLASHES.map((text): [string, string, string] => [text, '', '']) },
      );
    });
  }

  it('finds a secret in GBK', () => {
    for (const text of ['密码 & key%', 'p&ss 中文']) {
      assert.equal(`x${percentGbk(text)}y`.replace(secretPattern(text), '***'), 'x***y');
    }
  });

  it('takes a short secret for one only where it stands alone', () => {
    const cut = (text: string): string => text.replace(secretPattern('ab'), '***');
    assert.equal(cut('ab: cab, about, "ab"'), '***: cab, about, "***"');
  });

  it('leaves everything else alone', () => {
    assert.equal('secret, Secrets'.replace(secretPattern('secret!'), '***'), 'secret, Secrets');
  });

  it('changes texts and names at every depth, and nothing else', () => {
    const value = { a: ['x', 1, null, { x: true }], b: 'y' };
    assert.deepEqual(
      changeTexts(value, (text) => text.replace('x', 'z')),
      { a: ['z', 1, null, { z: true }], b: 'y' },
    );
  });

  it('is not held up by an answer that is made to hold it up', () => {
    const secrets = [
      '\\'.repeat(20) + 'x',
      '%25'.repeat(8) + 'x',
      '  &&##%%++""',
      '密码密码密码密码密码',
      'a'.repeat(40),
    ];
    const answers = ['\\', '%25', '%', '&', ' +', 'a', 'å¯\u0086', '\\u', '&#', '"', '密码'].map((piece) =>
      piece.repeat(100_000),
    );
    const start = process.cpuUsage();
    for (const pattern of secrets.map(secretPattern)) for (const answer of answers) answer.replace(pattern, '***');
    const { user } = process.cpuUsage(start);
    assert.ok(user < 8_000_000, `${user / 1000} ms`);
  });
});
