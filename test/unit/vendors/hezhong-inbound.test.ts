/** Inbound SMS that hezhong pushes (document, 五): split before it is decoded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../../nodes/core/failure';
import type { Inbound } from '../../../nodes/core/inbound';
import { STATES } from '../../../nodes/core/state';
import { anyText } from '../../support/arbitraries';
import { account } from './hezhong-account';
import { pushed } from './prepared';

const opened = account({ body: '' });
const read = (value: string) => pushed(opened, `mos=${value}`, { contentType: '' });

/** The SMS of a value of `mos`; fails where anything else is read. */
function inbound(value: string): readonly Inbound[] {
  const { type, reports, devices, unreadable, ...rest } = read(value) ?? assert.fail('nothing was read');
  assert.deepEqual([type, reports, devices, unreadable], ['mos', [], [], []]);
  return rest.inbound;
}

const brief = ({ from, extension, text, at }: Inbound) => [from, extension, text, at];

const PHONE = '13000000000';
const TIME = '20151221121046';
const AT = Date.UTC(2015, 11, 21, 4, 10, 46);
const one = (text: string, time = TIME) => `${PHONE},001,${text},${time}`;

describe('hezhong: inbound SMS (五.2)', () => {
  it('reads the sample', () => {
    const sample = '13000000000,001,hello,20151221121046;\n13000000000,001,hello2,20151221121046;';
    const [first = assert.fail(), second = assert.fail(), ...others] = inbound(sample);
    const { identity, ...sms } = first;
    assert.deepEqual(sms, { from: PHONE, extension: '001', text: 'hello', at: AT, raw: one('hello') });
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(brief(second), [PHONE, '001', 'hello2', AT]);
    assert.notEqual(second.identity, identity);
    assert.deepEqual(others, []);
  });

  it('has one identity for one SMS, and another for every other', () => {
    const [same, again] = inbound(`${one('a')};${one('%61')},9`);
    assert.equal(same?.identity, again?.identity);
    const others = inbound(
      `13000000001,001,a,${TIME};${PHONE},002,a,${TIME};${PHONE},,a,${TIME};${one('a', '20151221121047')}`,
    );
    assert.equal(new Set([same, ...others].map((sms) => sms?.identity)).size, 5);
  });

  const texts: readonly [written: string, text: string][] = [
    ['', ''],
    ['%E4%BD%A0%E5%A5%BD', '你好'],
    ['%e4%bd%a0', '你'],
    ['你好', '你好'],
    ['a+b%2Bc%20d', 'a b+c d'],
    ['%F0%9F%98%80😀', '😀😀'],
    ['a,b', 'a,b'],
    [',', ','],
    [',,a,,', ',,a,,'],
    ['a;b', 'a;b'],
    [';', ';'],
    [';;a;;', ';;a;;'],
    ['a;;b,;,', 'a;;b,;,'],
    ['%2C%3B', ',;'],
    ['a%2Cb,c%3Bd;e', 'a,b,c;d;e'],
    ['100%', '100%'],
    ['100%zz%4', '100%zz%4'],
    ['%', '%'],
    ['%25E4', '%E4'],
    ['%2541', '%41'],
    ['%FF%D6%D0', '%FF%D6%D0'],
    ['%E4%BD%A0%FF%E5%A5%BD%E4%BD', '你%FF好%E4%BD'],
    ['%ED%A0%80%C0%AF', '%ED%A0%80%C0%AF'],
    ['%00%0D%0A', '\0\r\n'],
    [' a\r\n b ', ' a\r\n b '],
    ['a&b&', 'a&b&'],
    ['a=b', 'a=b'],
    ['%26mos%3D1', '&mos=1'],
    [TIME, TIME],
    [`${TIME},ok`, `${TIME},ok`],
    ['13900000000,002,hi', '13900000000,002,hi'],
    ['x;13900000000,002,hi', 'x;13900000000,002,hi'],
    ['__proto__', '__proto__'],
    ['长'.repeat(10_000), '长'.repeat(10_000)],
    ['%F0%9F%98%80'.repeat(5_000), '😀'.repeat(5_000)],
    [';,'.repeat(5_000), ';,'.repeat(5_000)],
  ];
  for (const [written, text] of texts) {
    it(`reads the text ${JSON.stringify(written.slice(0, 40))}`, () => {
      assert.deepEqual(inbound(one(written)).map(brief), [[PHONE, '001', text, AT]]);
    });
    it(`reads the text ${JSON.stringify(written.slice(0, 40))} between others, with serial numbers`, () => {
      const value = `${one('before')};${one(written)},990001;\r\n${one('after')},7;`;
      assert.deepEqual(
        inbound(value).map((sms) => sms.text),
        ['before', text, 'after'],
      );
    });
    it(`reads the text ${JSON.stringify(written.slice(0, 40))} in a value that was encoded as a whole`, () => {
      const value = encodeURIComponent(`${one('before')};${one(written)};`);
      assert.deepEqual(
        inbound(value).map((sms) => sms.text),
        ['before', text],
      );
      const form = new URLSearchParams({ mos: `${one(written)};` }).toString();
      assert.deepEqual(
        pushed(opened, form)?.inbound.map((sms) => sms.text),
        [text],
      );
    });
  }

  const records: readonly [string, readonly unknown[]][] = [
    [`\r\n ${PHONE} , 001 ,x, ${TIME} ,\n`, [PHONE, '001', 'x', AT]],
    [`%0D%0A${PHONE}%20,%20001+,x,+${TIME}%20;%0A`, [PHONE, '001', 'x', AT]],
    [`${PHONE},,x,${TIME}`, [PHONE, undefined, 'x', AT]],
    [`%2B8613000000000,001,x,${TIME}`, ['+8613000000000', '001', 'x', AT]],
    [`10086,001,x,${TIME}`, ['10086', '001', 'x', AT]],
    [`${PHONE},001,x,${TIME},20151221121046990001`, [PHONE, '001', 'x', AT]],
    [`${PHONE},001,x,${TIME},98765432109876`, [PHONE, '001', 'x', AT]],
    [`${PHONE},001,x,${TIME},`, [PHONE, '001', 'x', AT]],
    [`${PHONE},001,x,20151321121046`, [PHONE, '001', 'x', undefined]],
  ];
  for (const [value, expected] of records) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.deepEqual(inbound(value).map(brief), [expected]);
    });
  }

  it('gives a piece without telephone number to the record before it', () => {
    const value = `${one(`meet,${TIME};bye`, '20151221121047')};${one('next')}`;
    assert.deepEqual(
      inbound(value).map((sms) => sms.text),
      [`meet,${TIME};bye`, 'next'],
    );
  });

  it('keeps pieces that belong to nobody', () => {
    for (const [value, texts_, unreadable] of [
      [`${one('a')};junk;${one('b')}`, ['a'], [`junk;${one('b')}`]],
      [`${one('a')};${PHONE},001,cut`, ['a'], [`${PHONE},001,cut`]],
      [`${one('a')};${PHONE},${TIME}`, ['a'], [`${PHONE},${TIME}`]],
      [`${one('a')};${PHONE},001,${TIME}`, ['a'], [`${PHONE},001,${TIME}`]],
      [`x,001,cut,${TIME};${one('a')}`, ['a'], [`x,001,cut,${TIME}`]],
    ] as const) {
      const push = read(value);
      assert.deepEqual([push?.inbound.map(({ text }) => text), push?.unreadable], [texts_, unreadable], value);
    }
  });

  it('keeps their order, doubles and all', () => {
    assert.deepEqual(
      inbound([one('2'), one('1'), one('2')].join(';')).map((sms) => sms.text),
      ['2', '1', '2'],
    );
  });

  it('reads text that nobody encoded, in GBK too, also in a query', () => {
    const bytes = Buffer.concat([
      Buffer.from(`mos=${PHONE},001,`),
      Buffer.from('d6d0', 'hex'),
      Buffer.from(`,${TIME}`),
    ]);
    assert.deepEqual(
      pushed(opened, bytes)?.inbound.map((sms) => sms.text),
      ['中'],
    );
    const utf8 = `mos=${one('中')}`;
    for (const query of [utf8, Buffer.from(utf8).toString('latin1'), bytes.toString('latin1')]) {
      assert.deepEqual(
        pushed(opened, '', { method: 'GET', query })?.inbound.map((sms) => sms.text),
        ['中'],
      );
    }
  });

  it('reads times in the zone of the gateway', () => {
    const berlin = account({ body: '' }, { timezone: 'Europe/Berlin' });
    assert.equal(pushed(berlin, `mos=${one('x')}`)?.inbound[0]?.at, Date.UTC(2015, 11, 21, 11, 10, 46));
  });

  it('takes any text exactly as it was encoded', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), fc.boolean(), (written, whole) => {
        const wellFormed = written.map((text) => Buffer.from(text).toString());
        // As the platform's own language does: a blank is a plus.
        const encode = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);
        const value = wellFormed.map((text) => one(encode(text))).join(';');
        assert.deepEqual(
          inbound(whole ? encode(value) : value).map((sms) => sms.text),
          wellFormed,
        );
      }),
    );
  });
});

describe('hezhong: anything at all', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      PHONE,
      TIME,
      '001',
      'DELIVRD',
      '0',
      'rpts=',
      'mos=',
      '&',
      ',',
      ';',
      '%2C',
      '%3B',
      '%',
      '+',
      ' ',
      '\n',
      '=',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from('mos='), bytes])),
    text.map((written) => Buffer.from(`mos=${written}`)),
    text.map((written) => Buffer.from(`rpts=${written}`)),
  );

  it('throws nothing, and gives events that make sense', () => {
    fc.assert(
      fc.property(body, text, (bytes, query) => {
        const events = pushed(opened, bytes, { query });
        for (const each of events?.reports ?? []) {
          assert.ok(STATES.includes(each.state) && each.id !== '' && each.vendorCode !== '');
          assert.ok(each.failure === undefined || Object.hasOwn(RETRY, each.failure.code));
        }
        for (const each of events?.inbound ?? []) assert.match(each.from, /^\+?\d{3,20}$/);
      }),
      { numRuns: 500 },
    );
  });

  const bombs: readonly [string, string][] = [
    ['semicolons', ';'],
    ['commas', ','],
    ['blanks', ' '],
    ['percent signs', '%'],
    ['bytes that are no UTF-8', '%FF'],
    ['beginnings of characters', '%F0%9F'],
    ['letters that are encoded', '%41'],
    ['characters', '%F0%9F%98%80'],
    ['ampersands', '&'],
    ['pieces without telephone number', `;x,${TIME}`],
    ['pieces without time', `;${PHONE},1,x`],
    ['empty parameters', '&mos='],
  ];
  for (const [name, part] of bombs) {
    it(`takes no long time for a mebibyte of ${name}`, () => {
      const start = performance.now();
      pushed(opened, `mos=${one('x')}${part.repeat(1_048_576 / part.length)}`);
      pushed(opened, `rpts=${one('x')}${part.repeat(1_048_576 / part.length)}`);
      assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
    });
  }
});
