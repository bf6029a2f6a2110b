/** The examples use every node, give nothing away, and run in the Node-RED of a user who installed the package. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MANIFEST, NODES, read, ROOT } from '../support/clone';
import { type FlowNode, RealNodeRed } from '../support/real-node-red';

const EXAMPLES = readdirSync(join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, flows: JSON.parse(read(`examples/${name}`)) as FlowNode[] }));

/** Every property with a value below `value`. */
function* filled(value: unknown): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, below] of Object.entries(value)) {
    if (typeof below === 'object') yield* filled(below);
    else if (below !== '') yield [key, below];
  }
}

describe('the examples', () => {
  it('use every node', () => {
    const used = new Set(EXAMPLES.flatMap(({ flows }) => flows.map(({ type }) => type)));
    assert.deepEqual(
      NODES.map(({ type }) => type).filter((type) => !used.has(type)),
      [],
    );
  });

  for (const { name, flows } of EXAMPLES) {
    it(`hold no credentials: ${name}`, () => {
      const secrets = [...filled(flows)].filter(([key]) =>
        /credential|password|passwd|secret|token|username|accountId/i.test(key),
      );
      assert.deepEqual(secrets, []);
    });

    it(`have a tab, and wires that end: ${name}`, () => {
      const ids = new Set(flows.map(({ id }) => id));
      assert.equal(ids.size, flows.length);
      assert.ok(flows.some(({ type }) => type === 'tab'));
      const ends = flows.flatMap(({ wires }) => (Array.isArray(wires) ? wires.flat() : []) as string[]);
      assert.deepEqual(
        ends.filter((id) => !ids.has(id)),
        [],
      );
    });
  }
});

describe('the package as it is installed', () => {
  let red: RealNodeRed;
  before(async () => {
    red = await RealNodeRed.start();
  });
  after(() => red.stop());

  it('loads every node without an error', async () => {
    const sets = (await red.nodeSets()).filter(({ module }) => module === MANIFEST.name);
    assert.deepEqual(
      sets.filter(({ err, enabled }) => err !== undefined || !enabled),
      [],
    );
    assert.deepEqual(sets.flatMap(({ types }) => types).sort(), NODES.map(({ type }) => type).sort());
  });

  it('gives the editor the texts of each node in each language', async () => {
    for (const { type, name } of NODES) {
      for (const language of ['en-US', 'zh-CN']) {
        const wanted = JSON.parse(read(`dist/locales/${language}/${name}.json`)) as unknown;
        assert.deepEqual(await red.texts(`${MANIFEST.name}/${type}`, language), wanted);
      }
    }
  });

  it('gives the editor the help of each node: its own language, else English', async () => {
    for (const [asked, given] of [
      ['zh-CN', 'zh-CN'],
      ['de', 'en-US'],
    ] as const) {
      const html = await red.html(asked);
      for (const { name } of NODES)
        assert.ok(html.includes(read(`dist/locales/${given}/${name}.html`)), `${asked}: ${name}`);
    }
  });

  it('shows a type that nobody has, as the tests below would', async () => {
    assert.deepEqual(
      await red.deploy([
        { id: 'aaaa', type: 'tab' },
        { id: 'bbbb', type: 'no-such-node', z: 'aaaa' },
      ]),
      ['no-such-node'],
    );
  });

  for (const { name, flows } of EXAMPLES) {
    it(`runs the example ${name}`, async () => {
      const known = new Set((await red.nodeSets()).flatMap(({ types }) => types));
      const structure = ['tab', 'group', 'subflow', 'junction'];
      const unknown = flows.filter(
        ({ type }) => !known.has(type) && !structure.includes(type) && !type.startsWith('subflow:'),
      );
      assert.deepEqual(unknown, []);
      assert.deepEqual(await red.deploy(flows), []);
    });
  }
});
