/** What the ejoin driver makes of the answers while it settles, which ids it sends under, and how it tells runs apart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure, SmsError } from '../../../nodes/core/failure';
import { driver } from '../../../nodes/vendors/ejoin';
import { http, open, request, type Json, type Reply } from './ejoin-device';
import { brief } from './prepared';

const RUN: Json = { code: 0, reason: 'OK', ssrc: 'a1', sms_num: 0, next_sms: 1, data: [] };
const OTHER_RUN: Json = { ...RUN, ssrc: 'b2' };
const LOST = new SmsError(failure('no-answer', 'timeout', { seconds: 20 }));

const row = (status: unknown, tid = 71): Json => ({ code: 200, reason: 'OK', status: [{ tid, status }] });

/** What the device answers before and after, and the ids. */
interface Given {
  readonly after?: Reply;
  readonly before?: Reply;
  readonly ids?: readonly number[];
}

/** What comes of one recipient, or of several, at a device that gives these answers after it named its run. */
async function settled(reply: Reply, { after = RUN, before = RUN, ids = [71] }: Given = {}) {
  const device = open({}, before, reply, after);
  const to = ids.map((_, index) => `1380000000${index}`);
  const answer = await device.account.settle!({ request: { ...request(to), ids }, run: 'a1' });
  return { words: brief(answer.results), answer, ...device };
}

describe('ejoin: what a device says of what it may have', () => {
  const cases: [string, Reply, string][] = [
    ['the duplicate of the document', row('13 Duplicated TaskId'), '71'],
    ['a duplicate in other words', row('13 TID is DUPLICATE'), '71'],
    ['a duplicate without rows', { code: 13, reason: 'Duplicated TaskId' }, '71'],
    ['that it takes it now', row('0 OK'), '71'],
    ['13 of a central server', row('13 IccidNoFound'), 'in-doubt sim-error'],
    ['13 with anything else', row('13 Busy'), 'in-doubt vendor-error'],
    ['a bare 13', row('13'), 'in-doubt duplicate-id'],
    ['a duplicate with another code', row('7 Duplicated TaskId'), 'in-doubt vendor-error'],
    ['a duplicate of another tid', row('13 Duplicated TaskId', 72), 'in-doubt unreadable-answer'],
    ['no recipient', row('9 TO expected'), 'rejected invalid-recipient'],
    ['no text', row('8 SMS expected'), 'rejected invalid-message'],
    // Whatever it says of its own state may have been otherwise when it took the task.
    ['a wrong login', { code: 1, reason: 'Invalid User' }, 'in-doubt auth-failed'],
    ['a port that is away', row('2 Port Unavailable'), 'in-doubt line-unavailable'],
    ['a card that is away', row('5 SIM Unregistered'), 'in-doubt line-unavailable'],
    ['that it heard nothing', row('6 Timeout'), 'in-doubt no-answer'],
    ['that it is busy', row('10 Pending Transaction'), 'in-doubt vendor-busy'],
    ['that its queue is full', row('16 Too Many Task'), 'in-doubt vendor-busy'],
    ['a code that nobody knows', row('99 Odd'), 'in-doubt vendor-error'],
    ['HTTP 401', http(401, ''), 'in-doubt auth-failed'],
    ['HTTP 404', http(404, ''), 'in-doubt invalid-config'],
    ['HTTP 500', http(500, ''), 'in-doubt no-answer'],
    ['a page', '<html>', 'in-doubt unreadable-answer'],
    ['nothing', LOST, 'in-doubt no-answer'],
  ];
  for (const [name, reply, expected] of cases) {
    it(`understands ${name}`, async () => {
      const { words, answer } = await settled(reply);
      assert.deepEqual(words, [expected]);
      assert.equal(answer.askAgain, expected.startsWith('in-doubt'));
    });
  }

  it('does not know which of several tasks a duplicate without rows is about', async () => {
    const { words } = await settled({ code: 13, reason: 'Duplicated TaskId' }, { ids: [71, 72] });
    assert.deepEqual(words, ['in-doubt duplicate-id', 'in-doubt duplicate-id']);
  });

  for (const [name, after] of [
    ['has started again meanwhile', OTHER_RUN],
    ['does not say any more which run it is in', { code: 0 }],
    ['does not answer any more', LOST],
  ] as const) {
    it(`does not take a refusal for certain where the device ${name}`, async () => {
      const status = [
        { tid: 71, status: '9 TO expected' },
        { tid: 72, status: '0 OK' },
        { tid: 73, status: '13 Duplicated TaskId' },
      ];
      const { words, answer } = await settled({ code: 200, status }, { after, ids: [71, 72, 73] });
      assert.deepEqual([words, answer.askAgain], [['in-doubt invalid-recipient', '72', '73'], true]);
    });
  }

  const unclear: [string, Reply, string, boolean][] = [
    ['another run', OTHER_RUN, 'in-doubt in-doubt', false],
    ['no run', { code: 0, data: [] }, 'in-doubt unreadable-answer', true],
    ['a blank run', { ...RUN, ssrc: ' ' }, 'in-doubt unreadable-answer', true],
    ['a run in an error', http(500, JSON.stringify(RUN)), 'in-doubt unreadable-answer', true],
    ['a page', '<html>', 'in-doubt unreadable-answer', true],
    ['nothing', LOST, 'in-doubt no-answer', true],
  ];
  for (const [name, before, expected, askAgain] of unclear) {
    it(`sends nothing where the device names ${name}`, async () => {
      const { words, answer, requests } = await settled(row('0 OK'), { before });
      assert.deepEqual([words, answer.askAgain], [[expected], askAgain]);
      assert.deepEqual(
        requests.map(({ method }) => method),
        ['GET'],
      );
    });
  }

  it('never throws, whatever the device answers, and never takes that for more than it says', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
    const status = fc.oneof(fc.jsonValue(), fc.constantFrom('0 OK', '13 Duplicated TaskId', '9 x', '5 x', 0, 13));
    const rows = fc.array(fc.oneof(fc.jsonValue(), fc.record({ tid: fc.constantFrom(71, '72', 73), status })));
    const parts = { code: fc.jsonValue(), reason: fc.jsonValue(), status: rows, ssrc: fc.constantFrom('a1', 'b2', 7) };
    const shaped = fc.record(parts, { requiredKeys: [] }).map((each) => Buffer.from(JSON.stringify(each)));
    const body = fc.oneof(
      shaped,
      bytes,
      fc.string().map((text) => Buffer.from(text)),
    );
    const reply = fc.oneof(
      fc.tuple(fc.constantFrom(200, 200, 200, 204, 302, 401, 500), body).map(([code, each]) => http(code, each)),
      fc.constant(LOST),
    );
    const before = fc.oneof(fc.constant(RUN), reply);
    await fc.assert(
      fc.asyncProperty(before, reply, reply, async (first, second, third) => {
        const { words, requests } = await settled(second, { before: first, after: third, ids: [71, 72] });
        assert.equal(words.length, 2);
        const posts = requests.filter(({ method }) => method === 'POST').length;
        assert.ok(posts <= 1);
        if (posts === 0) assert.ok(words.every((word) => word.startsWith('in-doubt')));
        if (second === LOST) assert.ok(words.every((word) => word.startsWith('in-doubt')));
        if (third === LOST) assert.ok(words.every((word) => !word.startsWith('rejected')));
      }),
      { numRuns: 500 },
    );
  });
});

describe('ejoin: ids that the caller chose', () => {
  it('are those of the tasks', async () => {
    const { account, reserved, body } = open();
    const { results } = await account.send({ ...request(['10086', '10010']), ids: [900, 7] });
    assert.deepEqual(
      body().tasks.map(({ tid, to }) => [tid, to]),
      [
        [900, '10086'],
        [7, '10010'],
      ],
    );
    assert.deepEqual([brief(results), reserved], [['900', '7'], []]);
  });

  it('are for a recipient, or for all of a text where these share a task', async () => {
    const optionSets = [{}, { intvl: '0' }, { intvl: '500' }, { intvl: '500', perPort: true }];
    assert.deepEqual(
      optionSets.map((options) => driver.capabilities.clientIds?.(options)),
      ['recipient', 'recipient', 'item', 'recipient'],
    );
    const { account, body } = open();
    const items = [
      { text: 'a', to: ['1001', '1002'] },
      { text: 'b', to: ['1003'] },
    ];
    const { results } = await account.send({ ...request([], { options: { intvl: '500' } }), items, ids: [8, 8, 9] });
    assert.deepEqual(
      body().tasks.map(({ tid, to }) => [tid, to]),
      [
        [8, '1001,1002'],
        [9, '1003'],
      ],
    );
    assert.deepEqual(brief(results), ['8', '8', '9']);
  });

  it('are not replaced where the device knows them', async () => {
    const { account, requests, reserved } = open({}, row('13 Duplicated TaskId'));
    const { results } = await account.send({ ...request(['10086']), ids: [71] });
    assert.deepEqual([brief(results), requests.length, reserved], [['rejected duplicate-id'], 1, []]);
  });

  it('send nothing where one is missing or stands for two tasks', async () => {
    for (const ids of [[], [1], [1, 1], [0, 1]]) {
      const { account, requests } = open();
      await assert.rejects(account.send({ ...request(['10086', '10010']), ids }));
      assert.equal(requests.length, 0);
    }
  });
});

describe('ejoin: the run of the device', () => {
  it('is asked for once in a while, by a call that takes nothing away', async () => {
    const { account, requests } = open({ options: { deleteRead: true } }, RUN);
    const names = [account.currentRun!(), account.currentRun!()];
    assert.deepEqual(await Promise.all([...names, account.currentRun!()]), ['a1', 'a1', 'a1']);
    assert.equal(await account.currentRun!(), 'a1');
    assert.equal(requests.length, 1);
    assert.match(requests[0]!.url, /\/goip_get_sms\.html\?.*&sms_id=1&sms_num=1$/);
    assert.equal(requests[0]!.method, 'GET');
  });

  it('is seen in a poll', async () => {
    const { account, requests } = open({}, RUN, OTHER_RUN);
    await account.currentRun!();
    await account.sources![0]!.fetch({});
    assert.equal(await account.currentRun!(), 'b2');
    assert.equal(requests.length, 2);
  });

  it('is asked for anew after a send that got no answer', async () => {
    const { account } = open({}, RUN, LOST, OTHER_RUN);
    await account.currentRun!();
    await assert.rejects(account.send(request(['10086'])));
    assert.equal(await account.currentRun!(), 'b2');
  });

  it('keeps a send from being made where it was asked for and no answer came', async () => {
    const { account, requests } = open({}, RUN, LOST, LOST, RUN, row('0 OK', 81));
    await account.currentRun!();
    await assert.rejects(account.send(request(['10086'])));
    assert.equal(await account.currentRun!(), undefined);
    await assert.rejects(account.send({ ...request(['10086']), ids: [80] }), { code: 'network' });
    assert.equal(requests.length, 3);
    assert.equal(await account.currentRun!(), 'a1');
    assert.deepEqual(brief((await account.send({ ...request(['10086']), ids: [81] })).results), ['81']);
  });

  it('keeps no send for long from a device that never tells it, but for as long as one takes to start', async () => {
    const { account, clock } = open({}, ...Array.from({ length: 20 }, () => LOST), row('0 OK', 80));
    const isRefused = async (): Promise<void> => {
      await account.currentRun!();
      await assert.rejects(account.send({ ...request(['10086']), ids: [80] }), { code: 'network' });
    };
    for (let tries = 0; tries < 19; tries++) await isRefused();
    clock.ahead = 300_000;
    await account.currentRun!();
    assert.deepEqual(brief((await account.send({ ...request(['10086']), ids: [80] })).results), ['80']);
  });

  for (const [name, reply] of [
    ['no such call', http(404, '')],
    ['no answer', LOST],
    ['no JSON', 'OK'],
  ] as const) {
    it(`is unknown where there is ${name}`, async () => {
      assert.equal(await open({}, reply).account.currentRun!(), undefined);
    });
  }
});
