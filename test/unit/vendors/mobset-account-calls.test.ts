/** What a mobset account can be asked for: balance, signature (4.4, 4.5), and the end of what waits for its time (4.6). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError, vendorTextKey } from '../../../nodes/core/failure';
import { start } from '../../../nodes/simulators/mobset';
import { driver } from '../../../nodes/vendors/mobset';
import { ERRORS } from '../../../nodes/vendors/mobset/codes';
import { connect } from '../../support/vendor';
import { account, CONFIG, form, NOW, type Reply } from './mobset-account';
import { failing, problemOf } from './prepared';

const FIXED = ['Methods', 'CorpID', 'LoginName', 'TimeStamp', 'SecretKey'];

/** What every call may be refused with. */
const REFUSALS: readonly [Reply, string][] = [
  [{ body: '{"Code" : -105, "Message" : "帐号验证失败"}' }, 'auth-failed'],
  [{ body: '{ "code" : "-103", "Message" : "帐号不存在"}' }, 'auth-failed'],
  [{ body: '{"Code":-106}' }, 'ip-refused'],
  [{ body: '{"Code":-99999}' }, 'vendor-error'],
  [{ body: '{"Message":"?"}' }, 'unreadable-answer'],
  [{ body: '{"Code":"269' }, 'unreadable-answer'],
  [{ body: '{"Code":"1.5"}' }, 'unreadable-answer'],
  [{ body: '' }, 'unreadable-answer'],
  [{ body: '{"Code":5}', status: 401 }, 'auth-failed'],
  [{ body: '{"Code":5}', status: 502 }, 'no-answer'],
];

describe('mobset: balance (4.4)', () => {
  it('reads the sample: SMS that are left', async () => {
    const opened = account({ body: '{"Code": "269","Message": "取短信余额成功"}' });
    assert.deepEqual(await opened.balance!(), {
      amount: 269,
      unit: 'messages',
      postpaid: false,
      raw: { Code: '269', Message: '取短信余额成功' },
    });
    const { names, values } = form(opened.requests[0]);
    assert.deepEqual([names, values.Methods], [FIXED, 'SmsGetBalance']);
  });

  it('may be none, and a number as well as a string', async () => {
    for (const [body, amount] of [
      ['{"Code":0}', 0],
      ['\ufeff{"code":" 7 ",}', 7],
      ['{"Code":999999999}', 999999999],
    ] as const)
      assert.equal((await account({ body }).balance!()).amount, amount);
  });

  for (const [reply, code] of [
    ...REFUSALS,
    [{ body: `{"Code":"${'9'.repeat(400)}"}` }, 'unreadable-answer'] as const,
  ]) {
    it(`rejects ${reply.status ?? 200} ${String(reply.body).slice(0, 50)} with ${code}`, async () => {
      assert.equal((await problemOf(account(reply).balance!())).code, code);
    });
  }
});

describe('mobset: signature (4.5)', () => {
  it('reads the sample with its comma', async () => {
    const opened = account({ body: '{"Code": "0", "Message": "取签名成功", "Sign": "广州首易", }' });
    assert.deepEqual(await opened.signature!(), {
      text: '广州首易',
      raw: { Code: '0', Message: '取签名成功', Sign: '广州首易' },
    });
    const { names, values } = form(opened.requests[0]);
    assert.deepEqual([names, values.Methods], [FIXED, 'SmsGetSign']);
  });

  const signs: readonly [unknown, string][] = [
    ['【广州首易】', '广州首易'],
    ['[Mobset]', 'Mobset'],
    [' 【 广州 首易 】 ', '广州 首易'],
    ['', ''],
    ['【】', ''],
    [12306, '12306'],
    // Brackets that belong to the name stay.
    ['A[B]', 'A[B]'],
    ['【A】B【C】', '【A】B【C】'],
    ['【A]', '【A]'],
  ];
  for (const [sign, text] of signs) {
    it(`takes ${JSON.stringify(sign)} for ${JSON.stringify(text)}`, async () => {
      assert.equal((await account({ body: JSON.stringify({ code: 0, sign }) }).signature!()).text, text);
    });
  }

  const refusals: readonly (readonly [Reply, string])[] = [
    ...REFUSALS,
    [{ body: '{"Code":0}' }, 'unreadable-answer'],
    [{ body: '{"Code":0,"Sign":null}' }, 'unreadable-answer'],
    [{ body: '{"Code":0,"Sign":["x"]}' }, 'unreadable-answer'],
    // Only 0 is a success here.
    [{ body: '{"Code":3,"Sign":"x"}' }, 'vendor-error'],
  ];
  for (const [reply, code] of refusals) {
    it(`rejects ${reply.status ?? 200} ${String(reply.body)} with ${code}`, async () => {
      assert.equal((await problemOf(account(reply).signature!())).code, code);
    });
  }
});

describe('mobset: cancelling (4.6)', () => {
  // The sample, whole.
  const SAMPLE = `{
    "Code": 2,
    "Message": "成功取消 2 条短信",
    "Details": [
      { "SmsID": 500004690, "Status": -142 },
      { "SmsID": 500004689, "Status": 1 },
      { "SmsID": 500004688, "Status": 1 }
    ]
  }`;
  const NOT_FOUND = { code: 'not-found', vendorCode: '-142', vendorTextKey: 'codes.error.-142' };
  const UNREADABLE = { code: 'unreadable-answer' };

  /** Each result in a word: its id, and the code of its failure. */
  const brief = async (reply: Reply | Reply[] | string, ids: readonly string[]) => {
    const { results } = await account(typeof reply === 'string' ? { body: reply } : reply).cancel!(ids);
    return results.map(({ id, failure }) => (failure === undefined ? id : `${id} ${failure.code}`));
  };

  it('reads the sample, in the order of the ids', async () => {
    const opened = account({ body: SAMPLE });
    const { results, raw } = await opened.cancel!(['500004688', '500004690', '500004689']);
    assert.deepEqual(results, [{ id: '500004688' }, { id: '500004690', failure: NOT_FOUND }, { id: '500004689' }]);
    assert.deepEqual(raw, JSON.parse(SAMPLE));
    const { names, values } = form(opened.requests[0]);
    assert.deepEqual(names, [...FIXED, 'SmsID']);
    assert.deepEqual([values.Methods, values.SmsID], ['SmsCancel', '500004688,500004690,500004689']);
  });

  const answers: readonly [string, string, string[]][] = [
    ['any case', '{"code":"1","details":[{"smsid":"7","status":"1"},{"SmsId":"8","STATUS":" 1 "}]}', ['7', '8']],
    ['one row that is no list', '{"Code":1,"Details":{"SmsID":7,"Status":1}}', ['7', '8 unreadable-answer']],
    ['a row that is missing', '{"Code":1,"Details":[{"SmsID":8,"Status":1}]}', ['7 unreadable-answer', '8']],
    ['no rows', '{"Code":2}', ['7 unreadable-answer', '8 unreadable-answer']],
    ['null for rows', '{"Code":2,"Details":null}', ['7 unreadable-answer', '8 unreadable-answer']],
    [
      'rows that make no sense',
      '{"Code":2,"Details":[7,null,[],{"Status":1},{"SmsID":7},{"SmsID":8,"Status":"done"}]}',
      ['7 unreadable-answer', '8 unreadable-answer'],
    ],
    [
      'a status of no table',
      '{"Code":0,"Details":[{"SmsID":7,"Status":0},{"SmsID":8,"Status":-9999}]}',
      ['7 vendor-error', '8 vendor-error'],
    ],
    [
      'rows that contradict each other',
      '{"Code":1,"Details":[{"SmsID":7,"Status":1},{"SmsID":7,"Status":-142},{"SmsID":8,"Status":1},{"SmsID":8,"Status":"1"}]}',
      ['7 unreadable-answer', '8'],
    ],
    ['a refusal of the call', '{"Code":-144,"Message":"取消短信未知异常"}', ['7 vendor-error', '8 vendor-error']],
    ['a refused address', '{"Code":"-106"}', ['7 ip-refused', '8 ip-refused']],
  ];
  for (const [name, body, expected] of answers) {
    it(`understands ${name}`, async () => {
      assert.deepEqual(await brief(body, ['7', '8']), expected);
    });
  }

  it('gives every code of section 6 with its text, as it was written', async () => {
    for (const [code, canonical] of Object.entries(ERRORS)) {
      const { results } = await account({ body: `{"Code":0,"Details":[{"SmsID":"7","Status":"${code}"}]}` }).cancel!([
        '7',
      ]);
      const { detail, ...failure } = results[0]?.failure ?? assert.fail();
      assert.deepEqual(failure, { code: canonical, vendorCode: code, vendorTextKey: vendorTextKey('error', code) });
      assert.equal(detail, ['-104', '-105', '-111'].includes(code) ? 'mobset-sdk' : undefined);
    }
  });

  it('keeps ids as they are', async () => {
    const ids = ['9223372036854775807', '0012', '-5', 'a_b', '__proto__', 'constructor'];
    const Details = ids.slice(0, 4).map((SmsID) => ({ SmsID, Status: 1 }));
    const body = JSON.stringify({ Code: 4, Details }).replace('"9223372036854775807"', '9223372036854775807');
    const opened = account({ body });
    const { results } = await opened.cancel!(ids);
    assert.equal(form(opened.requests[0]).values.SmsID, ids.join(','));
    assert.deepEqual(results, [
      ...ids.slice(0, 4).map((id) => ({ id })),
      ...ids.slice(4).map((id) => ({ id, failure: UNREADABLE })),
    ]);
  });

  it('asks for each id once, and never for what would be taken for another', async () => {
    const opened = account({ body: '{"Code":1,"Details":[{"SmsID":7,"Status":1}]}' });
    const { results } = await opened.cancel!(['7', '', '7', '8,9', '1 2', '\ud83d', ' ']);
    assert.equal(form(opened.requests[0]).values.SmsID, '7');
    const failed = (id: string) => ({ id, failure: { code: 'not-found' } });
    assert.deepEqual(results, [{ id: '7' }, failed(''), { id: '7' }, ...['8,9', '1 2', '\ud83d', ' '].map(failed)]);
  });

  it('asks for nothing where there is nothing to ask for', async () => {
    const opened = account({ body: SAMPLE });
    assert.deepEqual(await opened.cancel!([]), { results: [], raw: null });
    assert.deepEqual(await opened.cancel!(['1,2']), {
      results: [{ id: '1,2', failure: { code: 'not-found' } }],
      raw: null,
    });
    assert.equal(opened.requests.length, 0);
  });

  const many = Array.from({ length: 120 }, (_, index) => String(1000 + index));
  /** A whole answer for some of them: all but the last are cancelled. */
  const answerFor = (from: number, to: number): Reply => ({
    body: JSON.stringify({
      Code: to - from - 1,
      Details: many.slice(from, to).map((SmsID, index) => ({ SmsID, Status: from + index === to - 1 ? -142 : 1 })),
    }),
  });
  const codes = (results: readonly { failure?: { code: string } }[]) =>
    results.map(({ failure }) => failure?.code ?? 'ok');

  it('asks for 50 at a time', async () => {
    const opened = account([answerFor(0, 50), answerFor(50, 100), answerFor(100, 120)]);
    const { results, raw } = await opened.cancel!(many);
    assert.deepEqual(
      opened.requests.map((request) => form(request).values.SmsID?.split(',').length),
      [50, 50, 20],
    );
    assert.deepEqual(
      opened.requests.flatMap((request) => form(request).values.SmsID?.split(',')),
      many,
    );
    assert.deepEqual(
      results,
      many.map((id, index) => ([49, 99, 119].includes(index) ? { id, failure: NOT_FOUND } : { id })),
    );
    assert.ok(Array.isArray(raw) && raw.length === 3);
    const fifty = account(answerFor(0, 50));
    await fifty.cancel!(many.slice(0, 50));
    assert.equal(fifty.requests.length, 1);
  });

  it('lets a refusal of one call count for its ids alone', async () => {
    const opened = account([answerFor(0, 50), { body: '{"Code":-190}' }, answerFor(100, 120)]);
    assert.deepEqual(codes((await opened.cancel!(many)).results), [
      ...Array<string>(49).fill('ok'),
      'not-found',
      ...Array<string>(50).fill('vendor-busy'),
      ...Array<string>(19).fill('ok'),
      'not-found',
    ]);
  });

  it('does not lose what was cancelled before something broke', async () => {
    for (const [broken, code] of [
      [{ body: 'oops' }, 'unreadable-answer'],
      [{ body: '', status: 500 }, 'no-answer'],
    ] as const) {
      const opened = account([answerFor(0, 50), broken, answerFor(100, 120)]);
      const { results } = await opened.cancel!(many);
      assert.deepEqual(codes(results), [...Array<string>(49).fill('ok'), 'not-found', ...Array<string>(70).fill(code)]);
      assert.equal(opened.requests.length, 2);
    }
  });

  it('does not lose it either where no answer comes', async () => {
    let calls = 0;
    const thrown = new SmsError({ code: 'no-answer', detail: 'timeout', params: { seconds: 40 } });
    const opened = driver.open(CONFIG, {
      http: () => {
        calls += 1;
        if (calls > 1) return Promise.reject(thrown);
        return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(String(answerFor(0, 50).body)) });
      },
      now: () => NOW,
      nextIds: () => Promise.resolve(1),
      notice: () => undefined,
    });
    const { results } = await opened.cancel!(many);
    assert.deepEqual(results[0], { id: '1000' });
    assert.deepEqual(
      results.slice(50),
      many.slice(50).map((id) => ({ id, failure: thrown.failure })),
    );
    assert.equal(calls, 2);
  });

  it('rejects where the first call comes to nothing', async () => {
    for (const [reply, code] of REFUSALS.slice(4))
      assert.equal((await problemOf(account(reply).cancel!(['7']))).code, code);
  });
});

describe('mobset: whatever happens', () => {
  it('has no commands', () => {
    assert.equal(driver.commands, undefined);
    assert.ok(!('run' in account({ body: '' })));
  });

  it('lets through what the call rejected with', async () => {
    const thrown = new SmsError({ code: 'network' });
    const opened = failing(driver, CONFIG, thrown);
    for (const call of [opened.balance!(), opened.signature!(), opened.cancel!(['1'])])
      assert.equal(await problemOf(call), thrown);
  });

  it('gives something sound or a failure, whatever is answered', async () => {
    const row = fc.dictionary(
      fc.constantFrom('SmsID', 'smsId', 'Status', '__proto__'),
      fc.oneof(fc.constantFrom('7', 7, 8, 1, '1', -142), fc.jsonValue()),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
      fc
        .record(
          {
            Code: fc.oneof(fc.constantFrom(0, '2', -142), fc.jsonValue()),
            Sign: fc.oneof(fc.string(), fc.jsonValue()),
            Details: fc.oneof(fc.array(row), fc.jsonValue()),
          },
          { requiredKeys: [] },
        )
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 200, 200, 403, 502), async (bytes, status) => {
        const opened = account({ body: bytes, status });
        const settle = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);
        for (const read of [await settle(opened.balance!()), await settle(opened.signature!())]) {
          if (read instanceof SmsError) assert.ok(read.code in RETRY);
          else if (read !== null && typeof read === 'object' && 'amount' in read) assert.ok(Number(read.amount) >= 0);
          else assert.equal(typeof (read as { text: unknown }).text, 'string');
        }
        const answer = await opened.cancel!(['7', '8', '9']).catch((thrown: unknown) => thrown);
        if (answer instanceof SmsError) return;
        const { results } = answer as Awaited<ReturnType<NonNullable<typeof opened.cancel>>>;
        assert.deepEqual(
          results.map(({ id }) => id),
          ['7', '8', '9'],
        );
        for (const { failure } of results) assert.ok(failure === undefined || failure.code in RETRY);
      }),
    );
  });
});

describe('mobset: the simulated platform', () => {
  it('tells the balance and the signature, and gives back what is cancelled', async () => {
    const simulator = await start({ balance: 1000 });
    const connected = connect('mobset', simulator, { vendorSchedule: true });
    const wrong = connect('mobset', { url: simulator.url, account: { ...simulator.account, password: 'x' } });
    try {
      const { account: opened, options } = connected;
      const left = async () => (await opened.balance!()).amount;
      assert.equal((await opened.signature!()).text, '短信易');
      assert.equal(await left(), 1000);

      const ids: string[] = [];
      for (const first of [0, 50]) {
        const to = Array.from({ length: 50 }, (_, index) => `138000${10_000 + first + index}`);
        const at = Date.now() + 3_600_000;
        const { results } = await opened.send({ items: [{ text: 'x', to }], options, at, wantReports: false });
        ids.push(...results.map((result) => ('id' in result ? result.id : '')));
      }
      assert.equal(await left(), 900);

      const { results } = await opened.cancel!([...ids, '17', ids[0]!]);
      assert.deepEqual(
        results.map(({ id, failure }) => [id, failure?.code]),
        [...ids.map((id) => [id, undefined]), ['17', 'not-found'], [ids[0], undefined]],
      );
      assert.equal(await left(), 1000);
      assert.deepEqual(
        simulator.accepted.flatMap(({ parameters }) => parameters.Cancelled),
        ids,
      );

      const again = await opened.cancel!(ids.slice(0, 1));
      assert.deepEqual(again.results[0]?.failure?.vendorCode, '-142');

      for (const call of [wrong.account.balance!(), wrong.account.signature!()])
        assert.equal((await problemOf(call)).code, 'auth-failed');
      const refused = await wrong.account.cancel!(['17']);
      assert.equal(refused.results[0]?.failure?.code, 'auth-failed');
    } finally {
      await connected.close();
      await wrong.close();
      await simulator.close();
    }
  });
});
