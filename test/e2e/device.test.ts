/** The dialog of a device node as a user meets it: the commands of its gateway, and what goes with each. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  NO_BROWSER,
  openDialog,
  openEditor,
  startBrowser,
  startNodeRed,
  type EditorPage,
  type NodeRed,
} from './browser';

const gateway = (vendor: string): object => ({
  ...{ id: `at-${vendor}`, type: 'smswire-gateway', name: vendor, version: 1, vendor, simulate: true, url: '' },
  options: {},
});

const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  ...['ejoin', 'goip', 'mobset'].map(gateway),
  {
    ...{ id: 'device', type: 'smswire-device', z: 'tab', name: '', version: 1, gateway: 'at-ejoin' },
    ...{ command: 'remove', ports: '', args: { tids: ['7'], confirm: true }, x: 200, y: 200, wires: [[]] },
  },
];

interface Texts {
  readonly editor: { readonly palette: string };
}

describe('the dialog of a device node', { skip: NO_BROWSER ?? false }, () => {
  let browser: Browser;

  before(async () => {
    browser = await startBrowser();
  });

  after(async () => {
    await browser.close();
  });

  for (const language of ['en-US', 'zh-CN'] as const) {
    const { editor: texts } = JSON.parse(
      readFileSync(join(__dirname, '..', '..', 'locales', language, 'device.json'), 'utf8'),
    ) as Texts;

    describe(`in ${language}`, () => {
      let nodeRed: NodeRed;
      let editor: EditorPage;
      let page: Page;

      const field = (name: string): Locator => page.locator(`#node-input-${name}`);
      const args = (): Locator => page.locator('#smswire-device-args-value');
      const confirm = (): Locator => page.locator('#smswire-device-confirm');
      const hint = (): Promise<string> => page.locator('#smswire-device-args-hint').innerText();
      const choices = (): Promise<string[]> =>
        field('command')
          .locator('option')
          .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''));

      const open = async (): Promise<void> => {
        await openDialog(page, 'device');
        await page.locator('#node-input-command option[value="status"]').waitFor({ state: 'attached' });
      };
      const save = async (): Promise<void> => {
        await page.locator('#node-dialog-ok').click();
        await page.locator('.smswire-form').waitFor({ state: 'detached' });
      };
      /** What the editor would deploy. */
      const saved = (): Promise<unknown[]> =>
        page.evaluate(() => {
          const { RED } = globalThis as unknown as {
            RED: { nodes: { node(id: string): { command: unknown; ports: unknown; args: unknown; valid: unknown } } };
          };
          const { command, ports, args, valid } = RED.nodes.node('device');
          return [command, ports, args, valid];
        });

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
        const node = page.locator('#red-ui-palette-sms .red-ui-palette-node[data-palette-type="smswire-device"]');
        assert.equal((await node.innerText()).trim().replace(/\s+/g, ' '), texts.palette);
        const icon = await page.request.get(`${nodeRed.url}icons/@smswire/node-red-smswire/sms-device.svg`);
        assert.match(await icon.text(), /<svg/);
      });

      it('shows what is saved, and keeps it', async () => {
        await open();
        assert.equal(await field('command').inputValue(), 'remove');
        assert.deepEqual(JSON.parse(await args().inputValue()), { tids: ['7'] });
        assert.ok(await confirm().isChecked());
        assert.match(await hint(), /tids, all/);
        await save();
        assert.deepEqual(await saved(), ['remove', '', { tids: ['7'], confirm: true }, true]);
      });

      it('offers the commands of the vendor, and shows what goes with each', async () => {
        await open();
        for (const [command, ports, confirmable] of [
          ['status', false, false],
          ['lock', true, false],
          ['reset', true, true],
          ['reboot', false, true],
          ['', true, false],
        ] as const) {
          await field('command').selectOption(command);
          assert.deepEqual(
            [await field('ports').isVisible(), await confirm().isVisible()],
            [ports, confirmable],
            command,
          );
        }
        // What was confirmed was another command.
        await field('command').selectOption('remove');
        assert.equal(await confirm().isChecked(), false);
        await field('command').selectOption('');
        await field('gateway').selectOption('at-goip');
        assert.deepEqual(await choices(), ['', 'status', 'query']);
        await field('gateway').selectOption('at-mobset');
        assert.deepEqual(await choices(), ['']);
        await page.locator('#node-dialog-cancel').click();
        await page.locator('.smswire-form').waitFor({ state: 'detached' });
      });

      it('saves no confirmation that the command has no use for', async () => {
        await open();
        await field('command').selectOption('lock');
        await field('ports').fill('1A,2B,4-32');
        await args().fill('{"autoSwitch":false,"confirm":true}');
        await save();
        assert.deepEqual(await saved(), ['lock', '1A,2B,4-32', { autoSwitch: false }, true]);
      });

      it('marks what cannot be read, and a command that the vendor lacks', async () => {
        await open();
        await args().fill('{ autoSwitch');
        await save();
        assert.deepEqual((await saved()).slice(2), ['{ autoSwitch', false]);
        await open();
        await args().fill('');
        await field('gateway').selectOption('at-goip');
        assert.deepEqual(await choices(), ['', 'status', 'query', 'lock']);
        await save();
        assert.deepEqual((await saved()).slice(2), [{}, false]);
      });

      it('raises no errors in the editor', () => {
        assert.deepEqual(editor.errors, []);
      });
    });
  }
});
