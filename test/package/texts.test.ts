/** Every language says the same things, in the files where Node-RED looks for them. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { load } from 'cheerio';
import { RETRY } from '../../nodes/core/failure';
import { STATES } from '../../nodes/core/state';
import { NODES, read, ROOT } from '../support/clone';

const LANGUAGES = readdirSync(join(ROOT, 'dist/locales')).sort();

/** Every text by its dotted key. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${path} is no text`);
  return Object.entries(value).flatMap(([key, below]) => texts(below, path === '' ? key : `${path}.${key}`));
}

const catalog = (language: string, name: string): Map<string, string> =>
  new Map(texts(JSON.parse(read(`dist/locales/${language}/${name}.json`))));

const parameters = (text: string): string[] => [...new Set(text.match(/__[\w-]+?__/g))].sort();

describe('the languages', () => {
  it('are English and Chinese', () => {
    assert.deepEqual(LANGUAGES, ['en-US', 'zh-CN']);
  });

  for (const { type, name } of NODES) {
    it(`have the same texts with the same parameters for ${type}`, () => {
      const english = catalog('en-US', name);
      assert.ok(english.size > 0);
      for (const language of LANGUAGES) {
        const other = catalog(language, name);
        assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
        for (const [key, text] of other) {
          assert.notEqual(text.trim(), '', `${language}: ${key}`);
          assert.deepEqual(parameters(text), parameters(english.get(key) ?? ''), `${language}: ${key}`);
        }
      }
    });

    it(`have help for ${type}: one sentence first, then its sections, the same in each`, () => {
      const outline = LANGUAGES.map((language) => {
        const html = load(read(`dist/locales/${language}/${name}.html`));
        const scripts = html('script');
        assert.equal(scripts.length, 1);
        assert.equal(scripts.attr('data-help-name'), type);
        const help = load(scripts.text())('body');
        assert.equal(help.children().first().prop('tagName'), 'P');
        return help.find('h3').length;
      });
      assert.ok(outline[0]! > 0);
      assert.deepEqual(new Set(outline).size, 1);
    });
  }

  it('have Chinese that is Chinese', () => {
    const own = catalog('zh-CN', 'gateway');
    for (const code of Object.keys(RETRY))
      assert.match(own.get(`errors.${code}.default`) ?? '', /\p{Script=Han}/u, code);
  });

  it('have a name for the category of each palette node, whichever of them comes first', () => {
    for (const { type, name } of NODES.filter(({ name }) => name !== 'gateway')) {
      for (const language of LANGUAGES)
        assert.ok(catalog(language, name).has('palette.label.sms'), `${language}: ${type}`);
    }
  });

  it('have a sentence for every error code', () => {
    for (const language of LANGUAGES) {
      const keys = catalog(language, 'gateway');
      for (const code of Object.keys(RETRY)) assert.ok(keys.has(`errors.${code}.default`), `${language}: ${code}`);
    }
  });
});

describe('the README', () => {
  const readme = read('README.md');

  it('names every state', () => {
    const [, table = ''] = readme.split('## States and error codes');
    const rows = table.split('\n').filter((row) => row.startsWith('| `'));
    const named = new Set(
      rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)),
    );
    for (const state of STATES) assert.ok(named.has(state), state);
  });

  it('says of every error code whether sending again may help', () => {
    for (const [code, retry] of Object.entries(RETRY)) {
      assert.match(readme, new RegExp(`^\\| \`${code}\` +\\|[^|]+\\| ${retry} +\\|$`, 'm'), code);
    }
  });
});
