import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { start } from '../../../nodes/simulators/goip/index';
import type { Simulator } from '../../../nodes/simulators/simulator';

/** 2025-09-26 15:26:05 in Shanghai, 07:26:05 UTC. */
const NOON = 1_758_871_565_000;
const AUTH = { username: 'demo', password: 'goip-demo-password' };

let clock = NOON;
let goip: Simulator;

const begin = async () => {
  clock = NOON;
  goip = await start({ now: () => clock });
};
const end = () => goip.close();

async function post(
  path: string,
  body: string | Buffer,
): Promise<{ status: number; type: string | null; text: string }> {
  const answer = await fetch(goip.url + path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    redirect: 'manual',
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

async function call(name: string, parameters: object): Promise<unknown> {
  const { status, text } = await post(`/goip/${name}/`, JSON.stringify({ auth: AUTH, ...parameters }));
  assert.equal(status, 200, text);
  return JSON.parse(text) as unknown;
}

const send = (parameters: object) => call('sendsms', parameters);

/** Sends and gives the task id. */
async function accepted(parameters: object): Promise<string> {
  const answer = (await send(parameters)) as { result: string; taskID: string };
  assert.equal(answer.result, 'ACCEPT', JSON.stringify(answer));
  assert.equal(typeof answer.taskID, 'string');
  assert.match(answer.taskID, /^[1-9]\d*$/);
  return answer.taskID;
}

const rejected = (reason: string) => ({ result: 'REJECT', reason });

describe('login and addresses', () => {
  before(begin);
  after(end);

  test('a wrong or missing login is answered by 401 with an empty body', async () => {
    const bodies = [
      '',
      'no json',
      'null',
      '[]',
      '{}',
      '{"auth":null}',
      '{"auth":{}}',
      '{"auth":{"username":"demo"}}',
      '{"auth":{"username":"demo","password":"wrong"}}',
      '{"auth":{"username":"nobody","password":""}}',
      '{"auth":{"username":"constructor","password":"goip-demo-password"}}',
      `\uFEFF${JSON.stringify({ auth: AUTH })}`,
      Buffer.concat([
        Buffer.from(JSON.stringify({ auth: AUTH, content: 'x' }).slice(0, -2)),
        Buffer.from([0xff, 0x22, 0x7d]),
      ]),
    ];
    for (const path of ['/goip/sendsms/', '/goip/querysms/', '/goip/querylines/'])
      for (const body of bodies) {
        const { status, text } = await post(path, body);
        assert.deepEqual({ status, text }, { status: 401, text: '' }, `${path} ${body.toString()}`);
      }
    assert.equal((await fetch(`${goip.url}/goip/querylines/`)).status, 401);
  });

  test('the slash at the end must not be left out', async () => {
    for (const path of [
      '/goip/sendsms',
      '/goip/querysms',
      '/goip/querylines',
      '/goip/',
      '/',
      '/sendsms/',
      '/goip/other/',
    ])
      assert.equal((await post(path, JSON.stringify({ auth: AUTH }))).status, 404, path);
  });

  test('answers come as text/html', async () => {
    assert.equal((await post('/goip/querylines/', JSON.stringify({ auth: AUTH }))).type, 'text/html; charset=UTF-8');
  });

  test('further accounts are taken', async () => {
    const mine = { username: 'me', password: "p'w" };
    const mySend = JSON.stringify({ auth: mine, number: '13800000001', content: 'x' });
    assert.equal((await post('/goip/sendsms/', mySend)).status, 401);
    goip.addAccount({ accountId: '', ...mine });
    assert.match((await post('/goip/sendsms/', mySend)).text, /^\{"result":"ACCEPT","taskID":"\d+"\}$/);
    assert.equal(goip.accepted.at(-1)?.username, 'me');
  });
});

describe('sendsms', () => {
  beforeEach(begin);
  afterEach(end);

  test('the sample of section 2.1', async () => {
    const body = `{
      "auth":{"username":"demo","password":"goip-demo-password"},
      "provider":"移动",
      "number":"13600000000,13611111111,13622222222",
      "content":"测试"
    }`;
    const answer = JSON.parse((await post('/goip/sendsms/', body)).text) as { taskID: string };
    const entry = { at: NOON, text: '测试', id: answer.taskID, username: 'demo', parameters: { provider: '移动' } };
    assert.deepEqual(goip.accepted, [
      { ...entry, to: '13600000000' },
      { ...entry, to: '13611111111' },
      { ...entry, to: '13622222222' },
    ]);
  });

  test('numbers are split at commas and made unique, but not trimmed', async () => {
    await accepted({ number: '13800000001,+8613800000001,13800000001, 13800000001', content: 'x' });
    assert.deepEqual(
      goip.accepted.map(({ to }) => to),
      ['13800000001', '+8613800000001', ' 13800000001'],
    );
  });

  test('content and number must be there and be within their limits', async () => {
    const good = { number: '13800000001', content: 'x' };
    const bad = [
      { content: undefined },
      { content: '' },
      { content: '0' },
      { content: 0 },
      { content: null },
      { content: {} },
      { number: undefined },
      { number: '' },
      { number: '0' },
      { number: ['13800000001'] },
      { number: '13800000001,,13800000002' },
      { number: '13800000001,' },
      { number: '1'.repeat(21) },
    ];
    for (const parameters of bad)
      assert.deepEqual(
        await send({ ...good, ...parameters }),
        rejected('content or number error'),
        JSON.stringify(parameters),
      );
    assert.deepEqual(goip.accepted, []);
    await accepted({ number: 13800000001, content: '00' });
    await accepted({ number: '1'.repeat(20), content: ' ' });
  });

  test('9999 numbers are taken, 10000 are not, and repeated ones count once', async () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => String(13_800_000_000 + index));
    assert.deepEqual(await send({ number: numbers.join(), content: 'x' }), rejected('content or number error'));
    assert.equal(goip.accepted.length, 0);
    const id = await accepted({ number: [...numbers.slice(1), numbers[1]].join(), content: 'x' });
    assert.equal(goip.accepted.length, 9999);
    assert.equal(((await call('querysms', { taskID: id })) as unknown[]).length, 9999);
  });

  test('an apostrophe breaks the SQL of the server, and nothing is sent', async () => {
    const good = { number: '13800000001', content: 'x' };
    for (const parameters of [{ content: "it's" }, { provider: "it's" }, { goip_line: "it's" }]) {
      const { status, type, text } = await post(
        '/goip/sendsms/',
        JSON.stringify({ auth: AUTH, ...good, ...parameters }),
      );
      assert.equal(status, 200);
      assert.equal(type, 'text/html; charset=UTF-8');
      assert.match(text, /^Bad query: .*it's/);
    }
    const { text } = await post('/goip/querysms/', JSON.stringify({ auth: AUTH, taskID: "1'" }));
    assert.match(text, /^Bad query: /);
    assert.deepEqual(goip.accepted, []);
    await accepted({ ...good, goip_line: 'G101', provider: "it's" });
  });

  test('lines and providers that do not exist or do not work', async () => {
    const good = { number: '13800000001', content: 'x' };
    assert.deepEqual(await send({ ...good, provider: '铁通' }), rejected('none_provider'));
    for (const goip_line of ['G999', 'g101', 'G103', 'G104', 'G202', 'G203'])
      assert.deepEqual(await send({ ...good, goip_line }), rejected('none_line'), goip_line);
    for (const provider of ['电信', '网通'])
      assert.deepEqual(await send({ ...good, provider }), rejected('none_line'), provider);
    assert.deepEqual(goip.accepted, []);
    await accepted({ ...good, goip_line: '', provider: '' });
    await accepted({ ...good, provider: '铁通', goip_line: 'G201' });
    assert.deepEqual(
      goip.accepted.map(({ parameters }) => parameters),
      [{}, { provider: '铁通', goip_line: 'G201' }],
    );
  });

  test('a line ends with its quota of the day and works again on the next day of Shanghai', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => String(13_800_000_000 + index)).join();
    const id = await accepted({ goip_line: 'G102', number: numbers, content: 'x' });
    clock += 60_000;
    const rows = (await call('querysms', { taskID: id })) as { send: string }[];
    assert.deepEqual(
      ['succeeded', 'unsend'].map((state) => rows.filter((row) => row.send === state).length),
      [56, 4],
    );
    const quotas = async () => {
      const lines = (await call('querylines', {})) as Record<string, string>[];
      const { remain_sms, day_remain_sms } = lines.find(({ goip_line }) => goip_line === 'G102') ?? {};
      return [remain_sms, day_remain_sms];
    };
    assert.deepEqual(await quotas(), ['800', '0']);
    assert.deepEqual(await send({ goip_line: 'G102', number: '1', content: 'x' }), rejected('none_line'));
    clock = NOON + (8 * 60 + 33) * 60_000;
    assert.deepEqual(await quotas(), ['800', '0']);
    clock += 60_000 + 55_000;
    assert.deepEqual(await quotas(), ['800', '56']);
    await accepted({ goip_line: 'G102', number: '1', content: 'x' });
  });

  test('the lines of a provider take turns', async () => {
    await accepted({ provider: '移动', number: '1,2,3,4,5', content: 'x' });
    await accepted({ number: '1,2,3', content: 'x' });
    const lines = (await call('querylines', {})) as Record<string, string>[];
    // G101, G102, G101, G102, G101 for the provider; then G201, which never sent, G102 and G101.
    assert.equal(lines.find(({ goip_line }) => goip_line === 'G102')?.remain_sms, '853');
  });
});

describe('querysms', () => {
  before(begin);
  after(end);

  const sendTime = '2025-09-26 15:26:06';

  test('an SMS goes its way', async () => {
    clock = NOON;
    const id = await accepted({ number: '+8613800000001,19900000001', content: 'x' });
    const row = { taskID: `${id}.+8613800000001`, goip_line: null };
    const query = async () => ((await call('querysms', { taskID: id })) as object[])[0];
    assert.deepEqual(await query(), { ...row, send: 'sending', sendTime: null });
    clock = NOON + 500;
    assert.deepEqual(await query(), { ...row, send: 'succeeded', sendTime: '2025-09-26 15:26:05' });
    clock = NOON + 1000;
    assert.deepEqual(await query(), { ...row, send: 'succeeded', receipt: 1, sendTime: '2025-09-26 15:26:05' });
    assert.deepEqual(await query(), { ...row, send: 'succeeded', receipt: 1, sendTime: '2025-09-26 15:26:05' });
    const late = async () =>
      ((await call('querysms', { taskID: `${id}.19900000001` })) as { receipt?: 1 }[])[0]?.receipt;
    clock = NOON + 9_999;
    assert.equal(await late(), undefined);
    clock = NOON + 10_000;
    assert.equal(await late(), 1);
  });

  test('every fate', async () => {
    clock = NOON;
    const number = '19900000002,19900000003,19900000004,19900000006';
    const id = await accepted({ number, content: 'x' });
    clock = NOON + 999;
    const states = ((await call('querysms', { taskID: id })) as { send: string }[]).map((row) => row.send);
    assert.deepEqual(states, ['sending', 'sending', 'sending', 'sending']);
    clock = NOON + 1000;
    assert.deepEqual(await call('querysms', { taskID: id }), [
      { taskID: `${id}.19900000002`, goip_line: null, send: 'failed', err_code: '27', sendTime },
      { taskID: `${id}.19900000003`, goip_line: null, send: 'failed', err_code: '332', sendTime },
      { taskID: `${id}.19900000004`, goip_line: null, send: 'sending', sendTime: null },
      { taskID: `${id}.19900000006`, goip_line: null, send: 'succeeded', sendTime },
    ]);
  });

  test('a sub-task id is split at its first dot and gives one row, an unknown one none', async () => {
    const id = await accepted({ number: '1.2,13800000002', content: 'x' });
    const ids = async (taskID: unknown) =>
      ((await call('querysms', { taskID })) as { taskID: string }[]).map((row) => row.taskID);
    assert.deepEqual(await ids(`${id}.1.2`), [`${id}.1.2`]);
    assert.deepEqual(await ids(Number(id)), [`${id}.1.2`, `${id}.13800000002`]);
    for (const unknown of [`${id}.1`, `${id}.`, '0', '', undefined, 'constructor', [], `0${id}`])
      assert.deepEqual(await ids(unknown), [], String(unknown));
  });

  test('ids rise', async () => {
    const ids = [await accepted({ number: '1', content: 'x' }), await accepted({ number: '1', content: 'x' })];
    assert.equal(Number(ids[1]), Number(ids[0]) + 1);
  });
});

test('querylines gives every line with its state and quotas', async () => {
  await begin();
  const lines = (await call('querylines', {})) as Record<string, string>[];
  const fields = ['goip_line', 'online', 'reg', 'remain_sms', 'day_remain_sms', 'num'];
  for (const line of lines) {
    assert.deepEqual(Object.keys(line), fields);
    for (const value of Object.values(line)) assert.equal(typeof value, 'string');
  }
  assert.deepEqual(lines[1], {
    goip_line: 'G102',
    online: '1',
    reg: 'LOGIN',
    remain_sms: '856',
    day_remain_sms: '56',
    num: '19900000102',
  });
  assert.deepEqual(
    [...new Set(lines.map(({ online, reg }) => `${online} ${reg}`))],
    ['1 LOGIN', '1 ', '0 ', '1 LOGOUT'],
  );
  await end();
});
