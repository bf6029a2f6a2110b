/** Values as text and back: nothing is mistaken for something else, and nothing makes it fail. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createServer, request } from 'node:http';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { decode, encode } from '../../../../nodes/engine/store/encoding';

const turned = (value: unknown): unknown => decode(encode(value));

/** Whatever JSON has a form for, with keys that look like ours. */
const key = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '$',
    '$$',
    '$date',
    '$buffer',
    '$bytes',
    '$$date',
    '__proto__',
    'constructor',
    'toString',
    'length',
    '0',
  ),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    fc.constantFrom('$date', '"$'),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json')),
    fc.array(fc.tuple(key, tie('json'))).map((entries) => {
      const object = {};
      for (const [name, value] of entries) {
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      }
      return object;
    }),
  ),
}));

const special = fc.oneof(
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.uint8Array(),
  // One that is no date equals no other, as NaN does.
  fc.date({ noInvalidDate: true }),
);

/** JSON has one zero. */
const withoutNegativeZero = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, each: unknown) => (each === 0 ? 0 : each));

describe('encoding', () => {
  it('carries all that JSON has a form for, whatever its keys are called', () => {
    fc.assert(
      fc.property(json, (value) => {
        assert.deepEqual(turned(value), withoutNegativeZero(value));
      }),
    );
  });

  it('carries Buffers, Uint8Arrays and Dates, at any place and beside keys that look like theirs', () => {
    fc.assert(
      fc.property(special, json, (value, beside) => {
        const plain = withoutNegativeZero(beside);
        assert.deepEqual(turned(value), value);
        assert.deepEqual(turned({ deep: [value, { value, plain }], $date: plain }), {
          deep: [value, { value, plain }],
          $date: plain,
        });
      }),
    );
  });

  it('carries a Date that is none', () => {
    const date = turned(new Date(Number.NaN));
    assert.ok(date instanceof Date && Number.isNaN(date.getTime()));
  });

  it('says of what kind bytes are', () => {
    assert.ok(Buffer.isBuffer(turned(Buffer.from('x'))));
    assert.ok(!Buffer.isBuffer(turned(new Uint8Array([1]))));
    assert.deepEqual(turned(new Uint8Array([0, 1, 2, 3]).subarray(1, 3)), new Uint8Array([1, 2]));
  });

  it('never takes data for one of its own forms', () => {
    for (const value of [
      { $date: 0 },
      { $$date: 0 },
      { $buffer: 'eA==' },
      { $bytes: 'eA==' },
      { $date: 0, more: 1 },
      { $unknown: 1 },
      { $: { $: { $date: 1 } } },
      '{"$date":0}',
      ['$date', 0],
    ]) {
      assert.deepEqual(turned(value), value);
    }
  });

  it('leaves the prototypes of objects alone', () => {
    const value: unknown = JSON.parse('{"__proto__": {"polluted": true}, "at": {"__proto__": 1, "$x": 2}}');
    for (const each of [value, { value, at: new Date(0) }]) {
      const back = turned(each) as Record<string, unknown>;
      assert.deepEqual(back, each);
      assert.equal(Object.getPrototypeOf(back), Object.prototype);
      assert.equal(back.polluted, undefined);
    }
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.deepEqual(turned(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  });

  it('leaves out, property by property, what cannot be kept', () => {
    const cycle: Record<string, unknown> = { text: 'kept' };
    cycle.self = cycle;
    cycle.list = [cycle, 1];
    assert.deepEqual(
      turned({
        text: 'kept',
        big: 1n,
        call: () => 1,
        symbol: Symbol('x'),
        nothing: undefined,
        cycle,
        list: [1n, undefined, 'kept'],
        only: { call: () => 1 },
        empty: {},
        emitter: new EventEmitter(),
        floats: new Float32Array(2),
        timer: setTimeout(() => undefined, 0),
        get thrown(): unknown {
          throw new Error('no');
        },
        deep: {
          kept: true,
          toString: () => 'no',
          get thrown(): unknown {
            throw new Error('no');
          },
        },
        proxy: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
        infinite: Infinity,
        url: new URL('http://127.0.0.1/'),
        boxed: Object('text') as unknown,
        broken: {
          toJSON: () => {
            throw new Error('no');
          },
        },
      }),
      {
        text: 'kept',
        cycle: { text: 'kept', list: [null, 1] },
        list: [null, null, 'kept'],
        empty: {},
        deep: { kept: true },
        infinite: null,
        url: 'http://127.0.0.1/',
        boxed: 'text',
      },
    );
    for (const value of [1n, () => 1, Symbol('x')]) assert.equal(turned(value), null);
  });

  it('keeps one object at two places twice', () => {
    const shared = { at: new Date(5) };
    assert.deepEqual(turned({ one: shared, other: [shared] }), {
      one: { at: new Date(5) },
      other: [{ at: new Date(5) }],
    });
  });

  it('leaves out the request and the response of an HTTP call', async () => {
    const seen = await new Promise<unknown>((resolve, reject) => {
      const server = createServer((req, res) => {
        // As the http-in node has them.
        resolve(turned({ _msgid: 'a', payload: 'x', req, res: { _res: res, send: () => undefined } }));
        res.end();
      }).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        request({ port, host: '127.0.0.1', agent: false }, (res) => {
          res.resume().on('end', () => server.close());
        })
          .on('error', reject)
          .end();
      });
    });
    assert.deepEqual(seen, { _msgid: 'a', payload: 'x' });
  });

  it('takes what a function node made, which lives in a context of its own', () => {
    const value: unknown = runInNewContext(
      '({ list: [1, { a: "b" }], at: new Date(7), bytes: new Uint8Array([1, 2]), call() {} })',
    );
    assert.deepEqual(turned(value), { list: [1, { a: 'b' }], at: new Date(7), bytes: new Uint8Array([1, 2]) });
  });

  it('ends, however deep, wide or branched a value is', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100_000; level++) deep = { deep };
    assert.equal(typeof encode({ kept: 1, deep }), 'string');
    assert.equal((turned({ kept: 1, deep }) as { kept: number }).kept, 1);

    let branched: unknown[] = [];
    for (let level = 0; level < 60; level++) branched = [branched, branched];
    assert.ok(encode({ branched }).length < 10_000_000);

    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 'end';
    assert.equal((turned({ kept: 1, sparse }) as { kept: number }).kept, 1);

    const long = 'x'.repeat(70_000_000);
    assert.deepEqual(turned({ kept: 1, long }), { kept: 1 });
    assert.deepEqual(turned({ kept: 1, bytes: Buffer.alloc(70_000_000) }), { kept: 1 });
  });

  it('makes a text of anything', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withBoxedValues: true,
          withNullPrototype: true,
          withObjectString: true,
          withSparseArray: true,
        }),
        (value) => {
          const once = turned(value);
          assert.deepEqual(turned(once), once);
        },
      ),
    );
  });

  it('refuses a text that it did not make', () => {
    for (const text of ['', '{', '{"$date":0', '{"$other":1}', '{"$buffer":1}']) {
      assert.throws(() => decode(text), SyntaxError, text);
    }
  });
});
