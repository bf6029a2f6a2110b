/** Delivery reports that hezhong pushes (document, 四 and appendix 1), and in which ways a push may come. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Report } from '../../../nodes/core/report';
import { convertOptions } from '../../../nodes/core/option';
import { driver } from '../../../nodes/vendors/hezhong';
import { account } from './hezhong-account';
import { pushed } from './prepared';

const opened = account({ body: '' });
const strict = account({ body: '' }, { options: { strictReports: true } });

const form = { contentType: 'application/x-www-form-urlencoded' };
/** The push of a form with these parameters, as they are. */
const read = (body: string | Buffer) => pushed(opened, body, form);

const brief = ({ id, to, state, final, at, vendorCode }: Report) => [id, to, state, final, at, vendorCode];

/** The reports of a value of `rpts`; fails where anything else is read. */
function reports(value: string, by = opened): readonly Report[] {
  const { type, inbound, devices, unreadable, ...rest } = pushed(by, `rpts=${value}`, form) ?? assert.fail('nothing');
  assert.deepEqual([type, inbound, devices, unreadable], ['rpts', [], [], []]);
  return rest.reports;
}

const AT = [Date.UTC(2009, 3, 22, 2, 33, 24), Date.UTC(2009, 3, 22, 1, 46, 20)];
const SAMPLE = '13000000000,\n\nUNDELIV, 1001, 20090422103324;13000000000, DELIVRD, 1002, 20090422094620';
const READ = [
  ['1001', '13000000000', 'undelivered', true, AT[0], 'UNDELIV'],
  ['1002', '13000000000', 'delivered', true, AT[1], 'DELIVRD'],
];

describe('hezhong: ways in which a push may come', () => {
  const encoded = encodeURIComponent(SAMPLE);
  const blanks = new URLSearchParams({ rpts: SAMPLE }).toString();
  const ways: readonly (readonly [string, Parameters<typeof pushed>[1], Parameters<typeof pushed>[2]])[] = [
    ['a form, not encoded', `rpts=${SAMPLE}`, form],
    ['a form, encoded as a whole', `rpts=${encoded}`, form],
    ['a form, encoded as a whole in lower case', `rpts=${encoded.replace(/%../g, (byte) => byte.toLowerCase())}`, form],
    ['a form, as browsers write it', blanks, form],
    ['a form with other parameters', `a=1&${blanks}&b=&c`, form],
    ['a body without a type', `rpts=${SAMPLE}`, { contentType: '' }],
    ['a body of another type', `\uFEFF\r\nRPTS = ${SAMPLE};\r\n`, { contentType: 'text/plain' }],
    ['a query by POST', '', { query: `rpts=${encoded}`, contentType: '', path: '/report' }],
    ['a query by GET', '', { query: blanks, contentType: '', method: 'GET' }],
    ['a query that is encoded in part', '', { query: `rpts=${encodeURI(SAMPLE)}` }],
    ['a query beside a form without it', 'x=y', { ...form, query: `key=1&${blanks}` }],
  ];
  for (const [name, body, over] of ways) {
    it(`is ${name}`, () => {
      const push = pushed(opened, body, over);
      assert.deepEqual(push?.reports.map(brief), READ);
      assert.deepEqual([push.type, push.unreadable], ['rpts', []]);
    });
  }

  const sms = '13000000000,001,hello,20151221121046;';
  it('is both lists at once', () => {
    for (const push of [
      read(`rpts=${SAMPLE}&mos=${sms}`),
      read(`mos=${encodeURIComponent(sms)}&${blanks}`),
      pushed(opened, `mos=${sms}`, { query: blanks }),
    ]) {
      assert.equal(push?.type, 'mixed');
      assert.deepEqual(push.reports.map(brief), READ);
      assert.deepEqual(
        push.inbound.map(({ text }) => text),
        ['hello'],
      );
    }
  });

  it('is one list in several parameters', () => {
    const push = pushed(opened, `rpts=1380,0,3,20090422103324&rpts=1380,2,4,20090422103324`, { query: blanks });
    assert.deepEqual(
      push?.reports.map(({ id }) => id),
      ['1001', '1002', '3', '4'],
    );
  });

  it('may have nothing to tell', () => {
    const nothing = { reports: [], inbound: [], devices: [], unreadable: [] };
    for (const value of ['', ' ', ';', ' ; ;\r\n', '%0D%0A', '+']) {
      assert.deepEqual(read(`rpts=${value}`), { type: 'rpts', ...nothing }, value);
      assert.deepEqual(read(`mos=${value}`), { type: 'mos', ...nothing }, value);
    }
  });

  it('answers OK', () => {
    assert.equal(driver.capabilities.pushAnswer, 'OK');
    assert.equal(opened.sources, undefined);
  });

  const nonsense = [
    ...['', 'x', 'rpts', '=', '&&&', 'reports=13000000000,DELIVRD,1,20090422103324', '{"rpts":"x"}', 'rpts=x', 'mos=x'],
    ...[
      'rpts=x&mos=y',
      '__proto__=1&constructor=2',
      'rpts=13000000000',
      '<rpts>1</rpts>',
      'mos=1;2;3',
      'rpts=%',
      'mos=%%2C',
    ],
  ];
  for (const body of nonsense) {
    it(`is not ${JSON.stringify(body)}`, () => {
      assert.equal(read(body), undefined);
    });
  }
});

describe('hezhong: reports (四.2)', () => {
  it('reads the sample', () => {
    const [first = assert.fail(), second] = reports(SAMPLE);
    assert.deepEqual(first, {
      id: '1001',
      to: '13000000000',
      state: 'undelivered',
      final: true,
      vendorTextKey: 'codes.report.UNDELIV',
      failure: { code: 'undelivered', vendorCode: 'UNDELIV', vendorTextKey: 'codes.report.UNDELIV' },
      at: AT[0],
      vendorCode: 'UNDELIV',
      raw: '13000000000,\n\nUNDELIV, 1001, 20090422103324',
    });
    assert.deepEqual(second, {
      id: '1002',
      to: '13000000000',
      state: 'delivered',
      final: true,
      vendorTextKey: 'codes.report.DELIVRD',
      at: AT[1],
      vendorCode: 'DELIVRD',
      raw: '13000000000, DELIVRD, 1002, 20090422094620',
    });
  });

  const forms: readonly [string, readonly unknown[]][] = [
    ['13000000000,DELIVRD,1002,20090422094620,99', ['1002', '13000000000', AT[1]]],
    ['13000000000,DELIVRD,1002,20090422094620,', ['1002', '13000000000', AT[1]]],
    ['13000000000,DELIVRD,1002,20090422094620,99,', ['1002', '13000000000', AT[1]]],
    ['\r\n 13000000000 ,\tDELIVRD\n, 1002 , 20090422094620 , 99 ;\r\n;', ['1002', '13000000000', AT[1]]],
    ['13000000000，DELIVRD，1002，20090422094620；', ['1002', '13000000000', AT[1]]],
    ['%2B8613000000000,DELIVRD,0001002,20090422094620', ['0001002', '+8613000000000', AT[1]]],
    ['+13000000000,+DELIVRD,+1002,+20090422094620', ['1002', '13000000000', AT[1]]],
    ['0085212345678,DELIVRD,1234567890123456789,20090422094620', ['1234567890123456789', '0085212345678', AT[1]]],
    ['13000000000,DELIVRD,1002,2009-04-22 09:46:20', ['1002', '13000000000', AT[1]]],
    ['13000000000,DELIVRD,1002,', ['1002', '13000000000', undefined]],
    ['13000000000,DELIVRD,1002,20090231094620', ['1002', '13000000000', undefined]],
  ];
  for (const [value, expected] of forms) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        reports(value).map(({ id, to, at }) => [id, to, at]),
        [expected],
      );
    });
  }

  it('keeps records that make no sense beside others, in any order, doubles and all', () => {
    const good = (id: string) => `13000000000,DELIVRD,${id},20090422094620`;
    const bad = [
      ...[
        '13000000000,DELIVRD,1002',
        ',DELIVRD,1002,20090422094620',
        '13000000000,,1002,20090422094620',
        'x,DELIVRD,1,2',
      ],
      ...['13000000000,DELIVRD,,20090422094620', '13000000000,DELIVRD,1,20090422094620,9,8', 'x', ',,,', '__proto__'],
    ];
    const push = read(`rpts=${[good('2'), ...bad, good('1'), good('2')].join(';')}`);
    assert.deepEqual(
      push?.reports.map(({ id }) => id),
      ['2', '1', '2'],
    );
    assert.deepEqual(push.unreadable, bad);
  });

  it('reads a whole push of 500, and far more', () => {
    for (const rows of [500, 150_000]) {
      assert.equal(read(`rpts=${'10086,0,1,;'.repeat(rows)}`)?.reports.length, rows);
      assert.equal(read(`rpts=10086,0,1,;${'x;'.repeat(rows)}`)?.unreadable.length, rows);
    }
  });
});

describe('hezhong: states of reports (appendix 1)', () => {
  const states: readonly [string, string, boolean, string | undefined, string | undefined][] = [
    ['DELIVRD', 'delivered', true, 'DELIVRD', undefined],
    ['delivrd', 'delivered', true, 'DELIVRD', undefined],
    ['EXPIRED', 'undelivered', true, 'EXPIRED', 'undelivered'],
    ['DELETED', 'undelivered', true, 'DELETED', 'undelivered'],
    ['UNDELIV', 'undelivered', true, 'UNDELIV', 'undelivered'],
    ['ACCEPTD', 'unknown', true, 'ACCEPTD', 'no-answer'],
    ['UNKNOWN', 'unknown', true, 'UNKNOWN', 'no-answer'],
    ['REJECTD', 'undelivered', true, 'REJECTD', 'undelivered'],
    ['REJECTED', 'undelivered', true, 'REJECTD', 'undelivered'],
    ['MA:0001', 'unknown', true, 'MA', 'no-answer'],
    ['MB:1042', 'undelivered', true, 'MB', 'undelivered'],
    ['MC:0055', 'unknown', true, 'MC', 'no-answer'],
    ['CA:0051', 'unknown', true, 'CA', 'no-answer'],
    ['CB:0005', 'undelivered', true, 'CB', 'undelivered'],
    ['DA:0054', 'unknown', true, 'DA', 'no-answer'],
    ['DB:0108', 'undelivered', true, 'DB', 'undelivered'],
    ['SA:xxxx', 'unknown', true, 'SA', 'no-answer'],
    ['SB:xxxx', 'undelivered', true, 'SB', 'undelivered'],
    ['ia:0054', 'unknown', true, 'IA', 'no-answer'],
    ['IB:0011', 'undelivered', true, 'IB', 'undelivered'],
    ['IC:0055', 'unknown', true, 'IC', 'no-answer'],
    ['MA', 'unknown', true, 'MA', 'no-answer'],
    ['MA0001', 'unknown', true, 'MA', 'no-answer'],
    ['MASTER', 'undelivered', true, undefined, 'vendor-error'],
    ['ID:0001', 'undelivered', true, undefined, 'vendor-error'],
    ['0', 'delivered', true, '0', undefined],
    ['000', 'delivered', true, '0', undefined],
    ['1', 'accepted', false, '1', undefined],
    ['2', 'undelivered', true, '2', 'undelivered'],
    ['8', 'undelivered', true, '8', 'vendor-busy'],
    ['016', 'undelivered', true, '16', 'invalid-recipient'],
    ['99', 'undelivered', true, '99', 'vendor-error'],
    ['777', 'undelivered', true, 'other', 'undelivered'],
    ['-1', 'undelivered', true, undefined, 'vendor-error'],
    ['other', 'undelivered', true, undefined, 'vendor-error'],
    ['NOROUTE', 'undelivered', true, undefined, 'vendor-error'],
    ['__proto__', 'undelivered', true, undefined, 'vendor-error'],
    ['constructor', 'undelivered', true, undefined, 'vendor-error'],
  ];
  for (const [status, state, final, key, code] of states) {
    it(`takes ${status} as ${state}`, () => {
      const [report = assert.fail()] = reports(`13000000000,${status},1,20090422094620`);
      const textKey = key && `codes.report.${key}`;
      assert.deepEqual([report.state, report.final, report.failure?.code], [state, final, code]);
      assert.deepEqual([report.vendorCode, report.vendorTextKey], [status, textKey]);
      if (report.failure) {
        assert.deepEqual([report.failure.vendorCode, report.failure.vendorTextKey], [status, textKey]);
      }
    });
  }

  it('takes nothing but DELIVRD for a delivery where the user wants it so', () => {
    for (const [status, state, code] of [
      ['DELIVRD', 'delivered', undefined],
      ['0', 'undelivered', 'undelivered'],
      ['000', 'undelivered', 'undelivered'],
      ['1', 'accepted', undefined],
      ['MA:0001', 'unknown', 'no-answer'],
    ]) {
      const [report] = reports(`13000000000,${status},1,20090422094620`, strict);
      assert.deepEqual([report?.state, report?.failure?.code], [state, code], status);
    }
  });

  it('is asked by an option of the gateway, which is off', () => {
    const values = (given: object) => convertOptions(driver.options, { ...given }, 'gateway').strictReports;
    assert.deepEqual(
      [values({}), values({ strictReports: 'true' }), values({ strictReports: false })],
      [false, true, false],
    );
    assert.equal('strictReports' in convertOptions(driver.options, { strictReports: true }, 'message'), false);
  });
});
