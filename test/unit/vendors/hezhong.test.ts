/** The hezhong driver against its document: the wire in both directions, with `http` as the seam. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { RETRY, SmsError, vendorTextKey } from '../../../nodes/core/failure';
import type { AccountConfig } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/hezhong';
import { ERRORS } from '../../../nodes/vendors/hezhong/codes';
import { account, CONFIG, form, type Reply, request, short } from './hezhong-account';

const ACCEPTED = { body: '0,100001' };

test('a send is a POST of all parameters in GBK', async () => {
  const opened = account(ACCEPTED);
  const to = ['13681507269', '13681507268'];
  const answer = await opened.send(request({ to, options: { msgFormat: 'gbk', sub: '007' } }));
  assert.deepEqual(answer, {
    results: [
      { state: 'accepted', id: '100001' },
      { state: 'accepted', id: '100001' },
    ],
    raw: '0,100001',
  });
  const [asked] = opened.requests;
  assert.equal(asked?.method, 'POST');
  assert.equal(asked.url, 'http://39.105.107.78:28011/sms/api/SendMt.do');
  assert.equal(asked.headers?.['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(
    asked.body,
    'userid=50001&username=Test%D4%B1&password=%C3%DC%26%3D%2B%25%206&mobs=13681507269%2C13681507268' +
      '&msg=%A1%BEXX%20%BF%C6%BC%BC%A1%BF%D1%E9%D6%A4%C2%EB%3A986710&sub=007&msgFormat=0',
  );
});

test('sub is left out where it is not set, and refused where it is longer than six digits', async () => {
  const opened = account(ACCEPTED);
  for (const sub of [undefined, '']) {
    await opened.send(request({ options: { sub } }));
    assert.equal('sub' in form(opened.requests.at(-1)), false);
  }
  assert.equal(opened.checkText('x', { sub: '123456' }), undefined);
  for (const sub of ['1234567', '12a', '１２'])
    assert.equal(opened.checkText('x', { sub })?.code, 'sender-refused', sub);
  const { pattern } = driver.options.find(({ name }) => name === 'sub')!;
  assert.ok(pattern?.test('12345') && !pattern.test('1234567'));
});

test('every charset: its parameter, its bytes, and only msg in it', async () => {
  const table: [string, string, string, string][] = [
    ['gbk', '中é', '0', '%D6%D0%A8%A6'],
    ['latin1', 'ÿ é', '1', '%FF%20%E9'],
    ['utf8', '中😀', '2', '%E4%B8%AD%F0%9F%98%80'],
    ['auto', '中文', '0', '%D6%D0%CE%C4'],
    ['auto', '中😀', '2', '%E4%B8%AD%F0%9F%98%80'],
    ['auto', '1 €', '2', '1%20%E2%82%AC'],
  ];
  for (const [msgFormat, text, parameter, bytes] of table) {
    const opened = account(ACCEPTED);
    assert.equal(opened.checkText(text, { msgFormat }), undefined);
    await opened.send(request({ text, options: { msgFormat } }));
    const body = String(opened.requests[0]!.body);
    assert.ok(body.includes(`&msg=${bytes}&`), `${msgFormat} ${body}`);
    assert.ok(body.endsWith(`&msgFormat=${parameter}`));
    assert.ok(body.includes('username=Test%D4%B1&'));
  }
  const opened = account(ACCEPTED);
  await opened.send(request({ text: '中', options: {} }));
  assert.ok(String(opened.requests[0]!.body).endsWith('&msg=%D6%D0&msgFormat=0'), 'GBK is the default');
});

test('a text that the charset cannot carry is refused before anything is asked', async () => {
  const refused: [string, string, string][] = [
    ['gbk', '好😀', 'content-refused'],
    ['gbk', '1€', 'content-refused'],
    ['gbk', '1¥', 'content-refused'],
    ['gbk', 'a\u00a0b', 'content-refused'],
    ['gbk', '\ue000', 'content-refused'],
    ['gbk', '⊕', 'content-refused'],
    ['gbk', '䶮', 'content-refused'],
    ['latin1', '中', 'content-refused'],
    ['latin1', '€', 'content-refused'],
    ['gbk', 'x\ud83d', 'invalid-message'],
    ['latin1', 'x\ud83d', 'invalid-message'],
    ['utf8', 'x\ud83d', 'invalid-message'],
    ['auto', 'x\ude00', 'invalid-message'],
    ['gbk', '字'.repeat(1001), 'text-too-long'],
    ['utf8', '😀'.repeat(501), 'text-too-long'],
  ];
  for (const [msgFormat, text, code] of refused) {
    const opened = account(ACCEPTED);
    assert.equal(opened.checkText(text, { msgFormat })?.code, code, `${msgFormat} ${text.slice(0, 5)}`);
    const { results } = await opened.send(request({ text, options: { msgFormat }, to: ['1', '2'] }));
    assert.deepEqual(short(results), [`rejected ${code}`, `rejected ${code}`]);
    assert.equal(opened.requests.length, 0);
  }
  const opened = account(ACCEPTED);
  for (const text of ['字'.repeat(1000), '丂㈠①ⅰ〇·—～￥“”', '?', '']) {
    assert.equal(opened.checkText(text, { msgFormat: 'gbk' }), undefined, text.slice(0, 9));
  }
});

test('the text arrives as typed or is refused, whatever is in it', async () => {
  const nasty = 'a&msg=b%20c+d#e=f?"g\'h;i,j\r\nk\tl\\m<n>~_-.*丂A丂@镕\u0000';
  const unit = fc.oneof(
    fc.constantFrom(...Array.from(nasty)),
    fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  );
  const texts = fc.array(unit, { minLength: 1, maxLength: 60 }).map((units) => units.join(''));
  const decoders: Record<string, string> = { '0': 'gbk', '2': 'utf-8' };
  const check = async (text: string, msgFormat: string) => {
    const opened = account(ACCEPTED);
    await opened.send(request({ text, options: { msgFormat } }));
    const [asked] = opened.requests;
    assert.equal(opened.checkText(text, { msgFormat }) === undefined, asked !== undefined);
    if (asked === undefined) return false;
    assert.match(String(asked.body), /^[\x21-\x7e]*$/);
    const format = /msgFormat=(\d)$/.exec(String(asked.body))![1]!;
    const msg = format === '1' ? latin1Msg(String(asked.body)) : form(asked, { msg: decoders[format]! }).msg;
    assert.equal(msg, text);
    assert.equal(String(asked.body).split('&').length, 6);
    return true;
  };
  assert.ok(await check(nasty, 'gbk'));
  assert.ok(await check(`\ufeff${nasty}😀\ufeff`, 'auto'));
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom('gbk', 'latin1', 'utf8', 'auto'), async (text, msgFormat) => {
      await check(text, msgFormat);
    }),
    { numRuns: 500 },
  );
});

/** The msg of a body whose bytes are the first 256 characters of Unicode: no TextDecoder reads just that. */
function latin1Msg(body: string): string {
  const value = /&msg=([^&]*)/.exec(body)![1]!;
  return value.replace(/%([0-9A-F]{2})/g, (_, byte: string) => Buffer.from(byte, 'hex').toString('latin1'));
}

test('numbers: home without country code, abroad by the list of appendix 2', async () => {
  const sent: [string, string][] = [
    ['13681507269', '13681507269'],
    ['+8613681507269', '13681507269'],
    ['008613681507269', '13681507269'],
    ['8613681507269', '13681507269'],
    ['19900000001', '19900000001'],
    ['01012345678', '01012345678'],
    ['+85291234567', '85291234567'],
    ['0085291234567', '85291234567'],
    ['+12025550123', '12025550123'],
    // A North American number that would be a Chinese mobile without a prefix.
    ['+13055550123', '0013055550123'],
    ['0013055550123', '0013055550123'],
    ['13055550123', '13055550123'],
    ['+12465550123', '12465550123'],
    ['+79161234567', '79161234567'],
    ['85291234567', '85291234567'],
    ['57123456', '57123456'],
  ];
  for (const [to, wire] of sent) {
    const opened = account(ACCEPTED);
    assert.equal(opened.checkRecipient(to), undefined, to);
    await opened.send(request({ to: [to] }));
    assert.equal(form(opened.requests[0]).mobs, wire, to);
  }
  const opened = account(ACCEPTED);
  for (const to of ['+5712345678', '0057123456', '+2111234567', '+999', '+000']) {
    assert.deepEqual(opened.checkRecipient(to), { code: 'no-route', detail: 'hezhong-country' }, to);
  }
});

test('a refused number keeps no other from being sent to, and each is sent to once', async () => {
  const opened = account(ACCEPTED);
  const to = ['+5712345678', '13681507269', '+8613681507269'];
  const { results } = await opened.send(request({ to }));
  assert.deepEqual(short(results), ['rejected no-route', 'accepted', 'accepted']);
  assert.equal(form(opened.requests[0]).mobs, '13681507269');
  const none = account(ACCEPTED);
  assert.deepEqual(short((await none.send(request({ to: ['+5712345678'] }))).results), ['rejected no-route']);
  assert.equal(none.requests.length, 0);
  assert.equal(driver.capabilities.recipientsPerRequest({}), 1000);
});

test('every way to write an answer', async () => {
  const accepted = ['accepted'];
  const doubt = ['in-doubt unreadable-answer'];
  const table: [string | Buffer, string[]][] = [
    ['0,100001', accepted],
    [' 0 , 100001 ', accepted],
    ['0，100001', accepted],
    [iconv.encode('0，100001', 'gbk'), accepted],
    ['\ufeff0,100001\r\n', accepted],
    ['\r\n0,\r\n100001\n', accepted],
    ['00,100001;', accepted],
    ['0', doubt],
    ['0,', doubt],
    ['0,100001,100002', doubt],
    ['0,<html>', doubt],
    ['10,100001', doubt],
    ['1', doubt],
    ['1,100001', doubt],
    ['', doubt],
    ['<html>busy</html>', doubt],
    ['-', doubt],
    ['-0', doubt],
    ['-1.5', doubt],
    ['-1x', doubt],
    ['-1', ['rejected auth-failed']],
    [' -1\n', ['rejected auth-failed']],
    ['\ufeff-1', ['rejected auth-failed']],
    ['- 1', ['rejected auth-failed']],
    ['-01', ['rejected auth-failed']],
    ['-1,账号密码错误', ['rejected auth-failed']],
    [iconv.encode('-1，账号密码错误', 'gbk'), ['rejected auth-failed']],
    ['-1账号密码错误', ['rejected auth-failed']],
    ['-77', ['rejected vendor-error']],
  ];
  for (const [body, expected] of table) {
    const { results } = await account({ body }).send(request());
    assert.deepEqual(short(results), expected, String(body));
    assert.ok(!('id' in results[0]!) || results[0].id === '100001', String(body));
  }
  assert.deepEqual(short((await account({ body: '0,1', status: 503 }).send(request())).results), [
    'in-doubt no-answer',
  ]);
});

test('every error code is a refusal with its canonical code, its text and the code as it was written', async () => {
  for (const [code, canonical] of Object.entries(ERRORS)) {
    const { results, raw } = await account({ body: `${code}\n` }).send(request({ to: ['13681507269', '1'] }));
    const failure = { code: canonical, vendorCode: code, vendorTextKey: vendorTextKey('send', code) };
    assert.deepEqual(results, [
      { state: 'rejected', failure },
      { state: 'rejected', failure },
    ]);
    assert.equal(raw, `${code}\n`);
  }
  const { results } = await account({ body: '-1，账号密码错误' }).send(request());
  assert.ok('failure' in results[0]! && results[0].failure.vendorText === '账号密码错误');
  const unknown = await account({ body: '-77' }).send(request());
  assert.deepEqual(unknown.results, [{ state: 'rejected', failure: { code: 'vendor-error', vendorCode: '-77' } }]);
});

test('the probe asks for the balance', async () => {
  const table: [Reply, string | undefined][] = [
    [{ body: '100' }, undefined],
    [{ body: '\ufeff 12.50\r\n' }, undefined],
    [{ body: '0' }, 'insufficient-balance'],
    [{ body: '0.00' }, 'insufficient-balance'],
    [{ body: '-1' }, 'auth-failed'],
    [{ body: '-3' }, 'ip-refused'],
    [{ body: '-77' }, 'vendor-error'],
    [{ body: '-12.5' }, 'unreadable-answer'],
    [{ body: 'x' }, 'unreadable-answer'],
    [{ body: '', status: 500 }, 'no-answer'],
    [{ body: '', status: 404 }, 'invalid-config'],
  ];
  for (const [reply, code] of table) {
    const opened = account(reply);
    assert.equal((await opened.probe())?.code, code, String(reply.body));
    assert.equal(opened.requests[0]?.url, 'http://39.105.107.78:28011/sms/api/QueryBalance.do');
    assert.equal(opened.requests[0].body, 'userid=50001&username=Test%D4%B1&password=%C3%DC%26%3D%2B%25%206');
  }
});

test('the path of the interface is appended once', async () => {
  const table: [string, string][] = [
    ['http://127.0.0.1:9', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    [' http://127.0.0.1:9/ ', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    ['http://127.0.0.1:9/sms/api', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    ['http://127.0.0.1:9/sms/api/', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    ['http://127.0.0.1:9/sms/api/SendMt.do', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    ['http://127.0.0.1:9/sms/api/QueryBalance.do?userid=1', 'http://127.0.0.1:9/sms/api/SendMt.do'],
    ['https://sms.example/behind/a/proxy/', 'https://sms.example/behind/a/proxy/sms/api/SendMt.do'],
  ];
  for (const [url, expected] of table) {
    const opened = account(ACCEPTED, { url });
    await opened.send(request());
    assert.equal(opened.requests[0]?.url, expected);
  }
});

test('a configuration that cannot work is refused, and tells no secret', () => {
  const table: [Partial<AccountConfig>, string][] = [
    [{ url: '39.105.107.78:28011' }, 'url'],
    [{ url: 'sms.example' }, 'url'],
    [{ url: 'file:///sms' }, 'url'],
    [{ url: 'http://me:secret@sms.example' }, 'url'],
    [{ accountId: ' ' }, 'accountId'],
    [{ username: '' }, 'username'],
    [{ password: '' }, 'password'],
    [{ password: 'secret😀' }, 'password'],
  ];
  for (const [config, field] of table) {
    assert.throws(
      () => account(ACCEPTED, config),
      (thrown: unknown) =>
        thrown instanceof SmsError &&
        thrown.code === 'invalid-config' &&
        thrown.failure.params?.field === field &&
        !JSON.stringify([thrown.message, thrown.failure]).includes('secret'),
      JSON.stringify(config),
    );
  }
});

test('what http rejects with passes through', async () => {
  const problem = new SmsError({ code: 'network' });
  const io = {
    http: () => Promise.reject(problem),
    now: () => 0,
    nextIds: () => Promise.resolve(1),
    notice: () => undefined,
  };
  const opened = driver.open(CONFIG, io);
  await assert.rejects(opened.send(request()), problem);
  await assert.rejects(opened.probe(), problem);
});

test('no answer makes the driver throw, and none is taken for an acceptance by accident', async () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom(...Array.from('0123-, ，;.\n\ufeffx')), maxLength: 12 })
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 100, max: 599 }), async (body, status) => {
      const opened = account({ body, status });
      const { results } = await opened.send(request({ to: ['13681507269', '13681507268'] }));
      assert.equal(results.length, 2);
      for (const result of results) {
        if ('failure' in result) assert.ok(result.failure.code in RETRY);
        else assert.match(body.toString('utf8'), /^\s*\+?0+\s*[,，]\s*\w/);
      }
      await opened.probe();
    }),
    { numRuns: 500 },
  );
});
