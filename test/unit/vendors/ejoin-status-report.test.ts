/** What became of tasks, as an ejoin device pushes it (6.3.2). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Report } from '../../../nodes/core/report';
import { TASK_CODES } from '../../../nodes/vendors/ejoin/codes';
import { mustRead, readPush } from './ejoin-push';

const AT = 1466506477;
const ICCID = '89860118801234567890';
const push = (...rpts: unknown[]): object => ({ type: 'status-report', rpt_num: String(rpts.length), rpts });
const totals = { sending: 0, sent: 7, failed: 3, unsent: 0 };
const sent = (...more: unknown[]): unknown[] => [0, '13686876620', '1A', AT, ...more];

function failed(program: unknown, operator?: unknown): Report {
  const row = operator === undefined ? sent(program) : sent(program, operator);
  const { reports, unreadable } = mustRead(push({ tid: 1223, ...totals, fdr: [row] }));
  assert.deepEqual([reports.length, unreadable], [1, []]);
  return reports[0]!;
}

describe('ejoin: status reports (6.3.2)', () => {
  it('tells what left for the network: sent, and not the last word', () => {
    const read = mustRead(push({ tid: 1223, ...totals, sdr: [sent()], fdr: [] }));
    const report = {
      id: '1223',
      to: '13686876620',
      at: AT * 1000,
      line: '1A',
      state: 'sent',
      final: false,
      raw: sent(),
    };
    assert.deepEqual(read, {
      ...{ type: 'status-report', reports: [report], inbound: [], devices: [], unreadable: [] },
    });
  });

  it('tells what failed, by the task codes', () => {
    const { raw, ...report } = failed('5 SIM Unregistered');
    const said = { vendorCode: '5', vendorText: 'SIM Unregistered', vendorTextKey: 'codes.task.5' };
    assert.deepEqual(report, {
      ...{ id: '1223', to: '13686876620', at: AT * 1000, line: '1A', state: 'undelivered', final: true },
      ...said,
      failure: { code: 'line-unavailable', ...said },
    });
    assert.deepEqual(raw, sent('5 SIM Unregistered'));
  });

  for (const [code, canonical] of Object.entries(TASK_CODES)) {
    if (canonical === undefined) continue;
    it(`knows cause ${code}`, () => {
      for (const program of [Number(code), code, `${code} `]) {
        const report = failed(program);
        // A login that fails cannot be why an SMS failed that the device had taken: it must stop no gateway.
        const meant: string = code === '1' ? 'undelivered' : canonical;
        assert.deepEqual(report.failure, { code: meant, vendorCode: code, vendorTextKey: `codes.task.${code}` });
        assert.equal(report.state, code === '6' ? 'unknown' : 'undelivered');
        assert.equal(report.final, true);
        assert.equal(report.vendorTextKey, `codes.task.${code}`);
      }
    });
  }

  it('prefers what the operator says, where it says something', () => {
    const { state, failure, vendorCode, vendorText, vendorTextKey } = failed(
      '7 Server Error',
      '38 Network out of order',
    );
    assert.deepEqual(
      [state, vendorCode, vendorText, vendorTextKey],
      ['undelivered', '38', 'Network out of order', undefined],
    );
    assert.deepEqual(failure, { code: 'vendor-error', vendorCode: '38', vendorText: 'Network out of order' });
    assert.deepEqual(failed('31 Send Failed', 50).failure, { code: 'undelivered', vendorCode: '50' });
    assert.deepEqual(failed('31 Send Failed', 'Barred').failure, { code: 'undelivered', vendorText: 'Barred' });
    for (const nothing of ['', '0', 0, '0 OK', null, {}]) {
      assert.equal(failed('5 SIM Unregistered', nothing).vendorCode, '5', JSON.stringify(nothing));
    }
  });

  it('a time-out stays one, whatever stands for the operator', () => {
    const { state, final, failure } = failed('6 Timeout', '38 Network out of order');
    const why = { code: 'no-answer', vendorCode: '6', vendorText: 'Timeout', vendorTextKey: 'codes.task.6' };
    assert.deepEqual([state, final, failure], ['unknown', true, why]);
  });

  it('a cause that no table knows, or none', () => {
    assert.deepEqual(failed('99 Odd').failure, { code: 'vendor-error', vendorCode: '99', vendorText: 'Odd' });
    assert.deepEqual(failed('Odd').failure, { code: 'undelivered', vendorText: 'Odd' });
    assert.deepEqual(failed('0 OK').failure, { code: 'undelivered', vendorCode: '0', vendorText: 'OK' });
    assert.deepEqual(failed('').failure, { code: 'undelivered' });
    assert.deepEqual(mustRead(push({ tid: 1, fdr: [sent()] })).reports[0]?.failure, { code: 'undelivered' });
  });

  it('takes one object for the list, ids as text, other cases of names', () => {
    const read = mustRead({ Type: 'status-report', RPTS: { Tid: '0012', SDR: [sent()] } });
    assert.deepEqual(
      read.reports.map(({ id }) => id),
      ['0012'],
    );
    const long = JSON.stringify(push({ tid: '@', sdr: [sent()] })).replace('"@"', '1234567890123456789');
    assert.equal(mustRead(long).reports[0]?.id, '1234567890123456789');
  });

  it('reads the rows of central servers: sdr of 5, fdr of 7', () => {
    const sdr = [0, '13686876620', ICCID, '12.sp256.101', AT];
    const fdr = [1, '13686876621', ICCID, '2.02', AT, '5 SIM Unregistered', ''];
    const blank = [2, '13686876622', '', '3C', AT];
    const { reports } = mustRead(push({ tid: 7, sdr: [sdr, blank], fdr: [fdr] }));
    assert.deepEqual(
      reports.map(({ to, line, at, state }) => [to, line, at, state]),
      [
        ['13686876620', '12.sp256.101', AT * 1000, 'sent'],
        ['13686876622', '3C', AT * 1000, 'sent'],
        ['13686876621', '2B', AT * 1000, 'undelivered'],
      ],
    );
    assert.equal(reports[2]?.vendorCode, '5');
  });

  it('knows the recipient by the number, whatever the index', () => {
    const rows = ['x', null, 99].map((index) => [index, '13686876620', '', 0]);
    const { reports } = mustRead(push({ tid: 7, sdr: rows }));
    assert.deepEqual(
      reports.map(({ to, line, at }) => [to, line, at]),
      Array(3).fill(['13686876620', undefined, 0]),
    );
  });

  it('never counts the totals', () => {
    for (const rpt of [
      { tid: 7, ...totals },
      { tid: 7, ...totals, sdr: null, fdr: [] },
    ]) {
      const read = mustRead(push(rpt));
      assert.deepEqual([read.reports, read.unreadable], [[], []]);
    }
  });

  it('sets aside what makes no sense', () => {
    const rpts = [
      null,
      7,
      [],
      {},
      { tid: 'x', sdr: [sent()] },
      { tid: 1.5 },
      { tid: 7, sdr: 'x' },
      { tid: 7, fdr: {} },
    ];
    assert.deepEqual(mustRead(push(...rpts)).unreadable, rpts);
    const rows = [
      ...[null, 'x', {}, [], [0], [0, '', '1A', AT], [0, null, '1A', AT], [0, '13686876620', 1.1, AT]],
      ...[-1, '', null, 1e12, 'now'].map((at) => [0, '13686876620', '1A', at]),
      [0, '13686876620', ICCID, AT],
    ];
    for (const name of ['sdr', 'fdr']) {
      const read = mustRead(push({ tid: 7, [name]: [...rows, sent()] }));
      assert.deepEqual([read.unreadable, read.reports.length], [rows, 1], name);
    }
  });

  it('is nothing without a list', () => {
    for (const body of [
      { type: 'status-report' },
      { type: 'status-report', rpts: 'x' },
      { rpts: [] },
      { type: 'x', rpts: [] },
    ]) {
      assert.equal(readPush(body), undefined);
    }
  });
});
