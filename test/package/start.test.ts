/** `npm start` as a new user runs it, in a copy of the clone that was neither built nor started before. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MANIFEST, NODES, ROOT, runNode, type Finished } from '../support/clone';

const VENDORS = ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'];
const TREE = [
  '.build',
  '.start',
  'build.mjs',
  'examples',
  'icons',
  'locales',
  'nodes',
  'test',
  'LICENSE',
  'package.json',
];
const REST = ['package-lock.json', 'tsconfig.json', 'tsconfig.editor.json', 'tsconfig.test.json'];

/** Something that says so, if anybody runs it. */
const TRAP = 'console.log("a file outside the clone was run");';

interface Row {
  vendor: string;
  recipient: string;
  id: string;
  state: string;
  parts: string;
  time: string;
}

type Node = Record<string, unknown> & { id: string; type: string };

describe('npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smswire start '));
  const clone = join(folder, 'clone');
  const home = join(folder, 'home');
  const flowFile = join(clone, '.demo', 'flows.json');
  const env = { HOME: home, USERPROFILE: home, HOMEPATH: home, NODE_RED_HOME: join(home, 'other') };
  let first: Finished;

  const start = (...args: string[]): Promise<Finished> => runNode(clone, ['examples/start.mjs', ...args], env);
  const startOnce = (...args: string[]): Promise<Finished> => start('--once', '--port', '0', ...args);

  /** Changes the nodes that the editor has saved, as a user would. */
  const edit = (change: (nodes: Node[]) => void): void => {
    const nodes = JSON.parse(readFileSync(flowFile, 'utf8')) as Node[];
    change(nodes);
    writeFileSync(flowFile, JSON.stringify(nodes));
  };

  before(async () => {
    for (const name of [...TREE, ...REST]) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'), 'junction');
    for (const place of ['.node-red', 'other']) {
      mkdirSync(join(home, place), { recursive: true });
      writeFileSync(join(home, place, 'settings.js'), TRAP);
      writeFileSync(join(home, place, '.config.json'), '{}');
    }
    first = await startOnce();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('builds, sends one alert through each of the five, waits for what comes back, and ends', () => {
    assert.equal(first.status, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /^Building dist/m);
    const rows = rowsOf(first);
    for (const { vendor, recipient, id, time } of rows) {
      assert.match(recipient, /^1990000\d{4}$/, vendor);
      assert.match(id, /^\w{4,}$/, vendor);
      assert.match(time, /^\d+\.\d\d s$/, vendor);
      assert.ok(Number.parseFloat(time) < 60, `${vendor}: ${time}`);
    }
    const accepted = rows.filter(({ state }) => state === 'accepted');
    assert.deepEqual(accepted.map(({ vendor }) => vendor).sort(), [...VENDORS].sort());
    for (const { vendor, parts } of accepted) assert.equal(parts, '1', vendor);
    assert.match(first.stdout, /^5 of 5 accepted, 5 delivered, 5 answered\.$/m);
  });

  it('shows of each vendor that the SMS was delivered, once, and then the reply', () => {
    for (const vendor of VENDORS) {
      const states = rowsOf(first).flatMap((row) => (row.vendor === vendor ? [row.state] : []));
      assert.equal(states[0], 'accepted');
      assert.deepEqual(
        states
          .slice(1)
          .filter((state) => state !== 'sent')
          .sort(),
        ['delivered', 'reply: YES'],
        vendor,
      );
    }
  });

  it('prints plain text of at most 100 columns, and nothing else beside it', () => {
    assert.deepEqual(unfit(first), []);
    assert.equal(first.stderr, '');
  });

  it('leaves the home folder and the Node-RED of the user alone', () => {
    assert.deepEqual(readdirSync(home, { recursive: true }).map(String).sort(), [
      '.node-red',
      join('.node-red', '.config.json'),
      join('.node-red', 'settings.js'),
      'other',
      join('other', '.config.json'),
      join('other', 'settings.js'),
    ]);
    assert.doesNotMatch(first.stdout, /outside the clone/);
    assert.ok(readdirSync(join(clone, '.demo')).includes('flows.json'));
  });

  it('keeps what was changed in the editor, and fails where not all was accepted', async () => {
    edit((nodes) => {
      const inject = nodes.find(({ type, name }) => type === 'inject' && String(name).includes('One alert'));
      assert.ok(inject);
      inject.props = [{ p: 'to', v: '19900000005, 19900000011', vt: 'str' }];
    });
    const second = await startOnce();
    assert.equal(second.status, 1, second.stdout);
    assert.doesNotMatch(second.stdout, /Building/);
    assert.match(second.stdout, /as you left it/);
    assert.deepEqual(unfit(second), []);
    const refused = rowsOf(second).filter(({ recipient }) => recipient === '19900000011');
    assert.deepEqual([...new Set(refused.map(({ vendor }) => vendor))].sort(), [...VENDORS].sort());
    assert.deepEqual(new Set(refused.map(({ state }) => state)), new Set(['rejected']));
  });

  it('sends nothing of its own through a gateway that is a real one by now', async () => {
    edit((nodes) => {
      const gateway = nodes.find(({ type, vendor }) => type === 'smswire-gateway' && vendor === 'mobset');
      assert.ok(gateway);
      gateway.simulate = false;
    });
    const { status, stdout, stderr } = await startOnce();
    assert.equal(status, 1);
    assert.deepEqual(rowsOf({ stdout }), []);
    assert.match(stderr, /^"Simulated Mobset" is no longer simulated, so no alert was sent\. .*--fresh.*\n$/m);
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  it('says so where the flow has lost the alert', async () => {
    edit((nodes) => {
      nodes.splice(0, nodes.length, ...nodes.filter(({ type }) => type === 'tab'));
    });
    const { status, stderr } = await startOnce();
    assert.equal(status, 1);
    assert.match(stderr, /^The flow has lost the inject node of the alert, so none was sent\. .*--fresh.*\n$/);
  });

  it('begins anew with --fresh, on the next port where one is taken, and ends cleanly with Ctrl-C', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const inherited = { ...process.env, ...env, NODE_TEST_CONTEXT: undefined };
    const child = spawn(process.execPath, ['examples/start.mjs', '--fresh', '--port', String(port)], {
      cwd: clone,
      env: inherited,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'close');
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    let stdout = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(stdout);
        if (found) resolve(found[0]);
      });
      child.on('close', () => {
        reject(new Error(`ended: ${stdout}${stderr}`));
      });
    });
    const end = Date.now() + 20_000;
    while (rowsOf({ stdout }).filter(({ state }) => state === 'accepted').length < 5 && Date.now() < end)
      await sleep(50);
    assert.match(stdout, new RegExp(`^Port ${port} is taken: the editor is at port ${new URL(url).port}\\.$`, 'm'));
    assert.equal(rowsOf({ stdout }).filter(({ state }) => state === 'accepted').length, 5);

    const get = async (path: string): Promise<unknown> =>
      (await fetch(url + path, { headers: { accept: 'application/json' } })).json();
    assert.match(await (await fetch(url)).text(), /<title>Node-RED/);
    const sets = (await get('nodes')) as { module: string; types: string[]; err?: string }[];
    const own = sets.filter(({ module }) => module === MANIFEST.name);
    assert.deepEqual(own.flatMap(({ types }) => types).sort(), NODES.map(({ type }) => type).sort());
    const texts = (await get(`locales/${MANIFEST.name}/smswire-gateway?lng=en-US`)) as { errors?: object };
    assert.ok(texts.errors, 'the texts of errors are found under the name of the package');
    const listed = (await get(`library/examples/flows/${MANIFEST.name}/`)) as { fn?: string }[];
    const files = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.json'));
    assert.deepEqual(
      listed.map((each) => each.fn ?? each),
      files.map((name) => name.replace('.json', '')).sort(),
    );

    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null], stderr);
    await assert.rejects(fetch(url));
    assert.equal(stderr, '');
  });

  it('refuses what it does not understand in one sentence', async () => {
    const wrong: [string[], RegExp][] = [
      [['--twice'], /^Unknown option '--twice'\. Usage: npm start -- .*\n$/],
      [['--port', 'http'], /^A port is a number from 0 to 65535, not "http"\. Usage: .*\n$/],
      [['--port', '65536'], /^A port is a number from 0 to 65535, not "65536"\. Usage: .*\n$/],
      [['1880'], /^Unexpected argument '1880'\. Usage: .*\n$/],
    ];
    for (const [args, sentence] of wrong) {
      const { status, stdout, stderr } = await start(...args);
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, sentence);
    }
  });

  it('tells the user of an old Node.js what to do', async () => {
    const old = join(folder, 'old.cjs');
    for (const [version, status] of [
      ['18.20.4', 1],
      ['20.18.3', 1],
    ] as const) {
      writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
      const result = await runNode(clone, ['--require', old, 'examples/start.mjs', '--once'], env);
      assert.equal(result.status, status);
      assert.match(result.stderr, /^smswire needs Node\.js 20\.19 or later, and this is [\d.]+\. .*\n$/);
    }
  });

  it('installs first where packages are missing, and says so if it cannot', async () => {
    const npm = join(folder, 'npm.js');
    const modules = join(clone, 'node_modules');
    const startWithNpm = (code: string): Promise<Finished> => {
      writeFileSync(npm, code);
      return runNode(clone, ['examples/start.mjs', '--once', '--port', '0'], { ...env, npm_execpath: npm });
    };
    unlinkSync(modules);
    const failed = await startWithNpm('console.error("npm says why"); process.exitCode = 1;');
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /^npm says why\nThe packages could not be installed\. .*\n$/);

    const [from, to] = [join(ROOT, 'node_modules'), modules].map((path) => JSON.stringify(path));
    const installed = await startWithNpm(
      `if (process.argv[2] === 'ci') require('node:fs').symlinkSync(${from}, ${to}, 'junction');`,
    );
    assert.equal(installed.status, 0, installed.stderr);
    assert.match(installed.stdout, /^5 of 5 accepted, 5 delivered, 5 answered\.$/m);
  });

  it('shows why the package could not be built', async () => {
    writeFileSync(join(clone, 'build.mjs'), 'console.error("nodes/x.ts(1,1): a fault"); process.exitCode = 1;');
    const { status, stderr } = await startOnce();
    assert.equal(status, 1);
    assert.equal(stderr, 'nodes/x.ts(1,1): a fault\nThe package could not be built, for the reasons above.\n');
  });
});

/** Lines of output that a narrow or simple terminal would spoil. */
function unfit({ stdout }: Finished): string[] {
  return stdout.split('\n').filter((line) => line.length > 100 || /[^\x20-\x7e]/.test(line));
}

/** The rows of the table. */
function rowsOf({ stdout }: Pick<Finished, 'stdout'>): Row[] {
  const lines = stdout.split('\n');
  const head = lines.find((line) => line.startsWith('vendor ')) ?? '';
  const from = (['vendor', 'recipient', 'id', 'state', 'parts', 'time'] as const).map((name) => head.indexOf(name));
  return lines
    .filter((line) => VENDORS.some((vendor) => line.startsWith(`${vendor} `)))
    .map((line) => {
      const cell = (column: number): string => line.slice(from[column], from[column + 1]).trim();
      return { vendor: cell(0), recipient: cell(1), id: cell(2), state: cell(3), parts: cell(4), time: cell(5) };
    });
}
