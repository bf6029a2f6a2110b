/** The commands of the goip server: `status` (section 4) and `query` (section 3). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError } from '../../../nodes/core/failure';
import { convertOptions } from '../../../nodes/core/option';
import type { PortStatus } from '../../../nodes/core/port-status';
import { STATES } from '../../../nodes/core/state';
import { start } from '../../../nodes/simulators/goip';
import type { Account } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/goip';
import type { TaskRow } from '../../../nodes/vendors/goip/commands';
import { connect } from '../../support/vendor';
import { CONFIG } from './goip-account';
import { failing, prepare, problemOf } from './prepared';

const LOGIN = { username: 'root', password: 'pass"word' };

/** Runs a command as a node does: arguments converted by its spec. */
function command(account: Account, name: string, args: Record<string, unknown> = {}) {
  const spec = driver.commands?.find((each) => each.name === name);
  return account.run!(name, { ports: '', args: convertOptions(spec?.args ?? [], args, 'message') });
}

const linesOf = async (account: Account) =>
  ((await command(account, 'status')).payload as { ports: readonly PortStatus[] }).ports;
const rowsOf = async (account: Account, id: string) =>
  ((await command(account, 'query', { id })).payload as { rows: readonly TaskRow[] }).rows;

/** What every call may be refused with. */
const REFUSALS: readonly [string, number, string][] = [
  ['', 401, 'auth-failed'],
  ['', 200, 'unreadable-answer'],
  ['{}', 200, 'unreadable-answer'],
  ['[7]', 200, 'unreadable-answer'],
  ['[{"online":"1"},{"send":"sending"}]', 200, 'unreadable-answer'],
  ['[{"taskID":"1.2","goip_line":"G1', 200, 'unreadable-answer'],
  ['{"result":"REJECT","reason":"unknown"}', 200, 'vendor-error'],
  ["Bad query: select * from x where id='5689'", 200, 'vendor-error'],
  ['Could not connect', 200, 'vendor-error'],
  ['[]', 404, 'invalid-config'],
  ['[]', 503, 'no-answer'],
];

describe('goip: commands', () => {
  it('are these', () => {
    assert.deepEqual(
      driver.commands?.map(({ name, ports, args }) => [name, ports, args.map((arg) => arg.name)]),
      [
        ['status', 'none', []],
        ['query', 'none', ['id']],
      ],
    );
    const { account } = prepare(driver, CONFIG, '');
    assert.deepEqual(
      ['balance', 'signature', 'cancel', 'run'].filter((call) => call in account),
      ['run'],
    );
  });

  it('are no others', async () => {
    const { account, requests } = prepare(driver, CONFIG, '[]');
    for (const name of ['reboot', 'constructor', ''])
      assert.equal((await problemOf(command(account, name))).code, 'unsupported');
    assert.equal(requests.length, 0);
  });

  for (const [body, status, code] of REFUSALS) {
    it(`reject HTTP ${status} ${JSON.stringify(body)} with ${code}`, async () => {
      const { account } = prepare(driver, CONFIG, body, status);
      for (const call of [command(account, 'status'), command(account, 'query', { id: '5689' })]) {
        const { failure } = await problemOf(call);
        assert.equal(failure.code, code);
        assert.doesNotMatch(JSON.stringify(failure), /select/);
      }
      // The probe reads the same answer the same way.
      assert.equal((await account.probe())?.code, code);
    });
  }

  it('let through what the call rejected with', async () => {
    const thrown = new SmsError({ code: 'network' });
    const account = failing(driver, CONFIG, thrown);
    for (const call of [command(account, 'status'), command(account, 'query', { id: '1' })])
      assert.equal(await problemOf(call), thrown);
  });
});

describe('goip: status (querylines, 4)', () => {
  // With the comma that it ends with.
  const sample = `[
    {"goip_line":"G101","online":"1","reg":"LOGOUT","remain_sms":"-1","day_remain_sms":"-1"},
    {"goip_line":"G102","online":"1","reg":"LOGIN","remain_sms":"856","day_remain_sms":"56"},
    {"goip_line":"G103","online":"1","reg":"","remain_sms":"-1","day_remain_sms":"-1"},
    {"goip_line":"G104","online":"0","reg":"","remain_sms":"-1","day_remain_sms":"-1"},
  ]`;
  const brief = ({ line, state, registered, online, number, remaining, remainingToday }: PortStatus) =>
    [line, state, registered, online, number, remaining, remainingToday] as const;

  it('reads the sample', async () => {
    const { account, requests } = prepare(driver, CONFIG, sample);
    const { payload, raw } = await command(account, 'status');
    const { ports, ...rest } = payload as { ports: readonly PortStatus[] };
    assert.deepEqual(rest, {});
    assert.deepEqual(ports.map(brief), [
      ['G101', 'unregistered', false, true, null, null, null],
      ['G102', 'registered', true, true, null, 856, 56],
      ['G103', 'unregistered', false, true, null, null, null],
      ['G104', 'offline', false, false, null, null, null],
    ]);
    assert.equal((raw as unknown[]).length, 4);
    assert.equal(requests[0]?.url, 'http://192.168.1.2/goip/querylines/');
    assert.deepEqual(JSON.parse(String(requests[0].body)), { auth: LOGIN });
  });

  it('says of a line all that the contract has, unknown = null', async () => {
    const [line] = await linesOf(prepare(driver, CONFIG, '[{"goip_line":"G101"}]').account);
    assert.deepEqual(line, {
      port: null,
      slot: null,
      line: 'G101',
      state: 'unknown',
      code: null,
      registered: null,
      online: null,
      operator: null,
      number: null,
      imei: null,
      imsi: null,
      iccid: null,
      balance: null,
      signal: null,
      remaining: null,
      remainingToday: null,
    });
  });

  const rows: readonly [string, readonly unknown[]][] = [
    [
      '{"goip_line":7,"online":1,"reg":"login","remain_sms":0,"day_remain_sms":3,"num":"+8613600000000"}',
      ['7', 'registered', true, true, '+8613600000000', 0, 3],
    ],
    [
      '{"goip_line":"A","online":" 0 ","reg":"LOGIN","num":13600000000}',
      ['A', 'offline', true, false, '13600000000', null, null],
    ],
    ['{"goip_line":"A","online":"1","reg":null,"num":""}', ['A', 'unregistered', false, true, null, null, null]],
    ['{"goip_line":"A","online":"2","reg":"ROAM"}', ['A', 'unknown', null, null, null, null, null]],
    ['{"goip_line":"A","online":{},"reg":"constructor"}', ['A', 'unknown', null, null, null, null, null]],
    [
      '{"goip_line":"A","reg":"LOGIN","remain_sms":"-2","day_remain_sms":"1e9"}',
      ['A', 'registered', true, null, null, null, null],
    ],
  ];
  for (const [row, expected] of rows) {
    it(`reads ${row}`, async () => {
      const [line] = await linesOf(prepare(driver, CONFIG, `[${row}]`).account);
      assert.deepEqual(line && brief(line), expected);
    });
  }

  it('leaves out rows that name no line, and may find none', async () => {
    const body = '[null,{"online":"1"},{"goip_line":"null"},{"goip_line":"G1","online":"1","reg":"LOGIN"}]';
    const { payload, raw } = await command(prepare(driver, CONFIG, body).account, 'status');
    assert.deepEqual(
      (payload as { ports: readonly PortStatus[] }).ports.map(({ line }) => line),
      ['G1'],
    );
    assert.equal((raw as unknown[]).length, 4);
    assert.deepEqual(await linesOf(prepare(driver, CONFIG, 'Warning: x<br>\n[]').account), []);
  });
});

describe('goip: query (querysms, 3)', () => {
  // Mended: the sample ends with an ellipsis.
  const sample = `[
    {"taskID":"5689.13600000000","goip_line":"G101","send":"failed","err_code":"350"},
    {"taskID":"5689.13600000001","goip_line":"G102","send":"succeeded"},
    {"taskID":"5689.13600000002","goip_line":"null","send":"sending"},
    {"taskID":"5689.13600000003","goip_line":"null","send":"unsend"}
  ]`;

  it('reads the sample', async () => {
    const { account, requests } = prepare(driver, CONFIG, sample);
    const { payload, raw } = await command(account, 'query', { id: '5689' });
    const none = { at: null, line: null };
    assert.deepEqual(payload, {
      rows: [
        {
          ...none,
          id: '5689',
          to: '13600000000',
          line: 'G101',
          state: 'undelivered',
          vendorCode: '350',
          vendorTextKey: null,
        },
        {
          ...none,
          id: '5689',
          to: '13600000001',
          line: 'G102',
          state: 'sent',
          vendorCode: 'succeeded',
          vendorTextKey: 'codes.send.succeeded',
        },
        {
          ...none,
          id: '5689',
          to: '13600000002',
          state: 'accepted',
          vendorCode: 'sending',
          vendorTextKey: 'codes.send.sending',
        },
        {
          ...none,
          id: '5689',
          to: '13600000003',
          state: 'accepted',
          vendorCode: 'unsend',
          vendorTextKey: 'codes.send.unsend',
        },
      ],
    });
    assert.equal((raw as unknown[]).length, 4);
    assert.equal(requests[0]?.url, 'http://192.168.1.2/goip/querysms/');
    assert.deepEqual(JSON.parse(String(requests[0].body)), { auth: LOGIN, taskID: '5689' });
  });

  it("writes times in the gateway's zone", async () => {
    const body =
      '[{"taskID":"7.+861","goip_line":null,"send":"failed","err_code":332,"sendTime":"2019-09-26 15:26:05"}]';
    const rows: readonly [string, string][] = [
      ['Asia/Shanghai', '2019-09-26T15:26:05.000+08:00'],
      ['Europe/Berlin', '2019-09-26T15:26:05.000+02:00'],
    ];
    for (const [timezone, at] of rows) {
      const [row] = await rowsOf(prepare(driver, { ...CONFIG, timezone }, body).account, '7.+861');
      const expected = {
        id: '7',
        to: '+861',
        line: null,
        state: 'unknown',
        at,
        vendorCode: '332',
        vendorTextKey: 'codes.cms.332',
      };
      assert.deepEqual(row, expected);
    }
  });

  it('asks by task and by sub-task, as the id was written', async () => {
    for (const id of ['5689', '05689', '9223372036854775807', '5689.13600000000', '5689.+8613600000000']) {
      const { account, requests } = prepare(driver, CONFIG, '[]');
      assert.deepEqual(await rowsOf(account, id), []);
      assert.deepEqual(JSON.parse(String(requests[0]?.body)), { auth: LOGIN, taskID: id });
    }
  });

  it('asks for nothing else', async () => {
    const { account, requests } = prepare(driver, CONFIG, '[]');
    for (const id of ["1' or '1'='1", '5689.', '.136', '5689.136.1', 'x', '-1', '1,2', ' ']) {
      assert.throws(
        () => command(account, 'query', { id }),
        (thrown) =>
          thrown instanceof SmsError && thrown.code === 'invalid-message' && thrown.failure.params?.field === 'id',
        id,
      );
    }
    for (const args of [{}, { id: '' }, { id: null }]) {
      const { failure } = await problemOf(command(account, 'query', args));
      assert.deepEqual(failure, { code: 'invalid-message', detail: 'goip-no-id', params: { field: 'id' } });
    }
    assert.equal(requests.length, 0);
  });

  it('leaves out rows that make no sense', async () => {
    const body = '[7,{"taskID":"1.2"},{"taskID":"1.3","send":"odd"}]';
    const rows = await rowsOf(prepare(driver, CONFIG, body).account, '1');
    assert.deepEqual(rows, [
      { id: '1', to: '3', line: null, state: 'unknown', at: null, vendorCode: 'odd', vendorTextKey: null },
    ]);
  });
});

describe('goip: commands, whatever is answered', () => {
  it('give something sound or a failure', async () => {
    const value = fc.oneof(fc.constantFrom('1.2', 'failed', 'LOGIN', '-1', '1', 'null', '', null, 1), fc.jsonValue());
    const names = [
      'taskID',
      'goip_line',
      'send',
      'err_code',
      'sendTime',
      'online',
      'reg',
      'remain_sms',
      'num',
      '__proto__',
    ];
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
      fc
        .array(fc.oneof(fc.dictionary(fc.constantFrom(...names), value), fc.jsonValue()))
        .map((rows) => Buffer.from(JSON.stringify(rows))),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 200, 200, 401, 500), async (bytes, status) => {
        const { account } = prepare(driver, CONFIG, bytes, status);
        const failed = (thrown: unknown): [] => {
          assert.ok(thrown instanceof SmsError && thrown.code in RETRY);
          return [];
        };
        for (const line of await linesOf(account).catch(failed)) {
          assert.ok(line.line !== '' && ['registered', 'unregistered', 'offline', 'unknown'].includes(line.state));
          for (const quota of [line.remaining, line.remainingToday]) assert.ok(quota === null || quota >= 0);
        }
        for (const row of await rowsOf(account, '1').catch(failed))
          assert.ok(row.id !== '' && row.to !== '' && STATES.includes(row.state));
      }),
    );
  });
});

describe('goip: commands of the simulated server', () => {
  it('tell of its lines and its tasks', async () => {
    let now = Date.UTC(2026, 0, 31, 0, 0, 0);
    const simulator = await start({ now: () => now });
    const connected = connect('goip', simulator);
    const wrong = connect('goip', { url: simulator.url, account: { ...simulator.account, password: 'x' } });
    try {
      const { account, options } = connected;
      const before = await linesOf(account);
      assert.deepEqual(
        before.map(({ line, state }) => `${line} ${state}`),
        ['G101 registered', 'G102 registered', 'G103 unregistered', 'G104 offline'].concat([
          'G201 registered',
          'G202 unregistered',
          'G203 registered',
          'G301 offline',
        ]),
      );
      const quotaOf = async () => {
        const { number, remaining, remainingToday } = (await linesOf(account)).find(({ line }) => line === 'G102')!;
        return [number, remaining, remainingToday];
      };
      assert.deepEqual(await quotaOf(), ['19900000102', 856, 56]);

      const to = ['13800000001', '19900000002', '19900000003', '19900000004'];
      const items = [{ text: 'x', to }];
      const { results } = await account.send({ items, options: { ...options, line: 'G102' }, wantReports: false });
      const [first] = results;
      const id = first !== undefined && 'id' in first ? first.id : assert.fail();
      assert.deepEqual(await quotaOf(), ['19900000102', 852, 52]);

      const states = async (asked: string) =>
        (await rowsOf(account, asked)).map((row) => [row.to, row.state, row.vendorCode]);
      assert.deepEqual(
        await states(id),
        to.map((number) => [number, 'accepted', 'sending']),
      );
      now += 60_000;
      assert.deepEqual(await states(id), [
        [to[0], 'delivered', 'succeeded'],
        [to[1], 'undelivered', '27'],
        [to[2], 'unknown', '332'],
        [to[3], 'accepted', 'sending'],
      ]);
      const [row, ...others] = await rowsOf(account, `${id}.${to[1]!}`);
      assert.deepEqual(others, []);
      assert.deepEqual(row, {
        id,
        to: to[1],
        line: null,
        state: 'undelivered',
        at: '2026-01-31T08:00:01.000+08:00',
        vendorCode: '27',
        vendorTextKey: 'codes.cms.27',
      });
      assert.deepEqual(await rowsOf(account, '1'), []);

      for (const call of [command(wrong.account, 'status'), command(wrong.account, 'query', { id })])
        assert.equal((await problemOf(call)).code, 'auth-failed');
    } finally {
      await connected.close();
      await wrong.close();
      await simulator.close();
    }
  });
});
