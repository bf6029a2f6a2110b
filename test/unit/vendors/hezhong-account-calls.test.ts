/** What a hezhong account says of its balance (三). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RETRY, SmsError, vendorTextKey } from '../../../nodes/core/failure';
import { start } from '../../../nodes/simulators/hezhong';
import { driver } from '../../../nodes/vendors/hezhong';
import { ERRORS } from '../../../nodes/vendors/hezhong/codes';
import { connect } from '../../support/vendor';
import { account, CONFIG, type Reply } from './hezhong-account';
import { failing, problemOf } from './prepared';

const balanceOf = (reply: Reply) => account(reply).balance!();

describe('hezhong: balance (三)', () => {
  it('asks with nothing but the login, and there is nothing else to ask', async () => {
    const opened = account({ body: '1' });
    await opened.balance!();
    assert.equal(opened.requests[0]?.url, 'http://39.105.107.78:28011/sms/api/QueryBalance.do');
    assert.equal(opened.requests[0].body, 'userid=50001&username=Test%D4%B1&password=%C3%DC%26%3D%2B%25%206');
    assert.deepEqual(
      ['balance', 'signature', 'cancel', 'run'].filter((call) => call in opened),
      ['balance'],
    );
    assert.equal(driver.commands, undefined);
  });

  const amounts: readonly [string, number][] = [
    ['0', 0],
    ['100', 100],
    ['100.', 100],
    ['+7', 7],
    ['\ufeff 12.50\r\n', 12.5],
    ['007.0010', 7.001],
  ];
  for (const [body, amount] of amounts) {
    it(`reads ${JSON.stringify(body)} as ${amount} of a unit that is not stated`, async () => {
      assert.deepEqual(await balanceOf({ body }), {
        amount,
        unit: 'unspecified',
        postpaid: false,
        // The byte order mark is no part of the text.
        raw: body.replace('\ufeff', ''),
      });
    });
  }

  it('rejects with the codes of 二.3', async () => {
    for (const [code, canonical] of Object.entries(ERRORS)) {
      const { failure } = await problemOf(balanceOf({ body: ` ${code}\n` }));
      assert.deepEqual(failure, { code: canonical, vendorCode: code, vendorTextKey: vendorTextKey('send', code) });
    }
    const { failure } = await problemOf(balanceOf({ body: '-1，账号密码错误' }));
    assert.deepEqual([failure.code, failure.vendorText], ['auth-failed', '账号密码错误']);
  });

  const refusals: readonly [string, number, string][] = [
    ['-77', 200, 'vendor-error'],
    ['', 200, 'unreadable-answer'],
    ['-0', 200, 'unreadable-answer'],
    ['-12.5', 200, 'unreadable-answer'],
    ['1,5', 200, 'unreadable-answer'],
    ['0x10', 200, 'unreadable-answer'],
    ['1e3', 200, 'unreadable-answer'],
    ['9'.repeat(400), 200, 'unreadable-answer'],
    ['<html>100</html>', 200, 'unreadable-answer'],
    ['100', 401, 'auth-failed'],
    ['100', 404, 'invalid-config'],
    ['100', 500, 'no-answer'],
  ];
  for (const [body, status, code] of refusals) {
    it(`rejects HTTP ${status} ${JSON.stringify(body.slice(0, 40))} with ${code}`, async () => {
      assert.equal((await problemOf(balanceOf({ body, status }))).code, code);
    });
  }

  it('lets through what the call rejected with', async () => {
    const thrown = new SmsError({ code: 'no-answer' });
    assert.equal(await problemOf(failing(driver, CONFIG, thrown).balance!()), thrown);
  });

  it('gives a number from 0 on or a failure, whatever is answered', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
      fc
        .string({ unit: fc.constantFrom(...Array.from('0129-+., ，\n\ufeff')), maxLength: 12 })
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const read = await balanceOf({ body }).catch((thrown: unknown) => thrown);
        if (read instanceof SmsError) assert.ok(read.code in RETRY);
        else assert.ok((read as { amount: number }).amount >= 0);
      }),
    );
  });
});

describe('hezhong: balance of the simulated platform', () => {
  it('falls with what is sent', async () => {
    const simulator = await start({ balance: 12.5 });
    const connected = connect('hezhong', simulator);
    const wrong = connect('hezhong', { url: simulator.url, account: { ...simulator.account, password: 'x' } });
    try {
      const { account: opened, options } = connected;
      assert.equal((await opened.balance!()).amount, 12.5);
      await opened.send({ items: [{ text: 'x', to: ['13800000001'] }], options, wantReports: false });
      const { amount, unit, postpaid, raw } = await opened.balance!();
      assert.deepEqual([amount, unit, postpaid, raw], [12.45, 'unspecified', false, '12.45']);
      assert.equal((await problemOf(wrong.account.balance!())).code, 'auth-failed');
    } finally {
      await connected.close();
      await wrong.close();
      await simulator.close();
    }
  });
});
