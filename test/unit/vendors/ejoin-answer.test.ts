/** The ejoin driver against its document: answers as they are understood. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure, SmsError, type ErrorCode } from '../../../nodes/core/failure';
import type { HttpRequest } from '../../../nodes/vendors/driver';
import { TASK_CODES } from '../../../nodes/vendors/ejoin/codes';
import { CONFIG, http, ONE, open, refused, request, takeAll, TWO, type Json, type Reply } from './ejoin-device';

describe('ejoin: answers to a send (6.3.1.4)', () => {
  const accepted = { state: 'accepted', id: '5011' };
  const row = (status: unknown, tid: unknown = 5011): Json => ({ code: 200, reason: 'OK', status: [{ tid, status }] });

  const taken: [string, Reply][] = [
    ['the sample', row('0 OK')],
    ['a bare number', row(0)],
    ['code 0', { ...row('0 OK'), code: 0 }],
    ['code in words', { ...row('0 OK'), code: '200 OK' }],
    ['another case', { Code: 200, STATUS: [{ Tid: '5011', Status: ' 0 OK' }] }],
    ['one object for the list', { code: 200, status: { tid: 5011, status: '0' } }],
    ['no code', { status: [{ tid: 5011, status: '0 OK' }] }],
    ['a comma too many and a mark in front', '\uFEFF{"code":200,"status":[{"tid":5011,"status":"0 OK"},],}'],
    ['rows of others', { code: 200, status: [{ tid: 1, status: '2' }, null, 7, { tid: 5011, status: '0 OK' }] }],
  ];
  for (const [name, reply] of taken) {
    it(`accepts ${name}`, async () => {
      assert.deepEqual((await open({}, reply).account.send(ONE)).results, [accepted]);
    });
  }

  for (const [code, canonical] of Object.entries(TASK_CODES)) {
    if (canonical === undefined || code === '13') continue;
    it(`knows task code ${code}`, async () => {
      const state = code === '6' ? 'in-doubt' : 'rejected';
      const why = { code: canonical, vendorCode: code, vendorTextKey: `codes.task.${code}` };
      const { results } = await open({}, row(`${code} Some Text`)).account.send(ONE);
      assert.deepEqual(results, [{ state, failure: { ...why, vendorText: 'Some Text' } }]);
      const whole = await open({}, { code: Number(code), reason: 'Some Text' }).account.send(TWO);
      assert.deepEqual(whole.results, Array(2).fill({ state, failure: { ...why, vendorText: 'Some Text' } }));
    });
  }

  it('maps a code that no table knows to vendor-error', async () => {
    const { results } = await open({}, row('99 Odd')).account.send(ONE);
    assert.deepEqual(results, [refused('vendor-error', { vendorCode: '99', vendorText: 'Odd' })]);
  });

  it('knows a wrong login', async () => {
    const { results } = await open({}, { code: 1, reason: 'Invalid User' }).account.send(TWO);
    assert.deepEqual(
      results.map((result) => result.state === 'rejected' && result.failure.code),
      ['auth-failed', 'auth-failed'],
    );
  });

  it('keeps the tasks of one request apart', async () => {
    const to = ['1001', '1002', '1003', '1004'];
    const status = [
      { tid: 5013, status: '6 Timeout' },
      { tid: 5012, status: '2 Port Unavailable' },
      { tid: 5011, status: '0 OK' },
    ];
    const { results } = await open({}, { code: 200, status }).account.send(request(to));
    assert.deepEqual(
      results.map((result) => [result.state, 'failure' in result ? result.failure.code : result.id]),
      [
        ['accepted', '5011'],
        ['rejected', 'line-unavailable'],
        ['in-doubt', 'no-answer'],
        ['in-doubt', 'unreadable-answer'],
      ],
    );
  });

  const doubtful: [string, Reply, ErrorCode][] = [
    ['no row', { code: 200, reason: 'OK' }, 'unreadable-answer'],
    ['an empty list', { code: 0, status: [] }, 'unreadable-answer'],
    ['another tid', row('0 OK', 5012), 'unreadable-answer'],
    ['a row without tid', { code: 200, status: [{ status: '0 OK' }] }, 'unreadable-answer'],
    ['a row without a code', row('OK'), 'unreadable-answer'],
    ['a row of null', row(null), 'unreadable-answer'],
    [
      'rows that contradict each other',
      {
        code: 200,
        status: [
          { tid: 5011, status: 0 },
          { tid: 5011, status: 2 },
        ],
      },
      'unreadable-answer',
    ],
    ['an empty body', '', 'unreadable-answer'],
    ['a page', '<html>200 OK</html>', 'unreadable-answer'],
    ['an answer that was cut short', '{"code":200,"status":[{"tid":5011,"sta', 'unreadable-answer'],
    ['a bare list', '[{"tid":5011,"status":"0 OK"}]', 'unreadable-answer'],
    ['an inner 5xx', { code: 500, reason: 'Internal' }, 'vendor-error'],
    ['HTTP 500', http(500, '{"code":200,"status":[]}'), 'no-answer'],
    ['HTTP 502', http(502, ''), 'no-answer'],
  ];
  for (const [name, reply, code] of doubtful) {
    it(`is in doubt after ${name}`, async () => {
      const [result] = (await open({}, reply).account.send(ONE)).results;
      assert.deepEqual([result?.state, result && 'failure' in result && result.failure.code], ['in-doubt', code]);
    });
  }

  it('lets the failure of the call itself pass', async () => {
    const lost = new SmsError(failure('no-answer'));
    await assert.rejects(open({}, lost).account.send(ONE), lost);
  });

  it('never throws, whatever the bytes', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    const shaped = fc
      .record({ code: fc.jsonValue(), reason: fc.jsonValue(), status: fc.jsonValue() }, { requiredKeys: [] })
      .map((value) => JSON.stringify(value));
    const rows = fc
      .array(
        fc.record({ tid: fc.oneof(fc.constantFrom<unknown>(5011, '5012'), fc.jsonValue()), status: fc.jsonValue() }),
      )
      .map((status) => JSON.stringify({ code: 200, status }));
    const status = fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(line, shaped, rows), status, async (body, code) => {
        const { account } = open({}, http(code, body));
        const { results } = await account.send(TWO);
        assert.equal(results.length, 2);
        for (const result of results) assert.ok(['accepted', 'rejected', 'in-doubt'].includes(result.state));
        await account.probe();
      }),
      { numRuns: 500 },
    );
  });
});

describe('ejoin: a tid that the device knows already', () => {
  /** Refuses the first `times` requests' task at `place` as a duplicate. */
  const duplicate =
    (place: number, text = '13 Duplicated TaskId') =>
    (asked: HttpRequest): Json => {
      const answer = takeAll(asked) as { status: Json[] };
      if (answer.status[place]) answer.status[place].status = text;
      return answer;
    };

  it('is replaced at once, for that task alone', async () => {
    const { account, requests, body } = open({}, duplicate(1), takeAll);
    const { results } = await account.send(request(['1001', '1002', '1003']));
    assert.equal(requests.length, 2);
    assert.deepEqual(body(1).tasks, [{ tid: 5014, to: '1002', sms: 'hello123' }]);
    assert.deepEqual(
      results.map((result) => 'id' in result && result.id),
      ['5011', '5014', '5013'],
    );
  });

  it('is replaced a few times, further and further away, and then is the result', async () => {
    const { account, requests, body } = open({}, duplicate(0));
    const { results } = await account.send(ONE);
    assert.equal(requests.length, 4);
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => body(index).tasks[0]!.tid),
      [5011, 5012, 6013, 106_014],
    );
    const why = { vendorCode: '13', vendorText: 'Duplicated TaskId', vendorTextKey: 'codes.task.13' };
    assert.deepEqual(results, [refused('duplicate-id', why)]);
  });

  it('is no duplicate where central servers lack a card', async () => {
    const { account, requests } = open({}, duplicate(0, '13 IccidNoFound'));
    const [result] = (await account.send(ONE)).results;
    assert.deepEqual(result && 'failure' in result && result.failure.code, 'sim-error');
    assert.equal(requests.length, 1);
  });

  it('is never repeated where it is not certain which task is meant', async () => {
    const { account, requests } = open({}, { code: 13, reason: 'Duplicated TaskId' });
    const { results } = await account.send(TWO);
    assert.deepEqual([results[0]?.state, results[1]?.state, requests.length], ['in-doubt', 'in-doubt', 1]);
  });

  it('leaves the other results alone when the repetition gets no answer', async () => {
    const cases: [ErrorCode, string][] = [
      ['no-answer', 'in-doubt'],
      ['network', 'rejected'],
    ];
    for (const [code, state] of cases) {
      const { account } = open({}, duplicate(0), new SmsError(failure(code)));
      const { results } = await account.send(TWO);
      assert.deepEqual(results, [
        { state, failure: { code } },
        { state: 'accepted', id: '5012' },
      ]);
    }
  });
});

describe('ejoin: the probe', () => {
  /** As a device was seen to answer. */
  const status = {
    type: 'dev-status',
    seq: 7,
    expires: -1,
    mac: '00-30-f1-01-02-03',
    ip: '192.168.1.67',
    'max-ports': 32,
    'max-slot': 4,
    status: [{ port: '1.01', seq: 3, st: 3, bal: '100.00', opr: '46000 China Mobile' }],
  };

  it('asks for the status and leaves subscriptions alone', async () => {
    const { account, requests } = open({}, status);
    assert.equal(await account.probe(), undefined);
    const { method, url, body } = requests[0]!;
    assert.deepEqual([method, body], ['GET', undefined]);
    const asked = new URL(url);
    assert.equal(asked.pathname, '/goip_get_status.html');
    assert.deepEqual([...asked.searchParams.keys()], ['version', 'username', 'password']);
    assert.equal(asked.searchParams.get('password'), CONFIG.password);
  });

  const answers: [string, Reply, ErrorCode | undefined][] = [
    ['a mere success', { code: 200, reason: 'OK' }, undefined],
    ['a wrong login', { code: 1, reason: 'Invalid User' }, 'auth-failed'],
    ['HTTP 401', http(401, ''), 'auth-failed'],
    ['a missing right', { code: '14 Unauthorized' }, 'permission-denied'],
    ['a time-out', { code: 6 }, 'no-answer'],
    ['a page', '<html></html>', 'unreadable-answer'],
    ['something else', { type: 'dev-status' }, 'unreadable-answer'],
    ['HTTP 503', http(503, ''), 'no-answer'],
  ];
  for (const [name, reply, code] of answers) {
    it(`understands ${name}`, async () => {
      assert.equal((await open({}, reply).account.probe())?.code, code);
    });
  }
});
