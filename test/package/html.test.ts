/** What is built for the editor, read as Node-RED and the Flow Library read it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { load } from 'cheerio';
import { NODES, read, ROOT } from '../support/clone';
import { definitionsIn } from '../support/flow-library';

describe('the parser of the Flow Library', () => {
  const html = (script: string): string => `<script type="text/javascript">\n${script}\n</script>`;

  it('reads what stands in literals', () => {
    const script =
      "(() => { RED.nodes.registerType('a', { category: 'sms', outputs: 3, defaults: { name: {}, to: {} } }); })();";
    const a = definitionsIn(html(script)).get('a') ?? assert.fail();
    assert.equal(a.category, 'sms');
    assert.equal(a.outputs, 3);
    assert.deepEqual(a.defaults, ['name', 'to']);
    assert.equal(a.icon, undefined);
  });

  for (const [what, script] of [
    ['a type that is no literal', 'const type = "a"; RED.nodes.registerType(type, {});'],
    ['a definition that is no literal', 'const a = {}; RED.nodes.registerType("a", a);'],
    ['an icon that is no literal', 'const icon = "a.svg"; RED.nodes.registerType("a", { icon });'],
    ['defaults that stand elsewhere', 'const defaults = {}; RED.nodes.registerType("a", { defaults });'],
    ['defaults that are spread', 'const more = {}; RED.nodes.registerType("a", { defaults: { ...more } });'],
  ] as const) {
    it(`does not read ${what}`, () => {
      assert.throws(() => definitionsIn(html(script)));
    });
  }
});

describe('dist/', () => {
  for (const { type, file, name } of NODES) {
    it(`has one CommonJS file and one html for ${type}`, () => {
      assert.match(read(file), /^module\.exports = require\('\.\/lib\/[\w-]+\/index\.js'\)\.default;$/m);
      assert.ok(existsSync(join(ROOT, `dist/${name}.html`)));
    });

    it(`registers ${type} where the Flow Library sees it`, () => {
      const definitions = definitionsIn(read(`dist/${name}.html`));
      assert.deepEqual([...definitions.keys()], [type]);
      const definition = definitions.get(type) ?? assert.fail();
      for (const property of ['name', 'version']) assert.ok(definition.defaults.includes(property), property);
      if (definition.category === 'config') return;
      assert.equal(definition.category, 'sms');
      assert.match(String(definition.color), /^#[\da-f]{6}$/i);
      assert.ok(Number.isInteger(definition.inputs) && Number.isInteger(definition.outputs));
      assert.match(String(definition.icon), /^[\w-]+\.(?:svg|png)$/);
      assert.ok(existsSync(join(ROOT, 'dist/icons', String(definition.icon))));
    });

    it(`keeps secrets of ${type} out of its properties`, () => {
      const { defaults } = definitionsIn(read(`dist/${name}.html`)).get(type) ?? assert.fail();
      assert.deepEqual(
        defaults.filter((property) => /password|secret|token/i.test(property)),
        [],
      );
    });

    it(`has a form for ${type} in which every control has a label`, () => {
      const $ = load(read(`dist/${name}.html`));
      const form = load($(`script[type="text/html"][data-template-name="${type}"]`).text());
      const controls = form('input:not([type="hidden"]), select, textarea').toArray();
      assert.ok(controls.length > 0);
      for (const control of controls) {
        const id = form(control).attr('id') ?? '';
        const labels = form(`label[for="${id}"]`).length + form(control).closest('label').length;
        const translated =
          (form(control).attr('data-i18n') ?? '').includes('[aria-label]') || form(control).is('[hidden]');
        const named = translated || form(control).is('[aria-label], [aria-labelledby]');
        assert.ok(labels > 0 || named, `${id} has no label`);
      }
    });

    it(`colours ${type} only with what the theme defines`, () => {
      const html = read(`dist/${name}.html`);
      const styled = /(?:color|background|border)[\w-]*\s*:\s*[^;"']*(?:#[\da-f]{3,8}\b|\b(?:rgb|hsl)a?\()/i.exec(html);
      assert.equal(styled?.[0], undefined);
    });
  }

  it('has no other html and no other script at its root', () => {
    const files = readdirSync(join(ROOT, 'dist')).filter((name) => /\.(?:js|html)$/.test(name));
    assert.deepEqual(files.sort(), NODES.flatMap(({ name }) => [`${name}.html`, `${name}.js`]).sort());
  });
});
