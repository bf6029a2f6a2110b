/** What npm would publish: all that is needed, and nothing else. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { MANIFEST, NODES, packedFiles, read, ROOT } from '../support/clone';

describe('the package', () => {
  let files: string[];
  before(async () => {
    files = await packedFiles();
  });

  it('holds the nodes, their icons and texts, the examples and the documents', () => {
    const languages = readdirSync(join(ROOT, 'locales'));
    const wanted = [
      ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'],
      ...NODES.flatMap(({ file, name }) => [file, `dist/${name}.html`, `dist/lib/${name}/index.js`]),
      ...languages.flatMap((each) =>
        NODES.flatMap(({ name }) => ['json', 'html'].map((kind) => `dist/locales/${each}/${name}.${kind}`)),
      ),
      ...readdirSync(join(ROOT, 'icons')).map((icon) => `dist/icons/${icon}`),
      ...readdirSync(join(ROOT, 'examples'))
        .filter((name) => name.endsWith('.json'))
        .map((name) => `examples/${name}`),
    ];
    assert.deepEqual(
      wanted.filter((file) => !files.includes(file)),
      [],
    );
    assert.ok(files.some((file) => file.startsWith('examples/')));
    assert.ok(files.some((file) => file.startsWith('dist/icons/')));
  });

  it('holds no sources, tests, tools or settings', () => {
    const allowed =
      /^(?:package\.json|README(?:\.[\w-]+)?\.md|LICENSE|CHANGELOG\.md|examples\/[^/]+\.json|dist\/.+\.(?:js|js\.map|html|json|svg|png))$/;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /\.test\.|\.tsbuildinfo$/.test(file)),
      [],
    );
  });

  it('points from its source maps to no place of a machine', () => {
    const maps = files.filter((file) => file.endsWith('.map'));
    for (const file of maps) {
      const { sources, sourceRoot } = JSON.parse(read(file)) as { sources: string[]; sourceRoot?: string };
      assert.equal(sourceRoot ?? '', '', file);
      for (const source of sources) assert.match(source, /^(?:\.\.\/)+nodes\/[\w/-]+\.ts$/, file);
    }
  });

  it('names no folder of this machine in any file', () => {
    for (const file of files) assert.ok(!read(file).includes(ROOT), file);
  });

  it('tells in the changelog what this version brings, and shows a new user the way', () => {
    assert.match(read('CHANGELOG.md'), new RegExp(`^## \\[?${MANIFEST.version.replaceAll('.', '\\.')}\\b`, 'm'));
    const readme = read('README.md');
    for (const needed of [MANIFEST.name, 'npm start', 'npm test', ...NODES.map(({ type }) => type)]) {
      assert.ok(readme.includes(needed), `README.md does not say ${needed}`);
    }
  });
});
