/** What the sms57 driver reads of SMS afterwards, where the gateway pushes it (section 6). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inbound } from '../../../nodes/core/inbound';
import type { OptionValues } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/sms57';
import { prepare, pushed } from './prepared';
import { CONFIG } from './sms57-account';

const { account } = prepare(driver, CONFIG, '');

const read = (body: string | Buffer) => pushed(account, body);
const readRow = (row: object) => read(JSON.stringify([row])) ?? assert.fail('nothing was read');

// Mended: the sample of 6.2 lacks its last bracket.
const SAMPLE = `[
  {
    "flag": 0,
    "mid": "4C36654382720005",
    "spid": "922011",
    "accessCode": "10690",
    "mobile": "18983437010",
    "content": "上行内容",
    "time": "2017-04-12 01:38:21"
  },
  {
    "flag": 1,
    "mid": "4C36654382720006",
    "spid": "922011",
    "accessCode": "10690",
    "mobile": "18983437011",
    "stat": "DELIVRD",
    "time": "2017-04-12 01:38:21"
  }
]`;
const [SMS, REPORT] = JSON.parse(SAMPLE) as [object, object];
const AT = Date.UTC(2017, 3, 11, 17, 38, 21);

describe('sms57: pushes (6)', () => {
  it('reads the sample', () => {
    const { inbound, ...rest } = read(SAMPLE) ?? assert.fail();
    assert.deepEqual(rest, {
      type: 'mixed',
      reports: [
        {
          id: '4C36654382720006',
          to: '18983437011',
          state: 'delivered',
          final: true,
          at: AT,
          vendorCode: 'DELIVRD',
          vendorTextKey: 'codes.stat.DELIVRD',
          raw: REPORT,
        },
      ],
      devices: [],
      unreadable: [],
    });
    const [{ identity, ...sms } = assert.fail(), ...others] = inbound;
    assert.deepEqual(others, []);
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(sms, {
      id: '4C36654382720005',
      from: '18983437010',
      to: '10690',
      text: '上行内容',
      at: AT,
      raw: SMS,
    });
  });

  it('does not mend the sample as it stands in the document', () => {
    assert.equal(read(SAMPLE.slice(0, -1)), undefined);
    assert.equal(read(SAMPLE.slice(1)), undefined);
  });

  const forms: readonly [string, string, string][] = [
    ['one report', JSON.stringify(REPORT), 'report'],
    ['one SMS', JSON.stringify(SMS), 'inbound'],
    ['a list of reports', JSON.stringify({ list: [REPORT, REPORT] }), 'report'],
    ['a list in the form of the polls', JSON.stringify({ status: '0', balance: -1, list: [SMS, REPORT] }), 'mixed'],
    ['a list of one that is no array', JSON.stringify({ list: SMS }), 'inbound'],
    ['an array with a comma too many', `\uFEFF ${SAMPLE.slice(0, -1)},]\r\n`, 'mixed'],
    ['an empty array', '[]', 'empty'],
    ['an empty list', '{"list":[]}', 'empty'],
    ['a list that is null', '{"status":"0","list":null}', 'empty'],
  ];
  for (const [name, body, type] of forms) {
    it(`takes ${name}`, () => {
      const push = read(body);
      assert.equal(push?.type, type);
      assert.deepEqual(push.unreadable, []);
      assert.equal(push.inbound.length > 0, ['inbound', 'mixed'].includes(type));
      assert.equal(push.reports.length > 0, ['report', 'mixed'].includes(type));
    });
  }

  const kinds: readonly [object, 'report' | 'inbound' | undefined][] = [
    [{ flag: '1', stat: 'DELIVRD' }, 'report'],
    [{ flag: '0', content: 'x' }, 'inbound'],
    [{ flag: 1, stat: 'DELIVRD', content: '' }, 'report'],
    [{ flag: 0, stat: '', content: 'x' }, 'inbound'],
    [{ flag: 0, stat: 'DELIVRD', content: 'x' }, 'inbound'],
    [{ stat: 'DELIVRD' }, 'report'],
    [{ content: 'x' }, 'inbound'],
    [{ content: '' }, 'inbound'],
    [{ flag: null, content: 'x', stat: null }, 'inbound'],
    [{ flag: '', content: 'x', stat: '' }, 'inbound'],
    [{ flag: 0, content: '' }, 'inbound'],
    [{ flag: 0, content: 12 }, 'inbound'],
    [{ flag: 2, stat: 'DELIVRD', content: 'x' }, undefined],
    [{ flag: true, stat: 'DELIVRD' }, undefined],
    [{ flag: 1, content: 'x' }, undefined],
    [{ flag: 1, stat: ' ' }, undefined],
    [{ flag: 0, stat: 'DELIVRD' }, undefined],
    [{ flag: 0, content: null }, undefined],
    [{ flag: 0, content: ['x'] }, undefined],
    [{}, undefined],
  ];
  for (const [fields, kind] of kinds) {
    it(`takes ${JSON.stringify(fields)} for ${kind ?? 'nothing'}`, () => {
      const push = read(JSON.stringify([{ mid: '1', mobile: '2', ...fields }]));
      assert.equal(push?.type, kind);
    });
  }

  it('keeps rows that make no sense beside others', () => {
    const rows = [{ ...SMS, mobile: '' }, REPORT, null, { ...REPORT, mid: ' ' }, 'x', [REPORT], { ...SMS, mobile: {} }];
    const push = read(JSON.stringify(rows));
    assert.deepEqual([push?.type, push?.reports.length, push?.inbound.length], ['report', 1, 0]);
    assert.deepEqual(
      push?.unreadable,
      rows.filter((row) => row !== REPORT),
    );
  });

  const nonsense = [
    '',
    ' ',
    'OK',
    'null',
    'false',
    '""',
    '0',
    '{}',
    '[{}]',
    '[null]',
    '[[]]',
    '{"list":7}',
    '{"list":[{}]}',
  ];
  for (const body of [...nonsense, '<report/>', '['.repeat(100_000), `[${JSON.stringify({ ...REPORT, mid: null })}]`]) {
    it(`makes nothing of ${JSON.stringify(body.slice(0, 60))}`, () => {
      assert.equal(read(body), undefined);
    });
  }

  it('answers OK and nothing else', () => {
    assert.equal(driver.capabilities.pushAnswer, 'OK');
  });
});

describe('sms57: reports (4.2.1, 9)', () => {
  const stats: readonly [unknown, string, boolean, string | undefined, string | undefined][] = [
    ['DELIVRD', 'delivered', true, 'codes.stat.DELIVRD', undefined],
    [' delivrd ', 'delivered', true, 'codes.stat.DELIVRD', undefined],
    ['ACCEPTD', 'accepted', false, 'codes.stat.ACCEPTD', undefined],
    ['ENROUTE', 'sent', false, 'codes.stat.ENROUTE', undefined],
    ['UNKNOWN', 'unknown', false, 'codes.stat.UNKNOWN', undefined],
    ['MA:0029', 'undelivered', true, 'codes.stat.MA-0029', 'recipient-refused'],
    ['REJECTD', 'undelivered', true, 'codes.stat.REJECTED', 'undelivered'],
    ['MO:0254', 'unknown', true, 'codes.stat.MO-0254', 'no-answer'],
    ['MO:0255', 'unknown', true, 'codes.stat.MO-0255', 'no-answer'],
    ['MO:200', 'undelivered', true, 'codes.stat.MO-0200', 'text-too-long'],
    ['MO:9', 'undelivered', true, 'codes.stat.MO-NNNN', 'vendor-error'],
    ['HX:0001', 'undelivered', true, undefined, 'vendor-error'],
    ['toString', 'undelivered', true, undefined, 'vendor-error'],
    [7, 'undelivered', true, undefined, 'vendor-error'],
  ];
  for (const [stat, state, final, key, code] of stats) {
    it(`takes ${JSON.stringify(stat)} as ${state}`, () => {
      const { reports } = readRow({ ...REPORT, stat });
      const [report = assert.fail()] = reports;
      assert.deepEqual(
        [report.state, report.final, report.vendorTextKey, report.failure?.code],
        [state, final, key, code],
      );
      assert.equal(report.vendorCode, String(stat).trim());
      if (report.failure) {
        assert.deepEqual([report.failure.vendorCode, report.failure.vendorTextKey], [report.vendorCode, key]);
      }
    });
  }

  it('keeps ids as they are written', () => {
    const ids = ['"0041972341"', '"4C2CA88382720003"', '1234567890123456789', '"1234567890123456789"', '7'];
    const written = ids.map((id) => `{"flag":1,"mid":${id},"mobile":"1","stat":"DELIVRD"}`);
    assert.deepEqual(
      read(`[${written.join()}]`)?.reports.map(({ id }) => id),
      ids.map((id) => id.replaceAll('"', '')),
    );
  });

  it('keeps their order, doubles and all', () => {
    const rows = ['2', '1', '2'].map((mid) => ({ ...REPORT, mid }));
    assert.deepEqual(
      read(JSON.stringify(rows))?.reports.map(({ id }) => id),
      ['2', '1', '2'],
    );
  });

  it('does without number and time, and names no line', () => {
    const [report = assert.fail()] = readRow({
      flag: 1,
      mid: '1',
      stat: 'DELIVRD',
      time: '2017-04-31 00:00:00',
    }).reports;
    assert.deepEqual(Object.keys(report), ['id', 'state', 'final', 'vendorCode', 'vendorTextKey', 'raw']);
  });

  it('reads times in the zone of the gateway', () => {
    const { account: berlin } = prepare(driver, { ...CONFIG, timezone: 'Europe/Berlin' }, '');
    assert.equal(pushed(berlin, SAMPLE)?.reports[0]?.at, Date.UTC(2017, 3, 11, 23, 38, 21));
  });
});

describe('sms57: inbound SMS (5.3)', () => {
  const sms = (fields: object, options: OptionValues = {}): Inbound => {
    const opened = prepare(driver, { ...CONFIG, options: { ...CONFIG.options, ...options } }, '').account;
    return pushed(opened, JSON.stringify([{ ...SMS, ...fields }]))?.inbound[0] ?? assert.fail();
  };

  const texts = ['', ' ', ' YES \n', '😀👨‍👩‍👧‍👦', 'a&b=c%20#+?"\\', '\u0000\u2028', 'DELIVRD', '中😀'.repeat(5_000), '退订'];
  for (const text of texts) {
    it(`keeps ${JSON.stringify(text.slice(0, 20))} exactly`, () => {
      assert.equal(sms({ content: text }).text, text);
    });
  }

  const extensions: readonly [string, unknown, string | undefined, string | undefined][] = [
    ['10690', '10690123', '10690123', '123'],
    [' 10690 ', ' 10690001 ', '10690001', '001'],
    ['10690', '10690', '10690', undefined],
    ['106901', '10690', '10690', undefined],
    ['10691', '10690123', '10690123', undefined],
    ['', '10690123', '10690123', undefined],
    ['10690', 10690123, '10690123', '123'],
    ['10690', '', undefined, undefined],
    ['10690', null, undefined, undefined],
  ];
  for (const [extno, accessCode, to, extension] of extensions) {
    it(`reached ${to ?? 'nobody knows what'}, extension ${extension ?? 'none'}, of ${JSON.stringify([extno, accessCode])}`, () => {
      const received = sms({ accessCode }, { extno });
      assert.deepEqual([received.to, received.extension], [to, extension]);
      assert.equal('extension' in received, extension !== undefined);
    });
  }

  it('has one identity for one SMS, and another for every other', () => {
    const { identity } = sms({});
    assert.equal(sms({ spid: 'x', flag: '0' }).identity, identity);
    const others = [
      { mid: '5' },
      { mobile: '1' },
      { accessCode: '1' },
      { time: '2017-04-12 01:38:22' },
      { content: 'x' },
    ];
    assert.equal(new Set([identity, ...others.map((fields) => sms(fields).identity)]).size, 6);
  });

  it('has an identity as long as its id or its time tells it from others', () => {
    assert.match(sms({ mid: undefined }).identity ?? '', /./);
    assert.match(sms({ time: '' }).identity ?? '', /./);
    assert.equal('identity' in sms({ mid: undefined, time: '' }), false);
  });

  it('keeps an id with leading zeros', () => {
    assert.equal(sms({ mid: '0000000000000012' }).id, '0000000000000012');
  });
});
