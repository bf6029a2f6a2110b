/** A package as small as can be that has all the build looks at. Tests break one place of it each. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RETRY } from '../../nodes/core/failure';
import { type Finished, ROOT, runNode } from './clone';

const LANGUAGES = ['en-US', 'zh-CN'];

/** A vendor as the registry has it, with what the build looks at. */
const ACME = {
  id: 'acme',
  options: [{ name: 'line', type: 'integer', min: 1 }],
  commands: [
    { name: 'blink', args: [{ name: 'speed', type: 'choice', choices: ['slow'] }] },
    { name: 'spin', args: [{ name: 'times', type: 'string' }] },
  ],
};

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** What the package holds beside the build itself, by path. */
function files(): Record<string, string> {
  const found: Record<string, string> = {
    'package.json': json({
      name: '@smswire/small',
      'node-red': { nodes: { 'smswire-gateway': 'dist/gateway.js', 'smswire-send': 'dist/send.js' } },
    }),
    'icons/small.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'test/unit/nothing.test.ts': 'export const nothing: string = "";',
    'nodes/core/greeting.ts': 'export const greeting = (name: string): string => `Hello ${name}`;',
    'nodes/vendors/registry.ts': `export const VENDORS = new Map([['acme', ${JSON.stringify(ACME)}]]);`,
    'nodes/gateway/index.ts': room('smswire-gateway'),
    'nodes/gateway/editor.ts': editor('smswire-gateway', 'config'),
    'nodes/gateway/editor.html': '<input type="text" id="node-config-input-name" data-i18n="[placeholder]label.name">',
    'nodes/send/index.ts': room('smswire-send'),
    'nodes/send/editor.ts': editor('smswire-send', 'sms'),
    'nodes/send/editor.html': '<label data-i18n="label.name;[title]node-red:common.label.name"></label>',
  };
  for (const language of LANGUAGES) {
    const locale = `locales/${language}`;
    const errors = Object.fromEntries(Object.keys(RETRY).map((code) => [code, { default: `${code}, in ${language}` }]));
    for (const node of ['gateway', 'send']) {
      found[`${locale}/${node}.json`] = json({ label: { name: 'Name' }, greeting: 'Hello __name__' });
      found[`${locale}/${node}.md`] = `Help of ${node}.\n\n### Inputs\n\n- a *list*\n`;
    }
    found[`${locale}/shared.json`] = json({ errors });
    found[`${locale}/vendors/acme.json`] = json({
      name: 'Acme',
      options: { line: { label: 'Line', hint: 'The line.', rule: 'a number' } },
      commands: { blink: { label: 'Blink' }, spin: { label: 'Spin', arguments: { times: { hint: 'How many.' } } } },
      arguments: {
        speed: { label: 'Speed', hint: 'How fast.', choices: { slow: 'slowly' } },
        times: { label: 'Times' },
      },
      codes: { send: { '1': 'Busy' } },
      errors: { 'vendor-busy': { 'acme-late': 'Acme is late.' } },
    });
  }
  return found;
}

const room = (type: string): string => `
  import { greeting } from '../core/greeting';
  interface Red { _(key: string): string; nodes: { registerType(type: string, make: () => string): void } }
  export default function (RED: Red): void {
    RED.nodes.registerType('${type}', () => greeting(RED._('label.name')));
  }
`;

const editor = (type: string, category: string): string => `
  import { greeting } from '../core/greeting';
  interface Definition { category: string; defaults: object; icon: string; label(this: { _(key: string): string }): string }
  declare const RED: { nodes: { registerType(type: string, definition: Definition): void } };
  RED.nodes.registerType('${type}', {
    category: '${category}',
    defaults: { name: { value: '' } },
    icon: 'small.svg',
    label(): string {
      return greeting(this._('label.name'));
    },
  });
`;

export class SmallPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'smswire-build-'));

  constructor() {
    for (const name of ['build.mjs', '.build', 'nodes/core/failure.ts', 'LICENSE']) this.#copy(name);
    for (const name of ['tsconfig.json', 'tsconfig.editor.json', 'tsconfig.test.json']) this.#copy(name);
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    for (const [path, content] of Object.entries(files())) this.write(path, content);
  }

  /** Adds what `npm test` runs. */
  addRunner(): void {
    const support = ['install.mjs', 'reporter.mjs', 'chromium.ts'].map((name) => `test/support/${name}`);
    const runner = ['test/run.mjs', 'test/faults/scenarios.mjs', 'package-lock.json'];
    for (const name of [...runner, ...support]) this.#copy(name);
  }

  #copy(name: string): void {
    cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  build(...options: string[]): Promise<Finished> {
    return runNode(this.folder, ['build.mjs', ...options]);
  }

  test(tiers: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return runNode(this.folder, ['test/run.mjs', ...tiers], { CI: '', ...env });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }
}
