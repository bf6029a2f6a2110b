import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure, SmsError } from '../../../nodes/core/failure';
import type { AccountConfig, HttpRequest, OptionValues, SendItem } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/sms57';
import { brief, failing, prepare } from './prepared';

const CONFIG: AccountConfig = {
  url: 'http://192.168.1.4:7822/sms',
  accountId: '',
  username: '922011',
  password: 'p&ss+1',
  options: { md5: false, batch: 200 },
  timezone: 'Asia/Shanghai',
  country: '86',
};

const prepared = (body: string | Buffer, status = 200, config: Partial<AccountConfig> = {}) =>
  prepare(driver, { ...CONFIG, ...config }, body, status);

/** The form of a request, decoded by hand as a servlet would. */
function formOf(request: HttpRequest | undefined): Readonly<Record<string, string>> {
  const pairs = String(request?.body)
    .split('&')
    .map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replace(/\+/g, ' '))));
  for (const pair of pairs) assert.equal(pair.length, 2);
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length);
  return Object.fromEntries(pairs) as Record<string, string>;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
describe('sms57: address and login', () => {
  const addresses: readonly [string, string][] = [
    ['http://host:7862', 'http://host:7862/sms'],
    ['http://host:7862/', 'http://host:7862/sms'],
    [' https://host/sms ', 'https://host/sms'],
    ['http://host:8010/api/sm57/sms', 'http://host:8010/api/sm57/sms'],
  ];
  for (const [typed, url] of addresses) {
    it(`makes ${url} of ${JSON.stringify(typed)}`, async () => {
      const { requests, send } = prepared('{}', 200, { url: typed });
      await send([{ text: 'x', to: ['13800000001'] }]);
      assert.equal(requests[0]?.url, url);
    });
  }

  const bad: readonly [string, Partial<AccountConfig>, string][] = [
    ['no url', { url: ' ' }, 'url'],
    ['a url without a scheme', { url: 'host:7862/sms' }, 'url'],
    ['the query of a pasted example', { url: 'http://host/sms?action=send&mobile=13800000001' }, 'url'],
    ['a login in the url', { url: 'http://a:b@host/sms' }, 'url'],
    ['no account', { username: '' }, 'username'],
    ['no password', { password: ' ' }, 'password'],
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

describe('sms57: send (section 1)', () => {
  const sample = {
    status: '0',
    balance: -153278280,
    list: [
      { mid: '4C2CA88382720003', mobile: '18983437010', result: 0 },
      { mid: '4C2CA88382720004', mobile: '18983437011', result: 0 },
    ],
  };

  it('sends one text to many numbers', async () => {
    const { requests, send } = prepared(JSON.stringify(sample));
    const answer = await send([{ text: '测试 1', to: ['18983437010', '18983437011'] }], { extno: '106901234' });
    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.method, 'POST');
    assert.equal(requests[0].headers?.['content-type'], 'application/x-www-form-urlencoded; charset=UTF-8');
    assert.deepEqual(formOf(requests[0]), {
      action: 'send',
      rt: 'json',
      account: '922011',
      password: 'p&ss+1',
      mobile: '18983437010,18983437011',
      content: '测试 1',
      extno: '106901234',
    });
    assert.deepEqual(answer.results, [
      { state: 'accepted', id: '4C2CA88382720003' },
      { state: 'accepted', id: '4C2CA88382720004' },
    ]);
    assert.deepEqual(answer.raw, sample);
  });

  it('tells each who shares the request no more of the answer than their own rows', async () => {
    const { send } = prepared(JSON.stringify(sample));
    const { rawFor } = await send([{ text: 'x', to: ['18983437010', '18983437011', '018983437011'] }]);
    assert.deepEqual(rawFor!([1]), { ...sample, list: [sample.list[1]] });
    assert.deepEqual(rawFor!([0, 2, 1]), { ...sample, list: [sample.list[0], sample.list[1]] });
    assert.deepEqual(rawFor!([7]), { ...sample, list: [] });
    const { list, ...rest } = sample;
    const capital = await prepared(JSON.stringify({ ...rest, List: list })).send([
      { text: 'x', to: ['18983437010', '18983437011'] },
    ]);
    assert.deepEqual(capital.rawFor!([0]), { ...rest, List: [list[0]] });
  });

  it('hashes password, extno, content and mobile as they are before encoding', async () => {
    const { requests, send } = prepared('{}', 200, { options: { md5: true } });
    const text = '余额 50% & +1\n行';
    await send([{ text, to: ['18983437010', '18983437011'] }], { extno: '106' });
    assert.equal(formOf(requests[0]).password, md5(`p&ss+1106${text}18983437010,18983437011`));
    await send([{ text, to: ['18983437010'] }]);
    const form = formOf(requests[1]);
    assert.equal(form.password, md5(`p&ss+1${text}18983437010`));
    assert.ok(!('extno' in form));
    assert.match(form.password, /^[0-9a-f]{32}$/);
  });

  it('writes numbers as the platform does', async () => {
    const { requests, send } = prepared('{}');
    const to = [
      '+8613800000001',
      '008613800000002',
      '8613800000003',
      '13800000004',
      '+13800000005',
      '0044123',
      '+861069',
      // Eleven digits after the country code, but of no mobile.
      '8610000000000',
      '+8612000000000',
    ];
    await send([{ text: 'x', to }]);
    const mobile =
      '13800000001,13800000002,13800000003,13800000004,0013800000005,0044123,00861069,8610000000000,008612000000000';
    assert.equal(formOf(requests[0]).mobile, mobile);
  });

  it('takes 200 recipients, or what the gateway says up to 500', () => {
    const most = (options: OptionValues) => driver.capabilities.recipientsPerRequest(options);
    assert.equal(most({}), 200);
    assert.equal(most({ batch: 500 }), 500);
    assert.equal(most({ batch: 1 }), 1);
    for (const batch of [0, 501, '300', null]) assert.equal(most({ batch }), 200);
  });

  const nasty = [
    'a&b=c',
    '100% %41',
    '#1',
    '1+1',
    '"\'`<>\\',
    'line\r\n13900000000#x',
    '😀é中',
    '\u0000',
    ' a ',
    '0',
    ';,=',
  ];
  for (const text of nasty) {
    it(`carries ${JSON.stringify(text)} exactly`, async () => {
      const { account, requests, send } = prepared('{}');
      assert.equal(account.checkText(text, {}), undefined);
      await send([{ text, to: ['13800000001'] }]);
      const form = formOf(requests[0]);
      assert.deepEqual([form.action, form.mobile, form.content], ['send', '13800000001', text]);
    });
  }

  it('refuses half an emoji', () => {
    const { account } = prepared('');
    assert.deepEqual(
      account.checkText('\uDE00b', {}),
      failure('invalid-message', 'ill-formed-text', { field: 'text' }),
    );
  });

  it('lets a failed call pass', async () => {
    const thrown = new SmsError(failure('network'));
    const account = failing(driver, CONFIG, thrown);
    await assert.rejects(account.send({ items: [{ text: 'x', to: ['1'] }], options: {}, wantReports: false }), thrown);
    await assert.rejects(account.probe(), thrown);
  });
});

describe('sms57: p2p (section 2)', () => {
  const items: SendItem[] = [
    { text: '下发内容 1', to: ['13800000001', '+8613800000002'] },
    { text: '50% #2 & more', to: ['13800000001'] },
  ];
  const content = '13800000001#下发内容 1\n13800000002#下发内容 1\n13800000001#50% #2 & more';

  it('sends a record for each number, none empty', async () => {
    const row = (mobile: string, mid: string) => ({ mid, mobile, result: 0 });
    const list = [row('13800000001', 'A'), row('13800000002', 'B'), row('13800000001', 'C')];
    const { requests, send } = prepared(JSON.stringify({ status: '0', balance: 1, list }));
    const { results } = await send(items, { extno: '10690231221' });
    assert.deepEqual(formOf(requests[0]), {
      action: 'p2p',
      rt: 'json',
      account: '922011',
      password: 'p&ss+1',
      mobileContentList: content,
      extno: '10690231221',
    });
    assert.deepEqual(brief(results), ['A', 'B', 'C']);
  });

  it('leaves the line breaks out of the hash', async () => {
    const { requests, send } = prepared('{}', 200, { options: { md5: true } });
    await send(items, { extno: '106' });
    assert.equal(formOf(requests[0]).password, md5(`p&ss+1106${content.replaceAll('\n', '')}`));
  });

  it('sends items of one text by send', async () => {
    const { requests, send } = prepared('{}');
    const text = 'two\nlines';
    await send([
      { text, to: ['13800000001'] },
      { text, to: ['13800000002'] },
    ]);
    const form = formOf(requests[0]);
    assert.deepEqual([form.action, form.mobile, form.content], ['send', '13800000001,13800000002', text]);
  });

  it('says which texts may share a request', () => {
    const { account } = prepared('');
    for (const text of ['a', '#', '13900000000#x', '😀']) assert.equal(account.batchable?.(text, {}), true, text);
    for (const text of ['\n', 'a\rb', 'a\r\nb', 'a\vb', 'a\fb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\u001cb']) {
      assert.equal(account.batchable?.(text, {}), false, JSON.stringify(text));
    }
  });

  it('never makes a second record of a line break, even where it was asked to', async () => {
    const list = [{ mid: 'A', mobile: '13800000001', result: 0 }];
    const { requests, send } = prepared(JSON.stringify({ status: 0, list }));
    const { results } = await send([
      { text: 'x\n13900000000#free', to: ['13800000002'] },
      { text: 'fine', to: ['13800000001'] },
    ]);
    assert.equal(requests.length, 1);
    assert.equal(formOf(requests[0]).mobile, '13800000001');
    assert.deepEqual(brief(results), ['rejected invalid-message', 'A']);
    assert.ok('failure' in results[0]!);
    assert.equal(results[0].failure.detail, 'sms57-line-break');
  });

  it('asks nothing where no text may share the request', async () => {
    const { requests, send } = prepared('{}');
    const { results } = await send([
      { text: 'a\n', to: ['13800000001'] },
      { text: 'b\n', to: ['13800000002', '13800000003'] },
    ]);
    assert.equal(requests.length, 0);
    assert.deepEqual(new Set(brief(results)), new Set(['rejected invalid-message']));
    assert.equal(results.length, 3);
  });

  it('carries any texts exactly, each to its own number', async () => {
    const texts = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, async (candidates) => {
        const { account, requests, send } = prepared('{}');
        const fine = candidates.filter(
          (text) => !account.checkText(text, {}) && account.batchable?.(text, {}) === true,
        );
        fc.pre(fine.length >= 2);
        await send(fine.map((text, index) => ({ text, to: [`1380000000${index}`] })));
        const records = formOf(requests[0]).mobileContentList?.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
        assert.deepEqual(
          records,
          fine.map((text, index) => `1380000000${index}#${text}`),
        );
      }),
    );
  });
});

describe('sms57: probe (balance, section 3)', () => {
  it('asks for the balance', async () => {
    const { account, requests } = prepared('{"status":0,"balance":-153278040,"chargeType":"POSTCHARGE"}');
    assert.equal(await account.probe(), undefined);
    const form = { action: 'balance', rt: 'json', account: '922011', password: 'p&ss+1' };
    assert.deepEqual(formOf(requests[0]), form);
  });

  it('hashes the password alone', async () => {
    const { account, requests } = prepared('{}', 200, { options: { md5: true, extno: '106' } });
    await account.probe();
    assert.equal(formOf(requests[0]).password, md5('p&ss+1'));
  });

  const answers: readonly [string, number, string | undefined][] = [
    ['{"status":"0","balance":"1","chargeType":"PRECHARGE"}', 200, undefined],
    ['{"status":0,"balance":0,"chargeType":"PRECHARGE"}', 200, 'insufficient-balance'],
    ['{"status":0,"balance":"-5","chargeType":"precharge"}', 200, 'insufficient-balance'],
    ['{"status":0,"balance":0,"chargeType":"POSTCHARGE"}', 200, undefined],
    ['{"status":0,"balance":-5}', 200, undefined],
    ['{"status":0}', 200, undefined],
    ['{"status":"3"}', 200, 'auth-failed'],
    ['{"status":2,"balance":5}', 200, 'ip-refused'],
    ['{"status":7}', 200, 'account-disabled'],
    ['<?xml version="1.0"?><a/>', 200, 'unreadable-answer'],
    ['hello', 200, 'unreadable-answer'],
    ['', 500, 'no-answer'],
  ];
  for (const [body, status, expected] of answers) {
    it(`takes HTTP ${status} ${body} as ${expected ?? 'well'}`, async () => {
      assert.equal((await prepared(body, status).account.probe())?.code, expected);
    });
  }
});
