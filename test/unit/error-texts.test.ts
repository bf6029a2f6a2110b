/** Every reason that the code can give has its sentence, in every language. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(__dirname, '..', '..');

type Errors = Record<string, Record<string, string> | undefined>;

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** The sentences of one language: the shared ones and every vendor's. */
function sentencesOf(language: string): Errors {
  const vendors = readdirSync(join(ROOT, 'locales', language, 'vendors')).map((file) => join('vendors', file));
  const merged: Errors = {};
  for (const file of ['shared.json', ...vendors]) {
    const { errors = {} } = JSON.parse(read('locales', language, file)) as { errors?: Errors };
    for (const [code, details] of Object.entries(errors)) merged[code] = { ...merged[code], ...details };
  }
  return merged;
}

/** `[file, code, detail]` of every failure that is written out in the sources. */
function failuresInCode(): [string, string, string][] {
  const files = readdirSync(join(ROOT, 'nodes'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('simulators'))
    .flatMap((file) => {
      const source = read('nodes', file);
      const direct = [...source.matchAll(/failure\(\s*'([a-z-]+)',\s*'([a-z0-9-]+)'/g)].map(
        ([, code = '', detail = '']): [string, string, string] => [file, code, detail],
      );
      // Some files have one function for all failures of a code.
      const own = /function (\w+)\(detail: string[\s\S]*?failure\('([a-z-]+)', detail/.exec(source);
      if (!own) return direct;
      const [, name = '', code = ''] = own;
      const calls = [...source.matchAll(new RegExp(`\\b${name}\\(\\s*'([a-z0-9-]+)'`, 'g'))];
      return [...direct, ...calls.map(([, detail = '']): [string, string, string] => [file, code, detail])];
    });
}

describe('the texts of errors', () => {
  const failures = failuresInCode();

  it('are looked for where errors are made', () => {
    const known = failures.map(([, code, detail]) => `${code} ${detail}`);
    for (const each of [
      'invalid-config seconds',
      'invalid-message at',
      'no-answer timeout',
      'invalid-config quiet-hours',
    ]) {
      assert.ok(known.includes(each), each);
    }
  });

  for (const language of readdirSync(join(ROOT, 'locales'))) {
    it(`are complete in ${language}`, () => {
      const sentences = sentencesOf(language);
      const missing = failures.filter(([, code, detail]) => sentences[code]?.[detail] === undefined);
      assert.deepEqual(missing, []);
    });
  }
});
