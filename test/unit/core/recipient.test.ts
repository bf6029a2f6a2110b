import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanNumber, comparable, readRecipients } from '../../../nodes/core/recipient';

const read = (value: unknown, country = '86') => readRecipients(value, country);

describe('reading recipients', () => {
  const separators: readonly [string, string][] = [
    ['comma', ','],
    ['semicolon', ';'],
    ['full-width comma', '，'],
    ['full-width semicolon', '；'],
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
    ['line separator', '\u2028'],
    ['paragraph separator', '\u2029'],
    ['several at once', ' ,; \n，\t；'],
  ];
  for (const [name, separator] of separators) {
    it(`separates by ${name}`, () => {
      assert.deepEqual(read(`${separator}13800000001${separator}13800000002 ${separator}`), [
        '13800000001',
        '13800000002',
      ]);
    });
  }

  it('separates by nothing else', () => {
    for (const other of ['|', '/', '、', ':', '&', 'and']) {
      const [only, ...more] = read(`13800000001${other}13800000002`);
      assert.equal(more.length, 0);
      assert.equal(cleanNumber(only ?? ''), undefined);
    }
    // A blank belongs to the number that it is in.
    assert.deepEqual(read('138 0000 0001'), ['138 0000 0001']);
  });

  it('takes numbers and arrays of everything', () => {
    assert.deepEqual(read(13800000001), ['13800000001']);
    assert.deepEqual(read(13800000001n), ['13800000001']);
    assert.deepEqual(read([13800000001, '13800000002;13800000003', ['+1 555 0100'], null, undefined, '']), [
      '13800000001',
      '13800000002',
      '13800000003',
      '+1 555 0100',
    ]);
    assert.deepEqual(read([]), []);
    assert.deepEqual(read(''), []);
    assert.deepEqual(read(undefined), []);
  });

  it('keeps what is no recipient, as something that is no number either', () => {
    for (const odd of [{}, true, new Date(0), Buffer.from('138'), Symbol('x'), () => 1, NaN, Infinity]) {
      const recipients = read([odd, '13800000001']);
      assert.equal(recipients.length, 2);
      assert.equal(cleanNumber(recipients[0] ?? ''), undefined, recipients[0]);
    }
    const cycle: unknown[] = ['13800000001'];
    cycle.push(cycle);
    assert.equal(read(cycle)[0], '13800000001');
  });

  it('never makes another number of one that is none', () => {
    for (const value of [138.5, -13800000001, 1234.5678, 1e21, 2 ** 63]) {
      const [only] = read(value);
      assert.equal(cleanNumber(only ?? ''), undefined, only);
    }
  });

  it('trims, and otherwise shows a recipient as it was written', () => {
    assert.deepEqual(read(' \u3000+86 (138) 0000-0001\t'), ['+86 (138) 0000-0001']);
  });

  it('drops doubles by their comparable form; the first stays', () => {
    assert.deepEqual(read('+86 138-0000-0001, 13800000001, 008613800000001, 8613800000001, 13800000002'), [
      '+86 138-0000-0001',
      '13800000002',
    ]);
    assert.deepEqual(read('+86 13800000001, 13800000001', '1'), ['+86 13800000001', '13800000001']);
    assert.deepEqual(read('abc, abc, abd'), ['abc', 'abd']);
  });

  it('is quick with many', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => String(13_800_000_000 + index));
    const start = process.cpuUsage();
    assert.equal(read(many.join(',')).length, 100_000);
    assert.ok(process.cpuUsage(start).user < 3_000_000);
  });
});

describe('cleaning a number', () => {
  it('drops blanks, hyphens, dots and brackets of every kind', () => {
    const decorated = [
      '138 0000 0001',
      '138\u00A00000\u30000001',
      '138-0000-0001',
      '138\u20100000\u20110001',
      '138\u20130000\u20140001',
      '138\u22120000\uFF0D0001',
      '138\u00AD00000001',
      '138.0000.0001',
      '138．0000．0001',
      '(138) 00000001',
      '（138）［0000］｛0001｝',
      '[138]{0000}0001',
      '\u202A13800000001\u202C',
      '\u206613800000001\u2069',
      '\uFEFF138\u200B00000001',
    ];
    for (const written of decorated) assert.equal(cleanNumber(written), '13800000001', JSON.stringify(written));
    assert.equal(cleanNumber('(+86) 138-0000-0001'), '+8613800000001');
    assert.equal(cleanNumber('00 86 138'), '0086138');
  });

  it('takes 3 to 20 digits with an optional +', () => {
    for (let digits = 0; digits <= 25; digits++) {
      const number = '1'.repeat(digits);
      const fits = digits >= 3 && digits <= 20;
      assert.equal(cleanNumber(number), fits ? number : undefined);
      assert.equal(cleanNumber(`+${number}`), fits ? `+${number}` : undefined);
    }
  });

  it('takes nothing else', () => {
    const others = ['', '+', '++123', '123+', '12a34', '１３８', '138,139', '138;139', '138#', '*100', "138'", '1e10'];
    for (const other of others) assert.equal(cleanNumber(other), undefined, other);
  });

  it('yields digits or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cleaned = cleanNumber(text);
        assert.ok(cleaned === undefined || /^\+?\d{3,20}$/.test(cleaned));
      }),
    );
  });
});

describe('comparing numbers', () => {
  it('leaves out +, 00 and the country', () => {
    for (const written of ['13800000001', '+8613800000001', '008613800000001', '8613800000001', '+86 138-0000-0001']) {
      assert.equal(comparable(written, '86'), '13800000001');
    }
    assert.equal(comparable('+15550100', '86'), '15550100');
    assert.equal(comparable('0015550100', '86'), '15550100');
  });

  it('keeps a short number that only begins like the country', () => {
    // Were 8610 taken for 10, one of two different recipients would be dropped as a double.
    assert.equal(comparable('8610', '86'), '8610');
    assert.notEqual(comparable('86100', '86'), comparable('100', '86'));
  });

  it('knows no country where there is none', () => {
    assert.equal(comparable('+8613800000001', ''), '8613800000001');
  });

  it('holds every way to write one number equal, and different numbers different', () => {
    const national = fc.stringMatching(/^1[3-9]\d{9}$/);
    const ways = ['', '+86', '0086', '86'];
    fc.assert(
      fc.property(national, national, fc.nat(3), fc.nat(3), (one, other, way, otherWay) => {
        const same =
          comparable(`${ways[way] ?? ''}${one}`, '86') === comparable(`${ways[otherWay] ?? ''}${other}`, '86');
        assert.equal(same, one === other);
      }),
    );
  });
});
