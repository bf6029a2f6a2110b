import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure, SmsError, vendorTextKey } from '../../../nodes/core/failure';
import type { AccountConfig, HttpRequest, OptionValues, RecipientResult } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/goip';
import { failing, prepare } from './prepared';

const CONFIG: AccountConfig = {
  url: 'http://192.168.1.2',
  accountId: '',
  username: 'root',
  password: 'pass"word',
  options: {},
  timezone: 'Asia/Shanghai',
  country: '86',
};

const prepared = (body: string | Buffer, status = 200, config: Partial<AccountConfig> = {}) =>
  prepare(driver, { ...CONFIG, ...config }, body, status);

const bodyOf = (request: HttpRequest | undefined) => JSON.parse(String(request?.body)) as Record<string, unknown>;

/** What a server that answers `body` makes of one message to two numbers. */
async function outcome(body: string | Buffer, status = 200) {
  const { send } = prepared(body, status);
  const answer = await send([{ text: '测试', to: ['13600000000', '+8613611111111'] }]);
  assert.equal(answer.results.length, 2);
  assert.deepEqual(answer.results[0], answer.results[1]);
  return { ...answer, result: answer.results[0]! };
}

const code = (result: RecipientResult) => ('failure' in result ? result.failure.code : undefined);

describe('goip: address and login (section 1)', () => {
  const addresses: readonly [string, string][] = [
    ['http://192.168.1.2', 'http://192.168.1.2/goip/sendsms/'],
    ['http://192.168.1.2/', 'http://192.168.1.2/goip/sendsms/'],
    [' http://192.168.1.2:8086/goip ', 'http://192.168.1.2:8086/goip/sendsms/'],
    ['https://sms.example.com/goip/', 'https://sms.example.com/goip/sendsms/'],
    ['http://192.168.1.2/goip/sendsms/', 'http://192.168.1.2/goip/sendsms/'],
    ['http://192.168.1.2/goip/querylines', 'http://192.168.1.2/goip/sendsms/'],
    ['http://192.168.1.2/proxy/goip', 'http://192.168.1.2/proxy/goip/sendsms/'],
    ['http://192.168.1.2/mygoip', 'http://192.168.1.2/mygoip/goip/sendsms/'],
    ['http://[::1]:8080/#top', 'http://[::1]:8080/goip/sendsms/'],
  ];
  for (const [typed, url] of addresses) {
    it(`makes ${url} of ${JSON.stringify(typed)}`, async () => {
      const { requests, send } = prepared('{}', 200, { url: typed });
      await send([{ text: 'x', to: ['10086'] }]);
      assert.equal(requests[0]?.url, url);
    });
  }

  const bad: readonly [string, Partial<AccountConfig>, string][] = [
    ['no url', { url: '' }, 'url'],
    ['a url without a scheme', { url: '192.168.1.2' }, 'url'],
    ['a host and port alone', { url: 'localhost:8080' }, 'url'],
    ['another scheme', { url: 'ftp://192.168.1.2' }, 'url'],
    ['a login in the url', { url: 'http://root:pw@192.168.1.2' }, 'url'],
    ['a query', { url: 'http://192.168.1.2/?a=1' }, 'url'],
    ['no username', { username: ' ' }, 'username'],
    ['no password', { password: '' }, 'password'],
  ];
  for (const [name, config, field] of bad) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => prepared('', 200, config),
        (error) =>
          error instanceof SmsError && error.code === 'invalid-config' && error.failure.params?.field === field,
      );
    });
  }
});

describe('goip: sendsms', () => {
  it('sends the sample of 2.1', async () => {
    const { requests, send } = prepared('{"result":"ACCEPT","taskID":"5689"}');
    const numbers = ['13600000000', '13611111111', '13622222222'];
    const answer = await send([{ text: '测试', to: numbers }], { provider: '移动' });
    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.method, 'POST');
    assert.equal(requests[0].headers?.['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(bodyOf(requests[0]), {
      auth: { username: 'root', password: 'pass"word' },
      provider: '移动',
      number: '13600000000,13611111111,13622222222',
      content: '测试',
    });
    assert.deepEqual(answer, {
      results: numbers.map(() => ({ state: 'accepted', id: '5689' })),
      raw: { result: 'ACCEPT', taskID: '5689' },
    });
  });

  const senders: readonly [OptionValues, OptionValues, Record<string, unknown>][] = [
    [{}, {}, {}],
    [{ provider: 'A' }, {}, { provider: 'A' }],
    [{ line: 'G101' }, {}, { goip_line: 'G101' }],
    [{ provider: 'A', line: 'G101' }, {}, { goip_line: 'G101' }],
    [{ line: 'G101' }, { provider: 'B' }, { provider: 'B' }],
    [{ provider: 'A', line: 'G101' }, { provider: 'B' }, { provider: 'B' }],
    [{ line: 'G101' }, { provider: 'B', line: 'G102' }, { goip_line: 'G102' }],
    [{ provider: 'A' }, { line: 'G102' }, { goip_line: 'G102' }],
    [{ line: 'G101' }, { provider: ' ' }, { goip_line: 'G101' }],
  ];
  for (const [gateway, own, sender] of senders) {
    it(`sends by ${JSON.stringify(sender)} for ${JSON.stringify([gateway, own])}`, async () => {
      const { requests, send } = prepared('{}');
      await send([{ text: 'x', to: ['10086'] }], driver.mergeOptions!(gateway, own));
      const { provider, goip_line } = bodyOf(requests[0]);
      assert.deepEqual({ provider, goip_line }, { provider: undefined, goip_line: undefined, ...sender });
    });
  }

  it('sends numbers without +', async () => {
    const { requests, send } = prepared('{}');
    await send([{ text: 'x', to: ['+8613600000000', '008613600000001', '10086'] }]);
    assert.equal(bodyOf(requests[0]).number, '8613600000000,008613600000001,10086');
  });

  it('takes numbers of at most 20 digits, 9999 in a request', () => {
    const { account } = prepared('');
    assert.equal(account.checkRecipient('+' + '1'.repeat(20)), undefined);
    assert.equal(account.checkRecipient('1'.repeat(21))?.code, 'invalid-recipient');
    assert.equal(driver.capabilities.recipientsPerRequest({}), 9999);
  });

  const nasty = ['0', "it's", '"\\', 'a&b=c%20#+?', 'line\r\nbreak\n', '"}{"number":"1"', '😀é中\u0000\u2028', ' a '];
  for (const text of nasty) {
    it(`carries ${JSON.stringify(text)} exactly`, async () => {
      const { account, requests, send } = prepared('{}');
      assert.equal(account.checkText(text, {}), undefined);
      await send([{ text: text, to: ['10086'] }]);
      assert.equal(bodyOf(requests[0]).content, text);
      assert.equal(bodyOf(requests[0]).number, '10086');
    });
  }

  it('carries any text exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
        const { account, requests, send } = prepared('{}');
        if (account.checkText(text, {})) return;
        await send([{ text: text, to: ['10086'] }]);
        const bytes = Buffer.from(String(requests[0]?.body), 'utf8').toString('utf8');
        assert.equal((JSON.parse(bytes) as { content: unknown }).content, text);
      }),
    );
  });

  it('refuses half an emoji', () => {
    const { account } = prepared('');
    assert.deepEqual(
      account.checkText('a\uD83D', {}),
      failure('invalid-message', 'ill-formed-text', { field: 'text' }),
    );
  });

  it('lets a failed call pass', async () => {
    const thrown = new SmsError(failure('no-answer'));
    const account = failing(driver, CONFIG, thrown);
    await assert.rejects(
      account.send({ items: [{ text: 'x', to: ['10086'] }], options: {}, wantReports: false }),
      thrown,
    );
    await assert.rejects(account.probe(), thrown);
  });
});

describe('goip: the answer to sendsms (2.2)', () => {
  const accepted: readonly [string, string][] = [
    ['{"result":"ACCEPT","taskID":"5689"}', '5689'],
    ['{"result":"ACCEPT","taskID":5689}', '5689'],
    ['{"result":"ACCEPT","taskID":" 0056 "}', '0056'],
    ['{"result":"ACCEPT","taskID":1234567890123456789}', '1234567890123456789'],
    ['Warning: need install php-mbstring module<br>\n{"result":"ACCEPT","taskID":"7"}', '7'],
    ['Warning: need install php-mbstring module<br>{"result":"ACCEPT","taskID":"7"}', '7'],
    ['\uFEFF{"result":"accept","taskid":"7",}\n', '7'],
  ];
  for (const [body, id] of accepted) {
    it(`accepts ${body}`, async () => {
      assert.deepEqual((await outcome(body)).result, { state: 'accepted', id });
    });
  }

  const refused: readonly [string, string, string?][] = [
    ['{"result":"REJECT","reason":"none_line"}', 'line-unavailable', 'none_line'],
    ['{"result":"REJECT","reason":"none_provider"}', 'sender-refused', 'none_provider'],
    ['{"result":"REJECT","reason":"unknown"}', 'vendor-error', 'unknown'],
    ['{"result":"REJECT","reason":"content or number error"}', 'content-refused', 'content or number error'],
    ['{"result":"REJECT","reason":" None_Line "}', 'line-unavailable', 'none_line'],
    ['{"result":"REJECT","reason":"constructor"}', 'vendor-error'],
    ['{"result":"REJECT","reason":"something new"}', 'vendor-error'],
    ['{"result":"REJECT"}', 'vendor-error'],
  ];
  for (const [body, expected, known] of refused) {
    it(`takes ${body} as ${expected}`, async () => {
      const { result } = await outcome(body);
      assert.equal(result.state, 'rejected');
      assert.ok('failure' in result);
      assert.equal(result.failure.code, expected);
      const { reason } = JSON.parse(body) as { reason?: string };
      assert.equal(result.failure.vendorCode, reason?.trim());
      assert.equal(result.failure.vendorTextKey, known && vendorTextKey('reason', known));
    });
  }

  const doubtful = [
    '',
    '{"result":"ACCEPT"}',
    '{"result":"ACCEPT","taskID":""}',
    '{"result":"ACCEPT","taskID":"0"}',
    '{"result":"ACCEPT","taskID":0}',
    '{"result":"ACCEPT","taskID":null}',
    '{"result":"ACCEPT","taskID":"null"}',
    '{"result":"ACCEPT","taskID":false}',
    '{"result":"ACCEPT","taskID":"56',
    '{"result":"MAYBE","taskID":"56"}',
    '{"taskID":"56"}',
    '[{"result":"REJECT"}]',
    'false',
    '<html>It works!</html>',
  ];
  for (const body of doubtful) {
    it(`is in doubt about ${JSON.stringify(body)}`, async () => {
      const { result } = await outcome(body);
      assert.equal(result.state, 'in-doubt');
      assert.equal(code(result), 'unreadable-answer');
    });
  }

  it('knows a wrong login by HTTP 401 with an empty body', async () => {
    const { result } = await outcome('', 401);
    assert.equal(result.state, 'rejected');
    assert.equal(code(result), 'auth-failed');
  });

  it('is in doubt after HTTP 500, whatever it says', async () => {
    assert.equal((await outcome('{"result":"ACCEPT","taskID":"5"}', 500)).result.state, 'in-doubt');
  });

  const sql = "Bad query: INSERT INTO message (msg,userid) VALUES ('it's SECRET','1') -- {\"result\":\"REJECT\"}";
  for (const [body, detail] of [
    [sql, 'goip-bad-query'],
    [`<br>\n${sql}`, 'goip-bad-query'],
    ["Could not connect: Access denied for user 'root'@'localhost' SECRET", 'goip-no-database'],
  ] as const) {
    it(`refuses by ${detail} and shows none of what follows`, async () => {
      const { result, raw } = await outcome(body);
      assert.equal(result.state, 'rejected');
      assert.ok('failure' in result);
      assert.equal(result.failure.code, 'vendor-error');
      assert.equal(result.failure.detail, detail);
      assert.doesNotMatch(JSON.stringify({ result, raw }), /SECRET|INSERT|VALUES|root/);
    });
  }

  it('is in doubt where an acceptance follows a failed database command', async () => {
    const { result, raw } = await outcome('Bad query: INSERT SECRET\n{"result":"ACCEPT","taskID":"5"}');
    assert.equal(result.state, 'in-doubt');
    assert.doesNotMatch(JSON.stringify({ result, raw }), /SECRET/);
  });

  it('survives any answer', async () => {
    const word = fc.constantFrom(
      'result',
      'ACCEPT',
      'REJECT',
      'taskID',
      'reason',
      'Bad query: ',
      '{',
      '}',
      '"',
      ':',
      '[',
    );
    const value = fc.dictionary(fc.constantFrom('result', 'taskID', 'reason', 'x'), fc.jsonValue());
    const bytes = fc.oneof(
      fc.uint8Array().map((array) => Buffer.from(array)),
      fc.array(word).map((words) => Buffer.from(words.join(''))),
      fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))),
      value.map((json) => Buffer.from(JSON.stringify(json))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(200, 200, 200, 401, 404, 500), async (body, status) => {
        const { result } = await outcome(body, status);
        assert.ok(['accepted', 'rejected', 'in-doubt'].includes(result.state));
        const { account } = prepared(body, status);
        await account.probe();
      }),
    );
  });
});

describe('goip: probe (querylines, section 4)', () => {
  const lines =
    '[{"goip_line":"G101","online":"1","reg":"LOGOUT","remain_sms":"-1","day_remain_sms":"-1"},\n' +
    '{"goip_line":"G104","online":"0","reg":"","remain_sms":"-1","day_remain_sms":"-1"},]';

  it('asks with nothing but the login', async () => {
    const { account, requests } = prepared(lines);
    assert.equal(await account.probe(), undefined);
    assert.equal(requests[0]?.url, 'http://192.168.1.2/goip/querylines/');
    assert.deepEqual(bodyOf(requests[0]), { auth: { username: 'root', password: 'pass"word' } });
  });

  const answers: readonly [string, number, string | undefined][] = [
    ['[]', 200, undefined],
    ['Warning: need install php-mbstring module<br>\n[]', 200, undefined],
    ['', 401, 'auth-failed'],
    ['', 200, 'unreadable-answer'],
    ['{}', 200, 'unreadable-answer'],
    ['{"result":"REJECT","reason":"unknown"}', 200, 'vendor-error'],
    ['Could not connect', 200, 'vendor-error'],
    ['', 503, 'no-answer'],
  ];
  for (const [body, status, expected] of answers) {
    it(`takes HTTP ${status} ${JSON.stringify(body)} as ${expected ?? 'well'}`, async () => {
      assert.equal((await prepared(body, status).account.probe())?.code, expected);
    });
  }
});
