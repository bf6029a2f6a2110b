import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driver } from '../../../nodes/vendors/sms57';
import { RESULT, STAT, statMeaning, STATUS, SUCCESS } from '../../../nodes/vendors/sms57/codes';
import { checkLocale, LANGUAGES } from './prepared';

describe('sms57: codes and texts', () => {
  const tables: Record<string, string[]> = {
    status: [SUCCESS, ...Object.keys(STATUS)],
    result: [SUCCESS, ...Object.keys(RESULT)],
    stat: Object.keys(STAT),
  };

  const sentences = ['url', 'login', 'line-break', 'xml', 'extno', 'balance', 'signature'].map((key) => `sms57-${key}`);
  for (const language of LANGUAGES) {
    it(`has a text for every code and no other in ${language}`, () => {
      checkLocale(driver, language, tables, sentences);
    });
  }

  it('has every code of sections 7 to 9', () => {
    assert.deepEqual(Object.keys(STATUS).join(), '1,2,3,4,5,6,7,8,9,21,100,102');
    assert.deepEqual(Object.keys(RESULT).join(), '10,15,17');
    const numbers =
      '0001 0002 0003 0004 0005 0006 0009 0011 0012 0013 0014 0021 0022 0023 0024 0025 0026 0027 0028 0029 0030';
    const expected = numbers.split(' ').map((number) => `MA:${number}`);
    assert.deepEqual(
      Object.keys(STAT).filter((key) => key.startsWith('MA:')),
      expected,
    );
  });

  const stats: readonly [unknown, string, boolean, string | undefined, string | undefined][] = [
    ['DELIVRD', 'delivered', true, undefined, undefined],
    [' delivrd ', 'delivered', true, undefined, undefined],
    ['ACCEPTD', 'accepted', false, undefined, undefined],
    ['ENROUTE', 'sent', false, undefined, undefined],
    ['UNKNOWN', 'unknown', false, undefined, undefined],
    ['EXPIRED', 'undelivered', true, 'undelivered', 'EXPIRED'],
    ['REJECTD', 'undelivered', true, 'undelivered', 'REJECTED'],
    ['REJECTED', 'undelivered', true, 'undelivered', 'REJECTED'],
    ['MA:0029', 'undelivered', true, 'recipient-refused', 'MA-0029'],
    ['MA:29', 'undelivered', true, 'recipient-refused', 'MA-0029'],
    ['MA:9999', 'undelivered', true, 'vendor-error', undefined],
    ['MO:200', 'undelivered', true, 'text-too-long', 'MO-0200'],
    ['MO:0200', 'undelivered', true, 'text-too-long', 'MO-0200'],
    ['MO:0254', 'unknown', true, 'no-answer', 'MO-0254'],
    ['MO:255', 'unknown', true, 'no-answer', 'MO-0255'],
    ['MO:0007', 'undelivered', true, 'vendor-error', 'MO-NNNN'],
    ['MO:ABCD', 'undelivered', true, 'vendor-error', 'MO-NNNN'],
    ['constructor', 'undelivered', true, 'vendor-error', undefined],
    [42, 'undelivered', true, 'vendor-error', undefined],
    [null, 'undelivered', true, 'vendor-error', undefined],
  ];
  for (const [stat, state, final, expected, key] of stats) {
    it(`takes the report ${JSON.stringify(stat)} as ${state}`, () => {
      const meaning = statMeaning(stat);
      assert.deepEqual([meaning.state, meaning.final, meaning.failure?.code], [state, final, expected]);
      assert.equal(meaning.failure?.vendorTextKey, key && `codes.stat.${key}`);
      if (meaning.failure && typeof stat === 'string') assert.equal(meaning.failure.vendorCode, stat.trim());
    });
  }
});
