/** The code tables of hezhong, their meanings and their texts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RETRY } from '../../../nodes/core/failure';
import { driver } from '../../../nodes/vendors/hezhong';
import { ERRORS, MOBILE_REPORTS, REPORTS, TELECOM_REPORTS, UNICOM_REPORTS } from '../../../nodes/vendors/hezhong/codes';
import { COUNTRIES } from '../../../nodes/vendors/hezhong/countries';

/** A locale file of the vendor; `paths` are its keys with those above them. */
function locale(language: string) {
  const text = readFileSync(`locales/${language}/vendors/hezhong.json`, 'utf8');
  const parsed = JSON.parse(text) as {
    codes: Record<string, Record<string, string>>;
    errors: Record<string, object>;
    options: Record<string, { label?: string; hint?: string }>;
  };
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
    assert.deepEqual(Object.keys(codes).sort(), ['country', 'report', 'send']);
    assert.deepEqual(Object.keys(codes.send!).sort(), Object.keys(ERRORS).sort());
    assert.deepEqual(Object.keys(codes.report!).sort(), Object.keys(REPORTS).sort());
    assert.deepEqual(Object.keys(codes.country!).sort(), COUNTRIES.map(String).sort());
    for (const code of ['0', '1', '2']) assert.match(codes.report![code]!, /(Unicom|联通).*(Telecom|电信)/);
  }
});

test('every option has a label and a hint in both languages', () => {
  const names = ['sub', 'msgFormat', 'strictReports'];
  assert.deepEqual(
    driver.options.map(({ name }) => name),
    names,
  );
  for (const { options } of [locale('en-US'), locale('zh-CN')]) {
    assert.deepEqual(Object.keys(options), names);
    for (const { label, hint } of Object.values(options)) assert.ok(label && hint);
  }
});

test('every sentence that a failure names is there under its code, and no other', () => {
  const source = readdirSync('nodes/vendors/hezhong').map((name) =>
    readFileSync(`nodes/vendors/hezhong/${name}`, 'utf8'),
  );
  const named = new Set(
    source.flatMap((text) => [...text.matchAll(/'(hezhong-[a-z\d-]+)'/g)].map(([, detail]) => detail)),
  );
  const there = Object.entries(locale('en-US').errors).flatMap(([code, details]) => {
    assert.ok(code in RETRY, code);
    return Object.keys(details);
  });
  assert.deepEqual([...named].sort(), [...new Set(there)].sort());
});

test('the tables are complete, and the states are those of the appendix', () => {
  assert.deepEqual(
    Object.keys(ERRORS).sort(),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99].map((code) => String(-code)).sort(),
  );
  assert.deepEqual(ERRORS['-6'], 'vendor-error');
  const telecom = [...Array.from({ length: 49 }, (_, code) => String(code)), '99', 'other'];
  assert.deepEqual(Object.keys(TELECOM_REPORTS).sort(), telecom.sort());
  assert.deepEqual(Object.keys(UNICOM_REPORTS), ['0', '1', '2']);
  assert.equal(Object.keys(MOBILE_REPORTS).length, 19);
  const ofState = (state: string) => Object.keys(REPORTS).filter((code) => REPORTS[code]?.state === state);
  assert.deepEqual(ofState('delivered').sort(), ['0', 'DELIVRD']);
  assert.deepEqual(ofState('accepted'), ['1']);
  assert.deepEqual(ofState('unknown'), ['ACCEPTD', 'UNKNOWN', 'MA', 'MC', 'CA', 'DA', 'SA', 'IA', 'IC']);
  for (const code of ofState('unknown')) assert.equal(REPORTS[code]?.code, 'no-answer');
  for (const code of ofState('undelivered')) assert.ok(REPORTS[code]?.code);
});

test('the list of appendix 2 is complete', () => {
  assert.equal(COUNTRIES.length, 165);
  assert.equal(new Set(COUNTRIES).size, 165);
  const { codes } = locale('en-US');
  const names: Record<string, string> = {
    1: 'USA',
    86: 'China',
    381: 'Yugoslavia',
    852: 'Hong Kong',
    1809: 'Dominican',
  };
  for (const [code, name] of Object.entries(names)) assert.ok(codes.country![code]!.startsWith(name), code);
});
