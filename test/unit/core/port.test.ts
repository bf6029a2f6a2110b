/** Ports in every form that people and devices write them, read and written. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  areOfKind,
  formatPort,
  formatPorts,
  MOST_PORT,
  parsePort,
  parsePorts,
  PORTS_PATTERN,
  type Port,
} from '../../../nodes/core/port';

/** The ports of a list that must be readable. */
function read(list: string, slots?: number): unknown {
  const parsed = parsePorts(list, slots);
  assert.ok('ports' in parsed, `${list} was refused`);
  return parsed.ports;
}

describe('one port', () => {
  const forms: [unknown, Port][] = [
    ['2', { port: 2 }],
    [2, { port: 2 }],
    [' 32 ', { port: 32 }],
    ['02', { port: 2 }],
    ['1A', { port: 1, slot: 1 }],
    ['2B', { port: 2, slot: 2 }],
    ['2b', { port: 2, slot: 2 }],
    ['32D', { port: 32, slot: 4 }],
    ['61A', { port: 61, slot: 1 }],
    ['7Z', { port: 7, slot: 26 }],
    ['2.02', { port: 2, slot: 2 }],
    ['1.01', { port: 1, slot: 1 }],
    ['1.10', { port: 1, slot: 10 }],
    ['1.100', { port: 1, slot: 100 }],
    ['12.sp256.101', { port: '12.sp256.101' }],
    ['12.SP256.101', { port: '12.SP256.101' }],
  ];
  for (const [written, port] of forms) {
    it(`reads ${JSON.stringify(written)}`, () => {
      assert.deepEqual(parsePort(written), port);
    });
  }

  const none = ['', ' ', '0', '0A', '2.00', 'A2', '2AB', '2.', '.2', '2.2', '-2', '2-3', '+2', 'all', '*', '2B.02'];
  for (const written of [
    ...none,
    '12.sp',
    '12.sp256',
    1.1,
    2.02,
    0,
    -1,
    NaN,
    Infinity,
    null,
    undefined,
    true,
    {},
    [],
  ]) {
    it(`refuses ${inspect(written)}`, () => {
      assert.equal(parsePort(written), undefined);
    });
  }

  it('takes 1.10 for slot 10 and never for slot 1', () => {
    assert.notDeepEqual(parsePort('1.10'), parsePort('1.01'));
    assert.equal(parsePort('1.1'), undefined, 'a fraction that lost its zero could be either');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const port = parsePort(value);
        assert.notEqual(port?.port, '');
      }),
    );
  });
});

describe('a list of ports', () => {
  it('reads every port', () => {
    for (const list of ['all', ' ALL ', '*', ' * ']) assert.equal(read(list), 'all');
  });

  it('reads lists and ranges, in the order written and each port once', () => {
    assert.deepEqual(read('1A,2B,3C,4-6'), [
      { port: 1, slot: 1 },
      { port: 2, slot: 2 },
      { port: 3, slot: 3 },
      { port: 4 },
      { port: 5 },
      { port: 6 },
    ]);
    assert.deepEqual(read(' 3 - 4 ， 2.02, 2B,3'), [{ port: 3 }, { port: 4 }, { port: 2, slot: 2 }]);
    assert.deepEqual(read('12.sp256.101,7'), [{ port: '12.sp256.101' }, { port: 7 }]);
    assert.deepEqual(read('5-5'), [{ port: 5 }]);
    assert.equal((read('4-32') as Port[]).length, 29);
  });

  it('keeps a port apart from its slots', () => {
    assert.deepEqual(read('2,2A'), [{ port: 2 }, { port: 2, slot: 1 }]);
  });

  const wrong: [string, string, number][] = [
    ['', 'syntax', 1],
    ['1,', 'syntax', 2],
    [',1', 'syntax', 1],
    ['1,,2', 'syntax', 2],
    ['1;2', 'syntax', 1],
    ['1 2', 'syntax', 1],
    ['all,2', 'syntax', 1],
    ['1A-4A', 'syntax', 1],
    ['1-', 'syntax', 1],
    ['1-2-3', 'syntax', 1],
    ['1,2.2', 'syntax', 2],
    ['32-4', 'reversed', 1],
    ['1,9-8', 'reversed', 2],
    ['0', 'range', 1],
    ['0-3', 'range', 1],
    [`1-${MOST_PORT + 1}`, 'range', 1],
    ['1-999999999999999999999', 'range', 1],
    ['13800000001', 'range', 1],
    [`${MOST_PORT + 1}A`, 'range', 1],
  ];
  for (const [list, problem, entry] of wrong) {
    it(`says what is wrong with '${list}'`, () => {
      assert.deepEqual(parsePorts(list), { problem, entry });
    });
  }

  it('refuses a slot that a port does not have, where the number of slots is known', () => {
    assert.deepEqual(parsePorts('1A,2E', 4), { problem: 'slot', entry: 2 });
    assert.deepEqual(parsePorts('2.05', 4), { problem: 'slot', entry: 1 });
    assert.deepEqual(read('2D,3', 4), [{ port: 2, slot: 4 }, { port: 3 }]);
    assert.deepEqual(read('2E'), [{ port: 2, slot: 5 }]);
  });

  it('never throws, and the dialog lets through whatever is a list', () => {
    const unit = fc.constantFrom(...Array.from('0123456789aBz.,，-* sp'));
    const list = fc.oneof(fc.string(), fc.string({ unit, maxLength: 24 }));
    fc.assert(
      fc.property(list, (text) => {
        if ('ports' in parsePorts(text)) assert.match(text, PORTS_PATTERN);
      }),
      { numRuns: 1000 },
    );
    for (const text of ['1;2', 'front', '+8613800000001', '1,', '2"', '1A-2A'])
      assert.doesNotMatch(text, PORTS_PATTERN);
  });
});

describe('what a list names', () => {
  const kinds = (list: string): boolean[] => {
    const parsed = parsePorts(list);
    assert.ok('ports' in parsed);
    return [areOfKind(parsed.ports, 'cards'), areOfKind(parsed.ports, 'whole-ports')];
  };

  it('is cards, whole ports, or some of both', () => {
    for (const list of ['2B', '1A,2.02', '12.sp256.101']) assert.deepEqual(kinds(list), [true, false], list);
    for (const list of ['2', '1,4-32', 'all']) assert.deepEqual(kinds(list), [false, true], list);
    assert.deepEqual(kinds('1A,2'), [false, false]);
  });
});

describe('writing ports', () => {
  it('writes each form', () => {
    const port = { port: 2, slot: 2 };
    assert.equal(formatPort(port, 'letter'), '2B');
    assert.equal(formatPort(port, 'dotted'), '2.02');
    assert.equal(formatPort(port, 'number'), '2');
    assert.equal(formatPort({ port: 1, slot: 10 }, 'dotted'), '1.10');
    assert.equal(formatPort({ port: 1, slot: 10 }, 'letter'), '1J');
    assert.equal(formatPort({ port: 1, slot: 27 }, 'letter'), '1.27', 'no letter is left');
    assert.equal(formatPort({ port: 9 }, 'letter'), '9');
    for (const form of ['letter', 'dotted', 'number'] as const) {
      assert.equal(formatPort({ port: '12.sp256.101' }, form), '12.sp256.101');
    }
  });

  it('writes lists, with neighbours as a range', () => {
    assert.equal(formatPorts('all', 'letter'), 'all');
    assert.equal(formatPorts([], 'letter'), '');
    const ports = parsePorts('1A,2.02,4-32,40,41,50');
    assert.ok('ports' in ports);
    assert.equal(formatPorts(ports.ports, 'letter'), '1A,2B,4-32,40,41,50');
    assert.equal(formatPorts(ports.ports, 'dotted'), '1.01,2.02,4-32,40,41,50');
    assert.equal(formatPorts(ports.ports, 'number'), '1,2,4-32,40,41,50');
    assert.equal(formatPorts([{ port: 3 }, { port: 2 }, { port: 1 }], 'letter'), '3,2,1');
  });

  it('writes a port once where slots do not count', () => {
    assert.equal(formatPorts([{ port: 1, slot: 1 }, { port: 1, slot: 2 }, { port: 2 }], 'number'), '1,2');
  });

  it('reads back what it wrote', () => {
    const port = fc.record(
      { port: fc.integer({ min: 1, max: MOST_PORT }), slot: fc.integer({ min: 1, max: 99 }) },
      { requiredKeys: ['port'], noNullPrototype: true },
    );
    const ports = fc.uniqueArray(port, { minLength: 1, selector: (one) => `${one.port}/${one.slot ?? ''}` });
    fc.assert(
      fc.property(ports, fc.constantFrom('letter' as const, 'dotted' as const), (list, form) => {
        assert.deepEqual(parsePorts(formatPorts(list, form)), { ports: list });
      }),
    );
  });
});
