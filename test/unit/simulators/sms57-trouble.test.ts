import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { start } from '../../../nodes/simulators/sms57/index';
import type { Simulator } from '../../../nodes/simulators/simulator';

const LOGIN = { account: '900057', password: 'sms57-demo-password', rt: 'json' };

interface Answer {
  status: string;
  list: { mobile: string; result: number }[] | null;
}

let sms57: Simulator;

const begin = async () => {
  sms57 = await start();
};
const end = () => sms57.close();
const post = (fields: Record<string, string>, signal?: AbortSignal) =>
  fetch(sms57.url, { method: 'POST', body: new URLSearchParams({ ...LOGIN, ...fields }), signal });
const magic = (last: string) => `199000000${last}`;
/** One request with an ordinary and a magic number. */
const send = (last: string, signal?: AbortSignal) =>
  post({ action: 'send', mobile: `13800000001,${magic(last)}`, content: `text ${last}` }, signal);
const taken = (last: string) => sms57.accepted.filter(({ text }) => text === `text ${last}`).map(({ to }) => to);

describe('magic numbers', () => {
  before(begin);
  after(end);

  test('refusals of one number leave the others alone, but a content is the content of all', async () => {
    for (const [last, ordinary, refused] of [
      ['11', 0, 10],
      ['12', 17, 17],
      ['13', 0, 15],
    ] as const) {
      const { status, list } = (await (await send(last)).json()) as Answer;
      assert.equal(status, '0');
      assert.deepEqual(
        list?.map(({ result }) => result),
        [ordinary, refused],
        last,
      );
      assert.deepEqual(taken(last), ordinary === 0 ? ['13800000001'] : [], last);
    }
    const mobileContentList = ['13800000001#a', `${magic('12')}#b`, `${magic('11')}#a`, `${magic('13')}#a`].join('\n');
    const { list } = (await (await post({ action: 'p2p', mobileContentList })).json()) as Answer;
    assert.deepEqual(
      list?.map(({ result }) => result),
      [0, 17, 10, 15],
    );
  });

  test('refusals of the request take nothing', async () => {
    for (const [last, status] of [
      ['14', '21'],
      ['16', '3'],
      ['17', '2'],
    ] as const) {
      assert.equal(((await (await send(last)).json()) as Answer).status, status, last);
      assert.deepEqual(taken(last), [], last);
    }
    assert.equal((await send('25')).status, 500);
    await assert.rejects(send('26'), TypeError);
    assert.deepEqual([...taken('25'), ...taken('26')], []);
  });

  test('answers that go wrong after the SMS was taken', async () => {
    await assert.rejects(send('21', AbortSignal.timeout(300)), { name: 'TimeoutError' });
    await assert.rejects(send('22'), TypeError);
    const broken = await (await send('23')).text();
    assert.match(broken, /^\{"status":"0"/);
    assert.throws(() => JSON.parse(broken), SyntaxError);
    assert.equal((await send('24')).status, 500);
    const begun = performance.now();
    assert.equal(((await (await send('27')).json()) as Answer).status, '0');
    assert.ok(performance.now() - begun > 2900);
    for (const last of ['21', '22', '23', '24', '27'])
      assert.deepEqual(taken(last), ['13800000001', magic(last)], last);
  });

  test('busy twice and too many once', async () => {
    const status = async () => ((await (await send('15')).json()) as Answer).status;
    assert.deepEqual([await status(), await status(), await status()], ['21', '21', '0']);
    const limited = await send('28');
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '1']);
    assert.equal(((await (await send('28')).json()) as Answer).status, '0');
    assert.equal(taken('15').length, 2);
    assert.equal(taken('28').length, 2);
  });

  test('where nothing was taken, nothing is spoiled', async () => {
    const answer = await post({ action: 'send', mobile: magic('22'), content: 'x', extno: '1' });
    assert.deepEqual(((await answer.json()) as Answer).list?.[0]?.result, 10);
  });
});

describe('whatever comes', () => {
  before(begin);
  after(end);

  test('any text arrives as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), async (content) => {
        const answer = (await (await post({ action: 'send', mobile: '13800000001', content })).json()) as Answer;
        assert.equal(answer.list?.[0]?.result, 0);
        assert.equal(sms57.accepted.at(-1)?.text, content);
      }),
      { numRuns: 100 },
    );
  });

  test('nothing makes it fail', async () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('13800000001', '10690', 'a#b\nc#d', '100'));
    const names = ['mobile', 'content', 'extno', 'mobileContentList', 'size', 'szie', 'rt', '__proto__'];
    const fields = fc.dictionary(fc.constantFrom(...names), value);
    const action = fc.constantFrom('send', 'p2p', 'balance', 'report', 'mo', 'other');
    await fc.assert(
      fc.asyncProperty(action, fields, fc.string(), async (name, parameters, junk) => {
        assert.equal((await post({ ...parameters, action: name })).status, 200);
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const body = `${new URLSearchParams({ ...LOGIN, action: name }).toString()}&${junk}`;
        assert.equal((await fetch(sms57.url, { method: 'POST', headers, body })).status, 200);
      }),
      { numRuns: 150 },
    );
  });
});
