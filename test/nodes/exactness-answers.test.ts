/** Whatever bytes a vendor answers: no driver throws, none takes them for more than they say. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError } from '../../nodes/core/failure';
import type { RecipientResult, SendAnswer } from '../../nodes/vendors/driver';
import { RawServer, http, type RawAnswer } from '../support/raw-server';
import { VENDOR_IDS, connect, type Connected } from '../support/vendor';

const ACCOUNT = { accountId: '100001', username: 'someone', password: 'something' };
const TO = ['13800000001', '13800000002'];
const RUNS = 150;

/** Answers that the documents show, to a send to `TO`; ejoin's tid is the first that is given. */
const SAMPLES: Readonly<Record<string, (tid: number) => readonly string[]>> = {
  goip: () => [
    '{"result":"ACCEPT","taskID":"157"}',
    '{"result":"REJECT","reason":"none_line"}',
    'Warning: need install php-mbstring module<br>\n{"result":"ACCEPT","taskID":"157"}',
    "Bad query: select id from sms where value='x'",
  ],
  sms57: () => [
    '{"status":"0","balance":99,"list":[{"mid":"6C8A2A4F00000001","mobile":"13800000001","result":0},' +
      '{"mid":"6C8A2A4F00000002","mobile":"13800000002","result":0}]}',
    '{"status":"21","balance":99,"list":null}',
    '<?xml version="1.0"?><resp><status>3</status></resp>',
  ],
  ejoin: (tid) => [
    `{"code":200,"reason":"OK","type":"task-status","status":[{"tid":${tid},"status":"0 OK"},{"tid":${tid + 1},"status":"0 OK"}]}`,
    `{"code":200,"reason":"OK","type":"task-status","status":[{"tid":${tid},"status":"9 TO expected"}]}`,
    '{"code":1,"reason":"Invalid User"}',
  ],
  mobset: () => [
    '{"Code":"2","Message":"ok","SmsIdList":[{"PhoneNumber":"13800000001","SmsId":"71"},{"PhoneNumber":"13800000002","SmsId":"72"}]}',
    '{"Code":"-105","Message":"no"}',
  ],
  hezhong: () => ['0,100001', '-1', '-7'],
};

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
/** Success, and nothing to show for it. */
const UNPROVEN: Readonly<Record<string, readonly string[]>> = {
  goip: [
    '{"result":"ACCEPT"}',
    '{"result":"ACCEPT","taskID":""}',
    '{"result":"ACCEPT","taskID":"0"}',
    '{"taskID":"1"}',
  ],
  sms57: [
    '{"status":"0","balance":99}',
    '{"status":"0","list":[]}',
    '{"status":"0","list":[{"mobile":"13800000001","result":0},{"mobile":"13800000002","result":0,"mid":""}]}',
    '<resp><status>0</status><mid>1</mid></resp>',
  ],
  ejoin: ['{"code":200,"reason":"OK"}', '{"code":0,"status":[]}', '{"code":200,"status":[{"tid":0,"status":"0 OK"}]}'],
  mobset: ['{"Code":"2"}', '{"Code":"2","SmsIdList":[]}', '{"Code":"2","SmsIdList":[{"PhoneNumber":"13800000001"}]}'],
  hezhong: ['0', '0,', '0,,', ' 0 '],
};

/** Without those that have no body: one with a body is no HTTP. */
const anyStatus = fc.integer({ min: 200, max: 599 }).filter((code) => code !== 204 && code !== 304);
const status = fc.oneof({ arbitrary: fc.constant(200), weight: 4 }, { arbitrary: anyStatus, weight: 3 });
/** Where a document's sample is cut, and what stands in place of one of its characters. */
interface Damage {
  readonly cut: number;
  readonly at: number;
  readonly by: string | undefined;
}
const damage: fc.Arbitrary<Damage> = fc.record({
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  by: fc.option(fc.string({ unit: 'binary', maxLength: 3 }), { nil: undefined }),
});

function damaged(sample: string, { cut, at, by }: Damage): string {
  const kept = sample.slice(0, Math.ceil(sample.length * cut));
  const place = Math.floor(kept.length * at);
  return by === undefined ? kept : kept.slice(0, place) + by + kept.slice(place + 1);
}

/** Statuses that say of themselves that the request was not taken. */
const REFUSING = new Set([301, 307, 308, 400, 401, 403, 404, 405, 407, 410, 411, 413, 414, 415, 429, 431]);

function assertSound(results: readonly RecipientResult[]): void {
  assert.equal(results.length, TO.length);
  for (const result of results) {
    assert.ok(result.state === 'accepted' || result.state === 'rejected' || result.state === 'in-doubt', result.state);
    if ('id' in result) assert.match(result.id, /\S/);
    else assert.ok(Object.hasOwn(RETRY, result.failure.code), result.failure.code);
  }
}

for (const vendor of VENDOR_IDS) {
  describe(`any answer to ${vendor}`, () => {
    let server: RawServer;
    let connected: Connected;

    before(async () => {
      server = await RawServer.start();
      connected = connect(vendor, { url: server.url, account: ACCOUNT });
    });
    after(async () => {
      await connected.close();
      await server.close();
    });

    async function send(answer: (request: string) => RawAnswer): Promise<SendAnswer> {
      server.answer = answer;
      const { account, options } = connected;
      const answered = await account.send({ items: [{ text: 'x', to: TO }], options, wantReports: false });
      assertSound(answered.results);
      return answered;
    }

    const sample = (request: string, which: number): string => {
      const all = SAMPLES[vendor]?.(Number(/"tid":(\d+)/.exec(request)?.[1] ?? 0)) ?? [];
      return all[which % all.length] ?? '';
    };

    it('understands the samples as they are', async () => {
      const { results } = await send((request) => ({ bytes: http(200, Buffer.from(sample(request, 0))) }));
      assert.deepEqual(
        results.map(({ state }) => state),
        ['accepted', 'accepted'],
      );
    });

    it('is in doubt, or refused by its HTTP status, when it is any bytes', async () => {
      await fc.assert(
        fc.asyncProperty(status, anyBytes, async (code, body) => {
          const { results } = await send(() => ({ bytes: http(code, body) }));
          // The one vendor whose answers are plain text may say something in a few bytes.
          const mayMean = vendor === 'hezhong' && /^\s*[-+0]/.test(body.toString('latin1'));
          if (mayMean && code < 300) return;
          const expected = REFUSING.has(code) ? 'rejected' : 'in-doubt';
          for (const { state } of results) assert.equal(state, expected);
        }),
        { numRuns: RUNS },
      );
    });

    it('is taken for what its status says when that is not 2xx, whatever stands in it', async () => {
      for (let code = 300; code < 600; code += 1) {
        if (code === 304) continue;
        const { results } = await send((request) => ({ bytes: http(code, Buffer.from(sample(request, code))) }));
        const expected = REFUSING.has(code) ? 'rejected' : 'in-doubt';
        for (const { state } of results) assert.equal(state, expected, `HTTP ${code}`);
      }
    });

    it('is in doubt when it speaks of success and names no id', async () => {
      for (const body of UNPROVEN[vendor] ?? []) {
        const { results } = await send(() => ({ bytes: http(200, Buffer.from(body)) }));
        for (const { state } of results) assert.equal(state, 'in-doubt', body);
      }
    });

    it('never yields an id that it does not hold', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(10), damage, async (which, how) => {
          let body = '';
          const { results } = await send((request) => {
            body = damaged(sample(request, which), how);
            return { bytes: http(200, Buffer.from(body)) };
          });
          for (const result of results) {
            if (result.state === 'accepted') assert.ok(body.includes(result.id), `${result.id} is not in ${body}`);
          }
        }),
        { numRuns: RUNS },
      );
    });

    it('is in doubt when it ends before its end, or is no HTTP at all', async () => {
      const broken = fc.oneof(
        fc.nat(200).map((missing) => (request: string) => {
          const body = Buffer.from(sample(request, 0));
          return { bytes: http(200, body, {}, body.length + 1 + missing) };
        }),
        fc.tuple(fc.nat(10), fc.nat(60), fc.boolean()).map(([which, length, reset]) => (request: string) => ({
          bytes: http(200, Buffer.from(sample(request, which))).subarray(0, length),
          reset,
        })),
        anyBytes.map((bytes) => () => ({ bytes })),
      );
      await fc.assert(
        fc.asyncProperty(broken, async (answer) => {
          await assert.rejects(send(answer), (error) => error instanceof SmsError && error.code === 'no-answer');
        }),
        { numRuns: RUNS },
      );
    });

    it('makes a probe say why, and never throw but for the connection', async () => {
      await fc.assert(
        fc.asyncProperty(status, fc.oneof(anyBytes, damage), fc.nat(10), async (code, body, which) => {
          server.answer = (request) => ({
            bytes: http(code, 'cut' in body ? Buffer.from(damaged(sample(request, which), body)) : body),
          });
          const refusal = await connected.account.probe();
          if (refusal) assert.ok(Object.hasOwn(RETRY, refusal.code), refusal.code);
          if (code >= 300) assert.ok(refusal, `HTTP ${code} is no success`);
        }),
        { numRuns: RUNS },
      );
    });
  });
}
