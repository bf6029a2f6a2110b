import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError } from '../../../nodes/core/failure';
import { convertOptions, readBoolean, readNumber, type OptionSpec } from '../../../nodes/core/option';

const SPECS: readonly OptionSpec[] = [
  { name: 'line', type: 'string', scope: 'both', pattern: /[A-Z]\d|all/ },
  { name: 'batch', type: 'integer', scope: 'gateway', min: 1, max: 500, default: 200 },
  { name: 'md5', type: 'boolean', scope: 'gateway', default: false },
  { name: 'timestamp', type: 'choice', scope: 'gateway', choices: ['14', '10'], default: '14' },
  { name: 'intvl', type: 'integer', scope: 'both' },
  { name: 'attachments', type: 'attachments', scope: 'message' },
];

const gateway = (values: Record<string, unknown>) => convertOptions(SPECS, values, 'gateway');
const message = (values: Record<string, unknown>) => convertOptions(SPECS, values, 'message');

const refuses = (code: string, detail: string, field: string) => (error: unknown) => {
  assert.ok(error instanceof SmsError);
  assert.equal(error.code, code);
  assert.equal(error.failure.detail, detail);
  assert.equal(error.failure.params?.field, field);
  return true;
};

describe('options of a gateway', () => {
  it('have defaults where they are not set or blank', () => {
    const defaults = { batch: 200, md5: false, timestamp: '14' };
    assert.deepEqual(gateway({}), defaults);
    assert.deepEqual(gateway({ batch: '', md5: null, timestamp: undefined, line: '' }), defaults);
  });

  it('are converted from strings', () => {
    assert.deepEqual(gateway({ batch: ' 50 ', md5: 'TRUE', timestamp: 10, line: 'A1', intvl: '-3' }), {
      batch: 50,
      md5: true,
      timestamp: '10',
      line: 'A1',
      intvl: -3,
    });
  });

  it('that are no such thing are a wrong configuration that names them', () => {
    const wrong: readonly [string, unknown, string][] = [
      ['batch', 'many', 'option-integer'],
      ['batch', 0, 'option-integer'],
      ['batch', 501, 'option-integer'],
      ['batch', 1.5, 'option-integer'],
      ['batch', true, 'option-integer'],
      ['md5', 'yes', 'option-boolean'],
      ['md5', 2, 'option-boolean'],
      ['timestamp', '12', 'option-choice'],
      ['timestamp', true, 'option-choice'],
      ['line', 'xA1', 'option-string'],
      ['line', 'A1x', 'option-string'],
      ['line', 'A1\n', 'option-string'],
      ['line', 'allx', 'option-string'],
      ['line', {}, 'option-string'],
    ];
    for (const [name, value, detail] of wrong) {
      assert.throws(() => gateway({ [name]: value }), refuses('invalid-config', detail, name));
    }
  });

  it('that are texts may be numbers, as long as those are what was written', () => {
    const text = (value: unknown) =>
      convertOptions([{ name: 'id', type: 'string', scope: 'both' }], { id: value }, 'message');
    assert.deepEqual([text(7), text('1.10')], [{ id: '7' }, { id: '1.10' }]);
    // 1.10 is 1.1 by then, and of a number that long the last digits are others.
    for (const value of [1.1, 2 ** 53, NaN, Infinity]) {
      assert.throws(() => text(value), refuses('invalid-message', 'option-string', 'id'));
    }
  });

  it('do not include those of messages, of others, or of the prototype', () => {
    assert.deepEqual(gateway({ attachments: 'nonsense', toString: 1, unknown: 1 }), gateway({}));
    const inherited = Object.create({ batch: 7 }) as Record<string, unknown>;
    assert.deepEqual(gateway(inherited), gateway({}));
  });
});

describe('options of a message', () => {
  it('have no defaults, and those of gateways do not count', () => {
    assert.deepEqual(message({ batch: 'nonsense', line: 'all' }), { line: 'all' });
  });

  it('that are no such thing are an invalid message', () => {
    assert.throws(() => message({ line: '?' }), refuses('invalid-message', 'option-string', 'line'));
    assert.throws(() => message({ intvl: 2 ** 53 }), refuses('invalid-message', 'option-integer', 'intvl'));
  });

  it('carry attachments as Buffers', () => {
    const content = Buffer.from([0, 255, 1]);
    const { attachments } = message({
      attachments: [
        { type: 'jpg', content },
        { type: 'gif', content: new Uint8Array([7]) },
        { type: 'txt', content: 'AP\r\n8B' },
        { type: 'txt', content: 'AA==\n' },
      ],
    });
    assert.deepEqual(attachments, [
      { type: 'jpg', content },
      { type: 'gif', content: Buffer.from([7]) },
      { type: 'txt', content },
      { type: 'txt', content: Buffer.from([0]) },
    ]);
  });

  it('refuse attachments that are none', () => {
    const wrong = [
      'AAAA',
      [null],
      [{}],
      [{ type: 'jpg' }],
      [{ content: 'AAAA' }],
      [{ type: '../x', content: 'AAAA' }],
      [{ type: 'jpg', content: 'data:image/jpeg;base64,AAAA' }],
      [{ type: 'jpg', content: 'A' }],
      [{ type: 'jpg', content: 'AA=A' }],
      [{ type: 'jpg', content: 7 }],
    ];
    for (const attachments of wrong) {
      assert.throws(() => message({ attachments }), refuses('invalid-message', 'option-attachments', 'attachments'));
    }
  });

  it('refuse a long broken attachment quickly', () => {
    const start = process.cpuUsage();
    const attachments = [{ type: 'jpg', content: `${' '.repeat(200_000)}!` }];
    assert.throws(() => message({ attachments }), refuses('invalid-message', 'option-attachments', 'attachments'));
    assert.ok(process.cpuUsage(start).user < 1_000_000);
  });
});

describe('numbers and booleans that arrive as strings', () => {
  it('are read where they are such', () => {
    for (const [text, number] of [
      ['0.02', 0.02],
      [' +7 ', 7],
      ['-1', -1],
      ['.5', 0.5],
      ['5.', 5],
    ] as const) {
      assert.equal(readNumber(text), number);
    }
    for (const other of ['', ' ', '1e3', '0x10', '1 2', '1,5', 'NaN', NaN, Infinity, true, null, [], {}]) {
      assert.equal(readNumber(other), undefined);
    }
    for (const yes of [true, 'true', ' True ', '1', 1]) assert.equal(readBoolean(yes), true);
    for (const no of [false, 'false', 'FALSE', '0', 0]) assert.equal(readBoolean(no), false);
    for (const other of ['', 'yes', 2, null, undefined, {}]) assert.equal(readBoolean(other), undefined);
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readNumber(value);
        readBoolean(value);
      }),
    );
  });
});

describe('arguments of a command', () => {
  const ARGS: readonly OptionSpec[] = [
    { name: 'tids', type: 'strings', scope: 'message', pattern: /\d+/ },
    { name: 'params', type: 'object', scope: 'message', pattern: /\w+(?:\(\d+\))?/ },
    { name: 'ops', type: 'ops', scope: 'message' },
    { name: 'period', type: 'integer', scope: 'message', min: 60, default: 60 },
    { name: 'all', type: 'boolean', scope: 'gateway', default: false },
  ];
  const command = (values: Record<string, unknown>) => convertOptions(ARGS, values, 'command');
  const defaults = { period: 60, all: false };

  it('have defaults, whatever their scope', () => {
    assert.deepEqual(command({}), defaults);
    assert.deepEqual(command({ period: '90', all: 'true', tids: '', other: 1 }), { period: 90, all: true });
  });

  it('take lists as such, as one text, or as a single element', () => {
    const cases: readonly [unknown, string[]][] = [
      [
        ['1', 2, ' 03 '],
        ['1', '2', '03'],
      ],
      ['1, 2，3\r\n4,', ['1', '2', '3', '4']],
      [5, ['5']],
      [[], []],
      [' , ', []],
    ];
    for (const [given, tids] of cases) assert.deepEqual(command({ tids: given }), { tids, ...defaults });
  });

  it('take objects of texts, numbers and booleans, hostile names included', () => {
    const params = JSON.parse('{"sms_url":"http://a/?b","sim_imei(3)":7,"on":true,"__proto__":"x"}') as unknown;
    const converted = command({ params }).params as Record<string, string>;
    assert.deepEqual(Object.entries(converted), [
      ['sms_url', 'http://a/?b'],
      ['sim_imei(3)', '7'],
      ['on', 'true'],
      ['__proto__', 'x'],
    ]);
    assert.equal(Object.getPrototypeOf(converted), Object.prototype);
  });

  it('take commands with and without ports', () => {
    const ops = [{ command: 'lock', ports: '1A', more: 1 }, { command: 'reset', ports: 2 }, { command: 'save' }];
    assert.deepEqual(command({ ops }).ops, [
      { command: 'lock', ports: '1A' },
      { command: 'reset', ports: '2' },
      { command: 'save', ports: '' },
    ]);
  });

  it('that are no such thing are an invalid message that names them', () => {
    const wrong: readonly [string, unknown][] = [
      ['tids', ['1', '']],
      ['tids', ['1', 'x']],
      ['tids', [null]],
      ['tids', [NaN]],
      ['tids', {}],
      ['tids', true],
      ['params', 'sms_url'],
      ['params', ['sms_url']],
      ['params', { sms_url: null }],
      ['params', { sms_url: {} }],
      ['params', { 'a&b': '1' }],
      ['ops', 'lock'],
      ['ops', { command: 'lock' }],
      ['ops', [null]],
      ['ops', [{ ports: '1' }]],
      ['ops', [{ command: 'lock', ports: 1.1 }]],
      ['period', 59],
      ['all', 'yes'],
    ];
    for (const [name, value] of wrong) {
      const type = ARGS.find((spec) => spec.name === name)?.type ?? '';
      const test = refuses('invalid-message', `argument-${type}`, name);
      assert.throws(() => command({ [name]: value }), test, `${name} ${JSON.stringify(value)}`);
    }
  });

  it('throw nothing but an SmsError, whatever arrives', () => {
    fc.assert(
      fc.property(fc.constantFrom('tids', 'params', 'ops', 'period', 'all'), fc.anything(), (name, value) => {
        try {
          command({ [name]: value });
        } catch (error) {
          assert.ok(error instanceof SmsError);
        }
      }),
    );
  });
});
