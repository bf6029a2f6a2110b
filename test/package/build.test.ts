/** The build writes what Node-RED looks for, and every fault that would only be seen later ends it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SmallPackage } from '../support/small-package';

interface Fault {
  readonly what: string;
  readonly file: string;
  /** What is done to the file; without it, the file is removed. */
  readonly change?: (content: string) => string;
  /** The line that the build is to print. */
  readonly says: string;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a key that one language lacks',
    file: 'locales/zh-CN/send.json',
    change: (content) => content.replace('"greeting"', '"salute"'),
    says: 'locales/zh-CN/send.json: key "greeting" is missing (locales/en-US/send.json has it)',
  },
  {
    what: 'a key that only the default language lacks',
    file: 'locales/en-US/send.json',
    change: (content) => content.replace('"greeting"', '"salute"'),
    says: 'locales/en-US/send.json: key "greeting" is missing (locales/zh-CN/send.json has it)',
  },
  {
    what: "a vendor's key that one language lacks",
    file: 'locales/zh-CN/vendors/acme.json',
    change: (content) => content.replace('"1"', '"2"'),
    says: 'locales/zh-CN/vendors/acme.json: key "codes.send.1" is missing (locales/en-US/vendors/acme.json has it)',
  },
  {
    what: "a vendor's file that one language lacks",
    file: 'locales/zh-CN/vendors/acme.json',
    says: 'locales/zh-CN/vendors/acme.json: is missing',
  },
  {
    what: 'a parameter that a translation lost',
    file: 'locales/zh-CN/gateway.json',
    change: (content) => content.replace('__name__', '__nom__'),
    says: 'locales/zh-CN/gateway.json: key "greeting" has parameters "__nom__", en-US has "__name__"',
  },
  {
    what: 'a blank text',
    file: 'locales/zh-CN/gateway.json',
    change: (content) => content.replace('Hello __name__', ''),
    says: 'locales/zh-CN/gateway.json: key "greeting" is no text',
  },
  {
    what: 'a key that no look-up can find',
    file: 'locales/en-US/gateway.json',
    change: (content) => content.replace('"greeting"', '"greet.ing"'),
    says: 'locales/en-US/gateway.json: key "greet.ing" holds "." or ":", which no look-up finds',
  },
  {
    what: 'a catalog that is no JSON',
    file: 'locales/zh-CN/shared.json',
    change: (content) => content.slice(0, -2),
    says: 'locales/zh-CN/shared.json: is no JSON',
  },
  { what: 'a missing catalog', file: 'locales/en-US/send.json', says: 'locales/en-US/send.json: is missing' },
  { what: 'a missing help', file: 'locales/zh-CN/gateway.md', says: 'locales/zh-CN/gateway.md: is missing' },
  {
    what: 'a text of a node that does not exist',
    file: 'locales/en-US/sned.md',
    change: () => 'Help',
    says: 'locales/en-US/sned.md: belongs to no node of package.json',
  },
  {
    what: 'a missing default language',
    file: 'locales/en-US',
    says: 'locales: folder en-US is missing',
  },
  {
    what: 'an error code without a sentence',
    file: 'locales/zh-CN/shared.json',
    change: (content) => content.replace('"queue-full"', '"queue-fool"'),
    says: 'locales/zh-CN/shared.json: key "errors.queue-full.default" is missing (nodes/core/failure.ts has queue-full)',
  },
  {
    what: 'a sentence for a code that does not exist',
    file: 'locales/en-US/shared.json',
    change: (content) => content.replace('"queue-full"', '"queue-fool"'),
    says: 'locales/en-US: "errors.queue-fool" is no code of nodes/core/failure.ts',
  },
  {
    what: "a vendor's sentence that is in the place of a shared one",
    file: 'locales/en-US/vendors/acme.json',
    change: (content) => content.replace('acme-late', 'default'),
    says: 'locales/en-US/vendors/acme.json: key "errors.vendor-busy.default" is already taken by another file',
  },
  ...[
    ['an option without a label', '"label": "Line",', 'options.line.label'],
    ['an option without the rule that it has', '"rule": "a number"', 'options.line.rule'],
    ['a command without a name', '"label": "Blink"', 'commands.blink.label'],
    ['an argument without a hint', '"hint": "How fast.",', 'arguments.speed.hint'],
    ['an argument whose command has no hint of it', '"hint": "How many."', 'arguments.times.hint'],
    ['a choice without a name', '"slow": "slowly"', 'arguments.speed.choices.slow'],
  ].map(([what = '', text = '', key = '']) => ({
    what,
    file: 'locales/en-US/vendors/acme.json',
    change: (content: string): string => content.replace(text, text.replace(/^"\w+"/, '"other"')),
    says: `locales/en-US/vendors/acme.json: key "${key}" is missing (nodes/vendors/acme has it)`,
  })),
  {
    what: 'texts of a command that the vendor does not have',
    file: 'locales/en-US/vendors/acme.json',
    change: (content) => content.replace('"blink"', '"wink"'),
    says: 'locales/en-US/vendors/acme.json: "commands.wink" is nothing that nodes/vendors/acme has',
  },
  {
    what: 'a registry of vendors that cannot be read',
    file: 'nodes/vendors/registry.ts',
    change: (content) => `import './gone';\n${content}`,
    says: 'nodes/vendors/registry.ts: cannot be read',
  },
  { what: 'a missing form', file: 'nodes/send/editor.html', says: 'nodes/send/editor.html: is missing' },
  { what: 'a missing dialog', file: 'nodes/send/editor.ts', says: 'nodes/send/editor.ts: is missing' },
  { what: 'a missing runtime', file: 'nodes/gateway/index.ts', says: 'nodes/gateway/index.ts: is missing' },
  {
    what: "a form's key that no catalog has",
    file: 'nodes/gateway/editor.html',
    change: (content) => content.replace('label.name', 'label.nom'),
    says: 'nodes/gateway/editor.html: data-i18n key "label.nom" is in no catalog',
  },
  {
    what: "a form's key that Node-RED does not have",
    file: 'nodes/send/editor.html',
    change: (content) => content.replace('common.label.name', 'common.label.nom'),
    says: 'nodes/send/editor.html: data-i18n key "node-red:common.label.nom" is in no catalog',
  },
  {
    what: "a dialog's key that no catalog has",
    file: 'nodes/send/editor.ts',
    change: (content) => content.replace('label.name', 'label.nom'),
    says: 'nodes/send/editor.ts: text key "label.nom" is in no catalog',
  },
  {
    what: "a runtime's key that no catalog has",
    file: 'nodes/send/index.ts',
    change: (content) => content.replace('label.name', 'label.nom'),
    says: 'nodes/send/index.ts: text key "label.nom" is in no catalog',
  },
  { what: 'a missing icon', file: 'icons/small.svg', says: 'nodes/send/editor.ts: icon "small.svg" is not in icons/' },
  {
    what: 'a type that the Flow Library cannot read',
    file: 'nodes/send/editor.ts',
    change: (content) => content.replace("'smswire-send'", "String('smswire-send')"),
    says: "nodes/send/editor.ts: RED.nodes.registerType('smswire-send', {…}) is not there in literals",
  },
  {
    what: 'a definition that the Flow Library cannot read',
    file: 'nodes/send/editor.ts',
    change: (content) => content.replace("'smswire-send', {", "'smswire-send', definition); var definition = ({"),
    says: "nodes/send/editor.ts: RED.nodes.registerType('smswire-send', {…}) is not there in literals",
  },
  {
    what: 'an import that is not there',
    file: 'nodes/send/editor.ts',
    change: (content) => content.replace('../core/greeting', '../core/greetings'),
    says: 'nodes/send/editor.ts: 2: Could not resolve "../core/greetings"',
  },
];

describe('the build', () => {
  let small: SmallPackage;
  before(() => {
    small = new SmallPackage();
  });
  after(() => {
    small.dispose();
  });

  const read = (path: string): string => readFileSync(join(small.folder, path), 'utf8');

  it('finds nothing wrong in the package that the faults below are put into', async () => {
    const { status, stderr } = await small.build('--check');
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.ok(!existsSync(join(small.folder, 'dist')), 'a check writes nothing');
  });

  describe('fails on', { concurrency: 2 }, () => {
    for (const { what, file, change, says } of FAULTS) {
      it(what, async (t) => {
        const broken = new SmallPackage();
        t.after(() => {
          broken.dispose();
        });
        if (change === undefined) {
          broken.remove(file);
        } else {
          const content = existsSync(join(broken.folder, file)) ? readFileSync(join(broken.folder, file), 'utf8') : '';
          broken.write(file, change(content));
          assert.notEqual(readFileSync(join(broken.folder, file), 'utf8'), content, 'the fault is there');
        }
        const { status, stderr } = await broken.build('--check');
        assert.ok(
          stderr.split('\n').some((line) => line.startsWith(says)),
          stderr,
        );
        assert.equal(status, 1);
      });
    }
  });

  it('compiles, bundles and places everything where Node-RED looks, and removes what is stale', async () => {
    small.write('dist/lib/old/gone.js', '');
    small.write('dist/old.html', '');
    const { status, stderr } = await small.build();
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.ok(!existsSync(join(small.folder, 'dist/lib/old')));
    assert.ok(!existsSync(join(small.folder, 'dist/old.html')));

    const registered: string[] = [];
    const load = createRequire(join(small.folder, 'package.json'));
    for (const name of ['gateway', 'send']) {
      const start = load(`./dist/${name}.js`) as (red: unknown) => void;
      start({ nodes: { registerType: (type: string) => registered.push(type) } });
    }
    assert.deepEqual(registered, ['smswire-gateway', 'smswire-send']);

    assert.equal(read('dist/icons/small.svg'), read('icons/small.svg'));
    const html = read('dist/send.html');
    assert.match(html, /<script type="text\/javascript">[^<]*RED\.nodes\.registerType\("smswire-send", \{\n/);
    assert.match(html, /<script type="text\/html" data-template-name="smswire-send">\n<label/);
    const help = read('dist/locales/zh-CN/send.html');
    assert.match(help, /^<script type="text\/html" data-help-name="smswire-send">\n<p>Help of send\.<\/p>/);
    assert.match(help, /<h3>Inputs<\/h3>/);

    const catalog = JSON.parse(read('dist/locales/en-US/gateway.json')) as Record<string, Record<string, unknown>>;
    const { name, codes } = catalog.vendors?.acme as Record<string, unknown>;
    assert.deepEqual([name, codes], ['Acme', { send: { '1': 'Busy' } }]);
    assert.deepEqual(catalog.errors?.['vendor-busy'], {
      default: 'vendor-busy, in en-US',
      'acme-late': 'Acme is late.',
    });
    assert.doesNotMatch(read('dist/locales/en-US/send.json'), /errors/);
  });

  it('writes again what was taken out of dist/, and fails on type errors in runtime, editor and tests', async () => {
    small.remove('dist/lib/core/greeting.js');
    assert.equal((await small.build()).status, 0);
    assert.match(read('dist/lib/core/greeting.js'), /Hello/);

    small.write('nodes/core/greeting.ts', read('nodes/core/greeting.ts').replace('name: string', 'name: number'));
    small.write('test/unit/nothing.test.ts', 'export const nothing: string = 1;');
    const { status, stderr } = await small.build();
    assert.equal(status, 1);
    assert.match(stderr, /^nodes\/send\/index\.ts\(\d+,\d+\): error TS2345/m);
    assert.match(stderr, /^nodes\/send\/editor\.ts\(\d+,\d+\): error TS2345/m);
    assert.match(stderr, /^test\/unit\/nothing\.test\.ts\(\d+,\d+\): error TS2322/m);
  });
});
