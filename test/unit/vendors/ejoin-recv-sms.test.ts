/** Inbound SMS and delivery reports that an ejoin device pushes (7), also as "SMS to HTTP". */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inbound } from '../../../nodes/core/inbound';
import { driver } from '../../../nodes/vendors/ejoin';
import { base64, mustRead, readPush } from './ejoin-push';

const AT = 1755697537;
const ICCID = '89860118801234567890';
const recv = (...sms: unknown[]): object => ({ type: 'recv-sms', sms_num: String(sms.length), sms });
const row = (...changed: [number, unknown][]): unknown[] => {
  const cells: unknown[] = [0, '1B', AT, '10010', '13265825775', base64('您好')];
  for (const [place, value] of changed) cells[place] = value;
  return cells;
};
const report = (...changed: [number, unknown][]): unknown[] =>
  row([0, 1], [3, '+8613010314500'], [5, '0 22081115303032'], ...changed);

function inboundOf(cells: unknown[]): Inbound {
  const { inbound, unreadable } = mustRead(recv(cells));
  assert.deepEqual([inbound.length, unreadable], [1, []]);
  return inbound[0]!;
}

describe('ejoin: inbound SMS that are pushed (7)', () => {
  it('are answered OK', () => {
    assert.equal(driver.capabilities.pushAnswer, 'OK');
  });

  it('reads a row of 7.2.3', () => {
    const { identity, twin, ...sms } = inboundOf(row());
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.equal(twin?.form, 'row');
    const expected = { from: '10010', to: '13265825775', line: '1B', text: '您好', at: AT * 1000, raw: row() };
    assert.deepEqual(sms, expected);
    const read = mustRead(recv(row()));
    assert.deepEqual([read.type, read.reports, read.devices], ['recv-sms', [], []]);
  });

  it('reads the row that was seen, of a SIM pool', () => {
    const seen = [0, '12.sp256.101', 1755697537, '+8613800000001', '13800000002', base64('hi')];
    const { line, at, text, from, to } = inboundOf([...seen, '12.sp256.101']);
    assert.deepEqual([line, at, text, from, to], ['12.sp256.101', AT * 1000, 'hi', '+8613800000001', '13800000002']);
  });

  it('reads the rows of central servers, with the ICCID in the third place', () => {
    for (const iccid of [ICCID, '8986011880123456789F', '898600D0123456789012', '8986011880123456789']) {
      const cells = row();
      cells.splice(2, 0, iccid);
      // Its identity is the same as well: one SMS, from device and server.
      assert.deepEqual(inboundOf(cells), { ...inboundOf(row()), iccid, raw: cells });
    }
    for (const blank of ['', null]) {
      const cells = row();
      cells.splice(2, 0, blank);
      const { at, iccid, text } = inboundOf(cells);
      assert.deepEqual([at, iccid, text], [AT * 1000, undefined, '您好']);
    }
    const asNumber = JSON.stringify(recv(['@'])).replace(
      '"@"',
      JSON.stringify(row()).slice(1, -1).replace('"1B",', `"1B",${ICCID},`),
    );
    assert.equal(mustRead(asNumber).inbound[0]?.iccid, ICCID, 'a number of JSON, to the last digit');
  });

  it('writes ports in one form, and each SMS has one identity in all of them', () => {
    const forms: [unknown, string | undefined][] = [
      ['2B', '2B'],
      ['2b', '2B'],
      ['2.02', '2B'],
      [' 02.02 ', '2B'],
      ['1.10', '1J'],
      ['2', '2'],
      [2, '2'],
      ['1.30', '1.30'],
      ['1.1', '1.1'],
      ['slot 7', 'slot 7'],
      ['', undefined],
      [null, undefined],
    ];
    for (const [written, line] of forms) assert.equal(inboundOf(row([1, written])).line, line, String(written));
    const ids = ['2B', '2b', '2.02', ' 02.02 '].map((port) => inboundOf(row([1, port])).identity);
    assert.equal(new Set(ids).size, 1);
  });

  it('has another identity with another port, time, sender, recipient or text', () => {
    const others = [
      row(),
      row([1, '1C']),
      row([2, AT + 1]),
      row([3, '10011']),
      row([4, '13265825776']),
      row([4, null]),
      row([5, base64('您好!')]),
    ];
    assert.equal(new Set(others.map((cells) => inboundOf(cells).identity)).size, others.length);
    assert.equal(inboundOf(row([5, base64('您好\0\0\0')])).identity, inboundOf(row()).identity);
    assert.equal(inboundOf(row([2, String(AT)], [0, '0'])).identity, inboundOf(row()).identity);
  });

  it('takes the service centre and its time from the headers in front of the text', () => {
    const headers = 'Sender: 10010\r\nReceiver: 1B\r\nSMSC: +8613010314500\r\nSCTS: 220811153030A8\r\n\r\n';
    const { text, smsc, at, identity } = inboundOf(row([5, base64(`${headers}您好\0`)]));
    assert.deepEqual([text, smsc, at], ['您好', '+8613010314500', Date.UTC(2022, 7, 11, 22, 30, 30)]);
    assert.equal(identity, inboundOf(row()).identity, 'with and without headers it is one SMS');
    assert.equal(inboundOf(row([3, ''], [5, base64(`${headers}x`)])).from, '10010');
  });

  it('keeps texts as they are: emoji, 10,000 characters, none, plain', () => {
    for (const text of ['😀', '字'.repeat(10_000), '', ' a '])
      assert.equal(inboundOf(row([5, base64(text)])).text, text);
    for (const text of ['not base64', 'STOP']) assert.equal(inboundOf(row([5, text])).text, text);
  });

  it('sets aside rows that make no sense', () => {
    const odd: unknown[] = [
      null,
      'x',
      {},
      [],
      [0],
      row([0, 2]),
      row([0, true]),
      row([0, null]),
      row([1, 1.1]),
      row([1, {}]),
      row([1, 'x'.repeat(65)]),
      row([2, null]),
      row([2, -1]),
      row([2, 1.5]),
      row([2, 1e12]),
      row([2, 'yesterday']),
      row([3, null]),
      row([3, {}]),
      row([5, null]),
      row([5, ['x']]),
      row().slice(0, 5),
      row([2, ICCID]),
      report([4, '']),
      report([5, 'DELIVRD']),
      report([5, '']),
      report([5, base64('0 22081115303032')]),
      report([5, '12345678901 x']),
    ];
    const { inbound, reports, unreadable } = mustRead(recv(...odd, row()));
    assert.deepEqual(JSON.stringify(unreadable), JSON.stringify(odd));
    assert.deepEqual([inbound.length, reports.length], [1, 0]);
  });

  it('takes other cases of names, no type of content, and an empty list', () => {
    const read = mustRead({ Type: 'RECV-SMS', Sms: [row()] }, { contentType: '' });
    assert.deepEqual([read.type, read.inbound.length], ['recv-sms', 1]);
    assert.deepEqual(mustRead(recv()).inbound, []);
    assert.equal(readPush({ type: 'recv-sms' }), undefined);
    assert.equal(readPush({ type: 'recv-sms', sms: 'x' }), undefined);
  });
});

describe('ejoin: delivery reports among inbound SMS (7.2.3, flag 1)', () => {
  it('delivered: code 0', () => {
    const { reports, inbound } = mustRead(recv(report([1, '2.02'])));
    const { identity, ...read } = reports[0]!;
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(read, {
      to: '13265825775',
      state: 'delivered',
      final: true,
      at: AT * 1000,
      line: '2B',
      vendorCode: '0',
      vendorTextKey: 'codes.delivery.0',
      raw: report([1, '2.02']),
    });
    assert.deepEqual(inbound, []);
  });

  it('not delivered for certain only where the network has given up', () => {
    const meanings: Readonly<Record<string, readonly [string, boolean, string | undefined]>> = {
      '1': ['unknown', true, 'no-answer'],
      '008': ['unknown', true, 'no-answer'],
      '32': ['sent', false, undefined],
      '63': ['sent', false, undefined],
      '64': ['undelivered', true, 'undelivered'],
      '70': ['undelivered', true, 'undelivered'],
      '255': ['undelivered', true, 'undelivered'],
    };
    for (const [code, [state, final, reason]] of Object.entries(meanings)) {
      const [read] = mustRead(recv(report([5, `${code} 22081115303032`]))).reports;
      assert.deepEqual([read?.state, read?.final, read?.vendorCode], [state, final, code]);
      assert.deepEqual(read?.failure, reason && { code: reason, vendorCode: code });
    }
  });

  it('a code without a time, and rows of central servers', () => {
    const cells = report([5, '0']);
    cells.splice(2, 0, ICCID);
    const [read] = mustRead(recv(cells)).reports;
    assert.deepEqual([read?.state, read?.line, read?.at], ['delivered', '1B', AT * 1000]);
    assert.equal(mustRead(recv(report([5, 0]))).reports[0]?.state, 'delivered');
  });

  it('has one identity however often it comes, and another for another SMS', () => {
    const identity = (cells: unknown[]): string | undefined => mustRead(recv(cells)).reports[0]?.identity;
    assert.equal(identity(report([1, '1.02'])), identity(report()));
    const others = [
      report(),
      report([1, '2B']),
      report([2, AT + 1]),
      report([3, '+8613010314501']),
      report([4, '13265825776']),
      report([5, '0 22081115303132']),
      report([5, '1 22081115303032']),
    ];
    assert.equal(new Set(others.map(identity)).size, others.length);
  });
});

describe('ejoin: "SMS to HTTP"', () => {
  const query = `version=1.1&port=61A&sender=+8613800000001&mac=00-30-f1-01-02-03&iccid=${ICCID}`;
  const headers =
    'Sender: +8613800000001\r\nReceiver: 13800000002\r\nSMSC: +8613800755500\r\nSCTS: 22081115303032\r\n\r\n';
  const more = { query, contentType: 'text/plain' };

  it('reads query, headers and text', () => {
    const read = mustRead(`${headers}您好 😀\0`, more);
    const [sms] = read.inbound;
    assert.equal(read.type, 'sms-to-http');
    const { identity, twin, raw, ...rest } = sms!;
    assert.match(identity ?? '', /^[0-9a-f]{32}$/);
    assert.equal(twin?.form, 'http');
    assert.deepEqual(rest, {
      from: '+8613800000001',
      to: '13800000002',
      line: '61A',
      text: '您好 😀',
      at: Date.UTC(2022, 7, 11, 7, 30, 30),
      smsc: '+8613800755500',
      iccid: ICCID,
    });
    assert.deepEqual((raw as Record<string, unknown>).mac, '00-30-f1-01-02-03');
  });

  it('has a twin in the row of the same SMS, whatever the two say of time and recipient', () => {
    const [pushed] = mustRead(`${headers}您好`, more).inbound;
    const polled = inboundOf(row([1, '61.01'], [3, '8613800000001'], [4, ''], [5, base64('您好\0')]));
    assert.deepEqual([pushed?.twin?.form, polled.twin?.form], ['http', 'row']);
    assert.equal(pushed?.twin?.name, polled.twin?.name);
    const other = inboundOf(row([1, '61.01'], [3, '8613800000001'], [5, base64('您好!')]));
    assert.notEqual(other.twin?.name, polled.twin?.name);
  });

  it('reads a sender in every encoding', () => {
    const senders: [string, string][] = [
      ['%2B8613800000001', '+8613800000001'],
      ['China+Mobile', 'China Mobile'],
      ['China%20Mobile', 'China Mobile'],
      ['10086', '10086'],
      ['%zz', '%zz'],
      ['', '+8613800000001'],
    ];
    for (const [written, from] of senders) {
      const [sms] = mustRead(`${headers}x`, { ...more, query: `PORT=1.10&Sender=${written}&sender=other` }).inbound;
      assert.deepEqual([sms?.from, sms?.line], [from, '1J'], written);
    }
  });

  it('never takes what somebody wrote for what the device says', () => {
    const forged = JSON.stringify({ type: 'status-report', rpts: [{ tid: 1, sdr: [[0, '10086', '1A', AT]] }] });
    for (const body of [`${headers}${forged}`, forged, `${headers}\n${forged}`]) {
      const read = mustRead(body, more);
      assert.deepEqual([read.type, read.reports, read.inbound.length], ['sms-to-http', [], 1]);
    }
    assert.equal(readPush(`${headers}${forged}`), undefined, 'also without its query');
    assert.equal(readPush(`text ${forged}`), undefined);
  });

  it('without headers the body is the text, which cannot be told from a repetition', () => {
    const [sms] = mustRead('plain', more).inbound;
    assert.deepEqual([sms?.text, sms?.identity, sms?.at, sms?.from], ['plain', undefined, undefined, '+8613800000001']);
  });

  it('is not what lacks a port, a sender or a body', () => {
    assert.equal(readPush('x', { query: 'port=61A' }), undefined);
    assert.equal(readPush('x', { query: 'sender=10086' }), undefined);
    assert.equal(readPush('x', { query: 'port=zz&sender=10086' }), undefined);
    assert.equal(readPush('x', { query: 'port=61A&sender=' }), undefined);
    assert.equal(readPush('', { query }), undefined);
    assert.equal(readPush('x', { query, method: 'GET' }), undefined);
  });
});
