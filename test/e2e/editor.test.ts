/** The editor as a user meets it: palette, dialogs, deploy and send, in English and in Chinese. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  NO_BROWSER,
  dialogReady,
  expectLabelled,
  expectMarked,
  fill,
  openDialog,
  openEditor,
  startBrowser,
  startNodeRed,
  type EditorPage,
  type NodeRed,
} from './browser';

type Language = 'en-US' | 'zh-CN';

interface VendorTexts {
  name: string;
  credentials: Record<string, string>;
  options: Record<string, { label: string }>;
}

const VENDORS = ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'];
const SECRET = 'pass-7f3a-word';

const LANGUAGES = {
  'en-US': { category: 'SMS', palette: 'send SMS', gateway: 'Gateway', simulate: 'Simulate' },
  'zh-CN': { category: '短信', palette: '发送短信', gateway: '网关', simulate: '模拟' },
} as const satisfies Record<Language, object>;

/** A trigger, a send node without a gateway, and a debug node; beside them a send node with a gateway and a backup. */
const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  {
    ...{ id: 'inject', type: 'inject', z: 'tab', name: 'go', props: [{ p: 'payload' }], payload: '21' },
    ...{ payloadType: 'str', topic: '', repeat: '', crontab: '', once: false, onceDelay: 0.1 },
  },
  { id: 'send', type: 'smswire-send', z: 'tab', name: '', version: 1, gateway: '', to: '', text: '' },
  { id: 'gateway-1', type: 'smswire-gateway', name: 'first', version: 1, vendor: 'goip', simulate: true },
  { id: 'gateway-2', type: 'smswire-gateway', name: 'second', version: 1, vendor: 'sms57', simulate: true },
  { id: 'other', type: 'smswire-send', z: 'tab', name: '', version: 1, gateway: 'gateway-1', backup1: 'gateway-2' },
  { id: 'debug', type: 'debug', z: 'tab', name: '', active: true, tosidebar: true, complete: 'payload' },
].map((node, index) =>
  !('z' in node)
    ? node
    : { ...node, x: 180 * index, y: 200, wires: { inject: [['send']], send: [['debug'], [], []] }[node.id] ?? [] },
);

const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(__dirname, '..', '..', ...path), 'utf8'));

const vendorTexts = (language: Language, vendor: string): VendorTexts =>
  readJson('locales', language, 'vendors', `${vendor}.json`) as VendorTexts;

describe('the editor', { skip: NO_BROWSER ?? false }, () => {
  let nodeRed: NodeRed;
  let browser: Browser;

  before(async () => {
    [nodeRed, browser] = await Promise.all([startNodeRed(FLOWS), startBrowser()]);
  });

  after(async () => {
    await browser.close();
    await nodeRed.close();
  });

  for (const language of ['en-US', 'zh-CN'] as const) {
    const texts = LANGUAGES[language];

    describe(`in ${language}`, () => {
      let editor: EditorPage;
      let page: Page;

      before(async () => {
        editor = await openEditor(browser, nodeRed.url, language);
        page = editor.page;
      });

      after(async () => {
        await page.context().close();
      });

      it('shows the node in its category', async () => {
        const category = page.locator('#red-ui-palette-header-sms');
        assert.equal((await category.innerText()).trim(), texts.category);
        const node = page.locator('#red-ui-palette-sms .red-ui-palette-node[data-palette-type="smswire-send"]');
        assert.equal((await node.innerText()).trim(), texts.palette);
        const icon = await page.request.get(`${nodeRed.url}icons/@smswire/node-red-smswire/sms-send.svg`);
        assert.match(await icon.text(), /<svg/);
      });

      it('marks a send node without a gateway, and what is wrong in its fields', async () => {
        await openDialog(page, 'send');
        assert.match(await page.locator('label[for=node-input-gateway]').innerText(), new RegExp(texts.gateway));
        await expectMarked(page.locator('#node-input-gateway'), true);
        const ttl = page.locator('#node-input-ttl');
        await fill(ttl, 'soon');
        await expectMarked(ttl, true);
        await fill(ttl, '${TTL}');
        await expectMarked(ttl, false);
        await fill(page.locator('#node-input-to-value'), '13800000001, Fred');
        await expectMarked(page.locator('#node-input-to'), true);
        await fill(page.locator('#node-input-to-value'), '13800000001，138 0000 0002');
        await expectMarked(page.locator('#node-input-to'), false);
        await fill(page.locator('#smswire-send-template'), 'It is {{payload degrees');
        await expectMarked(page.locator('#smswire-send-template'), true);
        await fill(page.locator('#smswire-send-template'), 'It is\n{{payload}} degrees');
        await expectMarked(page.locator('#smswire-send-template'), false);
        await expectLabelled(formOf(page, 'node-input'));
      });

      it('offers backups one by one, and marks a gateway that is tried twice', async () => {
        await page.locator('#smswire-send-backups summary').press('Enter');
        const gateway = page.locator('#node-input-gateway');
        const [first, second, third] = ['backup1', 'backup2', 'backup3'].map((name) =>
          page.locator(`#node-input-${name}`),
        ) as [Locator, Locator, Locator];
        await gateway.selectOption('gateway-1');
        await expectMarked(gateway, false);
        assert.deepEqual([await first.isVisible(), await second.isVisible()], [true, false]);
        await first.selectOption('gateway-1');
        await expectMarked(first, true);
        await first.selectOption('gateway-2');
        await expectMarked(first, false);
        assert.deepEqual([await second.isVisible(), await third.isVisible()], [true, false]);
        await second.selectOption('gateway-2');
        await expectMarked(second, true);
        await gateway.selectOption('gateway-2');
        await expectMarked(first, true);
      });

      it('offers five vendors, each with its own fields', async () => {
        await page.locator('#node-input-btn-gateway-add').click();
        await dialogReady(page, 'node-config-input');
        const select = page.locator('#node-config-input-vendor');
        await expectMarked(select, true);
        const names = await select.locator('option:not([value=""])').allInnerTexts();
        const expected = VENDORS.map((vendor) => vendorTexts(language, vendor).name);
        assert.deepEqual(names.sort(), expected.sort());
        for (const vendor of VENDORS) {
          await select.selectOption(vendor);
          await page.locator('#smswire-gateway-options').evaluate((details: HTMLDetailsElement) => {
            details.open = true;
          });
          const { credentials, options } = vendorTexts(language, vendor);
          for (const name of ['accountId', 'username', 'password']) {
            const field = page.locator(`#node-config-input-${name}`);
            assert.equal(await field.isVisible(), name in credentials, `${vendor} ${name}`);
            if (name in credentials) {
              assert.equal(await labelOf(field), credentials[name]);
              await expectMarked(field, true);
            }
          }
          const shown = await page.locator('#smswire-gateway-options-rows label').allInnerTexts();
          const known = Object.values(options).map(({ label }) => label);
          assert.ok(shown.length > 0 && shown.every((label) => known.includes(label)), `${vendor}: ${shown.join()}`);
          await expectMarked(page.locator('#node-config-input-url'), !['mobset', 'hezhong'].includes(vendor));
          await expectLabelled(formOf(page, 'node-config-input'));
        }
      });

      it('judges the fields of a gateway, and lets variables stand for each of them', async () => {
        await page.locator('#node-config-input-vendor').selectOption('sms57');
        await openSections(page);
        const wrong = { timezone: 'Mars', country: 'CN', rate: '-1', window: '0', timeout: 'long', quietHours: '8-9' };
        for (const [name, value] of Object.entries({ ...wrong, 'options-batch': '501', 'options-extno': 'A1' })) {
          const field = page.locator(`#node-config-input-${name}`);
          await fill(field, value);
          await expectMarked(field, true);
          await fill(field, '${SOME_NAME}');
          await expectMarked(field, false);
          await fill(field, '');
          await expectMarked(field, false);
        }
        const md5 = page.locator('#node-config-input-options-md5');
        await page.locator('.form-row', { has: md5 }).locator('button').press('Enter');
        assert.equal(await md5.getAttribute('type'), 'text');
        await fill(md5, 'maybe');
        await expectMarked(md5, true);
        await fill(md5, '${HASHED}');
        await expectMarked(md5, false);
        await page.locator('.form-row', { has: md5 }).locator('button').press('Enter');
        assert.equal(await md5.getAttribute('type'), 'checkbox');
      });

      it('greys what a simulated gateway does not use, and warns of what may send twice', async () => {
        const url = page.locator('#node-config-input-url');
        await fill(url, 'http://127.0.0.1:7862/sms');
        const simulate = page.locator('#node-config-input-simulate');
        assert.match(await labelOf(simulate), new RegExp(texts.simulate));
        await simulate.check();
        for (const name of ['url', 'username', 'password', 'tls', 'proxy']) {
          const field = page.locator(`#node-config-input-${name}`);
          assert.equal(await field.isDisabled(), true, name);
          await expectMarked(field, false);
        }
        assert.equal(await url.inputValue(), 'http://127.0.0.1:7862/sms');
        await simulate.uncheck();
        assert.equal(await url.isDisabled(), false);
        const warning = page.locator('#smswire-gateway-doubt-warning');
        for (const [choice, warns] of [
          ['resend', true],
          ['failover', true],
          ['hold', false],
        ] as const) {
          await page.locator('#node-config-input-doubt').selectOption(choice);
          assert.equal(await warning.isVisible(), warns, choice);
        }
      });

      it('shows the help of both nodes', async () => {
        for (const node of ['gateway', 'send']) {
          const help = page.locator(`script[data-help-name="smswire-${node}"]`);
          const [first = ''] = readFileSync(
            join(__dirname, '..', '..', 'locales', language, `${node}.md`),
            'utf8',
          ).split('\n');
          assert.ok((await help.textContent())?.includes(first), first);
        }
      });

      it('has no errors', async () => {
        await page.locator('#node-config-dialog-cancel').click();
        await page.locator('#node-dialog-cancel').click();
        assert.deepEqual(editor.errors, []);
      });
    });
  }

  it('takes a node that is dragged from the palette, and marks what it lacks', async () => {
    const { page, errors } = await openEditor(browser, nodeRed.url, 'en-US');
    const palette = page.locator('.red-ui-palette-node[data-palette-type="smswire-send"]');
    await palette.scrollIntoViewIfNeeded();
    await palette.hover();
    await page.mouse.down();
    await page.mouse.move(600, 500, { steps: 10 });
    await page.mouse.up();
    const dropped = page.locator('.red-ui-flow-node-group.red-ui-flow-node-selected');
    await dropped.filter({ hasText: 'send SMS' }).waitFor();
    await dropped.locator('.red-ui-flow-node-error').waitFor();
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('sends through a simulated gateway that was made in the editor', async () => {
    const { page, errors } = await openEditor(browser, nodeRed.url, 'en-US');
    await openDialog(page, 'send');
    await page.locator('#node-input-btn-gateway-add').click();
    await dialogReady(page, 'node-config-input');
    await fill(page.locator('#node-config-input-name'), 'try it');
    await page.locator('#node-config-input-vendor').selectOption('sms57');
    await page.locator('#node-config-input-simulate').check();
    await fill(page.locator('#node-config-input-options-batch'), '100');
    await page.locator('#node-config-dialog-ok').click();
    await formOf(page, 'node-config-input').waitFor({ state: 'detached' });
    await expectMarked(page.locator('#node-input-gateway'), false);
    await fill(page.locator('#node-input-to-value'), '13900000001');
    await fill(page.locator('#smswire-send-template'), 'It is\n{{payload}} degrees');
    await page.locator('#node-dialog-ok').click();
    await formOf(page, 'node-input').waitFor({ state: 'detached' });
    await deploy(page);
    await page.locator('#inject .red-ui-flow-node-button-button').click();
    const status = page.locator('#send .red-ui-flow-node-status-label');
    await status.filter({ hasText: 'accepted (1) · simulated' }).waitFor();
    const message = page.locator('.red-ui-debug-msg-payload').filter({ hasText: 'It is↵21 degrees' });
    await message.waitFor({ state: 'attached' });

    const flows = await savedFlows(page, nodeRed);
    const send = flows.find(({ id }) => id === 'send');
    const gateway = flows.find(({ name }) => name === 'try it');
    assert.ok(send && gateway);
    assert.deepEqual([send.gateway, send.text, send.version], [gateway.id, 'It is\n{{payload}} degrees', 1]);
    assert.deepEqual(
      [gateway.version, gateway.vendor, gateway.simulate, gateway.options],
      [1, 'sms57', true, { batch: 100 }],
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('saves a variable for the simulation, and no secret into the flow', async () => {
    const { page, errors } = await openEditor(browser, nodeRed.url, 'en-US');
    await openDialog(page, 'send');
    await page.locator('#node-input-btn-gateway-edit').click();
    await dialogReady(page, 'node-config-input');
    const simulate = page.locator('#node-config-input-simulate');
    assert.equal(await simulate.isChecked(), true);
    assert.equal(await page.locator('#node-config-input-options-batch').inputValue(), '100');
    await pressed(page.locator('.form-row', { has: simulate }).locator('button'));
    await fill(simulate, '${SIMULATE}');
    await fill(page.locator('#node-config-input-url'), 'http://127.0.0.1:9/sms');
    await fill(page.locator('#node-config-input-username'), 'me');
    await fill(page.locator('#node-config-input-password'), SECRET);
    await fill(page.locator('#node-config-input-options-batch'), '200');
    await page.locator('#smswire-gateway-sending summary').click();
    const optOut = page.locator('#node-config-input-optOut');
    assert.match(await labelOf(optOut), /Opt-outs/);
    assert.equal(await optOut.isChecked(), false);
    await optOut.check();
    await page.locator('#node-config-dialog-ok').click();
    await formOf(page, 'node-config-input').waitFor({ state: 'detached' });
    await page.locator('#node-dialog-ok').click();
    await formOf(page, 'node-input').waitFor({ state: 'detached' });
    await deploy(page);
    const flows = await savedFlows(page, nodeRed);
    const gateway = flows.find(({ name }) => name === 'try it');
    assert.deepEqual([gateway?.simulate, gateway?.optOut, gateway?.options], ['${SIMULATE}', true, {}]);
    assert.doesNotMatch(JSON.stringify(flows), new RegExp(SECRET));
    assert.doesNotMatch(nodeRed.log(), new RegExp(SECRET));
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});

/** The form of the dialog that is open. */
function formOf(page: Page, prefix: 'node-input' | 'node-config-input'): Locator {
  return page.locator('.smswire-form', { has: page.locator(`#${prefix}-name`) });
}

/** Switches a button on by its key. Node-RED moves the focus once a dialog has slid in: a key before that goes astray. */
async function pressed(button: Locator): Promise<void> {
  const isPressed = async (): Promise<boolean> => (await button.getAttribute('aria-pressed')) === 'true';
  for (let tries = 0; !(await isPressed()); tries++) {
    assert.ok(tries < 20, 'the button does nothing');
    await button.press('Enter');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function labelOf(field: Locator): Promise<string> {
  const label = await field.evaluate(
    (control: HTMLInputElement) => (control.labels?.[0] as HTMLElement | undefined)?.innerText ?? '',
  );
  return label.trim();
}

async function openSections(page: Page): Promise<void> {
  for (const section of await page.locator('.smswire-form details').all()) {
    await section.evaluate((details: HTMLDetailsElement) => {
      details.open = true;
    });
  }
}

async function deploy(page: Page): Promise<void> {
  const deployed = page.waitForResponse((response) => response.url().endsWith('/flows') && response.ok());
  await page.locator('#red-ui-header-button-deploy').click();
  await deployed;
  await page.locator('#red-ui-header-button-deploy.disabled').waitFor();
}

async function savedFlows(page: Page, { url }: NodeRed): Promise<Record<string, unknown>[]> {
  const response = await page.request.get(`${url}flows`);
  return (await response.json()) as Record<string, unknown>[];
}
