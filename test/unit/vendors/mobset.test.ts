/** The mobset driver against its document: the wire in both directions, with `http` as the seam. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError } from '../../../nodes/core/failure';
import type { AccountConfig } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/mobset';
import { ACCEPTED, account, CONFIG, form, NOW, type Reply, request, sendOne, short } from './mobset-account';

test('a send has the fixed parameters first, then its own, and the content last', async () => {
  const opened = account({ body: ACCEPTED });
  const answer = await opened.send(request({ options: { ...CONFIG.options, addNum: '007' } }));
  assert.deepEqual(answer.results, [{ state: 'accepted', id: '135555551' }]);
  assert.deepEqual(answer.raw, JSON.parse(ACCEPTED));
  const [asked] = opened.requests;
  assert.equal(asked?.method, 'POST');
  assert.equal(asked.url, 'https://sms3.mobset.com:843/SDK3/Sms');
  assert.match(asked.headers?.['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
  const { names, values } = form(asked);
  assert.deepEqual(names, [
    ...['Methods', 'CorpID', 'LoginName', 'TimeStamp', 'SecretKey'],
    ...['LongSms', 'AddNum', 'PhoneNumbers', 'Content'],
  ]);
  assert.deepEqual(values, {
    Methods: 'SmsSend',
    CorpID: '300003',
    LoginName: 'wuww',
    TimeStamp: '20240301003045',
    SecretKey: createHash('md5').update('300003p&ss=字20240301003045').digest('hex'),
    LongSms: '1',
    AddNum: '007',
    PhoneNumbers: '13512346789',
    Content: '这是测试短信',
  });
});

test('the key is the one of the document sample: MD5 of CorpID, password and a time stamp of ten digits', async () => {
  const now = Date.UTC(2018, 6, 20, 8, 56, 18);
  const opened = account({ body: ACCEPTED }, { password: '123456', options: { timestamp: '10' } }, { now });
  await opened.send(request());
  const { values } = form(opened.requests[0]);
  assert.equal(values.TimeStamp, '0720165618');
  assert.equal(values.SecretKey, createHash('md5').update('3000031234560720165618').digest('hex'));
});

test('the content arrives as typed, whatever is in it', async () => {
  const nasty = 'a&Content=b%20c+d#e=f?"g\'h;i\r\nj\tk\\l<m>n 😀 €「」\u0000\u00a0';
  const opened = account({ body: ACCEPTED });
  await opened.send(request({ text: nasty }));
  assert.equal(form(opened.requests[0]).values.Content, nasty);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), async (text) => {
      const each = account({ body: ACCEPTED });
      await each.send(request({ text }));
      const { names, values } = form(each.requests[0]);
      assert.equal(values.Content, text);
      assert.equal(names.length, 8);
      assert.match(String(each.requests[0]!.body), /^[\x21-\x7e]*$/);
    }),
    { numRuns: 200 },
  );
});

test('a text that cannot be sent is refused before anything is asked', async () => {
  const opened = account({ body: ACCEPTED });
  assert.equal(opened.checkText('字'.repeat(900), {}), undefined);
  assert.equal(opened.checkText('字'.repeat(901), {})?.code, 'text-too-long');
  assert.equal(opened.checkText('half \ud83d', {})?.code, 'invalid-message');
  assert.equal(opened.checkText('whole 😀', {}), undefined);
  assert.equal(opened.checkText('x', { addNum: '12a' })?.code, 'sender-refused');
  assert.equal(opened.checkText('x', { addNum: '12' }), undefined);
  const { results } = await opened.send(request({ text: 'half \ude00', to: ['13512346789', '13512346780'] }));
  assert.deepEqual(short(results), ['rejected invalid-message', 'rejected invalid-message']);
  assert.equal(opened.requests.length, 0);
});

test('numbers go without country code, once each; numbers of other countries are refused', async () => {
  const to = ['13512346789', '+8613512346780', '008613512346781', '8613512346782', '13512346780', '+13055550123'];
  const opened = account({
    body: JSON.stringify({
      Code: 4,
      SmsIdList: ['13512346789', '13512346780', '8613512346781', '+8613512346782'].map((PhoneNumber, index) => ({
        PhoneNumber,
        SmsId: index + 1,
      })),
    }),
  });
  const { results } = await opened.send(request({ to }));
  assert.equal(form(opened.requests[0]).values.PhoneNumbers, '13512346789,13512346780,13512346781,13512346782');
  assert.deepEqual(
    results.map((result) => ('id' in result ? result.id : result.failure.code)),
    ['1', '2', '3', '4', '2', 'no-route'],
  );
  for (const foreign of ['+85291234567', '0013055550123', '+13055550123']) {
    assert.equal(opened.checkRecipient(foreign)?.code, 'no-route', foreign);
  }
  for (const chinese of ['+8613512346780', '008613512346780', '13512346780', '01012345678', '10690001']) {
    assert.equal(opened.checkRecipient(chinese), undefined, chinese);
  }
  const none = account({ body: ACCEPTED });
  assert.deepEqual(short((await none.send(request({ to: ['+13055550123'] }))).results), ['rejected no-route']);
  assert.equal(none.requests.length, 0);
});

test('who shares a request is told no more of the answer than the rows of their own numbers', async () => {
  const rows = ['13512346789', '8613512346780', '13512346780'].map((PhoneNumber, index) => ({
    PhoneNumber,
    SmsId: index + 1,
  }));
  const opened = account({ body: JSON.stringify({ Code: 3, Message: 'ok', SmsIdList: rows }) });
  const { rawFor } = await opened.send(request({ to: ['13512346789', '+8613512346780'] }));
  assert.deepEqual(rawFor!([0]), { Code: 3, Message: 'ok', SmsIdList: rows.slice(0, 1) });
  assert.deepEqual(rawFor!([1]), { Code: 3, Message: 'ok', SmsIdList: rows.slice(1) });
});

test('several ids of one number come in order; SmsId 0 is that number alone', async () => {
  const body = JSON.stringify({
    code: 4,
    message: '成功提交4条短信',
    smsidlist: [
      { PhoneNumber: '13512346789', SmsID: '0012' },
      { PhoneNumber: '13512346780', SmsId: 0 },
      { phonenumber: 13512346789, smsid: 13 },
      { PhoneNumber: '13512346781', SmsId: '0' },
      { PhoneNumber: '13512346781', SmsId: '77' },
      { PhoneNumber: '13512346782', SmsId: 'x' },
      { PhoneNumber: '13512346784', SmsId: '' },
    ],
  });
  const to = ['13512346780', '13512346789', '13512346781', '13512346782', '13512346783', '13512346784'];
  assert.deepEqual(await sendOne(body, to), [
    { state: 'rejected', failure: { code: 'recipient-refused', detail: 'mobset-number' } },
    { state: 'accepted', id: '0012', ids: ['0012', '13'] },
    { state: 'in-doubt', failure: { code: 'unreadable-answer', detail: 'mobset-parts' } },
    { state: 'accepted', id: 'x' },
    { state: 'in-doubt', failure: { code: 'unreadable-answer', detail: 'mobset-no-id' } },
    { state: 'in-doubt', failure: { code: 'unreadable-answer', detail: 'mobset-no-id' } },
  ]);
});

test('ids of 19 digits keep every digit', async () => {
  const body = ACCEPTED.replace('"135555551"', '1234567890123456789');
  assert.deepEqual(await sendOne(body), [{ state: 'accepted', id: '1234567890123456789' }]);
});

test('every form of success and of nonsense', async () => {
  const accepted = ['accepted'];
  const doubt = ['in-doubt unreadable-answer'];
  const table: [string, string[]][] = [
    [ACCEPTED, accepted],
    [`\ufeff ${ACCEPTED}`, accepted],
    [ACCEPTED.replace('}]', '},]'), accepted],
    [ACCEPTED.replace('"1"', '0'), accepted],
    [ACCEPTED.replace('"1"', '" 1 "'), accepted],
    ['{"Code":1,"SmsIdList":{"PhoneNumber":"13512346789","SmsId":5}}', accepted],
    ['{"Code":1,"SmsIdList":[{"SmsId":5}]}', accepted],
    // The brackets of the document's sample are wrong, and are not mended: the answer might be a part of one.
    [ACCEPTED.replace('}]}', '}}}'), doubt],
    ['{"Code":"1","Message":"成功提交1条短信"}', doubt],
    ['{"Code":1,"SmsIdList":null}', doubt],
    ['{"Code":1,"SmsIdList":[null,7,"x"]}', doubt],
    ['{"Code":"1x"}', doubt],
    ['{"Code":1.5}', doubt],
    ['{"Message":"ok"}', doubt],
    ['[]', doubt],
    ['', doubt],
    ['<html>busy</html>', doubt],
    ['{"Code":-105,"SmsIdList":[{"PhoneNumber":"13512346789","SmsId":"9"}]}', doubt],
    ['{"Code":-105,"SmsIdList":[{"PhoneNumber":"13512346789","SmsId":"0"}]}', ['rejected auth-failed']],
    ['{"Code":-9999,"Message":"新错误"}', ['rejected vendor-error']],
  ];
  for (const [body, expected] of table) assert.deepEqual(short(await sendOne(body)), expected, body);
  assert.deepEqual(short(await sendOne({ status: 500, body: ACCEPTED })), ['in-doubt no-answer']);
  assert.deepEqual(short(await sendOne({ status: 404, body: 'none' })), ['rejected invalid-config']);
});

test('LongSms 0 where the option says so', async () => {
  const opened = account({ body: ACCEPTED });
  await opened.send(request({ options: { ...CONFIG.options, longSms: false } }));
  assert.equal(form(opened.requests[0]).values.LongSms, '0');
});

test('what http rejects with passes through', async () => {
  const problem = new SmsError({ code: 'no-answer' });
  const io = {
    http: () => Promise.reject(problem),
    now: () => NOW,
    nextIds: () => Promise.resolve(1),
    notice: () => undefined,
  };
  const opened = driver.open(CONFIG, io);
  await assert.rejects(opened.send(request()), problem);
  await assert.rejects(opened.probe(), problem);
});

test('the endpoint follows the CorpID unless a URL is given', async () => {
  const table: [Partial<AccountConfig>, string][] = [
    [{ accountId: '100000' }, 'https://sms.mobset.com:843/SDK3/Sms'],
    [{ accountId: ' 299999 ' }, 'https://sms2.mobset.com:843/SDK3/Sms'],
    [{ accountId: '399999' }, 'https://sms3.mobset.com:843/SDK3/Sms'],
    [{ accountId: '199999', options: { http: true } }, 'http://sms.mobset.com:8095/SDK3/Sms'],
    [{ accountId: '200000', options: { http: true } }, 'http://sms2.mobset.com:8095/SDK3/Sms'],
    [{ accountId: '400000', url: ' http://127.0.0.1:9/other/Sms ' }, 'http://127.0.0.1:9/other/Sms'],
    [{ url: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9/SDK3/Sms'],
  ];
  for (const [config, url] of table) {
    const opened = account({ body: ACCEPTED }, config);
    await opened.send(request());
    assert.equal(opened.requests[0]?.url, url);
  }
});

test('a configuration that cannot work is refused, and tells no secret', () => {
  const table: [Partial<AccountConfig>, string][] = [
    [{ accountId: '400000' }, 'url'],
    [{ accountId: '30000' }, 'url'],
    [{ url: 'sms.example' }, 'url'],
    [{ url: 'ftp://sms.example/' }, 'url'],
    [{ url: 'http://me:p&ss@sms.example/' }, 'url'],
    [{ accountId: ' ' }, 'accountId'],
    [{ username: '' }, 'username'],
    [{ password: '' }, 'password'],
  ];
  for (const [config, field] of table) {
    assert.throws(
      () => account({ body: '' }, config),
      (thrown: unknown) =>
        thrown instanceof SmsError &&
        thrown.code === 'invalid-config' &&
        thrown.failure.params?.field === field &&
        !JSON.stringify([thrown.message, thrown.failure]).includes('p&ss'),
      field,
    );
  }
});

test('the probe asks for the balance', async () => {
  const table: [Reply, string | undefined][] = [
    [{ body: '{"Code": "269","Message": "取短信余额成功"}' }, undefined],
    [{ body: '{"Code": 0}' }, 'insufficient-balance'],
    [{ body: '{"Code": -105,"Message": "帐号验证失败"}' }, 'auth-failed'],
    [{ body: 'nothing' }, 'unreadable-answer'],
    [{ body: '{}', status: 502 }, 'no-answer'],
  ];
  for (const [reply, code] of table) {
    const opened = account(reply);
    assert.equal((await opened.probe())?.code, code);
    assert.deepEqual(form(opened.requests[0]).names, ['Methods', 'CorpID', 'LoginName', 'TimeStamp', 'SecretKey']);
    assert.equal(form(opened.requests[0]).values.Methods, 'SmsGetBalance');
  }
});

test('no answer makes the driver throw, and none is taken for an acceptance by accident', async () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({ Code: fc.jsonValue(), Message: fc.jsonValue(), SmsIdList: fc.jsonValue() }, { requiredKeys: [] })
      .map((value) => Buffer.from(JSON.stringify(value))),
    fc.nat(ACCEPTED.length).map((length) => Buffer.from(ACCEPTED.slice(0, length))),
  );
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 100, max: 599 }), fc.string(), async (body, status, date) => {
      const io = {
        http: () => Promise.resolve({ status, headers: { date }, body }),
        now: () => NOW,
        nextIds: () => Promise.resolve(1),
        notice: () => undefined,
      };
      const opened = driver.open(CONFIG, io);
      const { results } = await opened.send(request({ to: ['13512346789', '13512346780'] }));
      assert.equal(results.length, 2);
      for (const result of results) {
        if ('id' in result) assert.notEqual(result.id, '');
        else assert.ok(result.failure.code in RETRY);
      }
      await opened.probe();
    }),
    { numRuns: 500 },
  );
});
