import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mobset } from './mobset-client';

describe('mobset simulator: magic numbers', () => {
  let mobset: Mobset;
  before(async () => {
    mobset = await Mobset.start();
  });
  after(() => mobset.simulator.close());

  /** The answer to a send to a number and an ordinary one, and how many of the two were accepted. */
  const send = async (number: string): Promise<{ response: Response | string; taken: number }> => {
    const before = mobset.simulator.accepted.length;
    const form = mobset.form('SmsSend', { PhoneNumbers: `13512346789,${number}`, Content: 'a' });
    const response = await mobset.post(form, AbortSignal.timeout(500)).catch((error: unknown) => (error as Error).name);
    return { response, taken: mobset.simulator.accepted.length - before };
  };
  const codeOf = async (number: string): Promise<[number, number]> => {
    const { response, taken } = await send(number);
    assert.ok(response instanceof Response);
    return [Number(((await response.json()) as { Code: unknown }).Code), taken];
  };

  test('refusals by code', async () => {
    assert.deepEqual(await codeOf('19900000011'), [1, 1]);
    assert.deepEqual(await codeOf('19900000012'), [-110, 0]);
    assert.deepEqual(await codeOf('19900000013'), [-128, 0]);
    assert.deepEqual(await codeOf('19900000014'), [-190, 0]);
    assert.deepEqual(await codeOf('19900000015'), [-190, 0]);
    assert.deepEqual(await codeOf('19900000015'), [-190, 0]);
    assert.deepEqual(await codeOf('19900000015'), [2, 2]);
    assert.deepEqual(await codeOf('19900000016'), [-105, 0]);
    assert.deepEqual(await codeOf('+8619900000017'), [-106, 0]);
  });

  test('HTTP statuses', async () => {
    for (const [number, status, accepted] of [
      ['19900000024', 500, 2],
      ['19900000025', 500, 0],
      ['19900000028', 429, 0],
      ['19900000028', 200, 2],
    ] as const) {
      const { response, taken } = await send(number);
      assert.ok(response instanceof Response);
      assert.deepEqual([response.status, taken], [status, accepted], number);
      if (status === 429) assert.equal(response.headers.get('retry-after'), '1');
    }
  });

  test('no answer, a broken connection, a broken answer, a late one', async () => {
    assert.deepEqual(await send('19900000021'), { response: 'TimeoutError', taken: 2 });
    assert.deepEqual(await send('19900000022'), { response: 'TypeError', taken: 2 });
    assert.deepEqual(await send('19900000026'), { response: 'TypeError', taken: 0 });
    assert.deepEqual(await send('19900000027'), { response: 'TimeoutError', taken: 2 });
    const { response, taken } = await send('19900000023');
    assert.ok(response instanceof Response);
    assert.equal(taken, 2);
    await assert.rejects(response.json(), SyntaxError);
    const begin = performance.now();
    assert.equal(await mobset.code({ PhoneNumbers: '19900000027' }), 1);
    assert.ok(performance.now() - begin > 2900);
  });
});
