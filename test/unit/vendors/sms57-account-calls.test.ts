/** What an sms57 account says of its balance (section 3). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError } from '../../../nodes/core/failure';
import { start } from '../../../nodes/simulators/sms57';
import { driver } from '../../../nodes/vendors/sms57';
import { connect } from '../../support/vendor';
import { failing, prepare, problemOf } from './prepared';
import { CONFIG } from './sms57-account';

const balanceOf = (body: string | Buffer, status = 200) => prepare(driver, CONFIG, body, status).account.balance!();

describe('sms57: balance (3)', () => {
  it('asks for it, and has no signature, nothing to cancel and no commands', async () => {
    const { account, requests } = prepare(driver, CONFIG, '{"status":0,"balance":1,"chargeType":"PRECHARGE"}');
    await account.balance!();
    assert.equal(requests.length, 1);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(String(requests[0]?.body))), {
      action: 'balance',
      rt: 'json',
      account: '922011',
      password: 'p&ss+1',
    });
    assert.deepEqual(
      ['balance', 'signature', 'cancel', 'run'].filter((call) => call in account),
      ['balance'],
    );
    assert.equal(driver.commands, undefined);
  });

  it('reads the sample: 厘 are thousandths of a yuan', async () => {
    assert.deepEqual(await balanceOf('{"status":0,"balance":-153278040,"chargeType":"POSTCHARGE"}'), {
      amount: -153278.04,
      unit: 'CNY',
      postpaid: true,
      raw: { status: 0, balance: -153278040, chargeType: 'POSTCHARGE' },
    });
  });

  const amounts: readonly [string, number, boolean][] = [
    ['{"status":"0","balance":"50000000","chargeType":"PRECHARGE"}', 50000, false],
    ['{"status":0,"balance":1,"chargeType":"precharge"}', 0.001, false],
    ['{"status":0,"balance":-45,"chargeType":"PRECHARGE"}', -0.045, false],
    ['{"status":0,"balance":" 7 ","chargeType":"postcharge"}', 0.007, true],
    ['{"status":0,"balance":0,"chargeType":"POSTCHARGE"}', 0, true],
    ['{"Status":0,"Balance":12.5,"ChargeType":"PRECHARGE",}', 0.0125, false],
    // Without a type that the table knows, the sign has to tell.
    ['{"status":0,"balance":-5}', -0.005, true],
    ['{"status":0,"balance":5}', 0.005, false],
    ['{"status":0,"balance":-5,"chargeType":"OTHER"}', -0.005, true],
  ];
  for (const [body, amount, postpaid] of amounts) {
    it(`reads ${body} as ${amount}`, async () => {
      const balance = await balanceOf(body);
      assert.deepEqual([balance.amount, balance.unit, balance.postpaid], [amount, 'CNY', postpaid]);
    });
  }

  const refusals: readonly [string, number, string][] = [
    ['{"status":"3"}', 200, 'auth-failed'],
    ['{"status":2,"balance":5,"chargeType":"PRECHARGE"}', 200, 'ip-refused'],
    ['{"status":7}', 200, 'account-disabled'],
    ['{"status":0}', 200, 'unreadable-answer'],
    ['{"status":0,"balance":null}', 200, 'unreadable-answer'],
    ['{"status":0,"balance":"much"}', 200, 'unreadable-answer'],
    [`{"status":0,"balance":"${'9'.repeat(400)}"}`, 200, 'unreadable-answer'],
    ['{"balance":5}', 200, 'unreadable-answer'],
    ['<?xml version="1.0"?><a/>', 200, 'unreadable-answer'],
    ['', 200, 'unreadable-answer'],
    ['', 401, 'auth-failed'],
    ['', 500, 'no-answer'],
  ];
  for (const [body, status, code] of refusals) {
    it(`rejects HTTP ${status} ${body.slice(0, 60)} with ${code}`, async () => {
      assert.equal((await problemOf(balanceOf(body, status))).code, code);
    });
  }

  it('lets through what the call rejected with', async () => {
    const thrown = new SmsError({ code: 'network' });
    assert.equal(await problemOf(failing(driver, CONFIG, thrown).balance!()), thrown);
  });

  it('gives a finite number or a failure, whatever is answered', async () => {
    const field = fc.oneof(fc.constantFrom(0, '0', '3', 'PRECHARGE', '-1', null), fc.jsonValue());
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
      fc
        .dictionary(fc.constantFrom('status', 'balance', 'chargeType', '__proto__'), field)
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(200, 200, 200, 403, 502), async (body, status) => {
        const read = await balanceOf(body, status).catch((thrown: unknown) => thrown);
        if (read instanceof SmsError) assert.ok(read.code in RETRY);
        else assert.ok(Number.isFinite((read as { amount: unknown }).amount));
      }),
    );
  });
});

describe('sms57: balance of the simulated gateway', () => {
  it('falls with what is sent, and is negative where it is paid afterwards', async () => {
    const simulator = await start();
    const prepaid = connect('sms57', simulator);
    const later = { accountId: 'POSTCHARGE', username: 'later', password: 'later-1' };
    simulator.addAccount(later);
    const postpaid = connect('sms57', { url: simulator.url, account: later }, { md5: true });
    const wrong = connect('sms57', { url: simulator.url, account: { ...later, password: 'x' } });
    try {
      const read = async ({ account }: typeof prepaid) => {
        const { amount, unit, postpaid: isPostpaid } = await account.balance!();
        return [amount, unit, isPostpaid];
      };
      assert.deepEqual(await read(prepaid), [50000, 'CNY', false]);
      assert.deepEqual(await read(postpaid), [0, 'CNY', true]);
      for (const { account, options } of [prepaid, postpaid])
        await account.send({ items: [{ text: 'x', to: ['13800000001', '13800000002'] }], options, wantReports: false });
      assert.deepEqual(await read(prepaid), [49999.91, 'CNY', false]);
      assert.deepEqual(await read(postpaid), [-0.09, 'CNY', true]);
      assert.equal((await problemOf(read(wrong))).code, 'auth-failed');
    } finally {
      for (const connected of [prepaid, postpaid, wrong]) await connected.close();
      await simulator.close();
    }
  });
});
