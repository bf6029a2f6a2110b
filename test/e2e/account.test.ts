/** The dialog of an account node as a user meets it: what the vendor of its gateway can be asked for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  complaintAt,
  expectLabelled,
  expectMarked,
  fill,
  leaveDialog,
  NO_BROWSER,
  openDialog,
  openEditor,
  propertiesOf,
  saveDialog,
  startBrowser,
  startNodeRed,
  type EditorPage,
  type NodeRed,
} from './browser';

const gateway = (vendor: string): object => ({
  ...{ id: `at-${vendor}`, type: 'smswire-gateway', name: vendor, version: 1, vendor, simulate: true, url: '' },
  options: {},
});

const accountNode = (id: string, at: string, command: string, y: number, more: object = {}): object => ({
  ...{ id, type: 'smswire-account', z: 'tab', name: '', version: 1, gateway: `at-${at}`, command },
  ...{ threshold: '', interval: '', x: 200, y, wires: [[], []], ...more },
});

const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  ...['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'].map(gateway),
  accountNode('account', 'mobset', 'balance', 100, { threshold: '100', interval: '60' }),
  accountNode('lacking', 'ejoin', 'signature', 200, { threshold: 'left behind', interval: 'so is this' }),
  accountNode('variable', 'sms57', '${COMMAND}', 300),
];

/** What each vendor can be asked for. */
const OFFERED = {
  goip: ['cancel'],
  ejoin: ['cancel'],
  sms57: ['balance', 'cancel'],
  hezhong: ['balance', 'cancel'],
  mobset: ['balance', 'signature', 'cancel'],
};

interface Texts {
  readonly editor: {
    readonly palette: string;
    readonly command: Readonly<Record<'balance' | 'signature' | 'cancel' | 'missing', string>> & {
      readonly hint: Readonly<Record<string, string>>;
    };
    readonly output: Readonly<Record<string, string>>;
    readonly error: Readonly<Record<string, string>>;
  };
}

describe('the dialog of an account node', { skip: NO_BROWSER ?? false }, () => {
  let browser: Browser;

  before(async () => {
    browser = await startBrowser();
  });

  after(async () => {
    await browser.close();
  });

  for (const language of ['en-US', 'zh-CN'] as const) {
    const { editor: texts } = JSON.parse(
      readFileSync(join(__dirname, '..', '..', 'locales', language, 'account.json'), 'utf8'),
    ) as Texts;

    describe(`in ${language}`, () => {
      let nodeRed: NodeRed;
      let editor: EditorPage;
      let page: Page;

      const field = (name: string): Locator => page.locator(`#node-input-${name}`);
      const hint = (): Locator => page.locator('#smswire-account-command-hint');
      const choices = (): Promise<string[]> =>
        field('command')
          .locator('option')
          .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''));
      const visible = async (): Promise<boolean[]> => [
        await field('threshold').isVisible(),
        await field('interval').isVisible(),
      ];
      /** What the editor says of the outputs. */
      const labels = (id: string): Promise<unknown[]> =>
        page.evaluate((node) => {
          const { RED } = globalThis as unknown as {
            RED: { nodes: { node(id: string): { _def: { outputLabels(this: unknown, index: number): string } } } };
          };
          const found = RED.nodes.node(node);
          return [0, 1].map((index) => found._def.outputLabels.call(found, index));
        }, id);

      before(async () => {
        nodeRed = await startNodeRed(FLOWS);
        editor = await openEditor(browser, nodeRed.url, language);
        page = editor.page;
      });

      after(async () => {
        await page.context().close();
        await nodeRed.close();
      });

      it('is in the palette, with its icon', async () => {
        const node = page.locator('#red-ui-palette-sms .red-ui-palette-node[data-palette-type="smswire-account"]');
        assert.equal((await node.innerText()).trim().replace(/\s+/g, ' '), texts.palette);
        const icon = await page.request.get(`${nodeRed.url}icons/@smswire/node-red-smswire/sms-account.svg`);
        assert.match(await icon.text(), /<svg/);
      });

      it('marks in the workspace what the vendor lacks, before any dialog was opened', async () => {
        await page.locator('#lacking .red-ui-flow-node-error').waitFor();
        assert.equal(await page.locator('#account .red-ui-flow-node-error').isVisible(), false);
      });

      it('offers what the vendor of the gateway has, and nothing else', async () => {
        await openDialog(page, 'account');
        for (const [vendor, offered] of Object.entries(OFFERED)) {
          // What is chosen stays among the choices: cancel is at every vendor.
          await field('command').selectOption('cancel');
          await field('gateway').selectOption(`at-${vendor}`);
          assert.deepEqual(await choices(), offered, vendor);
          await expectMarked(field('command'), false);
        }
        await leaveDialog(page);
      });

      it('shows of the command only what goes with it, and says what it does', async () => {
        await openDialog(page, 'account');
        for (const [command, isBalance] of [
          ['signature', false],
          ['cancel', false],
          ['balance', true],
        ] as const) {
          await field('command').selectOption(command);
          assert.deepEqual(await visible(), [isBalance, isBalance], command);
          const said = texts.command.hint[command === 'cancel' ? 'cancel-vendor' : command];
          assert.equal(await hint().innerText(), said);
          await expectLabelled(page.locator('.smswire-form'));
        }
        await field('command').selectOption('cancel');
        await field('gateway').selectOption('at-goip');
        assert.equal(await hint().innerText(), texts.command.hint.cancel);
        await leaveDialog(page);
      });

      it('judges threshold and interval, and no variable', async () => {
        await openDialog(page, 'account');
        for (const [name, wrong, right] of [
          ['threshold', 'little', '-500'],
          ['interval', '-1', '30'],
        ] as const) {
          await fill(field(name), wrong);
          await expectMarked(field(name), true);
          assert.equal(await complaintAt(page, field(name)), texts.error[name]);
          await fill(field(name), '${VARIABLE}');
          await expectMarked(field(name), false);
          await fill(field(name), right);
          await expectMarked(field(name), false);
        }
        await saveDialog(page);
        assert.deepEqual(await propertiesOf(page, 'account', ['command', 'threshold', 'interval', 'valid']), [
          ...['balance', '-500', '30', true],
        ]);
      });

      it('keeps and marks what is saved and the vendor lacks, until something else is chosen', async () => {
        await openDialog(page, 'lacking');
        assert.deepEqual(await choices(), ['cancel', 'signature']);
        const chosen = field('command').locator('option:checked');
        assert.equal(await chosen.innerText(), texts.command.missing.replace('__label__', texts.command.signature));
        await expectMarked(field('command'), true);
        assert.equal(await complaintAt(page, field('command')), texts.error.command);
        await saveDialog(page);
        assert.deepEqual(await propertiesOf(page, 'lacking', ['command', 'valid']), ['signature', false]);
        await openDialog(page, 'lacking');
        await field('command').selectOption('cancel');
        await expectMarked(field('command'), false);
        await saveDialog(page);
        // What was left from another command means nothing, and is kept.
        assert.deepEqual(await propertiesOf(page, 'lacking', ['command', 'threshold', 'valid']), [
          ...['cancel', 'left behind', true],
        ]);
      });

      it('keeps a variable for the command, and judges it not', async () => {
        await openDialog(page, 'variable');
        assert.deepEqual(await choices(), ['balance', 'cancel', '${COMMAND}']);
        assert.equal(await field('command').inputValue(), '${COMMAND}');
        assert.deepEqual(await visible(), [true, true]);
        await saveDialog(page);
        assert.deepEqual(await propertiesOf(page, 'variable', ['command', 'valid']), ['${COMMAND}', true]);
      });

      it('names the outputs by the command', async () => {
        const { balance, low, cancel, none, result, signature } = texts.output;
        assert.deepEqual(await labels('account'), [balance, low]);
        assert.deepEqual(await labels('lacking'), [cancel, none]);
        assert.deepEqual(await labels('variable'), [result, low]);
        await openDialog(page, 'account');
        await field('command').selectOption('signature');
        await saveDialog(page);
        assert.deepEqual(await labels('account'), [signature, none]);
      });

      it('raises no errors in the editor', () => {
        assert.deepEqual(editor.errors, []);
      });
    });
  }
});
