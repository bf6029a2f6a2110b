/** The dialogs of the nodes for reports and inbound SMS, as a user meets them, in English and in Chinese. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
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

type Language = 'en-US' | 'zh-CN';

const LANGUAGES = {
  'en-US': {
    ...{ report: 'SMS reports', inbound: 'receive SMS', gateway: 'Gateway', interval: "the vendor's pace" },
    ...{ states: ['sent', 'delivered', 'not delivered', 'unknown'], outputs: ['matched', 'everything else'] },
  },
  'zh-CN': {
    ...{ report: '短信状态报告', inbound: '接收短信', gateway: '网关', interval: '服务商建议的间隔' },
    ...{ states: ['已发出', '已送达', '未送达', '未知'], outputs: ['符合条件', '其他'] },
  },
} as const satisfies Record<Language, object>;

const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  { id: 'gateway-1', type: 'smswire-gateway', name: 'first', version: 1, vendor: 'sms57', simulate: true },
  { id: 'report', type: 'smswire-report', z: 'tab', x: 200, y: 100, wires: [[]], name: '', version: 1, gateway: '' },
  {
    ...{ id: 'inbound', type: 'smswire-inbound', z: 'tab', x: 200, y: 200, wires: [[], []] },
    ...{ name: '', version: 1, gateway: '' },
  },
  {
    ...{ id: 'by-hand', type: 'smswire-report', z: 'tab', x: 200, y: 300, wires: [[]], name: '', version: 1 },
    ...{ gateway: 'gateway-1', states: 'delivered, expired', interval: '0' },
  },
];

/** Where pictures of the dialogs go, for people to look at. */
const PICTURES = join(__dirname, 'screenshots');

describe('the dialogs for what comes back', { skip: NO_BROWSER ?? false }, () => {
  let nodeRed: NodeRed;
  let browser: Browser;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
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

      for (const room of ['report', 'inbound'] as const) {
        it(`shows the ${room} node in the palette, with its icon and its help`, async () => {
          const node = page.locator(`#red-ui-palette-sms .red-ui-palette-node[data-palette-type="smswire-${room}"]`);
          assert.equal((await node.innerText()).trim(), texts[room]);
          const icon = await page.request.get(`${nodeRed.url}icons/@smswire/node-red-smswire/sms-${room}.svg`);
          assert.match(await icon.text(), /<svg/);
          const help = await page.locator(`script[data-help-name="smswire-${room}"]`).textContent();
          const file = join(__dirname, '..', '..', 'locales', language, `${room}.md`);
          const [first = ''] = readFileSync(file, 'utf8').split('\n');
          assert.ok(help?.includes(first), first);
        });
      }

      it('judges the fields of a report node, and offers the states', async () => {
        await openDialog(page, 'report');
        const gateway = page.locator('#node-input-gateway');
        assert.match(await page.locator('label[for=node-input-gateway]').innerText(), new RegExp(texts.gateway));
        await expectMarked(gateway, true);
        await gateway.selectOption('gateway-1');
        await expectMarked(gateway, false);
        await judgeInterval(page, texts.interval);
        assert.deepEqual(await statesOf(page), texts.states);
        await expectLabelled(formOf(page));
        await page.screenshot({ path: join(PICTURES, `report-${language}.png`) });
        await cancel(page);
      });

      it('judges the fields of a node for inbound SMS', async () => {
        await openDialog(page, 'inbound');
        await expectMarked(page.locator('#node-input-gateway'), true);
        await judgeInterval(page, texts.interval);
        await judge(page.locator('#node-input-match'), {
          right: ['', 'STATUS', '/^pump \\d+$/i', '/help', '状态', '${WORD}'],
          wrong: ['/(/', '/a/zz'],
        });
        await judge(page.locator('#node-input-senders'), {
          right: ['', '13800000001', '13800000001，+86 138-0000-0002;\n10086', '${FRIENDS}'],
          wrong: ['Fred', '13800000001, 1'],
        });
        await expectLabelled(formOf(page));
        await page.screenshot({ path: join(PICTURES, `inbound-${language}.png`) });
        await cancel(page);
      });

      it('says what the outputs of a node for inbound SMS are', async () => {
        const labels = await page.evaluate(() => {
          const { nodes } = (globalThis as unknown as { RED: { nodes: { node(id: string): LabelledNode } } }).RED;
          const node = nodes.node('inbound');
          return [0, 1].map((index) => node._def.outputLabels.call(node, index));
        });
        assert.deepEqual(labels, texts.outputs);
      });

      it('has no errors', () => {
        assert.deepEqual(editor.errors, []);
      });
    });
  }

  it('saves what was chosen, and keeps what was put there by hand', async () => {
    const { page, errors } = await openEditor(browser, nodeRed.url, 'en-US');
    await openDialog(page, 'report');
    await page.locator('#node-input-gateway').selectOption('gateway-1');
    await fill(page.locator('#node-input-interval'), '60');
    await page.getByRole('checkbox', { name: 'delivered', exact: true }).check();
    await page.getByRole('checkbox', { name: 'unknown' }).press('Space');
    await done(page);

    await openDialog(page, 'by-hand');
    assert.deepEqual(await statesOf(page), [...LANGUAGES['en-US'].states, 'expired']);
    assert.equal(await page.getByRole('checkbox', { name: 'expired' }).isChecked(), true);
    assert.equal(await page.locator('#node-input-interval').inputValue(), '0');
    await done(page);

    await openDialog(page, 'inbound');
    await page.locator('#node-input-gateway').selectOption('gateway-1');
    await fill(page.locator('#node-input-match'), 'STATUS');
    await fill(page.locator('#node-input-senders'), '13800000001\n13800000002');
    await done(page);

    const deployed = page.waitForResponse((response) => response.url().endsWith('/flows') && response.ok());
    await page.locator('#red-ui-header-button-deploy').click();
    await deployed;
    const flows = (await (await page.request.get(`${nodeRed.url}flows`)).json()) as Record<string, unknown>[];
    const saved = (id: string): Record<string, unknown> => flows.find((node) => node.id === id) ?? {};
    assert.deepEqual(
      [saved('report').gateway, saved('report').interval, saved('report').states, saved('report').version],
      ['gateway-1', '60', ['delivered', 'unknown'], 1],
    );
    assert.deepEqual(saved('by-hand').states, ['delivered', 'expired']);
    const { match, senders, interval } = saved('inbound');
    assert.deepEqual(
      { match, senders, interval },
      { match: 'STATUS', senders: '13800000001\n13800000002', interval: '' },
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});

interface LabelledNode {
  readonly _def: { outputLabels(this: LabelledNode, index: number): string };
}

function formOf(page: Page): Locator {
  return page.locator('.smswire-form', { has: page.locator('#node-input-name') });
}

async function cancel(page: Page): Promise<void> {
  await page.locator('#node-dialog-cancel').click();
  await formOf(page).waitFor({ state: 'detached' });
}

async function done(page: Page): Promise<void> {
  await page.locator('#node-dialog-ok').click();
  await formOf(page).waitFor({ state: 'detached' });
}

async function statesOf(page: Page): Promise<string[]> {
  return (await page.locator('#smswire-report-states label').allInnerTexts()).map((label) => label.trim());
}

async function judgeInterval(page: Page, placeholder: string): Promise<void> {
  const interval = page.locator('#node-input-interval');
  assert.equal(await interval.getAttribute('placeholder'), placeholder);
  await judge(interval, { right: ['0', '30', '', '${PACE}'], wrong: ['soon', '-1'] });
}

async function judge(field: Locator, { right, wrong }: { right: string[]; wrong: string[] }): Promise<void> {
  for (const value of wrong) {
    await fill(field, value);
    await expectMarked(field, true);
  }
  for (const value of right) {
    await fill(field, value);
    await expectMarked(field, false);
  }
}

/** Types a value as people do: Node-RED judges fields at key strokes. */
async function fill(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.dispatchEvent('keyup');
}

/** Node-RED marks what is wrong, sometimes a moment later. */
async function expectMarked(field: Locator, marked: boolean): Promise<void> {
  const isMarked = (): Promise<boolean> => field.evaluate((control) => control.classList.contains('input-error'));
  for (let wait = 0; (await isMarked()) !== marked; wait++) {
    assert.ok(wait < 60, `${field.toString()} should ${marked ? '' : 'not '}be marked`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every control that can be seen has a name for those who cannot see it, and no label leads nowhere. */
async function expectLabelled(form: Locator): Promise<void> {
  const faults = await form.evaluate((element) => {
    const seen = [...element.querySelectorAll<HTMLInputElement>('input, select, textarea, button')].filter((control) =>
      control.checkVisibility(),
    );
    const nameless = seen.filter(
      (control) => !control.labels?.length && !control.getAttribute('aria-label') && !control.innerText.trim(),
    );
    const astray = [...element.querySelectorAll('label')].filter((label) => !label.control);
    return [...nameless, ...astray].map((each) => each.outerHTML);
  });
  assert.deepEqual(faults, []);
}
