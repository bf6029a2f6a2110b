/** A real Node-RED with the built package in it, and a browser that looks at its editor. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { chromiumPath } from '../support/chromium';
import { NODE_RED_FOLDER } from '../support/node-red';

const PACKAGE = dirname(dirname(__dirname));

/** Why the tests of the editor cannot run here; undefined where they can. */
export const NO_BROWSER =
  chromiumPath() === undefined
    ? 'no Chromium found; install Chrome or Chromium, or name one in SMSWIRE_CHROMIUM'
    : undefined;

export interface NodeRed {
  readonly url: string;
  /** What it has written to its output. */
  log(): string;
  close(): Promise<void>;
}

/** Starts Node-RED in a folder of its own, on loopback, with these nodes as its flows, and `more` settings. */
export async function startNodeRed(flows: readonly object[], more: object = {}): Promise<NodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), 'smswire-editor-'));
  const port = await freePort();
  const scope = join(userDir, 'node_modules', '@smswire');
  await mkdir(scope, { recursive: true });
  await symlink(PACKAGE, join(scope, 'node-red-smswire'), 'junction');
  await writeFile(join(userDir, 'flows.json'), JSON.stringify(flows));
  const settings = {
    ...{ uiHost: '127.0.0.1', uiPort: port, flowFile: 'flows.json', credentialSecret: 'test', lang: 'en-US' },
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    ...more,
  };
  await writeFile(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};\n`);
  const child = spawn(process.execPath, [join(NODE_RED_FOLDER, 'red.js'), '--userDir', userDir], {
    cwd: userDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(userDir, { recursive: true, force: true });
  };
  for (let wait = 0; !output.includes('Started flows'); wait++) {
    if (wait > 300 || child.exitCode !== null) {
      await close();
      throw new Error(`Node-RED did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url: `http://127.0.0.1:${port}/`, log: () => output, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
}

export interface EditorPage {
  readonly page: Page;
  /** What went wrong in the page so far: exceptions, its console's errors, and what Node-RED catches and only logs. */
  readonly errors: string[];
}

/** Node-RED catches what dialogs and checks throw, and writes it to the console. */
const CAUGHT = /^(oneditprepare|oneditsave|oneditcancel|Validation error|Definition error|Error)/;

/** Opens the editor in a language and waits until its nodes and flows are there. */
export async function openEditor(browser: Browser, url: string, language: 'en-US' | 'zh-CN'): Promise<EditorPage> {
  const context = await browser.newContext({ locale: language, viewport: { width: 1400, height: 1000 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || CAUGHT.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  await page.locator('.red-ui-palette-node[data-palette-type="smswire-send"]').waitFor();
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
  return { page, errors };
}

/** Opens the dialog of a node in the workspace. */
export async function openDialog(page: Page, id: string): Promise<void> {
  // A status below the node may be wider than the node: its middle is not the node's.
  await page.locator(`#${id}`).dblclick({ position: { x: 30, y: 20 } });
  await dialogReady(page, 'node-input');
}

/**
 * Waits until a dialog stands: Node-RED puts the focus into its first field only after the dialog has come in, and what
 * is typed elsewhere before that ends up in that field.
 */
export async function dialogReady(page: Page, prefix: 'node-input' | 'node-config-input'): Promise<void> {
  const form = page.locator('.smswire-form', { has: page.locator(`#${prefix}-name`) });
  await form.waitFor();
  await page.locator('.red-ui-tray-body :focus').waitFor({ state: 'attached' });
}

/** Types a value as people do: Node-RED judges fields at key strokes. */
export async function fill(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.dispatchEvent('keyup');
}

/** Node-RED marks what is wrong, sometimes a moment later. */
export async function expectMarked(field: Locator, marked: boolean): Promise<void> {
  const isMarked = (): Promise<boolean> => field.evaluate((control) => control.classList.contains('input-error'));
  for (let wait = 0; (await isMarked()) !== marked; wait++) {
    assert.ok(wait < 30, `${field.toString()} should ${marked ? '' : 'not '}be marked`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every control that can be seen has a name for those who cannot see it, and no label leads nowhere. */
export async function expectLabelled(form: Locator): Promise<void> {
  const faults = await form.evaluate((element) => {
    const seen = [...element.querySelectorAll<HTMLInputElement>('input, select, textarea, button')].filter(
      (control) => control.checkVisibility() && !control.closest('.red-ui-typedInput-option-trigger'),
    );
    const nameless = seen.filter(
      (control) => !control.labels?.length && !control.getAttribute('aria-label') && !control.innerText.trim(),
    );
    const astray = [...element.querySelectorAll('label')].filter((label) => !label.control);
    return [...nameless, ...astray].map((each) => each.outerHTML);
  });
  assert.deepEqual(faults, []);
}

/** Takes what the dialog holds, and waits until it has gone. */
export async function saveDialog(page: Page): Promise<void> {
  await page.locator('#node-dialog-ok').click();
  await page.locator('.smswire-form').waitFor({ state: 'detached' });
}

/** Leaves the dialog without taking what it holds. */
export async function leaveDialog(page: Page): Promise<void> {
  await page.locator('#node-dialog-cancel').click();
  await page.locator('.smswire-form').waitFor({ state: 'detached' });
}

/** Properties of a node as the editor would deploy them. */
export function propertiesOf(page: Page, id: string, names: readonly string[]): Promise<unknown[]> {
  return page.evaluate(
    ({ id: node, names: all }) => {
      const { RED } = globalThis as unknown as { RED: { nodes: { node(id: string): Record<string, unknown> } } };
      return all.map((name) => RED.nodes.node(node)[name]);
    },
    { id, names },
  );
}

/** What the tooltip of a marked field says. One that is open already keeps what it said when it came. */
export async function complaintAt(page: Page, field: Locator): Promise<string> {
  const tooltip = page.locator('.red-ui-popover');
  await page.mouse.move(0, 0);
  await tooltip.first().waitFor({ state: 'detached' });
  await field.hover();
  return tooltip.last().innerText();
}
