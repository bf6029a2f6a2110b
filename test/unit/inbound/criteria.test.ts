/** Which inbound SMS a node lets out by its first output. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MOST_MATCHED, readMatch, readSenders } from '../../../nodes/inbound/criteria';

const KEYWORDS: Record<string, { fit: string[]; not: string[] }> = {
  STATUS: {
    fit: [
      'STATUS',
      'status',
      ' Status ',
      'STATUS pump 2',
      'status!',
      'Status, please',
      'ＳＴＡＴＵＳ',
      'STATUS\n2',
      'status：2',
    ],
    not: ['', 'statuses', 'STATUS2', 'the status', 'stat', 'STATUSé', 'status_all'],
  },
  'pump  on': {
    fit: ['PUMP ON', 'pump on', 'pump   on now', '\tPump\nOn'],
    not: ['pump', 'pumpon', 'pump online', 'pump off'],
  },
  状态: { fit: ['状态', '状态！', '状态 二号泵', ' 状态，谢谢'], not: ['状态二号泵', '查状态'] },
  '1': { fit: ['1', '1 please', '1.', '1)'], not: ['11', '1.5', '1,000', '1:30', '01'] },
  '👍': { fit: ['👍', '👍️', '👍 ok'], not: ['👎'] },
  '/help': { fit: ['/help', '/HELP me'], not: ['help'] },
  'a.c': { fit: ['a.c'], not: ['abc'] },
};

describe('a keyword', () => {
  for (const [keyword, { fit, not }] of Object.entries(KEYWORDS)) {
    it(`fits a text that it begins: ${keyword}`, () => {
      const test = readMatch(keyword);
      for (const text of fit) assert.equal(test(text), true, JSON.stringify(text));
      for (const text of not) assert.equal(test(text), false, JSON.stringify(text));
    });
  }

  it('fits itself, whatever it is, and never makes a test throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (word, text) => {
        const keyword = `k${word}`;
        assert.equal(readMatch(keyword)(keyword), true);
        readMatch(keyword)(text);
      }),
    );
  });
});

describe('a regular expression', () => {
  it('is tried on the text as it was sent', () => {
    assert.equal(readMatch('/^pump \\d+ (on|off)$/i')('Pump 2 ON'), true);
    assert.equal(readMatch('/^pump \\d+ (on|off)$/i')(' Pump 2 ON'), false);
    assert.equal(readMatch(' /^a\\/b$/ ')('a/b'), true);
    assert.equal(readMatch('/^状态/u')('状态二号泵'), true);
  });

  for (const flags of ['g', 'y', 'gi']) {
    it(`begins anew with every text, with flags ${flags}`, () => {
      const test = readMatch(`/YES/${flags}`);
      assert.deepEqual([test('YES'), test('YES'), test('YES')], [true, true, true]);
    });
  }

  it('is tried on the head of a long text only', () => {
    const test = readMatch('/x$/');
    assert.equal(test(`${'a'.repeat(MOST_MATCHED - 1)}xyz`), true);
    assert.equal(test(`${'a'.repeat(MOST_MATCHED)}x`), false);
  });

  for (const malformed of ['/(/', '/a/zz', '/[/i', '/usr/bin', '/a/I']) {
    it(`is refused where it is malformed: ${malformed}`, () => {
      assert.throws(() => readMatch(malformed), SyntaxError);
    });
  }
});

describe('a list of senders', () => {
  const among = readSenders('+86 138-0000-0001，13800000002;10086\n+1 (555) 010-0123, BANK');
  const CASES: [string, boolean][] = [
    ['13800000001', true],
    ['8613800000001', true],
    ['008613800000001', true],
    ['+8613800000002', true],
    ['10086', true],
    ['+15550100123', true],
    ['0015550100123', true],
    ['BANK', true],
    ['13800000003', false],
    ['3800000001', false],
    ['1', false],
    ['', false],
    ['bank2', false],
  ];
  for (const [from, isAmong] of CASES) {
    it(`${isAmong ? 'has' : 'lacks'} ${JSON.stringify(from)}`, () => {
      assert.equal(among(from, '86'), isAmong);
    });
  }

  it("goes by the gateway's country", () => {
    const some = readSenders('555010123456');
    assert.equal(some('+44555010123456', '44'), true);
    assert.equal(some('+44555010123456', '86'), false);
  });

  it('of nobody has nobody', () => {
    assert.equal(readSenders(' , ')('13800000001', '86'), false);
  });
});
