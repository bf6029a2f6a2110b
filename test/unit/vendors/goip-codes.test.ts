import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RETRY } from '../../../nodes/core/failure';
import { driver } from '../../../nodes/vendors/goip';
import { CMS, cmsError, ONLINE, REASON, REG, SEND } from '../../../nodes/vendors/goip/codes';
import { checkLocale, LANGUAGES } from './prepared';

describe('goip: codes and texts', () => {
  const tables = {
    reason: Object.keys(REASON),
    send: Object.keys(SEND),
    online: Object.keys(ONLINE),
    reg: Object.keys(REG),
    cms: Object.keys(CMS),
  };
  const sentences = ['url', 'login', 'number', 'bad-query', 'no-database', 'no-id'].map((key) => `goip-${key}`);
  for (const language of LANGUAGES) {
    it(`has a text for every code and no other in ${language}`, () => {
      checkLocale(driver, language, tables, sentences);
    });
  }

  it('has every code of appendix A once', () => {
    // Counted in the document: 106 lines, 312 twice, and one entry of ours for the range that 224 and 254 bound.
    assert.equal(Object.keys(CMS).length, 106);
    for (const errorCode of [...Object.values(CMS), ...Object.values(REASON)]) assert.ok(errorCode in RETRY);
  });

  it('takes no answer of the network for no proof', () => {
    for (const errCode of [332, '332', ' 513 ', '0513']) {
      const { state, failure: why } = cmsError(errCode);
      assert.equal(state, 'unknown');
      assert.equal(why.code, 'no-answer');
    }
    const unknown = Object.keys(CMS).filter((key) => cmsError(key).state !== 'undelivered');
    assert.deepEqual(unknown, ['332', '513']);
  });

  it('knows the range of application errors', () => {
    const keyOf = (errCode: number) => cmsError(errCode).failure.vendorTextKey;
    assert.equal(keyOf(224), 'codes.cms.224');
    for (const errCode of [225, 240, 253]) assert.equal(keyOf(errCode), 'codes.cms.225-253');
    assert.equal(keyOf(254), 'codes.cms.254');
  });

  it('keeps a code that the appendix lacks', () => {
    for (const errCode of ['350', 'x', '-1', '999999999999', 'constructor', '225-253', '1.5']) {
      const { state, failure: why } = cmsError(errCode);
      assert.equal(state, 'undelivered');
      assert.deepEqual(why, { code: 'vendor-error', vendorCode: errCode });
    }
    assert.equal(cmsError(undefined).failure.code, 'undelivered');
  });
});
