/** The code tables and texts of the ejoin driver: complete, and the same in every language. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { RETRY } from '../../../nodes/core/failure';
import { driver } from '../../../nodes/vendors/ejoin';
import { DELIVERY_CODES, PORT_STATES, QUEUE_STATES, TASK_CODES } from '../../../nodes/vendors/ejoin/codes';
import { type Json } from './ejoin-device';

describe('ejoin: texts', () => {
  const texts = (language: string): Json =>
    JSON.parse(readFileSync(`${__dirname}/../../../locales/${language}/vendors/ejoin.json`, 'utf8')) as Json;
  const languages = { 'en-US': texts('en-US'), 'zh-CN': texts('zh-CN') };
  const keys = (value: unknown, path = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => keys(inner, `${path}/${key}`))
      : [path];
  const tables = { task: TASK_CODES, port: PORT_STATES, delivery: DELIVERY_CODES, queue: QUEUE_STATES };

  it('has the codes of the document, each with a canonical code', () => {
    assert.deepEqual(
      Object.keys(TASK_CODES).map(Number),
      Array.from({ length: 21 }, (_, code) => code),
    );
    const ports = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16];
    assert.deepEqual(Object.keys(PORT_STATES).map(Number), ports);
    for (const [code, canonical] of Object.entries(TASK_CODES)) {
      assert.equal(canonical !== undefined && canonical in RETRY, code !== '0', code);
    }
    const names = Object.values(PORT_STATES).map(({ state }) => state);
    assert.equal(new Set(names).size, names.length);
  });

  for (const [language, locale] of Object.entries(languages)) {
    it(`has every text in ${language}, and none too many`, () => {
      const codes = locale.codes as Record<string, Json>;
      assert.deepEqual(Object.keys(codes).sort(), Object.keys(tables).sort());
      for (const [name, table] of Object.entries(tables)) {
        assert.deepEqual(Object.keys(codes[name]!), Object.keys(table), name);
      }
      const options = locale.options as Record<string, Json>;
      assert.deepEqual(
        Object.keys(options),
        driver.options.map(({ name }) => name),
      );
      for (const { name, choices, pattern, min, max } of driver.options) {
        const limited = pattern !== undefined || min !== undefined || max !== undefined;
        assert.equal(options[name]!.rule !== undefined, limited, name);
        assert.deepEqual(Object.keys((options[name]!.choices ?? {}) as Json), choices ?? [], name);
      }
      assert.deepEqual(Object.keys(locale.credentials as Json), driver.fields.credentials);
      for (const key of keys(locale))
        assert.match(key, /^\/(name|url|credentials|webhook|options|commands|arguments|notices|codes|errors)(\/|$)/);
    });
  }

  it('has the same keys in both languages', () => {
    assert.deepEqual(keys(languages['en-US']).sort(), keys(languages['zh-CN']).sort());
  });

  it('has a sentence for every failure of the driver, with its parameters', () => {
    const folder = `${__dirname}/../../../nodes/vendors/ejoin`;
    const source = readdirSync(folder)
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
      .join('\n');
    const used = [...source.matchAll(/failure\(\s*'([a-z-]+)',\s*'(ejoin-[a-z0-9-]+)'/g)].map(
      (m) => `/${m[1]!}/${m[2]!}`,
    );
    const ports = ['syntax', 'reversed', 'range', 'slot'].flatMap((problem) =>
      ['invalid-config', 'invalid-message'].map((code) => `/${code}/ejoin-port-${problem}`),
    );
    assert.ok(used.length > 10);
    assert.deepEqual(keys(languages['en-US'].errors).sort(), [...new Set([...used, ...ports])].sort());
    const named = (text: unknown): string[] => [...String(text).matchAll(/__\w+?__/g)].map(([name]) => name).sort();
    const flat = (value: unknown): unknown[] =>
      Object.values(value as Json).flatMap((inner) => Object.values(inner as Json));
    assert.deepEqual(flat(languages['en-US'].errors).map(named), flat(languages['zh-CN'].errors).map(named));
  });
});
