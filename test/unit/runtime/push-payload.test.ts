import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBurden } from '../../../nodes/runtime/burden';
import { payloadOf, rawOf } from '../../../nodes/runtime/push-payload';

const FORM = 'application/x-www-form-urlencoded';

const push = (body: string | Buffer, contentType = '', query = '') => ({
  ...({ method: 'POST', path: '', query, contentType } as const),
  body: Buffer.from(body),
});

describe('the payload of a push', () => {
  const samples: [what: string, body: string, contentType: string, query: string, expected: unknown][] = [
    ['JSON', ' {"a":[1]}', '', '', { a: [1] }],
    ['JSON that is said to be a form', '[{"a":"b=c"}]', FORM, '', [{ a: 'b=c' }]],
    ['JSON with a byte order mark and a comma too many', '\uFEFF{"a":1,}', 'text/html', '', { a: 1 }],
    ['ids of 19 digits', '{"id":1234567890123456789}', '', '', { id: '1234567890123456789' }],
    ['a form', 'a=1&b=%E4%BD%A0+%2B&a=2&c', `${FORM}; charset=utf-8`, '', { a: ['1', '2'], b: '你 +', c: '' }],
    ['a form that does not say so', 'rpts=1,2;3,4', '', '', { rpts: '1,2;3,4' }],
    ['a form with malformed escapes', 'a=100%&b=%zz', FORM, '', { a: '100%', b: '%zz' }],
    ['text with an equals sign in it', 'a=1', 'text/plain', '', 'a=1'],
    ['text that begins like JSON', '[sic] hello', '', '', '[sic] hello'],
    ['text that JSON follows', 'hello {"a":1}', '', '', 'hello {"a":1}'],
    ['a query alone', '', '', 'a=1', { a: '1' }],
    ['a query that is no form', '', '', 'hello', 'hello'],
    ['nothing', '', FORM, '', ''],
    ['JSON beside a query', '{"a":1}', '', 'b=2', { a: 1 }],
    ['a number', '7', '', '', '7'],
    ['too many fields', 'a=1&'.repeat(2000), FORM, '', 'a=1&'.repeat(2000)],
    [
      'hostile names',
      '{"__proto__":1,"a":[{"\\u005f_proto__":{"b":1}}],"constructor":2}',
      '',
      '',
      { a: [{}], constructor: 2 },
    ],
    ['hostile fields', '__proto__=1&constructor=2', FORM, '', { constructor: '2' }],
  ];
  for (const [what, body, contentType, query, expected] of samples) {
    it(`is right for ${what}`, () => {
      const payload = payloadOf(push(body, contentType, query));
      assert.deepEqual(payload, expected);
      assert.equal(Object.getPrototypeOf(payload), Object.getPrototypeOf(expected));
      assert.doesNotMatch(JSON.stringify(payload), /__proto__/);
    });
  }

  it('comes of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.constantFrom('', FORM, 'application/json'), (bytes, query, type) => {
        const any = push(Buffer.from(bytes), type, query);
        payloadOf(any);
        assert.equal(typeof rawOf(any), 'string');
        isBurden(any.body);
      }),
    );
  });
});

describe('a burden', () => {
  const long = (one: string, times: number): Buffer => Buffer.from(`[${Array(times).fill(one).join()}]`);

  for (const [what, body, expected] of [
    [
      '500 reports',
      long(JSON.stringify({ flag: 1, mid: '4C36', stat: 'DELIVRD', mobile: '1', time: 't' }), 500),
      false,
    ],
    [
      'the status of 2048 cards',
      long(JSON.stringify(Object.fromEntries('abcdefghijklmnopqrst'.split('').map((key) => [key, '1']))), 2048),
      false,
    ],
    ['a text of brackets', Buffer.from(JSON.stringify({ content: '[{'.repeat(100_000) })), false],
    ['a text of quotes and backslashes', Buffer.from(JSON.stringify({ content: '\\"[,'.repeat(100_000) })), false],
    ['few brackets', Buffer.from('['.repeat(1000)), false],
    ['many brackets', Buffer.from('['.repeat(70_000)), true],
    ['brackets after a text of brackets', Buffer.from(`["\\\\","${'['.repeat(70_000)}",${'['.repeat(60)}`), true],
    [
      'a name after the other',
      Buffer.from(`{${Array.from({ length: 9000 }, (_, index) => `"k${index}":1`).join()}}`),
      true,
    ],
    ['many values', long('""', 200_000), true],
    ['many fields', Buffer.from('a=&'.repeat(200_000)), true],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${what}`, () => {
      assert.equal(isBurden(body), expected);
    });
  }
});
