/** What an ejoin device is told to do (4.1, 5), its queue (6.3.3 to 6.3.6) and its counters (9, 10). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driver } from '../../../nodes/vendors/ejoin';
import { argsOf, CALLBACK, failsWith, OK, prepareCommand as prepare } from './ejoin-command';
import { open, type Json } from './ejoin-device';

describe('ejoin: commands (5.1.3)', () => {
  const CASES: readonly [string, Json & { ports?: string }, Json][] = [
    ['lock', { ports: '1A,2B,3C,4-32' }, { op: 'lock', ports: '1A,2B,3C,4-32', auto_fail_sim_switch: '1' }],
    ['lock', { ports: ' 1.01 , 2', autoSwitch: 'false' }, { op: 'lock', ports: '1A,2', auto_fail_sim_switch: '0' }],
    ['unlock', { ports: '*' }, { op: 'unlock', ports: 'all', auto_fail_sim_switch: '1' }],
    ['switch', { ports: '2.02' }, { op: 'switch', ports: '2B', auto_fail_sim_switch: '1' }],
    ['switch', { ports: '12.sp256.101' }, { op: 'switch', ports: '12.sp256.101', auto_fail_sim_switch: '1' }],
    ['reset', { ports: '2B,2C,3' }, { op: 'reset', ports: '2,3', auto_fail_sim_switch: '1' }],
    ['reset', { ports: 'ALL' }, { op: 'reset', ports: 'all', auto_fail_sim_switch: '1' }],
    ['save', {}, { op: 'save' }],
    ['reboot', {}, { op: 'reboot' }],
    [
      'multiple',
      {
        ops: [
          { command: 'lock', ports: '1A' },
          { command: 'switch', ports: '2.02' },
          { command: 'reset', ports: '3C' },
          { command: 'unlock', ports: 4 },
        ],
      },
      {
        op: 'multiple',
        ops: [
          { op: 'lock', ports: '1A' },
          { op: 'switch', ports: '2B' },
          { op: 'reset', ports: '3' },
          { op: 'unlock', ports: '4' },
        ],
      },
    ],
  ];
  for (const [command, given, data] of CASES) {
    it(`sends ${command} ${JSON.stringify(given)}`, async () => {
      const { run, requests, body } = prepare(command, given);
      assert.deepEqual(await run(), { ok: true });
      assert.equal(requests.length, 1);
      const { method, url, headers } = requests[0]!;
      assert.equal(method, 'POST');
      assert.match(url, /^http:\/\/192\.168\.1\.67\/goip_send_cmd\.html\?version=1\.1&username=root&password=[^&]+$/);
      assert.equal(headers?.['content-type'], 'application/json;charset=utf-8');
      assert.deepEqual(body(), { type: 'command', ...data });
    });
  }

  it('gives the answer along', async () => {
    const { account } = open({}, { code: '200 OK', extra: 1 });
    const answer = await account.run!('save', { ports: '', args: {} });
    assert.deepEqual(answer.raw, { code: '200 OK', extra: 1 });
  });

  it('asks for a confirmation where much would be lost', () => {
    const asks = (command: string, ports: string, args: Json = {}) =>
      driver.commands!.find(({ name }) => name === command)!.needsConfirm?.(ports, argsOf(command, args)) ?? false;
    assert.deepEqual(
      [
        asks('reboot', ''),
        ...['all', ' * ', 'ALL'].map((ports) => asks('reset', ports)),
        asks('remove', '', { all: true }),
        asks('multiple', '', {
          ops: [
            { command: 'lock', ports: '1' },
            { command: 'reset', ports: '*' },
          ],
        }),
      ],
      [true, true, true, true, true, true],
    );
    assert.deepEqual(
      [
        asks('save', ''),
        asks('reset', '1-8'),
        asks('reset', '1,all'),
        asks('lock', 'all'),
        asks('remove', '', { tids: [1] }),
        asks('pause', '', { all: true }),
        asks('multiple', '', { ops: [{ command: 'lock', ports: 'all' }] }),
      ],
      [false, false, false, false, false, false, false],
    );
  });
});

describe('ejoin: parameters (5.1.2)', () => {
  it('are set by name in the query', async () => {
    const params = { sms_url: 'http://a/?b=c&d=%20 é', 'sim_imei(3)': 863070010000001, on: true };
    const { run, requests } = prepare('set', { params }, { code: 0, reason: 'OK', par_set: 3 });
    assert.deepEqual(await run(), { ok: true, parSet: 3 });
    assert.equal(requests[0]!.method, 'GET');
    const url = new URL(requests[0]!.url);
    assert.equal(url.pathname, '/goip_send_cmd.html');
    assert.deepEqual(
      [...url.searchParams].slice(3),
      Object.entries({ op: 'set', ...params }).map(([name, value]) => [name, String(value)]),
    );
    assert.match(requests[0]!.url, /&sim_imei\(3\)=/);
  });

  it('are not all set where the device says so', async () => {
    const params = { a: '1', b: '2' };
    assert.deepEqual(await prepare('set', { params }, { code: 0, par_set: 1 }).run(), { ok: false, parSet: 1 });
    assert.deepEqual(await prepare('set', { params }, OK).run(), { ok: true, parSet: null });
  });

  it('are read wherever they stand in the answer', async () => {
    const params = ['sms_url', 'sim_imei(3)', 'none'];
    const values = { sms_url: 'http://a/', 'sim_imei(3)': 8630 };
    const expected = { params: { sms_url: 'http://a/', 'sim_imei(3)': '8630', none: null } };
    for (const reply of [values, { ...OK, ...values }, { ...OK, par_get: values }]) {
      const { run, requests } = prepare('get', { params }, reply);
      assert.deepEqual(await run(), expected);
      assert.match(requests[0]!.url, /&op=get&sms_url=&sim_imei\(3\)=&none=$/);
    }
    await assert.rejects(prepare('get', { params }, { other: 1 }).run(), failsWith('unreadable-answer'));
  });
});

describe('ejoin: status and subscription (4.1)', () => {
  const STATUS = {
    ...{ type: 'dev-status', seq: 1, expires: -1, mac: '00-30-f1-01-02-03', ip: '192.168.1.67' },
    ...{ 'max-ports': 2, 'max-slots': 4 },
    status: [
      { port: '1.01', st: 3, bal: '1.50', opr: '46000 China Mobile', sig: 21 },
      { port: '1.10', st: 0 },
      'nonsense',
    ],
  };

  it('asks without url and period, so that no subscription changes', async () => {
    for (const [given, query] of [
      [{ callbackUrl: CALLBACK }, ''],
      [{ allSims: true }, '&all_sims=1'],
    ] as const) {
      const { run, requests } = prepare('status', given, STATUS);
      const { ports } = (await run()) as { ports: Json[] };
      assert.deepEqual(
        ports.map(({ port, slot, state, balance, signal }) => [port, slot, state, balance, signal]),
        [
          [1, 1, 'registered', 1.5, 21],
          [1, 10, 'no-sim', null, null],
        ],
      );
      assert.match(requests[0]!.url, /goip_get_status\.html\?version=1\.1&username=root&password=[^&]+(&all_sims=1)?$/);
      assert.ok(requests[0]!.url.endsWith(query));
    }
  });

  it('does not take an answer without ports for a status', async () => {
    for (const reply of [OK, { status: '3 OK', port: '1A' }, 'OK', '[]', '']) {
      await assert.rejects(prepare('status', {}, reply).run(), failsWith('unreadable-answer'));
    }
  });

  it('subscribes with the callback URL and ends it with period 0', async () => {
    const url = encodeURIComponent(CALLBACK);
    for (const [command, given, query] of [
      ['subscribe', { callbackUrl: CALLBACK }, `&url=${url}&period=60`],
      ['subscribe', { callbackUrl: CALLBACK, period: '90', allSims: 1 }, `&url=${url}&period=90&all_sims=1`],
      ['unsubscribe', {}, '&period=0'],
      ['unsubscribe', { callbackUrl: CALLBACK }, `&url=${url}&period=0`],
    ] as const) {
      for (const reply of [OK, STATUS]) {
        const { run, requests } = prepare(command, given, reply);
        assert.deepEqual(await run(), { ok: true });
        assert.ok(requests[0]!.url.endsWith(query), requests[0]!.url);
      }
    }
  });

  it('says what is missing where nothing can be pushed to', async () => {
    const { run, requests } = prepare('subscribe', {});
    await assert.rejects(run(), failsWith('invalid-config', { detail: 'ejoin-no-callback' }));
    assert.equal(requests.length, 0);
  });
});

describe('ejoin: the queue (6.3.3 to 6.3.6)', () => {
  it('lists tasks', async () => {
    const reply = {
      ...{ code: 200, reason: 'OK', Total_num: 12, task_num: 4 },
      Tasks: [
        { tid: 2, state: 0, from: '', to: '13686876820', chs: 'utf8', coding: 0, sms: 'hello123' },
        { Tid: '3', State: '1', From: '1,3-4', To: '10086,10010', Chs: 'Base64', Coding: 1, Sms: '5L2g5aW9' },
        { tid: 4, state: 7, to: 10086, chs: 'pdu', sms: '0011000B91' },
        { tid: 5, state: 0, to: '1' },
        { state: 0, to: 'no id' },
        null,
      ],
    };
    const given = { port: 2, pos: '0', num: 5, content: true };
    const { run, requests } = prepare('tasks', given, reply);
    assert.deepEqual(await run(), {
      total: 12,
      tasks: [
        { id: '2', from: null, to: '13686876820', text: 'hello123', coding: 0, paused: false },
        { id: '3', from: '1,3-4', to: '10086,10010', text: '你好', coding: 1, paused: true },
        { id: '4', from: null, to: '10086', text: '0011000B91', coding: null, paused: null },
        { id: '5', from: null, to: '1', text: null, coding: null, paused: false },
      ],
    });
    assert.equal(requests[0]!.method, 'GET');
    assert.match(requests[0]!.url, /goip_get_tasks\.html\?version=1\.1&.*&port=2&pos=0&num=5&has_content=1$/);
    const short = prepare('tasks', { port: '1', pos: 10 }, { code: 200, total_num: 0 });
    assert.deepEqual(await short.run(), { total: 0, tasks: [] });
    assert.match(short.requests[0]!.url, /&port=1&pos=10$/);
    await assert.rejects(prepare('tasks', { port: 1, pos: 0 }, OK).run(), failsWith('unreadable-answer'));
  });

  for (const command of ['pause', 'resume', 'remove']) {
    it(`${command}s tasks by id`, async () => {
      const results = [
        { tid: '3', status: '2 Invalid Port' },
        { tid: 2, status: '0 OK' },
        { tid: 4, status: '11 TID Expected' },
        { tid: 4, status: '0 OK' },
        { tid: 99, status: '0 OK' },
        7,
      ];
      const { run, requests, body } = prepare(
        command,
        { tids: ['2', 3, 3, '5', 4] },
        { code: 200, reason: 'OK', results },
      );
      assert.deepEqual(await run(), {
        ok: false,
        results: [
          { id: '2', ok: true, vendorCode: '0', vendorText: 'OK' },
          { id: '3', ok: false, vendorCode: '2', vendorText: 'Invalid Port' },
          { id: '5', ok: false, vendorCode: null, vendorText: null },
          { id: '4', ok: false, vendorCode: '11', vendorText: 'TID Expected' },
        ],
      });
      assert.match(requests[0]!.url, new RegExp(`/goip_${command}_sms\\.html\\?`));
      assert.deepEqual(body(), { tids: [2, 3, 5, 4] });
    });

    it(`${command}s all tasks only where that is asked for`, async () => {
      const { run, body } = prepare(command, { all: true }, { code: 200, reason: 'OK' });
      assert.deepEqual(await run(), { ok: true, results: [] });
      assert.deepEqual(body(), {});
    });
  }
});

describe('ejoin: statistics (9, 10)', () => {
  it('counts SMS', async () => {
    const stats = [
      { port: 1, slot: 2, received: 10, sent: 50, sent_ok: 48, sent_failed: 2, con_failed: 0, unsent: 5, sending: 1 },
      { Port: '3', Slot: '1', Received: '7', Sent_ok: 'many', more_than_that: 4, __proto__: 1, list: [] },
      5,
    ];
    const { run, requests } = prepare(
      'sms-stats',
      { ports: '1-3,5', slots: 'all', type: 'today' },
      { code: 200, stats },
    );
    const nothing = { received: null, sent: null, sentOk: null, sentFailed: null, conFailed: null };
    assert.deepEqual(await run(), {
      rows: [
        { port: 1, slot: 2, received: 10, sent: 50, sentOk: 48, sentFailed: 2, conFailed: 0, unsent: 5, sending: 1 },
        {
          ...{ port: 3, slot: 1, ...nothing, unsent: null, sending: null },
          ...{ received: 7, sentOk: 'many', moreThanThat: 4, list: null },
        },
      ],
    });
    assert.match(requests[0]!.url, /goip_get_sms_stat\.html\?.*&ports=1-3%2C5&slots=all&type=2$/);
  });

  it('counts calls; the ratio stays as it is', async () => {
    const row = { port: 1, slot: 1, calls: 100, alerted: 90, connected: 80, con_failed: 20, nc: '15/20' };
    const stats = [{ ...row, pdd: 5, acd: 120, asr: 80, tcd: 160, act_tcd: 9600 }];
    const { run, requests } = prepare('call-stats', { ports: 'all', type: 'total' }, { code: 200, count: 1, stats });
    const { con_failed: conFailed, ...same } = row;
    assert.deepEqual(await run(), {
      rows: [{ ...same, conFailed, pdd: 5, acd: 120, asr: 80, tcd: 160, actTcd: 9600 }],
    });
    assert.match(requests[0]!.url, /goip_get_call_stat\.html\?.*&ports=all&type=3$/);
  });

  it('leaves out what is not named', async () => {
    const { run, requests } = prepare('sms-stats', {}, { code: 200, count: 0 });
    assert.deepEqual(await run(), { rows: [] });
    assert.match(requests[0]!.url, /password=[^&]+&type=0$/);
    await assert.rejects(prepare('sms-stats', {}, OK).run(), failsWith('unreadable-answer'));
  });
});
