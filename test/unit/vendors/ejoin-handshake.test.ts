/** Handshakes of ejoin's session (3.2) that come to nothing: then the call was certainly not made. And broken answers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError } from '../../../nodes/core/failure';
import type { HttpRequest } from '../../../nodes/vendors/driver';
import { http, ONE, open, request, takeAll, type Json, type Reply } from './ejoin-device';
import { brief } from './prepared';

const GRANTED: Json = { code: 0, session: 'abc', expires: 180 };
const CRYPT = { options: { crypt: 'none' } };

const FAILURES: readonly [Reply, string, Json][] = [
  [{ code: 1, desc: 'Invalid User' }, 'auth-failed', { vendorCode: '1', vendorText: 'Invalid User' }],
  [{ code: '14' }, 'auth-failed', { vendorCode: '14' }],
  [{ code: 77, desc: 'wrong password' }, 'auth-failed', { vendorCode: '77' }],
  [{ code: 77, reason: 'no such method' }, 'vendor-error', { vendorCode: '77', vendorText: 'no such method' }],
  [{ code: 6, desc: 'Timeout' }, 'network', { detail: 'ejoin-session', vendorCode: '6' }],
  [http(401, ''), 'auth-failed', { vendorCode: 'HTTP 401' }],
  [http(404, ''), 'invalid-config', { detail: 'ejoin-no-session' }],
  [http(500, ''), 'network', { detail: 'ejoin-session', vendorCode: 'HTTP 500' }],
  ['', 'vendor-error', { detail: 'ejoin-session' }],
  ['<html>', 'vendor-error', { detail: 'ejoin-session' }],
  [{ session: 'abc' }, 'vendor-error', { detail: 'ejoin-session' }],
  [{ code: 0 }, 'vendor-error', { detail: 'ejoin-session' }],
  [{ code: 0, session: ' ' }, 'vendor-error', { detail: 'ejoin-session' }],
  [{ code: 0, session: {} }, 'vendor-error', { detail: 'ejoin-session' }],
  [{ code: 0, session: '\ud800' }, 'vendor-error', { detail: 'ejoin-session' }],
  [{ code: 0, session: 'a b' }, 'vendor-error', { detail: 'ejoin-session' }],
  [new SmsError({ code: 'network', detail: 'refused' }), 'network', { detail: 'refused' }],
  [new SmsError({ code: 'no-answer', detail: 'timeout' }), 'network', { detail: 'ejoin-session' }],
];

describe('ejoin: a handshake', () => {
  for (const [reply, code, more] of FAILURES) {
    const name = reply instanceof Error ? reply.message : JSON.stringify(reply);
    it(`that fails with ${name} means ${code}, and nothing was sent`, async () => {
      const { account, requests } = open(CRYPT, reply);
      for (const call of [() => account.send(ONE), () => account.probe(), () => account.sources![0]!.fetch({})]) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof SmsError);
          assert.equal(error.code, code);
          assert.deepEqual({ ...error.failure, ...more }, error.failure);
          return true;
        });
      }
      assert.equal(requests.length, 3);
      for (const { url, method } of requests) assert.ok(method === 'GET' && url.includes('/crypt_sess.json?'), url);
    });
  }

  it('may call its session by a number, and success 200', async () => {
    const { account, requests } = open(CRYPT, '{"code":"200 OK","session":12345678901234567,"Expires":"180"}', takeAll);
    assert.deepEqual(brief((await account.send(ONE)).results), ['5011']);
    assert.match(requests[1]!.url, /[?&]session=12345678901234567&seq=1&auth=[0-9a-f]{32}&/);
  });

  it('has a nonce of its own each time', async () => {
    const { account, requests } = open(CRYPT, { code: 9 });
    for (let each = 0; each < 3; each += 1) await account.probe().catch(() => undefined);
    const nonces = requests.map(({ url }) => new URL(url).searchParams.get('cnonce') ?? '');
    assert.equal(new Set(nonces).size, 3);
    for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{32}$/);
  });

  it('after a refusal that comes to nothing leaves the send refused, not in doubt', async () => {
    const { account, requests } = open(CRYPT, GRANTED, { code: 14 }, { code: 9, desc: 'busy' });
    await assert.rejects(account.send(ONE), (error) => error instanceof SmsError && error.code === 'vendor-error');
    assert.equal(requests.length, 3);
  });

  it('keeps what the first try of a send came to, if it fails during the next', async () => {
    const duplicate = (sent: HttpRequest): Json => {
      const { tasks } = JSON.parse(String(sent.body)) as { tasks: { tid: number }[] };
      const status = ['0 OK', '13 Duplicated TaskId'];
      return { code: 200, status: tasks.map(({ tid }, index) => ({ tid, status: status[index] })) };
    };
    const busy = { code: 9, desc: 'busy' };
    const { account } = open(CRYPT, GRANTED, duplicate, { code: 14 }, busy);
    const { results } = await account.send(request(['10086', '10010']));
    assert.deepEqual(brief(results), ['5011', 'rejected vendor-error']);
  });

  it('and calls throw nothing but an SmsError, whatever is answered', async () => {
    const granted = fc.constant(JSON.stringify(GRANTED));
    const code = fc.oneof(fc.constantFrom(0, 1, 6, 14, 200, 500, '14 x'), fc.integer(), fc.string());
    const fields = fc.record(
      { code, session: fc.jsonValue(), expires: fc.jsonValue(), desc: fc.jsonValue(), reason: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fields.map((record) => JSON.stringify(record)),
      fc.json(),
      fc.string(),
    );
    const status = fc.constantFrom(200, 200, 200, 204, 302, 401, 403, 404, 418, 500);
    const answer = fc.tuple(status, fc.oneof(granted, body)).map(([number, text]) => http(number, text));
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 8 }), async (replies) => {
        const { account, requests } = open({ options: { crypt: 'aes-ecb' } }, ...replies);
        for (const call of [() => account.send(ONE), () => account.probe(), () => account.sources![0]!.fetch({})]) {
          await call().catch((error: unknown) => {
            assert.ok(error instanceof SmsError, String(error));
          });
        }
        // Per call: the old session and two new ones; a send may try four tids.
        assert.ok(requests.length <= 6 * 5);
      }),
      { numRuns: 300 },
    );
  });
});
