/** The state of devices and ports, as an ejoin device pushes it (4.1.3, 4.1.4); and every push that is none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PortStatus } from '../../../nodes/core/port-status';
import { PORT_STATES } from '../../../nodes/vendors/ejoin/codes';
import { mustRead, readPush } from './ejoin-push';

/** The sample of 4.1.4, its quotes mended. */
const PORT = {
  type: 'port-status',
  port: '2B',
  seq: 1,
  status: '3 OK',
  bal: '100.00',
  opr: '46000 China Mobile',
  sn: '139xxxxxxxxx',
  imei: '86xxxxxxxxxxxxx',
  imsi: 'xxx',
  iccid: 'xxx',
};
/** A row as it was seen. */
const SEEN = {
  port: '1.10',
  st: 3,
  bal: '0.00',
  opr: '0 ',
  sn: '',
  imei: '863070010000001',
  sig: 21,
  ver: '1.2',
  led: 1,
};

function portOf(more: object): PortStatus {
  const [device] = mustRead({ ...PORT, ...more }).devices;
  assert.deepEqual([device?.type, device?.ports.length], ['port', 1]);
  return device!.ports[0]!;
}

describe('ejoin: the state of a port (4.1.4)', () => {
  it('reads the sample', () => {
    const read = mustRead(PORT);
    const port = {
      ...{ port: 2, slot: 2, line: '2B', state: 'registered', code: 3, registered: true, online: null },
      ...{ operator: '46000 China Mobile', number: '139xxxxxxxxx', imei: '86xxxxxxxxxxxxx', imsi: 'xxx', iccid: 'xxx' },
      ...{ balance: 100, signal: null, remaining: null, remainingToday: null },
    };
    assert.deepEqual(read, {
      ...{ type: 'port-status', reports: [], inbound: [], unreadable: [] },
      devices: [{ type: 'port', ports: [port], seq: 1, raw: PORT }],
    });
  });

  it('reads the state in every form, under both names', () => {
    for (const state of [3, '3', '3 OK', ' 3 OK']) {
      assert.equal(portOf({ status: state }).code, 3);
      assert.equal(portOf({ status: undefined, st: state }).code, 3);
      assert.equal(portOf({ status: undefined, ST: state }).code, 3);
    }
    assert.equal(portOf({ status: '0', st: 3 }).code, 3, 'the name of the table first');
  });

  it('knows every state', () => {
    const registered = [3, 4, 13, 14];
    for (const [code, { state }] of Object.entries(PORT_STATES)) {
      const port = portOf({ status: `${code} whatever` });
      assert.deepEqual([port.state, port.code], [state, Number(code)]);
      assert.equal(port.registered, registered.includes(Number(code)), code);
      assert.equal(port.operator, ['3', '4'].includes(code) ? '46000 China Mobile' : null, code);
    }
    for (const code of [10, 17, 99, -1]) {
      const { state, registered: inNetwork, code: kept } = portOf({ status: code });
      assert.deepEqual([state, inNetwork, kept], ['unknown', null, code]);
    }
  });

  it('reads ports in every form; slot 10 is not slot 1', () => {
    const forms: [unknown, [number | string, number | null, string]][] = [
      ['32D', [32, 4, '32D']],
      ['1.01', [1, 1, '1A']],
      ['1.10', [1, 10, '1J']],
      ['7', [7, null, '7']],
      [7, [7, null, '7']],
      ['12.sp256.101', ['12.sp256.101', null, '12.sp256.101']],
    ];
    for (const [written, expected] of forms) {
      const { port, slot, line } = portOf({ port: written });
      assert.deepEqual([port, slot, line], expected);
    }
  });

  it('refuses a port that cannot be told, and one without state', () => {
    const odd: object[] = [
      ...[1.1, '1.1', 0, '0A', 1025, '', null, {}, 'x'].map((port) => ({ ...PORT, port })),
      ...['', 'OK', null, {}, '99999999999999999999'].map((status) => ({ ...PORT, status })),
    ];
    for (const body of odd) {
      const read = mustRead(body);
      assert.deepEqual([read.devices, read.unreadable], [[], [body]], JSON.stringify(body));
    }
  });

  it('has null for what is not known', () => {
    const values: [object, Partial<PortStatus>][] = [
      [{ opr: '0 ' }, { operator: null }],
      [{ opr: '' }, { operator: null }],
      [{ bal: 1.5 }, { balance: 1.5 }],
      [{ bal: '-3' }, { balance: -3 }],
      [{ bal: '' }, { balance: null }],
      [{ bal: 'none' }, { balance: null }],
      [{ bal: {} }, { balance: null }],
      [{ sig: '21' }, { signal: 21 }],
      [{ sig: 0 }, { signal: 0 }],
      [{ sig: '-' }, { signal: null }],
      [
        { sn: '', imei: null, imsi: [], iccid: ' ' },
        { number: null, imei: null, imsi: null, iccid: null },
      ],
    ];
    for (const [more, expected] of values) {
      const port = portOf(more);
      for (const [name, value] of Object.entries(expected)) assert.equal(port[name as keyof PortStatus], value, name);
    }
    const { imei, iccid } = mustRead(
      JSON.stringify(PORT)
        .replace('"86xxxxxxxxxxxxx"', '863070010000001')
        .replace('"iccid":"xxx"', '"iccid":89860118801234567890'),
    ).devices[0]!.ports[0]!;
    assert.deepEqual([imei, iccid], ['863070010000001', '89860118801234567890']);
  });
});

describe('ejoin: the state of a device (4.1.3)', () => {
  const device = {
    ...{ type: 'dev-status', seq: 1, expires: -1, mac: '00-30-f1-01-02-03', ip: '192.168.1.67' },
    ...{ 'max-ports': 32, 'max-slot': 10, status: [SEEN, { ...SEEN, port: '32D', st: 0 }] },
  };

  it('reads what was seen', () => {
    const { type, devices, unreadable } = mustRead(device);
    assert.deepEqual([type, devices.length, unreadable], ['dev-status', 1, []]);
    const [{ ports, raw, ...rest }] = devices as [(typeof devices)[0]];
    assert.deepEqual(rest, { type: 'device', mac: '00-30-f1-01-02-03', ip: '192.168.1.67', seq: 1 });
    assert.deepEqual(raw, device);
    assert.deepEqual(
      ports.map(({ line, slot, state, operator, balance, signal, number, registered }) => ({
        ...{ line, slot, state, operator, balance, signal, number, registered },
      })),
      [
        { line: '1J', slot: 10, state: 'registered', registered: true },
        { line: '32D', slot: 4, state: 'no-sim', registered: false },
      ].map((port) => ({ ...port, operator: null, balance: 0, signal: 21, number: null })),
    );
  });

  it('is told by its list, whatever it calls itself', () => {
    assert.equal(mustRead({ ...device, type: 'port-status' }).type, 'dev-status');
    assert.equal(mustRead({ ...PORT, type: 'dev-status' }).type, 'port-status');
    assert.deepEqual(mustRead({ type: 'Dev-Status', Status: [] }).devices[0]?.ports, []);
  });

  it('sets aside the ports that make no sense, and keeps the others', () => {
    const odd = [null, 3, [], {}, { ...SEEN, port: 1.1 }, { ...SEEN, st: undefined }];
    const { devices, unreadable } = mustRead({ ...device, status: [...odd, SEEN], seq: 'x', mac: '', ip: 7.5 });
    assert.deepEqual(JSON.stringify(unreadable), JSON.stringify(odd));
    assert.equal(devices[0]?.ports.length, 1);
    assert.deepEqual(Object.keys(devices[0]), ['type', 'ports', 'ip', 'raw']);
  });
});

describe('ejoin: pushes that are none', () => {
  const none: [string, string | object][] = [
    ['nothing', ''],
    ['false', 'false'],
    ['a list', '[]'],
    ['no type', {}],
    ['a type of others', { type: 'task-status', status: [] }],
    ['a type that is no text', { type: ['recv-sms'], sms: [] }],
    ['a type from the prototype', { type: 'constructor', sms: [] }],
    ['a form', 'type=recv-sms&sms=1'],
    ['JSON cut short', '{"type":"recv-sms","sms":[[0,"1A",'],
    ['the document with its own quotes', '{“type”:“recv-sms”,“sms_num”:1,“sms”:[]}'],
    ['text in front of the JSON', 'x {"type":"recv-sms","sms":[]}'],
    ['what only inherits its fields', '{"__proto__":{"type":"recv-sms","sms":[]}}'],
    ['JSON without end', '{"type":"recv-sms","sms":'.padEnd(500_000, '[')],
  ];
  for (const [name, body] of none)
    it(name, () => {
      assert.equal(readPush(body), undefined);
    });

  it('forgives a mark in front and a comma too many', () => {
    assert.equal(mustRead('\uFEFF {"type":"recv-sms","sms":[],}').type, 'recv-sms');
  });

  const QUERIES = ['', 'version=1.1', 'port=1A&sender=10086', 'port=%&sender=%', '__proto__=1&port=1&sender=2'];
  it('no bytes make it throw', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
    fc.assert(
      fc.property(bytes, fc.constantFrom(...QUERIES), (body, query) => {
        assert.ok(typeof readPush(body, { query }) !== 'string');
      }),
    );
  });

  it('no JSON makes it throw, and nothing of it is lost', () => {
    const cell = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom<unknown>(0, 1, '1A', 1755697537, '10086', 'aGk=', '0 22081115303032', '89860118801234567890', ''),
    );
    const row = fc.array(cell, { maxLength: 9 });
    const rpt = fc.record({ tid: cell, sdr: fc.array(row), fdr: fc.array(row) });
    const port = fc.dictionary(fc.constantFrom('port', 'st', 'status', 'bal', 'opr', '__proto__', 'toString'), cell);
    fc.assert(
      fc.property(fc.array(row), (sms) => {
        const read = mustRead({ type: 'recv-sms', sms });
        assert.equal(read.inbound.length + read.reports.length + read.unreadable.length, sms.length);
      }),
    );
    fc.assert(
      fc.property(fc.array(rpt), (rpts) => {
        const read = mustRead({ type: 'status-report', rpts });
        for (const { id, to, state } of read.reports) assert.ok(id && to && /^(sent|undelivered|unknown)$/.test(state));
      }),
    );
    fc.assert(
      fc.property(fc.array(port), (status) => {
        const read = mustRead({ type: 'dev-status', status });
        assert.equal(read.devices[0]!.ports.length + read.unreadable.length, status.length);
      }),
    );
  });
});
