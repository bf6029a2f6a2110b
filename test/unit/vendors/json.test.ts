import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fieldOf, isRecord, leadingInteger, parseJson, textOf } from '../../../nodes/vendors/json';

describe('parseJson', () => {
  const readings: readonly [string, string, unknown][] = [
    ['plain JSON', '{"a":1}', { a: 1 }],
    ['a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['blanks around it', ' \r\n{"a":1}\n\n', { a: 1 }],
    ['a trailing comma in an array', '[{"a":1},\n]', [{ a: 1 }]],
    ['a trailing comma in an object', '{"a":1 , }', { a: 1 }],
    ['a warning line before', 'Warning: need install php-mbstring module<br>\n{"a":1}', { a: 1 }],
    ['a warning on the same line', 'Warning: need install php-mbstring module<br>{"a":[1,]}', { a: [1] }],
    ['brackets in the warning', 'Notice: x[0] in {main}\n{"a":1}', { a: 1 }],
    ['commas and brackets inside strings', '{"a":",}","b":",]\\"",}', { a: ',}', b: ',]"' }],
    [
      'long integers as strings',
      '{"a":1234567890123456789,"b":-1234567890123456}',
      {
        a: '1234567890123456789',
        b: '-1234567890123456',
      },
    ],
    ['integers of fifteen digits as numbers', '{"a":123456789012345}', { a: 123456789012345 }],
    [
      'long fractions as numbers',
      '[0.12345678901234567890, 1234567890123456789.5]',
      [0.12345678901234568, 1234567890123456800],
    ],
    ['long digits inside strings', '["x 1234567890123456789"]', ['x 1234567890123456789']],
  ];
  for (const [name, text, value] of readings) {
    it(`reads ${name}`, () => {
      assert.deepEqual(parseJson(text), value);
      assert.deepEqual(parseJson(Buffer.from(text)), value);
    });
  }

  const unreadable = [
    '',
    ' ',
    '<xml/>',
    '{"a":1',
    '[{"a":1}',
    '{"list":[{"a":1}}',
    '{"a":"x}',
    '{"result":"ACC',
    '{a:1}',
  ];
  for (const text of unreadable) {
    it(`leaves ${JSON.stringify(text)} unread`, () => {
      assert.equal(parseJson(text), undefined);
    });
  }

  it('is what JSON.parse says for any JSON without long integers', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        fc.pre(!/\d{16}/.test(text));
        assert.deepEqual(parseJson(text), JSON.parse(text));
      }),
    );
  });

  it('never throws and never takes long', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseJson(Buffer.from(bytes))));
    const started = performance.now();
    for (const piece of ['"\\', '"', '\\"', '[', '{"a":', '[1,', ', ', '1234567890', '-', '"a",', ',}']) {
      parseJson(piece.repeat(50_000));
      parseJson('"' + piece.repeat(50_000));
      parseJson('[' + piece.repeat(50_000) + ']');
    }
    assert.ok(performance.now() - started < 3000);
  });

  it('refuses what nests so deep that others would run out of stack', () => {
    assert.equal(parseJson('['.repeat(20_000) + ']'.repeat(20_000)), undefined);
    assert.notEqual(parseJson('['.repeat(20) + ']'.repeat(20)), undefined);
  });

  it('reads a long string', () => {
    const text = 'x'.repeat(1_000_000);
    assert.equal(parseJson(JSON.stringify([text, 'y'])) instanceof Array, true);
  });
});

describe('fields', () => {
  it('finds a field whatever its case, the exact name first', () => {
    assert.equal(fieldOf({ SmsID: 1, smsid: 2 }, 'smsid'), 2);
    assert.equal(fieldOf({ SmsID: 1 }, 'smsid'), 1);
    assert.equal(fieldOf({}, 'constructor'), undefined);
    assert.equal(fieldOf(JSON.parse('{"__proto__":5}') as Record<string, unknown>, '__proto__'), 5);
  });

  it('takes strings and numbers as text', () => {
    assert.equal(textOf(' 007 '), '007');
    assert.equal(textOf(0), '0');
    for (const value of ['', '  ', null, undefined, true, {}, []]) assert.equal(textOf(value), undefined);
  });

  it('reads the integer that a value begins with', () => {
    assert.equal(leadingInteger('2 Port Unavailable'), 2);
    assert.equal(leadingInteger('-106'), -106);
    assert.equal(leadingInteger(0), 0);
    for (const value of ['', 'x2', null, undefined]) assert.equal(leadingInteger(value), undefined);
  });

  it('tells records from arrays and null', () => {
    assert.equal(isRecord({}), true);
    for (const value of [null, [], 'x', 1, undefined]) assert.equal(isRecord(value), false);
  });
});
