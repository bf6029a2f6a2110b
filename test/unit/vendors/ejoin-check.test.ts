/** The ejoin driver: what it refuses before anything is sent. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmsError } from '../../../nodes/core/failure';
import type { AccountConfig, Attachment } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/ejoin';
import { open, TWO, type Json } from './ejoin-device';

describe('ejoin: what is refused before anything is sent', () => {
  const { account } = open();
  const detail = (text: string, options: Json): string | undefined => account.checkText(text, options)?.detail;
  const file = (size: number, type = 'jpg'): Attachment => ({ type, content: Buffer.alloc(size, 1) });
  const mms = (...attachments: Attachment[]): Json => ({ smstype: 1, attachments });

  it('is a text that is too long, unless the user raises the limit', () => {
    assert.equal(account.checkText('长'.repeat(300), {}), undefined);
    assert.deepEqual(account.checkText('长'.repeat(301), {}), {
      code: 'text-too-long',
      detail: 'ejoin-text',
      params: { length: 301, limit: 300 },
    });
    assert.equal(account.checkText('长'.repeat(301), { maxLength: 301 }), undefined);
    assert.equal(account.checkText('a'.repeat(11), { maxLength: 10 })?.code, 'text-too-long');
    assert.equal(account.checkText('😀'.repeat(151), {})?.code, 'text-too-long', 'an emoji is two on the air');
    assert.equal(account.checkText('a'.repeat(2000), { smstype: 1 }), undefined, 'an MMS has no such limit');
  });

  it('is an empty SMS, and an MMS with nothing in it', () => {
    assert.equal(detail('', {}), 'ejoin-no-text');
    assert.equal(detail('', { smstype: 1 }), 'ejoin-mms-empty');
    assert.equal(detail('', mms(file(1))), undefined);
    assert.equal(detail('a', { smstype: 1 }), undefined);
  });

  it('is what JSON or the device would change', () => {
    for (const text of ['a\0b', 'a\ud83d', '\ude00b']) {
      assert.equal(detail(text, {}), 'ejoin-characters');
      assert.equal(detail(text, { smstype: 1 }), 'ejoin-characters');
      assert.equal(detail('a', { smstype: 1, smstitle: text }), 'ejoin-characters');
    }
  });

  it('is a text that 7 bits cannot carry, where the user wants 7 bits', () => {
    assert.equal(detail('Grüße @£ {[~|^€\\]}\r\n', { coding: 2 }), undefined);
    for (const text of ['中', 'ç', '`', '😀', '\t', '’']) assert.equal(detail(text, { coding: 2 }), 'ejoin-7bit', text);
    assert.equal(account.checkText('中', { coding: 2 })?.code, 'content-refused');
    assert.equal(detail('中', { coding: 1 }), undefined);
  });

  it('is an MMS beyond its limits', () => {
    assert.equal(detail('', mms(...Array.from({ length: 5 }, () => file(20 * 1024)))), undefined);
    assert.equal(detail('', mms(...Array.from({ length: 6 }, () => file(1)))), 'ejoin-attachments-count');
    assert.equal(detail('', mms(file(102_400), file(1))), 'ejoin-attachments-size');
    assert.equal(detail('a'.repeat(102_401), { smstype: 1 }), 'ejoin-attachments-size');
    assert.equal(detail('', mms(file(0))), 'ejoin-attachments-empty');
    for (const type of ['', 'jpg|', 'a;b', 'image/jpeg', '.jpg']) {
      assert.equal(detail('', mms(file(1, type))), 'ejoin-attachments-type', type);
    }
    assert.equal(detail('a', { attachments: [file(1)] }), 'ejoin-attachments-sms');
    assert.equal(detail('a', { attachments: [], smstype: 0 }), undefined);
  });

  it('is a port or an interval that cannot be', () => {
    assert.equal(detail('a', { from: 'front' }), 'ejoin-port-syntax');
    assert.equal(detail('a', { from: '9-3' }), 'ejoin-port-reversed');
    assert.equal(detail('a', { from: '1,0' }), 'ejoin-port-range');
    assert.equal(detail('a', { from: '2E', slots: 4 }), 'ejoin-port-slot');
    for (const intvl of ['9-3', 'x', '1-', '-1', '1.5']) assert.equal(detail('a', { intvl }), 'ejoin-intvl', intvl);
    for (const intvl of ['0', '500', '1-1', ' 5 - 10 ', 500]) assert.equal(detail('a', { intvl }), undefined);
    const shown = JSON.stringify(account.checkText('a', { from: '13800000001' }));
    assert.ok(!shown.includes('1380'), 'a number in the wrong field is not repeated');
  });

  it('is also refused by a send that nobody checked', async () => {
    const { account: other, requests } = open();
    const { results } = await other.send({ ...TWO, options: { from: '9-3' } });
    assert.deepEqual([results.length, results[1]?.state, requests.length], [2, 'rejected', 0]);
  });

  it('is what is no number', () => {
    for (const to of ['10086', '+8613800000001', '123']) assert.equal(account.checkRecipient(to), undefined);
    for (const to of ['', '12', '1001,1002', '1 2 3', '++861', '1'.repeat(21)]) {
      assert.equal(account.checkRecipient(to)?.code, 'invalid-recipient');
    }
  });
});

describe('ejoin: opening an account', () => {
  const bad: [string, Partial<AccountConfig>, string][] = [
    ['a blank URL', { url: ' ' }, 'url'],
    ['no URL', { url: '192.168.1.67' }, 'url'],
    ['another scheme', { url: 'ftp://192.168.1.67' }, 'url'],
    ['a login in the URL', { url: 'http://root:secret@192.168.1.67' }, 'url'],
    ['a query in the URL', { url: 'http://192.168.1.67/?password=secret' }, 'url'],
    ['no user name', { username: '' }, 'username'],
    ['no password', { password: '' }, 'password'],
    ['half a character', { password: 'secret\ud83d' }, 'password'],
    ['ports that are none', { options: { ports: '1,x' } }, 'ports'],
    ['a slot that is not there', { options: { ports: '1,2E', slots: 4 } }, 'ports'],
    ['an interval that is none', { options: { intvl: '2-1' } }, 'intvl'],
  ];
  for (const [name, config, field] of bad) {
    it(`refuses ${name}, naming the field and no secret`, () => {
      assert.throws(
        () => open(config),
        (error) => {
          assert.ok(error instanceof SmsError);
          assert.equal(error.code, 'invalid-config');
          assert.equal(error.failure.params?.field, field);
          assert.ok(!JSON.stringify(error.failure).includes('secret') && !error.message.includes('secret'));
          return true;
        },
      );
    });
  }

  it('says what it can', () => {
    const { capabilities } = driver;
    const { batch, defaultWindow } = capabilities;
    assert.deepEqual([batch, defaultWindow, capabilities.recipientsPerRequest({})], [true, 1, 100]);
    const attachments = [{ type: 'txt', content: Buffer.from('a') }];
    assert.equal(capabilities.recipientsPerRequest({ attachments }), 1, 'each task carries its own files');
    assert.equal(capabilities.recipientsPerRequest({ attachments, intvl: '5' }), 100, 'one task for all');
  });
});
