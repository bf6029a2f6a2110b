/** The code tables of mobset, their meanings and their texts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RETRY, vendorTextKey } from '../../../nodes/core/failure';
import { ERRORS, REPORTS } from '../../../nodes/vendors/mobset/codes';
import { sendOne } from './mobset-account';

test('every error code is a refusal with its canonical code, its text and what the platform said', async () => {
  for (const [code, canonical] of Object.entries(ERRORS)) {
    for (const written of [code, `"${code}"`]) {
      const [result] = await sendOne(`{ "Code" : ${written}, "Message" : "原文" }`);
      assert.equal(result?.state, 'rejected');
      assert.equal(result.failure.code, canonical);
      assert.equal(result.failure.vendorCode, code);
      assert.equal(result.failure.vendorText, '原文');
      assert.equal(result.failure.vendorTextKey, vendorTextKey('error', code));
    }
  }
  const facts: Record<string, string> = {
    '-106': 'ip-refused',
    '-112': 'too-many-recipients',
    '-105': 'auth-failed',
    '-110': 'text-too-long',
    '-126': 'quota-exceeded',
    '-127': 'outside-allowed-hours',
    '-128': 'insufficient-balance',
    '-133': 'signature-refused',
    '-190': 'vendor-busy',
    '-511': 'template-refused',
  };
  for (const [code, canonical] of Object.entries(facts)) assert.equal(ERRORS[code], canonical, code);
  const [unknown] = await sendOne('{"Code":-9999,"Message":"新错误"}');
  assert.deepEqual(unknown, {
    state: 'rejected',
    failure: { code: 'vendor-error', vendorCode: '-9999', vendorText: '新错误' },
  });
});

test('the codes that a missing SDK permission may give carry that hint', async () => {
  for (const code of [-104, -105, -111]) {
    const [result] = await sendOne(`{"Code":${code}}`);
    assert.ok(result && 'failure' in result);
    assert.equal(result.failure.detail, 'mobset-sdk');
  }
});

/** A locale file of the vendor; `paths` are its keys with those above them. */
function locale(language: string) {
  const text = readFileSync(`locales/${language}/vendors/mobset.json`, 'utf8');
  const parsed = JSON.parse(text) as { codes: Record<string, Record<string, string>>; errors: Record<string, object> };
  const walk = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, below]) => walk(below, `${path}/${key}`))
      : [typeof value === 'string' && value.trim() !== '' ? path : `${path} is empty`];
  return { ...parsed, paths: walk(parsed, '').sort() };
}

test('every code has a text in both languages, and every text a code', () => {
  const [english, chinese] = [locale('en-US'), locale('zh-CN')];
  assert.deepEqual(english.paths, chinese.paths);
  assert.deepEqual(
    english.paths.filter((path) => path.endsWith(' is empty')),
    [],
  );
  for (const { codes } of [english, chinese]) {
    assert.deepEqual(Object.keys(codes).sort(), ['error', 'report']);
    assert.deepEqual(Object.keys(codes.error!).sort(), Object.keys(ERRORS).sort());
    assert.deepEqual(Object.keys(codes.report!).sort(), Object.keys(REPORTS).sort());
    assert.match(codes.error!['-106']!, /IP.*(MMS|彩信)/);
    assert.match(codes.error!['-112']!, /recipients.*user|号码.*用户/);
  }
});

test('every sentence that a failure names is there under its code, and no other', () => {
  const source = readdirSync('nodes/vendors/mobset').map((name) =>
    readFileSync(`nodes/vendors/mobset/${name}`, 'utf8'),
  );
  const named = new Set(
    source.flatMap((text) => [...text.matchAll(/'(mobset-[a-z-]+)'/g)].map(([, detail]) => detail)),
  );
  const there = Object.entries(locale('en-US').errors).flatMap(([code, details]) => {
    assert.ok(code in RETRY, code);
    return Object.keys(details);
  });
  assert.deepEqual([...named].sort(), [...new Set(there)].sort());
});

test('the table of section 6 is complete, and the states are those of section 5', () => {
  assert.equal(Object.keys(ERRORS).length, 128);
  const states = Object.fromEntries(Object.entries(REPORTS).map(([code, { state }]) => [code, state]));
  assert.deepEqual(states, {
    ...{ 0: 'accepted', 1: 'accepted', 10: 'sent', 12: 'delivered', 15: 'unknown' },
    ...Object.fromEntries([2, 3, 4, 5, 6, 7, 11, 13].map((code) => [code, 'undelivered'])),
  });
});
