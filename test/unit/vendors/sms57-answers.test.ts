import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY } from '../../../nodes/core/failure';
import type { AccountConfig } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/sms57';
import { STATUS } from '../../../nodes/vendors/sms57/codes';
import { brief, prepare } from './prepared';

const CONFIG: AccountConfig = {
  url: 'http://192.168.1.4:7822/sms',
  accountId: '',
  username: '922011',
  password: 'p&ss+1',
  options: { md5: false, batch: 200 },
  timezone: 'Asia/Shanghai',
  country: '86',
};

const prepared = (body: string | Buffer, status = 200) => prepare(driver, CONFIG, body, status);

describe('sms57: the answer to send and p2p', () => {
  const to = ['13800000001', '+8613800000002', '13800000003'];
  const outcome = async (body: unknown, status = 200) => {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await prepared(text, status).send([{ text: 'x', to }]);
    assert.equal(answer.results.length, 3);
    return answer;
  };
  const row = (mobile: unknown, mid: unknown, result: unknown) => ({ mid, mobile, result });

  const lists: readonly [string, unknown, string[]][] = [
    [
      'rows in another order',
      [row('13800000003', 'C', 0), row('13800000001', 'A', 0), row('13800000002', 'B', 0)],
      ['A', 'B', 'C'],
    ],
    [
      'results as strings, numbers as numbers or with 86',
      [row(13800000001, 'A', '0'), row('8613800000002', '0012', ' 0 '), row('+8613800000003', 1234567890123456, '00')],
      ['A', '0012', '1234567890123456'],
    ],
    [
      'results of section 8',
      [row('13800000001', '', 10), row('13800000002', null, '15'), row('13800000003', 'C', '017')],
      ['rejected sender-refused', 'rejected insufficient-balance', 'rejected signature-refused'],
    ],
    [
      'a result that no table knows',
      [row('13800000001', 'A', 77), row('13800000002', 'B', -1), row('13800000003', 'C', 0)],
      ['rejected vendor-error', 'rejected vendor-error', 'C'],
    ],
    [
      'a missing row',
      [row('13800000001', 'A', 0), row('13800000003', 'C', 0)],
      ['A', 'in-doubt unreadable-answer', 'C'],
    ],
    [
      'rows without numbers, one for each',
      [row(undefined, 'A', 0), row(undefined, 'B', 0), row('', 'C', 10)],
      ['A', 'B', 'rejected sender-refused'],
    ],
    [
      'a row of another number',
      [row('13900000009', 'X', 0), row('13800000002', 'B', 0), row('13800000003', 'C', 0)],
      ['in-doubt unreadable-answer', 'B', 'C'],
    ],
    [
      'rows without a readable result or id',
      [row('13800000001', 'A', null), row('13800000002', '', 0), row('13800000003', 'C', 'ok')],
      Array.from({ length: 3 }, () => 'in-doubt unreadable-answer'),
    ],
    ['no rows', [], Array.from({ length: 3 }, () => 'in-doubt unreadable-answer')],
    ['null', null, Array.from({ length: 3 }, () => 'in-doubt unreadable-answer')],
    ['no list', undefined, Array.from({ length: 3 }, () => 'in-doubt unreadable-answer')],
    ['junk in the list', [1, 'a', null, [], {}], Array.from({ length: 3 }, () => 'in-doubt unreadable-answer')],
  ];
  for (const [name, list, expected] of lists) {
    for (const status of [0, '0', ' 00 ']) {
      it(`reads ${name} (status ${JSON.stringify(status)})`, async () => {
        assert.deepEqual(brief((await outcome({ status, balance: -1, list })).results), expected);
      });
    }
  }

  it('gives one row to two writings of one number', async () => {
    const body = JSON.stringify({ status: 0, list: [row('13800000001', 'A', 0)] });
    const { results } = await prepared(body).send([{ text: 'x', to: ['13800000001', '+8613800000001'] }]);
    assert.deepEqual(brief(results), ['A', 'A']);
  });

  it('gives no row to the second of two texts to one number', async () => {
    const body = JSON.stringify({ status: 0, list: [row('13800000001', 'A', 0)] });
    const items = ['x', 'y'].map((text) => ({ text, to: ['13800000001'] }));
    const { results } = await prepared(body).send(items);
    assert.deepEqual(brief(results), ['A', 'in-doubt unreadable-answer']);
  });

  for (const [status, expected] of Object.entries(STATUS)) {
    for (const written of [Number(status), status, ` 0${status} `]) {
      it(`takes status ${JSON.stringify(written)} as ${expected}`, async () => {
        for (const list of [undefined, null, []]) {
          const { results } = await outcome({ status: written, balance: 0, list });
          for (const result of results) {
            assert.equal(result.state, 'rejected');
            assert.ok('failure' in result);
            assert.equal(result.failure.code, expected);
            assert.equal(result.failure.vendorCode, String(written).trim());
            assert.equal(result.failure.vendorTextKey, `codes.status.${status}`);
          }
        }
      });
    }
  }

  it('takes an unknown status as the vendor’s error, and one of section 8 as what it means', async () => {
    const unknown = (await outcome({ status: 99 })).results[0];
    assert.deepEqual(unknown, { state: 'rejected', failure: { code: 'vendor-error', vendorCode: '99' } });
    const { results } = await outcome({ status: '15' });
    assert.deepEqual(results[0], {
      state: 'rejected',
      failure: {
        code: 'insufficient-balance',
        detail: 'sms57-balance',
        vendorCode: '15',
        vendorTextKey: 'codes.result.15',
      },
    });
  });

  it('is in doubt about an accepted row of a refused request', async () => {
    const { results } = await outcome({ status: 100, list: [row('13800000001', 'A', 0)] });
    assert.deepEqual(brief(results), ['in-doubt unreadable-answer', 'rejected no-route', 'rejected no-route']);
  });

  const unreadable = [
    '',
    'OK',
    '0',
    '[]',
    '{}',
    '{"status":null}',
    '{"status":"ok"}',
    '{"status":"0","list":[{"mid"',
    'null',
  ];
  for (const body of [...unreadable, '{"status":0.5}', '<html><status>3</status></html>', '<!DOCTYPE html>']) {
    it(`is in doubt about ${body || 'nothing'}`, async () => {
      const { results, raw } = await outcome(body);
      assert.deepEqual(new Set(brief(results)), new Set(['in-doubt unreadable-answer']));
      assert.ok(raw !== undefined);
    });
  }

  it('reads JSON behind a line of HTML', async () => {
    const { results } = await outcome(`<b>Warning</b><br>\n${JSON.stringify({ status: '2' })}`);
    assert.deepEqual(new Set(brief(results)), new Set(['rejected ip-refused']));
  });

  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const xml: readonly [string, string, string | undefined][] = [
    [`${head}<r><status>0</status><mid>1234567890123456789</mid></r>`, 'in-doubt unreadable-answer', 'sms57-xml'],
    [`<r><status>0</status></r>`, 'in-doubt unreadable-answer', 'sms57-xml'],
    [`${head}<r><status>99</status></r>`, 'in-doubt unreadable-answer', 'sms57-xml'],
    [`${head}<r><status>3</status><status>0</status></r>`, 'in-doubt unreadable-answer', 'sms57-xml'],
    [`${head}<r><status>3</status><mid>1</mid></r>`, 'in-doubt unreadable-answer', 'sms57-xml'],
    [`\uFEFF${head}<r><status> 3 </status></r>`, 'rejected auth-failed', undefined],
    [`${head}<r><status>102</status><list/></r>`, 'rejected too-many-recipients', undefined],
  ];
  for (const [body, expected, detail] of xml) {
    it(`takes ${JSON.stringify(body)} as ${expected}`, async () => {
      const { results } = await outcome(body);
      assert.deepEqual(new Set(brief(results)), new Set([expected]));
      assert.equal('failure' in results[0]! ? results[0].failure.detail : '', detail);
    });
  }

  it('knows what HTTP statuses say', async () => {
    assert.equal(brief((await outcome('', 404)).results)[0], 'rejected invalid-config');
    assert.equal((await outcome({ status: 0 }, 502)).results[0]?.state, 'in-doubt');
  });

  it('survives any answer', async () => {
    const scalar = fc.oneof(
      fc.constantFrom<unknown>(0, '0', 3, '100', null, '', -1, 1e30, 'x', [], {}),
      fc.constantFrom(...to, '13800000002', 'A1'),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const rows = fc.dictionary(fc.constantFrom('mid', 'mobile', 'result', 'x'), scalar);
    const list = fc.oneof(fc.array(fc.oneof(rows, scalar)), scalar);
    const record = fc.record({ status: scalar, list, balance: scalar, chargeType: scalar }, { requiredKeys: [] });
    const pieces = fc.array(
      fc.constantFrom('<status>', '3', '</status>', '<?xml', '<', '{"status":', '0', '}', '[', '"'),
    );
    const bytes = fc.oneof(
      fc.uint8Array().map((array) => Buffer.from(array)),
      pieces.map((words) => Buffer.from(words.join(''))),
      fc.oneof(record, fc.jsonValue()).map((json) => Buffer.from(JSON.stringify(json))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(200, 200, 200, 403, 500), async (body, status) => {
        const { results } = await outcome(body, status);
        for (const result of results) {
          if (result.state === 'accepted') assert.ok(result.id !== '');
          else assert.ok('failure' in result && result.failure.code in RETRY);
        }
        await prepared(body, status).account.probe();
      }),
    );
  });
});
