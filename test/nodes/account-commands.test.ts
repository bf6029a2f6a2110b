/** What an account node asks of each vendor, over real HTTP: what it tells, and what it is refused. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATORS } from '../../nodes/simulators/registry';
import type { Simulator, SimulatorAccount } from '../../nodes/simulators/simulator';
import { Asking, collectorsOf, keyed } from '../support/asking';
import { Flow, sendTo, simulated, type FlowNode } from '../support/flow';
import { http, RawServer } from '../support/raw-server';

type Command = 'balance' | 'signature' | 'cancel';

const FRIEND = '13800000001';

let simulator: Simulator;
let flow: Flow;
let asking: Asking;

/** A flow with an account node, which talks to what stands at `url`. */
async function load(
  vendor: string,
  command: Command,
  url: string,
  login: SimulatorAccount,
  options: object = {},
): Promise<void> {
  const nodes: FlowNode[] = [
    simulated(vendor, 'gw', { simulate: false, url, options }),
    {
      ...{ id: 'account', type: 'smswire-account', gateway: 'gw', version: 1 },
      ...{ command, threshold: '', interval: '', wires: [['result'], []] },
    },
    ...collectorsOf('account'),
    ...sendTo('gw', { at: 'later', atType: 'msg' }),
  ];
  flow = await Flow.load(nodes, { gw: { ...login } }, keyed);
  asking = new Asking(flow, 'account');
}

async function start(
  vendor: string,
  command: Command,
  login: Partial<SimulatorAccount> = {},
  options: object = {},
): Promise<void> {
  simulator = await (SIMULATORS[vendor] ?? assert.fail())();
  await load(vendor, command, simulator.url, { ...simulator.account, ...login }, options);
}

/** What is asked of the vendor while `work` is done. */
async function seen(work: () => Promise<unknown>): Promise<{ url: string; body: Record<string, string> }[]> {
  const before = simulator.requests.length;
  await work();
  return simulator.requests.slice(before).map(({ url, body }) => ({
    url: new URL(url, simulator.url).pathname,
    body: Object.fromEntries(new URLSearchParams(body.toString('latin1'))),
  }));
}

async function balance(): Promise<unknown> {
  const { payload, sms } = await asking.answer({ payload: 'go' });
  return [payload, (sms as unknown as { unit: string }).unit];
}

/** Sends, and gives the vendor's ids. */
async function send(to: readonly string[], later: number = Date.now()): Promise<string[]> {
  const { next } = flow.inbox('accepted');
  flow.input('send', { payload: 'hello', to, later });
  return (await next).sms.recipients.map(({ id }) => id ?? '');
}

interface Result {
  readonly id: string;
  readonly ok: boolean;
  readonly vendorCode?: string;
  readonly error?: { readonly code: string };
}

async function cancel(payload: unknown): Promise<unknown[]> {
  const { results } = (await asking.answer({ payload })).payload as { results: Result[] };
  return results.map(({ id, ok, vendorCode, error }) => [id, ok, error?.code, vendorCode]);
}

const CALLS = {
  sms57: { url: '/sms', body: { action: 'balance' } },
  mobset: { url: '/SDK3/Sms', body: { Methods: 'SmsGetBalance' } },
  hezhong: { url: '/sms/api/QueryBalance.do', body: {} },
};

describe('an account node', () => {
  afterEach(async () => {
    await flow.close();
    await simulator.close();
  });

  for (const [vendor, before, spent, unit] of [
    ['sms57', 50_000, 49_999.91, 'CNY'],
    ['mobset', 1_000_000, 999_998, 'messages'],
    ['hezhong', 50_000, 49_999.9, 'unspecified'],
  ] as const) {
    it(`tells the balance of ${vendor}, and what was spent of it`, async () => {
      await start(vendor, 'balance');
      const [asked, ...more] = await seen(async () => {
        assert.deepEqual(await balance(), [before, unit]);
      });
      const { url, body } = CALLS[vendor];
      assert.deepEqual([asked?.url, { ...asked?.body, ...body }, more], [url, asked?.body, []]);
      await send([FRIEND, '13800000002']);
      assert.equal(simulator.accepted.length, 2);
      assert.deepEqual(await balance(), [spent, unit]);
      // What the vendor refuses is not paid for.
      flow.input('send', { payload: 'hello', to: ['19900000011'] });
      await flow.inbox('failed').at(0);
      assert.deepEqual(await balance(), [spent, unit]);
    });
  }

  it('tells the negative balance of an account that is paid afterwards', async () => {
    await start('sms57', 'balance', { username: 'later' });
    simulator.addAccount({ ...simulator.account, username: 'later', accountId: 'POSTCHARGE' });
    assert.deepEqual(await balance(), [0, 'CNY']);
    await send([FRIEND]);
    assert.deepEqual(await balance(), [-0.045, 'CNY']);
  });

  it('tells the balance with an MD5 password', async () => {
    await start('sms57', 'balance', {}, { md5: true });
    const [asked] = await seen(async () => {
      assert.deepEqual(await balance(), [50_000, 'CNY']);
    });
    assert.match(asked?.body.password ?? '', /^[0-9a-f]{32}$/);
  });

  it('tells the signature of mobset, by the call for it', async () => {
    await start('mobset', 'signature');
    const [asked, ...more] = await seen(async () => {
      assert.equal((await asking.answer({ payload: 'go' })).payload, '短信易');
    });
    assert.deepEqual([asked?.body.Methods, asked?.body.CorpID, more], ['SmsGetSign', '300999', []]);
  });

  it('cancels at mobset what waits there, fifty ids a call, and tells of each that is not there any more', async () => {
    await start('mobset', 'cancel', {}, { vendorSchedule: true });
    const to = Array.from({ length: 50 }, (_, index) => `138000001${String(index).padStart(2, '0')}`);
    const ids = await send(to, Date.now() + 3_600_000);
    const [gone = ''] = await send([FRIEND]);
    const left = ids.at(-1) ?? '';
    const asked = await seen(async () => {
      assert.deepEqual(await cancel([...ids.slice(0, 49), gone, '1', Number(ids[0])]), [
        ...ids.slice(0, 49).map((id) => [id, true, undefined, undefined]),
        [gone, false, 'not-found', '-142'],
        ['1', false, 'not-found', '-142'],
      ]);
    });
    assert.deepEqual(
      asked.map(({ body }) => [body.Methods, body.SmsID?.split(',').length]),
      [
        ['SmsCancel', 50],
        ['SmsCancel', 1],
      ],
    );
    // The platform has taken back just those, and asks no price for them.
    const taken = simulator.accepted.flatMap(({ parameters }) => parameters.Cancelled as string[]);
    assert.deepEqual(taken, ids.slice(0, 49));
    assert.deepEqual(await cancel([ids[0], left]), [
      [ids[0], false, 'not-found', '-142'],
      [left, true, undefined, undefined],
    ]);
    assert.ok(flow.inbox('failed').messages.every(({ sms }) => sms.state === 'cancelled'));
  });

  for (const vendor of ['goip', 'sms57', 'ejoin', 'hezhong', 'mobset']) {
    it(`cancels what waits here without asking ${vendor}, and what it has not got it does not find`, async () => {
      await start(vendor, 'cancel');
      flow.input('send', { payload: 'x', to: FRIEND, later: Date.now() + 3_600_000, sms: { once: 'order 7' } });
      const asked = await seen(async () => {
        let result: unknown;
        // Until it waits.
        for (let tries = 0; tries < 100 && !String(result).includes('true'); tries += 1) {
          [result] = await cancel('order 7');
          await sleep(10);
        }
        assert.deepEqual(result, ['order 7', true, undefined, undefined]);
      });
      assert.deepEqual(asked, []);
      assert.deepEqual(simulator.accepted, []);
      const [sent = ''] = await send([FRIEND]);
      const late = await seen(async () => {
        const expected = vendor === 'mobset' ? '-142' : undefined;
        assert.deepEqual(
          (await cancel([sent])).map((result) => (result as unknown[]).slice(0, 3)),
          [[sent, false, 'not-found']],
        );
        assert.deepEqual((await cancel(['4711'])).at(0), ['4711', false, 'not-found', expected]);
      });
      assert.ok(late.every(({ body }) => vendor === 'mobset' && body.Methods === 'SmsCancel'));
      assert.equal(simulator.accepted.length, 1);
    });
  }

  for (const [vendor, command, commands] of [
    ['goip', 'balance', 'cancel'],
    ['goip', 'signature', 'cancel'],
    ['ejoin', 'balance', 'cancel'],
    ['ejoin', 'signature', 'cancel'],
    ['sms57', 'signature', 'balance, cancel'],
    ['hezhong', 'signature', 'balance, cancel'],
  ] as const) {
    it(`does not ask ${vendor} for its ${command}, and says what there is`, async () => {
      await start(vendor, command);
      const asked = await seen(async () => {
        const { code, params } = await asking.refusal({ payload: 'go' });
        assert.deepEqual([code, params], ['unsupported', { command, commands }]);
      });
      assert.deepEqual(asked, []);
    });
  }

  for (const payload of [undefined, null, '', ' ', [], [''], ['1', null], [['1']], { id: '1' }, 1.5, true, [2 ** 53]]) {
    it(`does not ask for ids that are none: ${JSON.stringify(payload)}`, async () => {
      await start('mobset', 'cancel');
      const asked = await seen(async () => {
        const { code, params } = await asking.refusal({ payload });
        assert.deepEqual([code, String(params.field).startsWith('msg.payload')], ['invalid-message', true]);
      });
      assert.deepEqual(asked, []);
    });
  }

  for (const [vendor, login, code, vendorCode] of [
    ['sms57', { password: 'wrong' }, 'auth-failed', '3'],
    ['sms57', { username: 'nobody' }, 'auth-failed', '3'],
    ['mobset', { password: 'wrong' }, 'auth-failed', '-105'],
    ['mobset', { username: 'nobody' }, 'auth-failed', '-103'],
    ['mobset', { accountId: '399999' }, 'account-disabled', '-107'],
    ['hezhong', { password: 'wrong' }, 'auth-failed', '-1'],
    ['hezhong', { username: 'SMSWIRE' }, 'auth-failed', '-1'],
    ['hezhong', { accountId: '1' }, 'auth-failed', '-1'],
  ] as const) {
    for (const command of vendor === 'mobset' ? (['balance', 'signature'] as const) : (['balance'] as const)) {
      it(`is refused by ${vendor} for ${JSON.stringify(login)}: ${command}, once`, async () => {
        await start(vendor, command, login);
        const asked = await seen(async () => {
          const refusal = await asking.refusal({ payload: 'go' });
          assert.deepEqual([refusal.code, refusal.vendorCode], [code, vendorCode]);
        });
        assert.equal(asked.length, 1);
      });
    }
  }

  it('tells of each id that the login is refused', async () => {
    await start('mobset', 'cancel', { password: 'wrong' });
    assert.deepEqual(await cancel(['1', '2']), [
      ['1', false, 'auth-failed', '-105'],
      ['2', false, 'auth-failed', '-105'],
    ]);
  });
});

/** The documents' codes for calls that are no sends, and what they mean to flows. */
const CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sms57: {
    ...{ 1: 'vendor-error', 2: 'ip-refused', 3: 'auth-failed', 4: 'unsupported', 5: 'vendor-error' },
    ...{ 6: 'permission-denied', 7: 'account-disabled', 21: 'vendor-busy', 55: 'vendor-error' },
  },
  mobset: {
    ...{ '-102': 'vendor-error', '-103': 'auth-failed', '-104': 'permission-denied', '-105': 'auth-failed' },
    ...{ '-106': 'ip-refused', '-107': 'account-disabled', '-109': 'auth-failed', '-111': 'permission-denied' },
    ...{ '-123': 'account-disabled', '-124': 'permission-denied', '-142': 'not-found', '-143': 'too-many-recipients' },
    ...{ '-144': 'vendor-error', '-189': 'vendor-busy', '-190': 'vendor-busy', '-191': 'unsupported' },
    ...{ '-199': 'vendor-error', '-998': 'vendor-error' },
  },
  hezhong: {
    ...{ '-1': 'auth-failed', '-2': 'account-disabled', '-3': 'ip-refused', '-4': 'insufficient-balance' },
    ...{ '-6': 'vendor-error', '-99': 'vendor-error', '-55': 'vendor-error' },
  },
};
const BODY: Readonly<Record<string, (code: string) => string>> = {
  sms57: (code) => JSON.stringify({ status: Number(code) }),
  mobset: (code) => JSON.stringify({ Code: Number(code), Message: '' }),
  hezhong: (code) => code,
};
const HTTP = { 401: 'auth-failed', 403: 'permission-denied', 404: 'invalid-config', 500: 'no-answer' };

describe('whatever a vendor answers an account node', () => {
  let raw: RawServer;
  before(async () => {
    raw = await RawServer.start();
  });
  after(async () => {
    await raw.close();
  });
  afterEach(async () => {
    await flow.close();
  });

  for (const [vendor, command] of [
    ['sms57', 'balance'],
    ['hezhong', 'balance'],
    ['mobset', 'balance'],
    ['mobset', 'signature'],
    ['mobset', 'cancel'],
  ] as const) {
    it(`is the error that the document says, once: ${vendor} ${command}`, async () => {
      await load(vendor, command, raw.url, { accountId: '300999', username: 'me', password: 'secret' });
      const refusal = async (status: number, body: string): Promise<unknown[]> => {
        raw.answer = () => ({ bytes: http(status, Buffer.from(body)) });
        const count = raw.requests.length;
        const told = command === 'cancel' ? (await cancel('1')).flat().slice(2) : await said();
        assert.equal(raw.requests.length, count + 1);
        return told;
      };
      const said = async (): Promise<unknown[]> => {
        const { code, vendorCode } = await asking.refusal({ payload: 'go' });
        return [code, vendorCode];
      };
      for (const [code, means] of Object.entries(CODES[vendor] ?? {}))
        assert.deepEqual(await refusal(200, BODY[vendor]?.(code) ?? ''), [means, code]);
      for (const [status, means] of Object.entries(HTTP))
        assert.deepEqual(await refusal(Number(status), ''), [means, `HTTP ${status}`]);
      for (const body of ['', '<html>', '{', '[]', 'null', '{"Message":"x"}'])
        assert.deepEqual(await refusal(200, body), ['unreadable-answer', undefined], body);
    });
  }

  it('tells of each id by itself: one cancelled, one not, one that the answer leaves out', async () => {
    await load('mobset', 'cancel', raw.url, { accountId: '300999', username: 'me', password: 'secret' });
    const details = [
      { SmsID: 1, Status: 1 },
      { SmsID: '2', Status: '-142' },
      { SmsID: 4, Status: -190 },
    ];
    raw.answer = () => ({ bytes: http(200, Buffer.from(JSON.stringify({ Code: 1, Message: '', Details: details }))) });
    assert.deepEqual(await cancel(['1', '2', '3', '4']), [
      ['1', true, undefined, undefined],
      ['2', false, 'not-found', '-142'],
      ['3', false, 'unreadable-answer', undefined],
      ['4', false, 'vendor-busy', '-190'],
    ]);
  });
});
