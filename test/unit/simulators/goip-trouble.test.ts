import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { start } from '../../../nodes/simulators/goip/index';
import type { Simulator } from '../../../nodes/simulators/simulator';

const AUTH = { username: 'demo', password: 'goip-demo-password' };

let goip: Simulator;

const begin = async () => {
  goip = await start();
};
const end = () => goip.close();
const post = (name: string, body: string) => fetch(`${goip.url}/goip/${name}/`, { method: 'POST', body });
const rejected = (reason: string) => ({ result: 'REJECT', reason });

describe('magic numbers', () => {
  before(begin);
  after(end);

  const raw = (last: string, signal?: AbortSignal) =>
    fetch(`${goip.url}/goip/sendsms/`, {
      method: 'POST',
      body: JSON.stringify({ auth: AUTH, number: `13800000001,199000000${last}`, content: last }),
      signal,
    });
  const taken = (text: string) => goip.accepted.filter((sms) => sms.text === text).map(({ to }) => to);

  test('refusals take nothing', async () => {
    const reasons = { 11: 'content or number error', 12: 'content or number error', 13: 'unknown', 14: 'none_line' };
    for (const [last, reason] of Object.entries(reasons))
      assert.deepEqual(await (await raw(last)).json(), rejected(reason), last);
    for (const [last, status] of [
      ['16', 401],
      ['17', 401],
      ['25', 500],
    ] as const)
      assert.equal((await raw(last)).status, status, last);
    await assert.rejects(raw('26'), TypeError);
    assert.equal(goip.accepted.length, 0);
  });

  test('answers that go wrong after the SMS was taken', async () => {
    await assert.rejects(raw('21', AbortSignal.timeout(300)), { name: 'TimeoutError' });
    await assert.rejects(raw('22'), TypeError);
    const broken = await (await raw('23')).text();
    assert.match(broken, /^\{"result":"ACC/);
    assert.throws(() => JSON.parse(broken), SyntaxError);
    assert.equal((await raw('24')).status, 500);
    const before = performance.now();
    assert.match(await (await raw('27')).text(), /ACCEPT/);
    assert.ok(performance.now() - before > 2900);
    for (const last of ['21', '22', '23', '24', '27'])
      assert.deepEqual(taken(last), ['13800000001', `199000000${last}`], last);
  });

  test('busy twice and too many once', async () => {
    for (const last of ['15', '15']) assert.deepEqual(await (await raw(last)).json(), rejected('none_line'));
    assert.match(await (await raw('15')).text(), /ACCEPT/);
    const limited = await raw('28');
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '1']);
    assert.match(await (await raw('28')).text(), /ACCEPT/);
    assert.equal(taken('15').length, 2);
    assert.equal(taken('28').length, 2);
  });
});

describe('whatever comes', () => {
  before(begin);
  after(end);

  test('any text arrives as it was, unless an apostrophe or nothing is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), async (content) => {
        fc.pre(content !== '0' && !content.includes("'"));
        const answer = await post('sendsms', JSON.stringify({ auth: AUTH, number: '13800000001', content }));
        assert.match(await answer.text(), /ACCEPT/);
        assert.equal(goip.accepted.at(-1)?.text, content);
      }),
      { numRuns: 100 },
    );
  });

  test('nothing makes it fail', async () => {
    const value = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.string(),
      fc.constant('19900000099'),
    );
    const parameters = fc.record(
      {
        number: value,
        content: value,
        provider: value,
        goip_line: value,
        taskID: value,
        auth: fc.oneof(fc.constant(AUTH), value),
      },
      { requiredKeys: ['auth'] },
    );
    const name = fc.constantFrom('sendsms', 'querysms', 'querylines');
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.oneof(
          parameters.map((fields) => JSON.stringify(fields)),
          fc.string(),
        ),
        async (to, body) => {
          assert.ok([200, 401].includes((await post(to, body)).status));
        },
      ),
      { numRuns: 200 },
    );
  });
});
