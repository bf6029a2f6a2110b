/** The dialog of a device node as a user meets it: the commands of its gateway, and what goes with each. */
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
  options: vendor === 'ejoin' ? { slots: 4 } : {},
});

const DEVICE = { type: 'smswire-device', z: 'tab', name: '', version: 1, gateway: 'at-ejoin', wires: [[]] };

/** As flows may have been saved before, by whatever hand; with what the editor thinks of them. */
const KEPT = [
  { id: 'strings', command: 'lock', ports: 2, args: { autoSwitch: 'true', tids: ['9'] }, valid: true },
  { id: 'list', command: 'get', ports: '', args: { params: 'sms_url\nsim_imei(3)' }, valid: true },
  { id: 'unknown', command: 'sms-stats', ports: '1', args: { type: 'week' }, valid: false },
  { id: 'variables', command: '${COMMAND}', ports: '${PORTS}', args: '${ARGS}', valid: true },
  { id: 'elements', command: 'pause', ports: '', args: { tids: ['${TASK}', 7] }, valid: true },
];

const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  ...['ejoin', 'goip', 'mobset'].map(gateway),
  { ...DEVICE, id: 'device', command: 'remove', ports: '', args: { tids: ['7', 8], confirm: true }, x: 200, y: 80 },
  ...KEPT.map(({ valid: _valid, ...node }, index) => ({ ...DEVICE, ...node, x: 200, y: 160 + 80 * index })),
];

/** By command whether ports and confirmation are shown, and which arguments. */
const SHOWN: readonly (readonly [command: string, ports: boolean, confirmable: boolean, args: readonly string[]])[] = [
  ['status', false, false, ['allSims']],
  ['subscribe', false, false, ['period', 'allSims']],
  ['lock', true, false, ['autoSwitch']],
  ['reset', true, true, ['autoSwitch']],
  ['reboot', false, true, []],
  ['multiple', false, true, ['ops']],
  ['set', false, false, ['params']],
  ['tasks', false, false, ['port', 'pos', 'num', 'content']],
  ['call-stats', true, false, ['slots', 'type']],
  ['', true, false, []],
];

interface Texts {
  readonly editor: { readonly palette: string; readonly command: { readonly named: string } };
}

interface SharedTexts {
  readonly fields: {
    readonly option: Readonly<Record<'message' | 'message-else', string>>;
    readonly ports: Readonly<Record<string, string>>;
  };
}

interface VendorTexts {
  readonly commands: { readonly lock: { readonly label: string } };
  readonly arguments: { readonly type: { readonly label: string; readonly choices: Readonly<Record<string, string>> } };
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
    const read = (name: string): unknown =>
      JSON.parse(readFileSync(join(__dirname, '..', '..', 'locales', language, `${name}.json`), 'utf8'));
    const { editor: texts } = read('device') as Texts;
    const { fields: shared } = read('shared') as SharedTexts;
    const vendor = read('vendors/ejoin') as VendorTexts;

    describe(`in ${language}`, () => {
      let nodeRed: NodeRed;
      let editor: EditorPage;
      let page: Page;

      const field = (name: string): Locator => page.locator(`#node-input-${name}`);
      /** What is typed into for an argument; of one that is JSON, `<name>-value`. */
      const argument = (name: string): Locator => page.locator(`#smswire-device-args-${name}`);
      const json = (): Locator => page.locator('#smswire-device-args-value');
      const confirm = (): Locator => page.locator('#smswire-device-confirm');
      const choices = (): Promise<string[]> =>
        field('command')
          .locator('option')
          .evaluateAll((options) => options.map((option) => option.getAttribute('value') ?? ''));
      /** The arguments that have a field of their own. */
      const fields = (): Promise<string[]> =>
        page
          .locator('#smswire-device-args-rows label')
          .evaluateAll((labels) =>
            labels.map((label) => (label.getAttribute('for') ?? '').replace(/^smswire-device-args-|-value$/g, '')),
          );

      const open = async (id = 'device'): Promise<void> => {
        await openDialog(page, id);
        await page.locator('#node-input-command option[value="status"]').waitFor({ state: 'attached' });
      };
      /** What the editor would deploy. */
      const saved = (id = 'device'): Promise<unknown[]> =>
        propertiesOf(page, id, ['command', 'ports', 'args', 'valid']);

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

      it('shows what is saved, and keeps it in the form in which it is', async () => {
        await open();
        assert.equal(await field('command').inputValue(), 'remove');
        assert.deepEqual(await fields(), ['tids', 'all']);
        assert.equal(await argument('tids').inputValue(), '7, 8');
        assert.ok(await confirm().isChecked());
        assert.equal(await json().isVisible(), false);
        await saveDialog(page);
        assert.deepEqual(await saved(), ['remove', '', { tids: ['7', 8], confirm: true }, true]);
        for (const { id, command, ports, args, valid } of KEPT) {
          await openDialog(page, id);
          await saveDialog(page);
          assert.deepEqual(await saved(id), [command, ports, args, valid], id);
        }
      });

      it('offers the commands of the vendor by name, and shows what goes with each', async () => {
        await open();
        const lock = field('command').locator('option[value="lock"]');
        assert.equal(
          await lock.innerText(),
          texts.command.named.replace('__label__', vendor.commands.lock.label).replace('__name__', 'lock'),
        );
        for (const [command, ports, confirmable, args] of SHOWN) {
          await field('command').selectOption(command);
          assert.deepEqual(
            [await field('ports').isVisible(), await confirm().isVisible(), await fields()],
            [ports, confirmable, args],
            command,
          );
          assert.equal(await json().isVisible(), command === '');
          await expectLabelled(page.locator('.smswire-form'));
        }
        // What was confirmed was another command.
        await field('command').selectOption('remove');
        assert.equal(await confirm().isChecked(), false);
        assert.equal(await argument('tids').inputValue(), '7, 8', 'a look at others loses nothing');
        await field('command').selectOption('');
        await field('gateway').selectOption('at-goip');
        assert.deepEqual(await choices(), ['', 'status', 'query']);
        await expectMarked(field('command'), false);
        await field('gateway').selectOption('at-mobset');
        assert.deepEqual(await choices(), ['']);
        await expectMarked(field('command'), true);
        await leaveDialog(page);
      });

      it('names the arguments in this language, and says what a blank one means', async () => {
        await open();
        await field('command').selectOption('sms-stats');
        assert.equal(
          await page.locator('label[for="smswire-device-args-type"]').innerText(),
          vendor.arguments.type.label,
        );
        const options = await argument('type').locator('option').allInnerTexts();
        const hour = vendor.arguments.type.choices.hour ?? '';
        assert.equal(options[0], shared.option['message-else'].replace('__choice__', hour));
        assert.deepEqual(options.slice(1), Object.values(vendor.arguments.type.choices));
        assert.equal(await argument('slots').getAttribute('placeholder'), shared.option.message);
        await leaveDialog(page);
      });

      it('saves what is set, and nothing of what is left to the message', async () => {
        await open();
        await field('command').selectOption('lock');
        await fill(field('ports'), '1A,2B,4-32');
        await argument('autoSwitch').selectOption('true');
        await saveDialog(page);
        // The default is saved as well: it is fixed then.
        assert.deepEqual(await saved(), ['lock', '1A,2B,4-32', { autoSwitch: true }, true]);
        await open();
        assert.equal(await argument('autoSwitch').inputValue(), 'true');
        await argument('autoSwitch').selectOption('');
        await saveDialog(page);
        assert.deepEqual(await saved(), ['lock', '1A,2B,4-32', {}, true]);
        await open();
        await field('command').selectOption('pause');
        await fill(argument('tids'), '7，8');
        await argument('all').selectOption('false');
        await saveDialog(page);
        assert.deepEqual((await saved())[2], { tids: ['7', '8'], all: false });
        await open();
        await field('command').selectOption('tasks');
        await fill(argument('port'), '2');
        await fill(argument('pos'), '0');
        await page
          .locator('.form-row', { has: argument('content') })
          .locator('button')
          .press('Enter');
        await fill(argument('content'), '${CONTENT}');
        await saveDialog(page);
        assert.deepEqual((await saved()).slice(2), [{ port: '2', pos: 0, content: '${CONTENT}' }, true]);
        await open();
        await field('command').selectOption('multiple');
        await fill(argument('ops-value'), '[{"command":"lock","ports":"1A"}]');
        await confirm().check();
        await saveDialog(page);
        assert.deepEqual((await saved())[2], { ops: [{ command: 'lock', ports: '1A' }], confirm: true });
      });

      it('judges ports as the runtime does, and no variable', async () => {
        await open();
        await field('command').selectOption('lock');
        for (const [ports, problem, entry] of [
          ['32-4', 'reversed', 1],
          ['1A,2.2', 'syntax', 2],
          ['1,2000', 'range', 2],
          ['1,2,3E', 'slot', 3],
        ] as const) {
          await fill(field('ports'), ports);
          await expectMarked(field('ports'), true);
          const said = shared.ports[problem] ?? '';
          assert.equal(
            await complaintAt(page, field('ports')),
            said.replace('__entry__', String(entry)).replace('__most__', '1024'),
          );
        }
        for (const ports of ['${PORTS}', '', 'all', '2.02, 12.sp256.101', '3D，4-32']) {
          await fill(field('ports'), ports);
          await expectMarked(field('ports'), false);
        }
        await fill(field('ports'), '2,3');
        await field('command').selectOption('switch');
        await expectMarked(field('ports'), true);
        await fill(field('ports'), '2B');
        await expectMarked(field('ports'), false);
        await field('command').selectOption('call-stats');
        await expectMarked(field('ports'), true);
        assert.equal(await complaintAt(page, field('ports')), shared.ports['whole-ports']);
        await field('command').selectOption('save');
        await expectMarked(field('ports'), false);
        await leaveDialog(page);
      });

      it('judges each argument, and no variable', async () => {
        await open();
        for (const [command, name, wrong, right] of [
          ['subscribe', 'period', '59', '60'],
          ['tasks', 'port', '1,2', '2'],
          ['tasks', 'pos', '-1', '0'],
          ['sms-stats', 'slots', '3-1', '1-3'],
          ['sms-stats', 'slots', '5', '4'],
          ['resume', 'tids', '1,x', '1,2'],
          ['get', 'params', '1st', 'sms_url, sim_imei(3)'],
          ['set', 'params-value', '["sms_url"]', '{"sms_url":"http://192.168.1.10/"}'],
          ['multiple', 'ops-value', '{ "command"', '[{"command":"lock","ports":1}]'],
        ] as const) {
          await field('command').selectOption(command);
          const marked = argument(name.replace('-value', ''));
          await fill(argument(name), wrong);
          await argument(name).dispatchEvent('change');
          await expectMarked(marked, true);
          for (const value of ['${VARIABLE}', right]) {
            await fill(argument(name), value);
            await argument(name).dispatchEvent('change');
            await expectMarked(marked, false);
          }
        }
        await leaveDialog(page);
      });

      it('keeps one field of JSON where the message says the command', async () => {
        await open();
        await field('command').selectOption('');
        await json().fill('{"type":"today","confirm":true}');
        await saveDialog(page);
        assert.deepEqual((await saved()).slice(0, 3), ['', '1A,2B,4-32', { type: 'today' }]);
        await open();
        assert.deepEqual(JSON.parse(await json().inputValue()), { type: 'today' });
        await json().fill('{ type');
        await saveDialog(page);
        assert.deepEqual((await saved()).slice(2), ['{ type', false]);
        await open();
        await field('command').selectOption('lock');
        await saveDialog(page);
        assert.deepEqual((await saved()).slice(2), [{}, true]);
      });

      it('marks a command that the vendor lacks, and keeps it', async () => {
        await open();
        await field('gateway').selectOption('at-goip');
        assert.deepEqual(await choices(), ['', 'status', 'query', 'lock']);
        await expectMarked(field('command'), true);
        await saveDialog(page);
        assert.deepEqual([(await saved())[0], (await saved())[3]], ['lock', false]);
      });

      it('raises no errors in the editor', () => {
        assert.deepEqual(editor.errors, []);
      });
    });
  }
});
