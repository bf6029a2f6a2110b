/** The dialog of a webhook as a user meets it: its URL, where that goes, and what stands in its way. */
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

const VENDORS = ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'];
const PUBLIC = 'http://192.168.1.10:1880';
const SECRET = 'kept-path-7f3a9c21';

const gateway = (id: string, more: object): object => ({
  ...{ id, type: 'smswire-gateway', name: id, version: 1, url: 'http://192.168.1.2', ...more },
});

const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  ...VENDORS.map((vendor) => gateway(`at-${vendor}`, { vendor, publicUrl: `${PUBLIC}/` })),
  gateway('private', { vendor: 'goip' }),
  gateway('local', { vendor: 'goip', publicUrl: 'http://localhost:1880' }),
  gateway('played', { vendor: 'goip', simulate: true }),
  {
    ...{ id: 'hook', type: 'smswire-webhook', z: 'tab', name: '', version: 1, gateway: 'at-goip', allow: '' },
    ...{ x: 200, y: 200, wires: [[], []] },
  },
];

/** HTTP nodes that stand elsewhere and ask for a login. */
const SETTINGS = { httpNodeRoot: '/flows', httpNodeAuth: { user: 'me', pass: '5f4dcc3b5aa765d61d8327deb882cf99' } };

interface Texts {
  editor: { palette: string; warning: Record<string, string> };
}

const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(__dirname, '..', '..', ...path), 'utf8'));

/** A beginning that tells a text from all others. */
const beginning = (text = ''): string => text.split('__')[0] ?? '';

describe('the dialog of a webhook', { skip: NO_BROWSER ?? false }, () => {
  let browser: Browser;

  before(async () => {
    browser = await startBrowser();
  });

  after(async () => {
    await browser.close();
  });

  for (const language of ['en-US', 'zh-CN'] as const) {
    const { editor: texts } = readJson('locales', language, 'webhook.json') as Texts;

    describe(`in ${language}`, () => {
      let nodeRed: NodeRed;
      let editor: EditorPage;
      let page: Page;

      const field = (name: string): Locator => page.locator(`#node-input-${name}`);
      const url = (): Promise<string> => page.locator('#smswire-webhook-url').inputValue();

      /** Exactly these warnings are shown. */
      const expectWarnings = async (...keys: string[]): Promise<void> => {
        const said = await page.locator('#smswire-webhook-warnings p').allInnerTexts();
        assert.equal(said.length, keys.length, said.join('\n'));
        for (const [index, key] of keys.entries()) {
          assert.ok(said[index]?.startsWith(beginning(texts.warning[key])), `${key}: ${String(said[index])}`);
        }
      };

      before(async () => {
        nodeRed = await startNodeRed(FLOWS, SETTINGS);
        editor = await openEditor(browser, nodeRed.url, language);
        page = editor.page;
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      });

      after(async () => {
        await page.context().close();
        await nodeRed.close();
      });

      it('is in the palette, with its icon', async () => {
        const node = page.locator('#red-ui-palette-sms .red-ui-palette-node[data-palette-type="smswire-webhook"]');
        // Node-RED puts a long label on two lines.
        assert.equal((await node.innerText()).trim().replace(/\s+/g, ' '), texts.palette);
        const icon = await page.request.get(`${nodeRed.url}icons/@smswire/node-red-smswire/sms-webhook.svg`);
        assert.match(await icon.text(), /<svg/);
      });

      it('makes a path where there is none, and copies the URL that leads to it', async () => {
        await openDialog(page, 'hook');
        const path = await field('path').inputValue();
        assert.match(path, /^[0-9a-f]{32}$/);
        assert.equal(await url(), `${PUBLIC}/flows/smswire/${path}`);
        await expectWarnings('login');
        await page.locator('#smswire-webhook-copy').press('Enter');
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await url());
        await page.locator('#smswire-webhook-generate').press('Enter');
        const other = await field('path').inputValue();
        assert.match(other, /^[0-9a-f]{32}$/);
        assert.notEqual(other, path);
        assert.equal(await url(), `${PUBLIC}/flows/smswire/${other}`);
        await expectLabelled(page.locator('.smswire-form'));
      });

      it('says for each vendor where the URL goes', async () => {
        for (const vendor of VENDORS) {
          await field('gateway').selectOption(`at-${vendor}`);
          const { webhook } = readJson('locales', language, 'vendors', `${vendor}.json`) as {
            webhook: { place: string };
          };
          const place = webhook.place.replaceAll('__url__', await url());
          assert.equal(await page.locator('#smswire-webhook-place').innerText(), place);
        }
      });

      it('warns of what keeps pushes away', async () => {
        for (const [id, ...keys] of [
          ['private', 'no-public-url', 'login'],
          ['local', 'local', 'login'],
          ['played', 'simulated', 'login'],
          ['at-goip', 'login'],
        ] as [string, ...string[]][]) {
          await field('gateway').selectOption(id);
          await expectWarnings(...keys);
        }
        await field('gateway').selectOption('private');
        assert.ok((await url()).startsWith(`${nodeRed.url}flows/smswire/`));
        await field('gateway').selectOption('at-goip');
        await fill(field('path'), 'short');
        await expectWarnings('login', 'short-path');
        await fill(field('path'), '');
        await expectWarnings('login', 'blank-path');
        await fill(field('path'), 'x'.repeat(120));
        await expectWarnings('login', 'long-url');
        await field('gateway').selectOption('at-sms57');
        await expectWarnings('login');
      });

      it('judges path and allow list, and lets variables stand for each', async () => {
        for (const [name, wrong, right] of [
          ['path', 'a/b', SECRET],
          ['allow', '10.0.0.0/33', '10.0.0.0/8, 2001:db8::/32 203.0.113.7'],
          ['allow', 'localhost', '::1'],
        ] as const) {
          await fill(field(name), wrong);
          await expectMarked(field(name), true);
          for (const value of ['${SOME_NAME}', right]) {
            await fill(field(name), value);
            await expectMarked(field(name), false);
          }
        }
        await field('gateway').selectOption('_ADD_');
        await expectMarked(field('gateway'), true);
        await field('gateway').selectOption('at-goip');
        await expectMarked(field('gateway'), false);
      });

      it('saves the path with the credentials alone', async () => {
        await page.locator('#node-dialog-ok').click();
        await page.locator('.smswire-form').waitFor({ state: 'detached' });
        const deployed = page.waitForResponse((response) => response.url().endsWith('/flows') && response.ok());
        await page.locator('#red-ui-header-button-deploy').click();
        await deployed;
        await page.locator('#red-ui-header-button-deploy.disabled').waitFor();
        const saved = await page.request.get(`${nodeRed.url}credentials/smswire-webhook/hook`);
        assert.deepEqual(await saved.json(), { path: SECRET });
        const flows = await (await page.request.get(`${nodeRed.url}flows`)).text();
        assert.doesNotMatch(flows + nodeRed.log(), new RegExp(SECRET));
      });

      it('gives every copy a path of its own, and lets a node that is moved keep its own', async () => {
        const paths = (): Promise<Record<string, unknown>> =>
          page.evaluate(() => {
            const { RED } = globalThis as unknown as {
              RED: { nodes: { filterNodes(filter: object): { id: string; credentials?: { path?: string } }[] } };
            };
            const nodes = RED.nodes.filterNodes({ type: 'smswire-webhook' });
            return Object.fromEntries(nodes.map(({ id, credentials }) => [id, credentials?.path ?? null]));
          });
        const act = (action: string): Promise<void> =>
          page.evaluate((name) => {
            const { RED } = globalThis as unknown as { RED: { actions: { invoke(name: string): void } } };
            RED.actions.invoke(name);
          }, action);
        const paste = async (x: number): Promise<void> => {
          await act('core:paste-from-internal-clipboard');
          await page.mouse.move(x, 500);
          await page.mouse.click(x, 500);
        };
        await page.locator('#hook').click();
        await act('core:copy-selection-to-internal-clipboard');
        await paste(500);
        await paste(600);
        const copied = await paths();
        const made = Object.entries(copied).filter(([id]) => id !== 'hook');
        assert.equal(new Set(made.map(([, path]) => path)).size, 2);
        for (const [, path] of made) assert.match(String(path), /^[0-9a-f]{32}$/);
        const [moved = ''] = made[0] ?? [];
        for (const id of [moved, 'hook']) {
          await page.keyboard.press('Escape');
          await page.locator(`[id="${id}"]`).click();
          await act('core:cut-selection-to-internal-clipboard');
          await paste(700);
        }
        const left = await paths();
        assert.equal(left[moved], copied[moved]);
        assert.equal(left.hook, null, 'it is with the runtime');
        assert.deepEqual(editor.errors, []);
      });
    });
  }
});

/** Types a value as people do: Node-RED judges fields at key strokes. */
async function fill(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.dispatchEvent('keyup');
}

/** Node-RED marks what is wrong, sometimes a moment later. */
async function expectMarked(field: Locator, marked: boolean): Promise<void> {
  const isMarked = (): Promise<boolean> => field.evaluate((control) => control.classList.contains('input-error'));
  for (let wait = 0; (await isMarked()) !== marked; wait++) {
    assert.ok(wait < 30, `${field.toString()} should ${marked ? '' : 'not '}be marked`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every control that can be seen has a name for those who cannot see it, and no label leads nowhere. */
async function expectLabelled(form: Locator): Promise<void> {
  const faults = await form.evaluate((element) => {
    const controls = [...element.querySelectorAll<HTMLInputElement>('input, select, textarea, button')];
    const nameless = controls.filter(
      (control) =>
        control.checkVisibility() &&
        !control.labels?.length &&
        !control.getAttribute('aria-label') &&
        !control.innerText.trim(),
    );
    const astray = [...element.querySelectorAll('label')].filter((label) => !label.control);
    return [...nameless, ...astray].map((each) => each.outerHTML);
  });
  assert.deepEqual(faults, []);
}
