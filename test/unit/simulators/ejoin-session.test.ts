/** Section 3 of the document: the handshake, and requests of a session, made by hand. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { start, type EjoinOptions, type EjoinSimulator } from '../../../nodes/simulators/ejoin';
import { decrypt, rc4 } from '../../../nodes/simulators/ejoin/crypt';

const START = Date.UTC(2026, 2, 5, 6, 7, 8);
const [USER, PASSWORD] = ['demo', 'demo-ejoin'];
const OK = { code: 0, reason: 'OK' };
const [WRONG, NONE] = [
  { code: 1, reason: 'Invalid User' },
  { code: 14, reason: 'Unauthorized' },
];
const INVALID = { code: 15, reason: 'Invalid CMD' };

let clock = START;
let device: EjoinSimulator;

const open = async (options: EjoinOptions = {}): Promise<void> => {
  device = await start({ now: () => clock, ...options });
};
beforeEach(async () => {
  clock = START;
  await open();
});
afterEach(() => device.close());

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const json = async (path: string, init?: RequestInit): Promise<unknown> =>
  (await fetch(`${device.url}${path}`, init)).json();
const firstAuth = (nonce: string): string => md5(`${USER}${PASSWORD}${nonce}/crypt_sess.json`);

interface Session {
  readonly session: string;
  readonly auth: string;
}
async function handshake(query = ''): Promise<Session> {
  const auth = firstAuth('n0nce');
  const answer = await json(`/crypt_sess.json?username=${USER}&cnonce=n0nce&auth=${auth}${query}`);
  const { code, session } = answer as { code: number; session: string };
  assert.equal(code, 0);
  return { session, auth };
}
const queryOf = (session: string, path: string, seq: number | string): string =>
  `session=${session}&seq=${seq}&auth=${md5(`${USER}${PASSWORD}${session}${path}${seq}`)}`;
const GET_SMS = '/goip_get_sms.html';
const get = ({ session }: Session, seq: number | string, more = ''): Promise<unknown> =>
  json(`${GET_SMS}?${queryOf(session, GET_SMS, seq)}${more}`);
const codeOf = async (answer: Promise<unknown>): Promise<number> => ((await answer) as { code: number }).code;

/** Sends an encrypted body: binary, without a content type of JSON. */
function post({ session }: Session, path: string, seq: number, body: Buffer): Promise<unknown> {
  const headers = { 'content-type': 'application/octet-stream' };
  return json(`${path}?${queryOf(session, path, seq)}`, { method: 'POST', headers, body: new Uint8Array(body) });
}
const POST_SMS = '/goip_post_sms.html';
const taskText = (tid: number, sms: string): string =>
  JSON.stringify({ type: 'send-sms', task_num: 1, tasks: [{ tid, to: '13800000001', sms }] });
const keyOf = ({ session, auth }: Session, seq: number): Buffer =>
  Buffer.from(md5(`${USER}${PASSWORD}${auth}${session}${seq}`));

function encryptAes(key: Buffer, text: string): Buffer {
  const bytes = Buffer.from(text);
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.update(Buffer.alloc(16 - (bytes.length % 16))), cipher.final()]);
}
const ENCRYPT: Record<string, (key: Buffer, text: string) => Buffer> = {
  none: (_key, text) => Buffer.from(text),
  xor: (key, text) => Buffer.from(text).map((byte, place) => byte ^ key[place % 32]!) as Buffer,
  rc4: (key, text) => rc4(key, Buffer.from(text)),
  'aes-ecb': encryptAes,
};

describe('RC4', () => {
  const ascending = (bytes: number): string => Array.from({ length: bytes }, (_, i) => hex(i + 1)).join('');
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  const vectors: [key: string, offset: number, stream: string][] = [
    [ascending(5), 0, 'b2396305f03dc027ccc3524a0a1118a8'],
    [ascending(5), 16, '6982944f18fc82d589c403a47a0d0919'],
    [ascending(5), 4096, 'ff25b58995996707e51fbdf08b34d875'],
    [ascending(16), 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
    [ascending(16), 16, '5248c4959014126a6e8a84f11d1a9e1c'],
    [ascending(32), 0, 'eaa6bd25880bf93d3f5d1e4ca2611d91'],
    [ascending(32), 16, 'cfa45c9f7e714b54bdfa80027cb14380'],
    [ascending(32), 240, '114ae344ded71b35f2e60febad727fd8'],
    ['833222772a', 0, '80ad97bdc973df8a2e879e92a497efda'],
  ];
  for (const [key, offset, stream] of vectors)
    test(`RFC 6229: ${key.length * 4} bits from ${offset}`, () => {
      const out = rc4(Buffer.from(key, 'hex'), Buffer.alloc(offset + 16));
      assert.equal(out.subarray(offset).toString('hex'), stream);
    });
});

describe('the handshake', () => {
  test('answers a session and how long it lives, 180 seconds where nothing is said', async () => {
    const path = `/crypt_sess.json?username=${USER}&cnonce=abc&auth=${firstAuth('abc')}`;
    const { session, ...rest } = (await json(path)) as { session: string };
    assert.match(session, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, { code: 0, expires: 180 });
    const other = (await json(`${path}&expires=20&crypt=rc4`)) as { session: string; expires: number };
    assert.equal(other.expires, 20);
    assert.notEqual(other.session, session);
  });

  test('refuses what is missing, unknown or wrong, in words called desc', async () => {
    const auth = firstAuth('abc');
    const cases: [query: string, code: number][] = [
      ['', 15],
      [`username=${USER}&auth=${auth}`, 15],
      [`username=${USER}&cnonce=abc`, 15],
      [`cnonce=abc&auth=${auth}`, 15],
      [`username=${USER}&cnonce=abc&auth=${auth}&crypt=des`, 15],
      [`username=${USER}&cnonce=abc&auth=${auth}&crypt=RC4`, 15],
      [`username=${USER}&cnonce=abc&auth=${auth}&expires=0`, 15],
      [`username=${USER}&cnonce=abc&auth=${auth}&expires=x`, 15],
      [`username=${USER}&cnonce=abd&auth=${auth}`, 1],
      [`username=nobody&cnonce=abc&auth=${auth}`, 1],
      [`username=__proto__&cnonce=abc&auth=${auth}`, 1],
      [`username=${USER}&cnonce=abc&auth=${PASSWORD}`, 1],
    ];
    for (const [query, code] of cases) {
      const desc = code === 1 ? 'Invalid User' : 'Invalid CMD';
      assert.deepEqual(await json(`/crypt_sess.json?${query}`), { code, desc }, query);
    }
  });
});

describe('requests of a session', () => {
  test('need no login, and each a higher seq', async () => {
    const session = await handshake();
    assert.equal(await codeOf(get(session, 1)), 0);
    assert.deepEqual(await get(session, 1), NONE, 'repeated');
    assert.equal(await codeOf(get(session, 10)), 0, 'it may leave some out');
    assert.deepEqual(await get(session, 9), NONE, 'lower');
    assert.equal(await codeOf(get(session, 11)), 0);
  });

  test('a refused one uses up no seq', async () => {
    const { session, auth } = await handshake();
    const wrong = [auth, '', md5(`${USER}${PASSWORD}${session}/goip_get_status.html1`), 'x'.repeat(32)];
    for (const value of wrong)
      assert.deepEqual(await json(`${GET_SMS}?session=${session}&seq=1&auth=${value}`), WRONG, value);
    assert.deepEqual(await get({ session, auth }, 'one'), INVALID);
    assert.deepEqual(await get({ session, auth }, -1), INVALID);
    assert.deepEqual(await get({ session, auth }, 1, '&expires=0'), INVALID);
    assert.equal(await codeOf(get({ session, auth }, 1)), 0);
  });

  test('an unknown session is refused, with a right login beside it as well', async () => {
    assert.deepEqual(await get({ session: '0123456789abcdef', auth: '' }, 1), NONE);
    assert.deepEqual(await get({ session: '', auth: '' }, 1), NONE);
    assert.deepEqual(await json(`${GET_SMS}?username=${USER}&password=${PASSWORD}&session=x`), NONE);
  });

  test('a session ends after its time, unless a request sets it anew', async () => {
    const session = await handshake('&expires=60');
    clock += 59_999;
    assert.equal(await codeOf(get(session, 1)), 0);
    clock += 1;
    assert.deepEqual(await get(session, 2), NONE);

    const renewed = await handshake('&expires=60');
    clock += 59_000;
    assert.equal(await codeOf(get(renewed, 1, '&expires=100')), 0);
    clock += 99_999;
    assert.equal(await codeOf(get(renewed, 2)), 0);
    clock += 1;
    assert.deepEqual(await get(renewed, 3), NONE);
  });

  test('several sessions stand beside each other', async () => {
    const [one, other] = [await handshake(), await handshake('&crypt=rc4')];
    assert.equal(await codeOf(get(one, 5)), 0);
    assert.equal(await codeOf(get(other, 1)), 0);
    assert.equal(await codeOf(get(one, 6)), 0);
  });

  test('the order that working clients use, where the device was started so, and then no other', async () => {
    await device.close();
    await open({ authOrder: 'seq-url' });
    const { session } = await handshake();
    const auth = md5(`${USER}${PASSWORD}${session}7${GET_SMS}`);
    assert.deepEqual(await get({ session, auth: '' }, 7), WRONG);
    assert.equal(await codeOf(json(`${GET_SMS}?session=${session}&seq=7&auth=${auth}`)), 0);
  });
});

describe('bodies', () => {
  for (const [method, encrypt] of Object.entries(ENCRYPT)) {
    test(`${method}: sends what was encrypted with the key of its seq`, async () => {
      const session = await handshake(`&crypt=${method}`);
      const texts = ['hello', '您好 😀', ...Array.from({ length: 16 }, () => 'x')];
      for (const [index, sms] of texts.entries()) {
        const seq = index + 1;
        const text = taskText(seq, sms + ' '.repeat(index));
        const answer = await post(session, POST_SMS, seq, encrypt(keyOf(session, seq), text));
        assert.deepEqual((answer as { status: unknown }).status, [{ tid: seq, status: '0 OK' }]);
        assert.equal(device.accepted.at(-1)?.text, sms + ' '.repeat(index));
        assert.equal(device.accepted.at(-1)?.username, USER);
      }
    });
  }

  for (const method of ['xor', 'rc4', 'aes-ecb']) {
    test(`${method}: what is in clear, cut, or of another seq is not understood`, async () => {
      const session = await handshake(`&crypt=${method}`);
      const encrypt = ENCRYPT[method]!;
      const text = taskText(1, 'hello');
      assert.deepEqual(await post(session, POST_SMS, 1, Buffer.from(text)), INVALID);
      assert.deepEqual(await post(session, POST_SMS, 2, encrypt(keyOf(session, 1), text)), INVALID);
      assert.deepEqual(await post(session, POST_SMS, 3, encrypt(keyOf(session, 3), text).subarray(0, -3)), INVALID);
      assert.deepEqual(await post(session, POST_SMS, 4, Buffer.alloc(0)), INVALID);
      assert.equal(device.accepted.length, 0);
    });
  }

  test('AES: zero bytes behind the text, a whole block where it is aligned already', () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    const raw = (bytes: Buffer): Buffer => {
      const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
      return Buffer.concat([cipher.update(bytes), cipher.final()]);
    };
    const text = Buffer.from('0123456789abcdef');
    assert.deepEqual(decrypt('aes-ecb', key, raw(Buffer.concat([text, Buffer.alloc(16)]))), text);
    assert.equal(decrypt('aes-ecb', key, raw(text)), undefined, 'no padding');
    assert.equal(decrypt('aes-ecb', key, raw(Buffer.concat([text, Buffer.alloc(32)]))), undefined, 'too much of it');
    assert.equal(decrypt('aes-ecb', key, raw(text).subarray(1)), undefined);
  });

  test('any bytes are survived', async () => {
    for (const method of Object.keys(ENCRYPT)) {
      const session = await handshake(`&crypt=${method}`);
      let seq = 0;
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
          assert.deepEqual(await post(session, POST_SMS, ++seq, Buffer.from(bytes)), INVALID);
        }),
        { numRuns: 20 },
      );
    }
  });
});

test('a status query and a subscription work inside a session', async () => {
  const { session } = await handshake();
  const path = '/goip_get_status.html';
  const status = await json(`${path}?${queryOf(session, path, 1)}`);
  assert.equal((status as { type: string }).type, 'dev-status');
  const url = '&url=http%3A%2F%2F127.0.0.1&period=60';
  assert.deepEqual(await json(`${path}?${queryOf(session, path, 2)}${url}`), OK);
  assert.deepEqual(await json(`${path}?${queryOf(session, path, 3)}&period=0`), OK);
});
