/** What the goip driver reads of SMS afterwards, where the server pushes it (2.3, 5). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Report } from '../../../nodes/core/report';
import { driver } from '../../../nodes/vendors/goip';
import { brief, CONFIG } from './goip-account';
import { prepare, pushed } from './prepared';

const { account } = prepare(driver, CONFIG, '');

/** What is pushed, and what is left of it. */
const read = (body: string | Buffer) => pushed(account, body);

/** The report in one push. */
function report(row: object): Report {
  const { type, reports, inbound, unreadable } = read(JSON.stringify(row)) ?? assert.fail('nothing was read');
  assert.deepEqual([type, reports.length, inbound, unreadable], ['report', 1, [], []]);
  return reports[0]!;
}

const SAMPLE = { taskID: '5689.13600000000', goip_line: 'G101' };

describe('goip: send results that are pushed (2.3)', () => {
  const samples: readonly [string, string, readonly unknown[]][] = [
    [
      'failed',
      '{"taskID":"5689.13600000000","goip_line":"G101","send":"failed","err_code":"350"}',
      ['5689', '13600000000', 'G101', 'undelivered', true, '350', null, 'vendor-error'],
    ],
    [
      'succeeded',
      '{"taskID":"5689.13600000000","goip_line":"G101","send":"succeeded"}',
      ['5689', '13600000000', 'G101', 'sent', false, 'succeeded', 'codes.send.succeeded', null],
    ],
    [
      'succeeded with a receipt',
      '{"taskID":"5689.13600000000","goip_line":"G101","send":"succeeded","receipt":"1"}',
      ['5689', '13600000000', 'G101', 'delivered', true, 'succeeded', 'codes.send.succeeded', null],
    ],
  ];
  for (const [name, body, expected] of samples) {
    it(`reads the sample: ${name}`, () => {
      const push = read(body);
      assert.deepEqual(push?.reports.map(brief), [expected]);
      assert.deepEqual(
        { ...push, reports: [] },
        { type: 'report', reports: [], inbound: [], devices: [], unreadable: [] },
      );
      assert.deepEqual(push.reports[0]?.raw, JSON.parse(body));
    });
  }

  const meanings: readonly [object, string, boolean, string, string | undefined, string | undefined][] = [
    [{ send: 'succeeded', receipt: 1 }, 'delivered', true, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: ' Succeeded ', receipt: ' 1 ' }, 'delivered', true, 'Succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'succeeded', receipt: '0' }, 'sent', false, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'succeeded', receipt: 0 }, 'sent', false, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'succeeded', receipt: null }, 'sent', false, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'succeeded', receipt: '' }, 'sent', false, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'succeeded', receipt: { toString: 1 } }, 'sent', false, 'succeeded', 'codes.send.succeeded', undefined],
    [{ send: 'unsend' }, 'accepted', false, 'unsend', 'codes.send.unsend', undefined],
    [{ send: 'sending', receipt: 1 }, 'accepted', false, 'sending', 'codes.send.sending', undefined],
    [{ send: 'failed' }, 'undelivered', true, 'failed', 'codes.send.failed', 'undelivered'],
    [{ send: 'failed', err_code: '' }, 'undelivered', true, 'failed', 'codes.send.failed', 'undelivered'],
    [{ send: 'failed', err_code: '28' }, 'undelivered', true, '28', 'codes.cms.28', 'invalid-recipient'],
    [{ send: 'failed', err_code: 28 }, 'undelivered', true, '28', 'codes.cms.28', 'invalid-recipient'],
    [{ send: 'failed', err_code: ' 0028 ' }, 'undelivered', true, '0028', 'codes.cms.28', 'invalid-recipient'],
    [{ send: 'failed', err_code: '312' }, 'undelivered', true, '312', 'codes.cms.312', 'sim-error'],
    [{ send: 'failed', err_code: '240' }, 'undelivered', true, '240', 'codes.cms.225-253', 'vendor-error'],
    [{ send: 'failed', err_code: '332' }, 'unknown', true, '332', 'codes.cms.332', 'no-answer'],
    [{ send: 'failed', err_code: 513, receipt: 1 }, 'unknown', true, '513', 'codes.cms.513', 'no-answer'],
    [{ send: 'failed', err_code: '99999' }, 'undelivered', true, '99999', undefined, 'vendor-error'],
    [{ send: 'failed', err_code: '__proto__' }, 'undelivered', true, '__proto__', undefined, 'vendor-error'],
    [{ send: 'queued' }, 'unknown', false, 'queued', undefined, 'vendor-error'],
    [{ send: 'constructor' }, 'unknown', false, 'constructor', undefined, 'vendor-error'],
  ];
  for (const [fields, ...expected] of meanings) {
    it(`takes ${JSON.stringify(fields)} as ${expected[0]}`, () => {
      const { state, final, vendorCode, vendorTextKey, failure } = report({ ...SAMPLE, ...fields });
      assert.deepEqual([state, final, vendorCode, vendorTextKey, failure?.code], expected);
      if (failure) assert.deepEqual([failure.vendorCode, failure.vendorTextKey], [vendorCode, vendorTextKey]);
    });
  }

  const tasks: readonly [string, string, string | undefined][] = [
    ['"5689.+8613600000000"', '5689', '+8613600000000'],
    ['"0056.13600000000"', '0056', '13600000000'],
    ['"5689.1360.000"', '5689', '1360.000'],
    ['"1234567890123456789.10086"', '1234567890123456789', '10086'],
    ['1234567890123456789', '1234567890123456789', undefined],
    ['" 5689.10086\\n"', '5689', '10086'],
    ['"5689"', '5689', undefined],
    ['5689', '5689', undefined],
    ['"5689."', '5689', undefined],
  ];
  for (const [written, id, to] of tasks) {
    it(`splits the sub-task ${written} at its first dot`, () => {
      const push = read(`{"taskID":${written},"send":"sending"}`);
      assert.deepEqual([push?.reports[0]?.id, push?.reports[0]?.to], [id, to]);
      assert.equal('to' in (push?.reports[0] ?? {}), to !== undefined);
    });
  }

  it('names a line only where there is one', () => {
    for (const line of [null, 'null', 'NULL', '', ' ', undefined, {}, []]) {
      assert.equal('line' in report({ taskID: '1.2', send: 'sending', goip_line: line }), false, JSON.stringify(line));
    }
    assert.equal(report({ taskID: '1.2', send: 'sending', goip_line: 7 }).line, '7');
  });

  it('reads the clock of the server in the zone of the gateway', () => {
    const at = (sendTime: unknown, timezone = 'Asia/Shanghai') => {
      const { account: other } = prepare(driver, { ...CONFIG, timezone }, '');
      return pushed(other, JSON.stringify({ ...SAMPLE, send: 'succeeded', sendTime }))?.reports[0]?.at;
    };
    assert.equal(at('2019-09-26 15:26:05'), Date.UTC(2019, 8, 26, 7, 26, 5));
    assert.equal(at('2019-09-26 15:26:05', 'Europe/Berlin'), Date.UTC(2019, 8, 26, 13, 26, 5));
    for (const none of [undefined, null, '', '0000-00-00 00:00:00', '2019-02-30 01:02:03', 1569482765, '1569482765']) {
      assert.equal(at(none), undefined, String(none));
    }
  });

  it('takes an array of them, in its order, doubles and all', () => {
    const rows = ['9.2', '9.1', '9.2'].map((taskID) => ({ taskID, send: 'succeeded' }));
    assert.deepEqual(
      read(JSON.stringify(rows))?.reports.map(({ to }) => to),
      ['2', '1', '2'],
    );
  });

  it('forgives what may stand around the object', () => {
    const body = '{"taskID":"5689.13600000000","goip_line":"G101","send":"succeeded",}';
    for (const around of [
      `\uFEFF${body}`,
      `\r\n ${body}\n`,
      `Warning: need install php-mbstring module<br>\n${body}`,
    ]) {
      assert.equal(read(around)?.reports[0]?.id, '5689', around);
    }
    assert.equal(read('{"taskid":"5689.1","SEND":"succeeded"}')?.reports[0]?.to, '1');
  });
});

describe('goip: received SMS that are pushed (5)', () => {
  const body = `{
    "goip_line": "G101",
    "from_number": "10086",
    "content": "尊敬的客户，本次活动已结束，感谢您的支持！【中国移动】",
    "recv_time": "2019-09-26 15:26:05"
  }`;

  it('reads the sample', () => {
    const { type, inbound, reports } = read(body) ?? assert.fail();
    assert.deepEqual([type, reports, inbound.length], ['inbound', [], 1]);
    const { identity, raw, ...sms } = inbound[0]!;
    assert.deepEqual(sms, {
      from: '10086',
      text: '尊敬的客户，本次活动已结束，感谢您的支持！【中国移动】',
      line: 'G101',
      at: Date.UTC(2019, 8, 26, 7, 26, 5),
    });
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(raw, JSON.parse(body));
  });

  const one = (fields: object) =>
    read(JSON.stringify({ ...(JSON.parse(body) as object), ...fields }))?.inbound[0] ?? assert.fail();

  const texts = [
    '',
    ' ',
    ' YES \n',
    '😀👨‍👩‍👧‍👦',
    'a&b=c%20#+?"\\',
    '\u0000\u2028',
    'null',
    'false',
    '中'.repeat(10_000),
    '__proto__',
  ];
  for (const text of texts) {
    it(`keeps ${JSON.stringify(text.slice(0, 20))} exactly, also as \\uXXXX`, () => {
      assert.equal(one({ content: text }).text, text);
      const escaped = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
      const written = `{"from_number":"1","content":"${escaped.map((unit) => `\\u${unit}`).join('')}"}`;
      assert.equal(read(written)?.inbound[0]?.text, text);
    });
  }

  it('takes texts and senders that are written as numbers', () => {
    const { inbound } =
      read('{"from_number":8613800000001,"content":1234567890123456789,"goip_line":"null"}') ?? assert.fail();
    assert.deepEqual(
      [inbound[0]?.from, inbound[0]?.text, inbound[0]?.line],
      ['8613800000001', '1234567890123456789', undefined],
    );
  });

  it('has one identity for one SMS, and another for every other', () => {
    const same = one({}).identity;
    assert.equal(one({ extra: 1 }).identity, same);
    const others = [
      { goip_line: 'G102' },
      { from_number: '10087' },
      { content: 'x' },
      { recv_time: '2019-09-26 15:26:06' },
    ];
    const identities = others.map((fields) => one(fields).identity);
    assert.equal(new Set([same, ...identities]).size, 5);
    assert.equal('identity' in one({ recv_time: '' }), false);
  });
});

describe('goip: other pushes', () => {
  it('knows an empty one', () => {
    for (const body of ['', ' \r\n', 'false', ' null\n', '\uFEFFfalse', '[]']) {
      assert.deepEqual(read(body), { type: 'empty', reports: [], inbound: [], devices: [], unreadable: [] }, body);
    }
    assert.equal(pushed(account, '', { method: 'GET', contentType: '' })?.type, 'empty');
  });

  const nonsense = [
    ...['{}', 'true', '0', '""', 'x', '{', '[{}]', '[[]]', 'taskID=5689.1&send=succeeded', '<html></html>'],
    ...[
      '{"taskID":"5689.1"}',
      '{"send":"succeeded"}',
      '{"taskID":".1","send":"succeeded"}',
      '{"taskID":"","send":"sending"}',
    ],
    ...[
      '{"taskID":5689.136,"send":"succeeded"}',
      '{"taskID":null,"send":"succeeded"}',
      '{"taskID":["1.2"],"send":"sending"}',
    ],
    ...[
      '{"taskID":"1.2","from_number":"1","content":"x"}',
      '{"content":"hello"}',
      '{"from_number":"","content":"hello"}',
      '{"from_number":"1"}',
      '{"from_number":"1","content":{}}',
    ],
    ...[
      '{"__proto__":{"taskID":"1.2","send":"succeeded"}}',
      '{"constructor":{"prototype":{"send":"sending"}},"taskID":"1.2"}',
    ],
    ...['{"taskID":"5689.1","send":"succ', '[{"taskID":"5689.1","send":"succeeded"'],
    '['.repeat(100_000),
    `${'{"a":'.repeat(60)}{"taskID":"5689.1","send":"succeeded"}${'}'.repeat(60)}`,
    ' '.repeat(500_000) + 'x',
  ];
  for (const body of nonsense) {
    it(`makes nothing of ${JSON.stringify(body.slice(0, 60))}`, () => {
      assert.equal(read(body), undefined);
    });
  }

  it('keeps rows that make no sense beside others', () => {
    const rows = [
      { send: 'succeeded' },
      { taskID: '1.2', send: 'succeeded' },
      null,
      { from_number: '1', content: '' },
      [1],
    ];
    const push = read(JSON.stringify(rows));
    assert.deepEqual([push?.type, push?.reports.length, push?.inbound.length], ['report', 1, 1]);
    assert.deepEqual(push?.unreadable, [{ send: 'succeeded' }, null, [1]]);
  });

  it('is not touched by hostile names', () => {
    const body = '{"__proto__":{"err_code":"332","receipt":1},"taskID":"5689.1","send":"failed"}';
    assert.equal(read(body)?.reports[0]?.failure?.code, 'undelivered');
    assert.equal(({} as { receipt?: unknown }).receipt, undefined);
  });

  it('answers OK', () => {
    assert.equal(driver.capabilities.pushAnswer, 'OK');
  });
});
