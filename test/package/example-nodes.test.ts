/** What the examples say of our nodes: what the nodes' forms save, and nobody's number. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NODES, read, ROOT } from '../support/clone';
import { definitionsIn } from '../support/flow-library';
import type { FlowNode } from '../support/real-node-red';

const VENDORS = ['ejoin', 'goip', 'hezhong', 'mobset', 'sms57'];
/** What every node has, whatever its type. */
const COMMON = new Set(['id', 'type', 'z', 'x', 'y', 'wires']);

const FILES = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.json'));
const nodesOf = (file: string): FlowNode[] => JSON.parse(read(`examples/${file}`)) as FlowNode[];

describe('the nodes of the examples', () => {
  it('have ids that no other example has', () => {
    const ids = FILES.flatMap((file) => nodesOf(file).map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    for (const id of ids) assert.match(id, /^[\da-f]{16}$/);
  });

  for (const file of FILES) {
    it(`hold just what their forms save: ${file}`, () => {
      const own = nodesOf(file).filter(({ type }) => NODES.some((node) => node.type === type));
      assert.ok(own.length > 1);
      for (const node of own) {
        const { name } = NODES.find(({ type }) => type === node.type)!;
        const { defaults = [] } = definitionsIn(read(`dist/${name}.html`)).get(node.type) ?? {};
        assert.deepEqual(
          Object.keys(node)
            .filter((property) => !COMMON.has(property))
            .sort(),
          [...defaults].sort(),
        );
        assert.equal(node.version, 1);
      }
    });

    it(`simulate, and lead to gateways that are there: ${file}`, () => {
      const nodes = nodesOf(file);
      const gateways = nodes.filter(({ type }) => type === 'smswire-gateway');
      for (const { simulate, vendor } of gateways) {
        assert.equal(simulate, true);
        assert.ok(VENDORS.includes(String(vendor)));
      }
      const ids = ['', ...gateways.map(({ id }) => id)];
      for (const { gateway, backup1 = '', backup2 = '', backup3 = '' } of nodes.filter((node) => 'gateway' in node)) {
        assert.notEqual(gateway, '');
        for (const id of [gateway, backup1, backup2, backup3]) assert.ok(ids.includes(String(id)));
      }
    });

    it(`write to fictional numbers: ${file}`, () => {
      const numbers = read(`examples/${file}`).match(/(?<![\da-f])\d{7,}(?![\da-f])/g) ?? [];
      assert.ok(numbers.length > 0);
      assert.deepEqual(
        numbers.filter((number) => !/^1990000\d{4}$/.test(number)),
        [],
      );
    });
  }

  it('show each vendor in the demonstration', () => {
    const vendors = nodesOf('demonstration.json').flatMap(({ vendor }) => (vendor === undefined ? [] : [vendor]));
    assert.deepEqual(vendors.sort(), VENDORS);
  });

  it('show the state of each device, and the balance of each account, in the demonstration', () => {
    const nodes = nodesOf('demonstration.json');
    const vendorOf = ({ gateway }: (typeof nodes)[number]): unknown => nodes.find(({ id }) => id === gateway)?.vendor;
    const asked = (command: string): unknown[] => nodes.filter((node) => node.command === command).map(vendorOf);
    assert.deepEqual(asked('status').sort(), ['ejoin', 'goip']);
    assert.deepEqual(asked('balance').sort(), ['hezhong', 'mobset', 'sms57']);
  });
});
