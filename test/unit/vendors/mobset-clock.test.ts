/** The times of the mobset driver: stamps, the offset it learns, the refusal it repeats, TimerSend. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { OptionValues } from '../../../nodes/vendors/driver';
import { ACCEPTED, account, CONFIG, form, NOW, type Reply, request, short } from './mobset-account';

test('the host zone does not matter', async () => {
  const before = process.env.TZ;
  try {
    for (const zone of ['America/New_York', 'Asia/Kathmandu', 'Asia/Shanghai']) {
      process.env.TZ = zone;
      const opened = account({ body: ACCEPTED });
      await opened.send(request());
      assert.equal(form(opened.requests[0]).values.TimeStamp, '20240301003045', zone);
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test('the platform waits only where asked, and at most a month', async () => {
  const waiting: OptionValues = { ...CONFIG.options, vendorSchedule: true };
  // From 1 March 00:30:45 Beijing, one month is 1 April 00:30:45.
  const limit = Date.UTC(2024, 2, 31, 16, 30, 45);
  const ok = account({ body: ACCEPTED });
  assert.deepEqual((await ok.send(request({ at: limit, options: waiting }))).results, [
    { state: 'scheduled', id: '135555551' },
  ]);
  const { names, values } = form(ok.requests[0]);
  assert.equal(values.TimerSend, '2024-04-01 00:30:45');
  assert.equal(names.at(-1), 'Content');

  const late = account({ body: ACCEPTED });
  const { results } = await late.send(request({ at: limit + 1, options: waiting }));
  assert.deepEqual(short(results), ['rejected invalid-message']);
  assert.equal(late.requests.length, 0);

  for (const [at, options] of [
    [limit, CONFIG.options],
    [NOW - 1, waiting],
    [undefined, waiting],
  ] as const) {
    const now = account({ body: ACCEPTED });
    assert.deepEqual(short((await now.send(request({ at, options }))).results), ['accepted']);
    assert.equal(form(now.requests[0]).values.TimerSend, undefined);
  }
});

test('a month from the last of January ends with February', async () => {
  const options: OptionValues = { ...CONFIG.options, vendorSchedule: true };
  const now = Date.UTC(2025, 0, 31, 4);
  const limit = Date.UTC(2025, 1, 28, 4);
  const send = async (at: number) => account({ body: ACCEPTED }, {}, { now }).send(request({ at, options }));
  assert.deepEqual(short((await send(limit)).results), ['scheduled']);
  assert.deepEqual(short((await send(limit + 1000)).results), ['rejected invalid-message']);
});

test('a wrong clock is learnt from the answer, and said above five minutes', async () => {
  const minute = 60_000;
  const stamps = async (ahead: number) => {
    const opened = account({ body: ACCEPTED, date: NOW + ahead });
    await opened.send(request());
    await opened.send(request());
    assert.equal(opened.requests.length, 2);
    const [first, second] = opened.requests.map((asked) => form(asked).values.TimeStamp);
    return { first, second, notices: opened.notices };
  };
  const right = '20240301003045';
  assert.deepEqual(await stamps(20_000), { first: right, second: right, notices: [] });
  assert.deepEqual(await stamps(-20_000), { first: right, second: right, notices: [] });
  assert.deepEqual(await stamps(2 * minute), { first: right, second: '20240301003245', notices: [] });
  assert.deepEqual(await stamps(-30 * minute), {
    first: right,
    second: '20240301000045',
    notices: [{ key: 'clock', params: { minutes: 30 } }],
  });
});

test('an offset that was learnt is given up when the host clock was put right, but for jitter', async () => {
  const clock = { now: NOW };
  const replies = [0, 1, 2].map(() => ({ body: ACCEPTED, date: NOW + 600_000 }));
  const opened = account(replies, {}, clock);
  await opened.send(request());
  clock.now = NOW + 590_000;
  await opened.send(request());
  await opened.send(request());
  const stamps = opened.requests.map((asked) => form(asked).values.TimeStamp);
  assert.deepEqual(stamps, ['20240301003045', '20240301005035', '20240301004035']);
});

test('a refusal because of the time is repeated once, with the right time', async () => {
  const refused = { body: '{"Code":-105,"Message":"帐号验证失败"}', date: NOW + 3_600_000 };
  const opened = account([refused, { body: ACCEPTED, date: NOW + 3_600_000 }]);
  assert.deepEqual(short((await opened.send(request())).results), ['accepted']);
  assert.deepEqual(
    opened.requests.map((asked) => form(asked).values.TimeStamp),
    ['20240301003045', '20240301013045'],
  );
  const secret = createHash('md5').update('300003p&ss=字20240301013045').digest('hex');
  assert.equal(form(opened.requests[1]).values.SecretKey, secret);

  const stubborn = account(refused);
  assert.deepEqual(short((await stubborn.send(request())).results), ['rejected auth-failed']);
  assert.equal(stubborn.requests.length, 2);
  await stubborn.send(request());
  assert.equal(stubborn.requests.length, 3, 'with the right time already there is nothing to repeat');
});

test('nothing is repeated that may have been taken, or whose refusal has another cause', async () => {
  const date = NOW + 3_600_000;
  const once: Reply[] = [
    { body: '{"Code":-105}' },
    { body: '{"Code":-105}', date: NOW + 10_000 },
    { body: '{"Code":-110}', date },
    { body: '{"Code":1}', date },
    { body: 'no JSON', date },
    { body: '{"Code":-105}', status: 500, date },
    { body: '{"Code":-105,"SmsIdList":[]}', date },
  ];
  for (const reply of once) {
    const opened = account(reply);
    await opened.send(request());
    assert.equal(opened.requests.length, 1, JSON.stringify(reply));
  }
});

test('requests that were under way together are each repeated, though the first answer taught the offset', async () => {
  const date = NOW + 3_600_000;
  const refused = { body: '{"Code":-105}', date };
  const opened = account([refused, refused, refused, { body: ACCEPTED, date }]);
  const answers = await Promise.all([1, 2, 3].map(() => opened.send(request())));
  assert.deepEqual(short(answers.flatMap(({ results }) => results)), ['accepted', 'accepted', 'accepted']);
  assert.equal(opened.requests.length, 6);
});
