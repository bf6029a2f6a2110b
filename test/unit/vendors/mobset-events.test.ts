/** What mobset hands out: delivery reports (4.3) and inbound SMS (4.2), each once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { State } from '../../../nodes/core/state';
import type { Page, Source } from '../../../nodes/vendors/driver';
import { REPORTS } from '../../../nodes/vendors/mobset/codes';
import { account, form, type Reply } from './mobset-account';

type Call = 'SmsGetReport' | 'SmsGetRecv';

function sourceOf(opened: { readonly sources?: readonly Source[] }, name: Call): Source {
  const source = opened.sources?.find((each) => each.name === name);
  assert.ok(source);
  return source;
}

async function fetched(name: Call, reply: Reply | string): Promise<ReturnType<Source['read']>> {
  const source = sourceOf(account(typeof reply === 'string' ? { body: reply } : reply), name);
  return source.read(await source.fetch({}), {});
}

async function page(name: Call, reply: string | object): Promise<Page> {
  const read = await fetched(name, typeof reply === 'string' ? reply : JSON.stringify(reply));
  assert.ok('more' in read, JSON.stringify(read));
  return read;
}

const report = (more: object = {}): object => ({
  SmsId: '1355555551',
  Status: '12',
  ReportTime: '2018-07-20 16:48:21',
  ExStatus: 'DELIVRD',
  ...more,
});
const sms = (more: object = {}): object => ({
  PhoneNumber: '13512346789',
  RecvNumber: '10691179164004',
  AddNum: '',
  RecvTime: '2018-07-17 12:00:00',
  Content: '收到!',
  ...more,
});
const details = (...rows: unknown[]): object => ({ code: String(rows.length), Message: 'ok', Details: rows });

/** The samples of 4.2.3 and 4.3.3; of the first the brackets are mended (`}}` for `}]`). */
const RECV_SAMPLE = `{
  "code": "2",
  "Message": "取上行短信成功",
  "Details": [{
    "PhoneNumber": "13512346789",
    "RecvNumber": "10691179164004",
    "AddNum": "",
    "RecvTime": "2018-07-17 12:00:00",
    "Content": "收到!"
  }, {
    "PhoneNumber": "13512346789",
    "RecvNumber": "10691179164004",
    "AddNum": "",
    "RecvTime": "2018-07-17 12:00:00",
    "Content": "收到 1!"
  }]
}`;
const REPORT_SAMPLE = `{
  "code": "1",
  "Message": "取短信状态报告成功",
  "Details": [{
    "SmsId": "1355555551",
    "Status": "12",
    "ReportTime": "2018-07-20 16:48:21",
    "ExStatus": "DELIVRD"
  }]
}`;

describe('mobset: delivery reports (4.3)', () => {
  it('are a source of their own: once, 50 a call, kept 48 hours, at most every 30 seconds', () => {
    const { name, gives, interval, perId, once } = sourceOf(account({ body: '' }), 'SmsGetReport');
    assert.deepEqual(
      { name, gives, interval, perId, once },
      {
        name: 'SmsGetReport',
        gives: ['reports'],
        interval: { default: 30, least: 30 },
        perId: false,
        once: { page: 50, hours: 48 },
      },
    );
  });

  it('are asked for with the fixed parameters alone', async () => {
    const opened = account({ body: REPORT_SAMPLE });
    await sourceOf(opened, 'SmsGetReport').fetch({});
    const { names, values } = form(opened.requests[0]);
    assert.equal(opened.requests[0]?.method, 'POST');
    assert.deepEqual(names, ['Methods', 'CorpID', 'LoginName', 'TimeStamp', 'SecretKey']);
    assert.equal(values.Methods, 'SmsGetReport');
    assert.equal(opened.requests.length, 1);
  });

  it('reads the sample; its time is that of Beijing wherever the gateway is', async () => {
    const read = await page('SmsGetReport', REPORT_SAMPLE);
    assert.deepEqual(read, {
      reports: [
        {
          id: '1355555551',
          state: 'delivered',
          final: true,
          at: Date.UTC(2018, 6, 20, 8, 48, 21),
          vendorCode: '12',
          vendorText: 'DELIVRD',
          vendorTextKey: 'codes.report.12',
          raw: report(),
        },
      ],
      inbound: [],
      devices: [],
      unreadable: [],
      more: false,
    });
  });

  const states: [string, State, boolean, string?][] = [
    ['0', 'accepted', false],
    ['1', 'accepted', false],
    ['2', 'undelivered', true, 'undelivered'],
    ['3', 'undelivered', true, 'undelivered'],
    ['4', 'undelivered', true, 'undelivered'],
    ['5', 'undelivered', true, 'undelivered'],
    ['6', 'undelivered', true, 'recipient-refused'],
    ['7', 'undelivered', true, 'content-refused'],
    ['10', 'sent', false],
    ['11', 'undelivered', true, 'undelivered'],
    ['12', 'delivered', true],
    ['13', 'undelivered', true, 'undelivered'],
    ['15', 'unknown', true, 'no-answer'],
  ];
  it('knows every status of section 5, as text and as number', async () => {
    assert.deepEqual(
      Object.keys(REPORTS),
      states.map(([status]) => status),
    );
    for (const [status, state, final, code] of states) {
      for (const written of [status, Number(status), ` 0${status} `]) {
        const [read] = (await page('SmsGetReport', details(report({ Status: written, ExStatus: 'MK:0001' })))).reports;
        const said = {
          vendorCode: String(written).trim(),
          vendorText: 'MK:0001',
          vendorTextKey: `codes.report.${status}`,
        };
        assert.deepEqual(
          { ...read, raw: 0 },
          {
            ...{ id: '1355555551', state, final, at: Date.UTC(2018, 6, 20, 8, 48, 21), ...said },
            ...(code === undefined ? {} : { failure: { code, ...said } }),
            raw: 0,
          },
        );
      }
    }
  });

  it('takes the state from Status alone, whatever the operator says', async () => {
    const [read] = (await page('SmsGetReport', details(report({ Status: 13, ExStatus: 'DELIVRD' })))).reports;
    assert.equal(read?.state, 'undelivered');
  });

  it('keeps a status that no table knows, and waits for another', async () => {
    for (const status of ['8', '9', '14', '-1', '99']) {
      const [read] = (await page('SmsGetReport', details(report({ Status: status, ExStatus: '' })))).reports;
      assert.equal(read?.state, 'unknown', status);
      assert.equal(read.final, false);
      assert.deepEqual(read.failure, { code: 'vendor-error', vendorCode: status });
      assert.equal(read.vendorTextKey, undefined);
    }
  });

  it('keeps ids as they are, and any case of the names', async () => {
    const rows =
      '{"CODE":4,"DETAILS":[{"smsid":"0012","status":12},{"SMSID":1234567890123456789,"STATUS":"12"},' +
      '{"SmsID":500004690,"Status":12,"reporttime":null},{"SmsId":" 7 ","Status":12,"ReportTime":"soon"}]}';
    const read = await page('SmsGetReport', rows);
    assert.deepEqual(
      read.reports.map(({ id, at }) => [id, at]),
      [
        ['0012', undefined],
        ['1234567890123456789', undefined],
        ['500004690', undefined],
        ['7', undefined],
      ],
    );
    assert.deepEqual(read.unreadable, []);
  });

  it('sets aside what has no id or no status', async () => {
    const odd = [null, 7, 'x', [], {}, { SmsId: '1' }, { SmsId: '', Status: 12 }, { SmsId: '1', Status: 'DELIVRD' }];
    const read = await page('SmsGetReport', details(...odd, report()));
    assert.deepEqual(read.unreadable, odd);
    assert.equal(read.reports.length, 1);
  });
});

describe('mobset: inbound SMS (4.2)', () => {
  it('are a source of their own: once, 20 a call, kept 10 days', () => {
    const { gives, interval, once, perId } = sourceOf(account({ body: '' }), 'SmsGetRecv');
    assert.deepEqual(
      { gives, interval, once, perId },
      { gives: ['inbound'], interval: { default: 30, least: 30 }, once: { page: 20, hours: 240 }, perId: false },
    );
  });

  it('reads the sample with its brackets mended: two SMS of one second are two', async () => {
    const at = Date.UTC(2018, 6, 17, 4);
    const read = await page('SmsGetRecv', RECV_SAMPLE);
    const common = { from: '13512346789', to: '10691179164004', at };
    assert.deepEqual(read.inbound, [
      { ...common, text: '收到!', raw: sms() },
      { ...common, text: '收到 1!', raw: sms({ Content: '收到 1!' }) },
    ]);
    assert.deepEqual([read.reports, read.devices, read.unreadable, read.more], [[], [], [], false]);
  });

  it('does not mend the brackets itself', async () => {
    const asPrinted = RECV_SAMPLE.replace(/\}\]\n\}$/, '}}\n}');
    assert.notEqual(asPrinted, RECV_SAMPLE);
    assert.deepEqual(await fetched('SmsGetRecv', asPrinted), { code: 'unreadable-answer' });
  });

  it('keeps the text exactly, and the extension where there is one', async () => {
    const texts = ['', '  YES \r\n', '😀👨‍👩‍👧‍👦', '"}]}', '字'.repeat(10_000), '\u2028\0x', '0012', '【签名】'];
    const rows = texts.map((Content) => sms({ Content, AddNum: ' 004 ' }));
    const read = await page('SmsGetRecv', details(...rows));
    assert.deepEqual(
      read.inbound.map(({ text, extension }) => [text, extension]),
      texts.map((text) => [text, '004']),
    );
  });

  it('takes numbers for text, and any case of the names', async () => {
    const row = {
      phonenumber: 13512346789,
      RECVNUMBER: 10691179164004,
      addnum: 7,
      recvTime: '2018-07-17 12:00:00',
      content: 1,
    };
    const [read] = (await page('SmsGetRecv', { CODE: 1, details: [row] })).inbound;
    assert.deepEqual(
      { ...read, raw: 0 },
      {
        from: '13512346789',
        to: '10691179164004',
        extension: '7',
        text: '1',
        at: Date.UTC(2018, 6, 17, 4),
        raw: 0,
      },
    );
  });

  it('sets aside what has no sender or no text', async () => {
    const odd = [null, [sms()], {}, sms({ PhoneNumber: '' }), sms({ Content: null }), sms({ Content: {} })];
    const read = await page('SmsGetRecv', details(...odd, sms({ RecvTime: '2018-02-30 12:00:00', RecvNumber: null })));
    assert.deepEqual(read.unreadable, odd);
    assert.deepEqual(Object.keys(read.inbound[0]!), ['from', 'text', 'raw']);
  });
});

describe('mobset: answers of both calls', () => {
  const calls: [Call, object, number][] = [
    ['SmsGetReport', report(), 50],
    ['SmsGetRecv', sms(), 20],
  ];
  for (const [call, row, most] of calls) {
    it(`${call}: a full page means that there is more`, async () => {
      for (const [count, more] of [
        [most - 1, false],
        [most, true],
        [most + 1, true],
      ] as const) {
        assert.equal((await page(call, details(...Array<object>(count).fill(row)))).more, more, String(count));
      }
      const unreadable = details(...Array<null>(most).fill(null));
      assert.equal((await page(call, unreadable)).more, true, 'what cannot be read fills the page as well');
    });

    it(`${call}: nothing to fetch`, async () => {
      const none = { reports: [], inbound: [], devices: [], unreadable: [], more: false };
      for (const body of ['{"Code":0}', '{"code":"0","Details":[]}', '{"Code":"0","Message":"","Details":null,}']) {
        assert.deepEqual(await page(call, body), none, body);
      }
    });

    it(`${call}: refusals and what is no answer`, async () => {
      const refused: [Reply | string, string, string?][] = [
        ['{ "Code" : -102, "Message" : "请求参数不完整或有误:CorpID"}', 'vendor-error', '-102'],
        ['{ "Code" : -105, "Message" : "帐号验证失败"}', 'auth-failed', '-105'],
        ['{"code":"-106"}', 'ip-refused', '-106'],
        ['{"code":"-7777","Details":[{}]}', 'vendor-error', '-7777'],
        ['', 'unreadable-answer'],
        ['<html>', 'unreadable-answer'],
        ['[]', 'unreadable-answer'],
        ['{"Details":[]}', 'unreadable-answer'],
        ['{"Code":"many","Details":[]}', 'unreadable-answer'],
        ['{"Code":1,"Details":"none"}', 'unreadable-answer'],
        ['{"Code":1,"Details":[{"SmsId":"1"', 'unreadable-answer'],
        [{ status: 401, body: '' }, 'auth-failed', 'HTTP 401'],
        [{ status: 429, body: '' }, 'rate-limited', 'HTTP 429'],
        [{ status: 502, body: JSON.stringify(details(row)) }, 'no-answer', 'HTTP 502'],
      ];
      for (const [reply, code, vendorCode] of refused) {
        const read = await fetched(call, reply);
        assert.ok('code' in read, JSON.stringify(reply));
        assert.deepEqual([read.code, read.vendorCode], [code, vendorCode], JSON.stringify(reply));
      }
    });

    it(`${call}: a comma too many and one record for the list are forgiven`, async () => {
      const one = JSON.stringify(row);
      for (const body of [`{"Code":1,"Details":[${one},],}`, `\uFEFF{"Code":"1","Details":${one}}`]) {
        const read = await page(call, body);
        assert.equal(read.reports.length + read.inbound.length, 1, body);
      }
    });

    it(`${call}: no bytes make it throw, and hostile names do nothing`, async () => {
      const source = sourceOf(account({ body: '' }), call);
      const read = (body: Buffer | string): void => {
        const answer = source.read({ status: 200, headers: {}, body: Buffer.from(body) }, {});
        assert.ok('more' in answer || 'code' in answer);
      };
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          read(Buffer.from(bytes));
        }),
      );
      const names = ['SmsId', 'Status', 'ReportTime', 'PhoneNumber', 'Content', 'RecvTime', '__proto__', 'constructor'];
      const record = fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(fc.jsonValue(), fc.constantFrom('12', 12, '__proto__')),
      );
      fc.assert(
        fc.property(fc.oneof(fc.array(fc.oneof(record, fc.jsonValue())), fc.jsonValue()), (rows) => {
          read(JSON.stringify({ Code: 1, Details: rows }));
        }),
      );
      const sneaky = await page(call, `{"Code":1,"Details":[{"__proto__":${JSON.stringify(row)}}]}`);
      assert.deepEqual([sneaky.reports, sneaky.inbound, sneaky.unreadable.length], [[], [], 1]);
    });
  }
});
