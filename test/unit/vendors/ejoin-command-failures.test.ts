/** Commands to an ejoin device that come to nothing: refused before anything is sent, by the device, or not understood. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError, type ErrorCode } from '../../../nodes/core/failure';
import { driver } from '../../../nodes/vendors/ejoin';
import { argsOf, CALLBACK, failsWith, prepareCommand as prepare } from './ejoin-command';
import { http, open, type Json, type Reply } from './ejoin-device';

describe('ejoin: commands that are refused before anything is sent', () => {
  const REFUSED: readonly [string, Json & { ports?: string }, string, string][] = [
    ['lock', {}, 'ports', 'ejoin-missing'],
    ['unlock', { ports: '  ' }, 'ports', 'ejoin-missing'],
    ['lock', { ports: '1,x' }, 'ports', 'ejoin-port-syntax'],
    ['lock', { ports: '8-4' }, 'ports', 'ejoin-port-reversed'],
    ['lock', { ports: '1-99999' }, 'ports', 'ejoin-port-range'],
    ['reset', { ports: '0' }, 'ports', 'ejoin-port-range'],
    ['switch', { ports: '2E' }, 'ports', 'ejoin-port-slot'],
    ['switch', { ports: '2' }, 'ports', 'ejoin-switch-slot'],
    ['switch', { ports: '1A,2' }, 'ports', 'ejoin-switch-slot'],
    ['switch', { ports: 'all' }, 'ports', 'ejoin-switch-slot'],
    ['multiple', {}, 'ops', 'ejoin-missing'],
    ['multiple', { ops: [] }, 'ops', 'ejoin-missing'],
    ['multiple', { ops: [{ command: 'lock', ports: '1' }, { command: 'save' }] }, 'ops', 'ejoin-ops'],
    ['multiple', { ops: [{ command: 'reboot' }] }, 'ops', 'ejoin-ops'],
    ['multiple', { ops: [{ command: 'lock', ports: '1' }, { command: 'lock' }] }, 'ops[1].ports', 'ejoin-missing'],
    ['multiple', { ops: [{ command: 'switch', ports: '2' }] }, 'ops[0].ports', 'ejoin-switch-slot'],
    ['multiple', { ops: [{ command: 'lock', ports: '3-1' }] }, 'ops[0].ports', 'ejoin-port-reversed'],
    ['get', {}, 'params', 'ejoin-missing'],
    ['get', { params: [] }, 'params', 'ejoin-missing'],
    ['get', { params: ['sms_url', 'Op'] }, 'params', 'ejoin-params'],
    ['set', { params: {} }, 'params', 'ejoin-missing'],
    ['set', { params: { sms_url: 'x', op: 'reboot' } }, 'params', 'ejoin-params'],
    ['set', { params: { sms_url: '\ud800' } }, 'params', 'ejoin-characters'],
    ['tasks', { pos: 0 }, 'port', 'ejoin-missing'],
    ['tasks', { port: 1 }, 'pos', 'ejoin-missing'],
    ['tasks', { port: '1,2', pos: 0 }, 'port', 'ejoin-one-port'],
    ['tasks', { port: 'all', pos: 0 }, 'port', 'ejoin-one-port'],
    ['tasks', { port: '2B', pos: 0 }, 'port', 'ejoin-port-whole'],
    ['sms-stats', { ports: '2B' }, 'ports', 'ejoin-port-whole'],
    ['call-stats', { ports: '4-2' }, 'ports', 'ejoin-port-reversed'],
    ['call-stats', { slots: '4-2' }, 'slots', 'ejoin-slots'],
    ['call-stats', { slots: 'A' }, 'slots', 'ejoin-slots'],
    ['call-stats', { slots: '5' }, 'slots', 'ejoin-slots'],
    ...['pause', 'resume', 'remove'].flatMap((command): [string, Json, string, string][] => [
      [command, {}, 'tids', 'ejoin-tids'],
      [command, { tids: [] }, 'tids', 'ejoin-tids'],
      [command, { tids: [], all: false }, 'tids', 'ejoin-tids'],
      [command, { tids: [1], all: true }, 'tids', 'ejoin-tids-and-all'],
    ]),
  ];
  for (const [command, given, field, detail] of REFUSED) {
    it(`${command} ${JSON.stringify(given)}`, async () => {
      const { run, requests } = prepare(command, given);
      await assert.rejects(run(), failsWith('invalid-message', { detail, field }));
      assert.equal(requests.length, 0);
    });
  }

  it('also with arguments that nobody converted', async () => {
    const { account, requests } = open({});
    for (const period of [59, 0, -1, 60.5, '90', NaN, null]) {
      const request = { ports: '', args: { period }, callbackUrl: CALLBACK };
      if (period === null) continue;
      const refused = failsWith('invalid-message', { detail: 'ejoin-period', field: 'period' });
      await assert.rejects(account.run!('subscribe', request), refused);
    }
    for (const tids of [['x'], ['1', ''], [{}], 'all']) {
      await assert.rejects(account.run!('remove', { ports: '', args: { tids } }), failsWith('invalid-message'));
    }
    for (const params of [['a&op=reboot'], ['__proto__['], [7]]) {
      await assert.rejects(account.run!('get', { ports: '', args: { params } }), failsWith('invalid-message'));
    }
    await assert.rejects(account.run!('toString', { ports: '', args: {} }), failsWith('unsupported'));
    assert.equal(requests.length, 0);
  });

  it('and arguments that are too small, by their conversion', () => {
    for (const [command, name, value] of [
      ['subscribe', 'period', 59],
      ['tasks', 'pos', -1],
      ['tasks', 'num', 0],
      ['remove', 'tids', ['-1']],
      ['sms-stats', 'type', 'week'],
      ['set', 'params', { 'a=b': '' }],
    ] as const) {
      assert.throws(() => argsOf(command, { [name]: value }), failsWith('invalid-message', { field: name }));
    }
  });
});

describe('ejoin: what a device answers to commands', () => {
  /** Every command with arguments that it takes. */
  const VALID: readonly [string, Json & { ports?: string; callbackUrl?: string }][] = [
    ['status', {}],
    ['subscribe', { callbackUrl: CALLBACK }],
    ['unsubscribe', {}],
    ...['lock', 'unlock', 'switch', 'reset'].map((command): [string, Json] => [command, { ports: '1A' }]),
    ['save', {}],
    ['reboot', {}],
    ['multiple', { ops: [{ command: 'lock', ports: '1' }] }],
    ['get', { params: ['sms_url'] }],
    ['set', { params: { sms_url: 'x' } }],
    ['tasks', { port: 1, pos: 0 }],
    ...['pause', 'resume', 'remove'].map((command): [string, Json] => [command, { tids: [2] }]),
    ['pause', { all: true }],
    ['sms-stats', {}],
    ['call-stats', {}],
  ];

  it('is known for every command', () => {
    assert.deepEqual(new Set(VALID.map(([name]) => name)), new Set(driver.commands!.map(({ name }) => name)));
  });

  for (const [command, given] of VALID) {
    it(`${command}: refusals and what cannot be read`, async () => {
      const answers: readonly [Reply, ErrorCode, Json][] = [
        [{ code: 1, reason: 'Invalid User' }, 'auth-failed', { vendorCode: '1', vendorText: 'Invalid User' }],
        [{ code: '2 Port Unavailable' }, 'line-unavailable', { vendorCode: '2' }],
        [{ code: 14, desc: 'Unauthorized' }, 'permission-denied', { vendorText: 'Unauthorized' }],
        [{ code: 77 }, 'vendor-error', { vendorCode: '77' }],
        [http(401, ''), 'auth-failed', {}],
        [http(404, ''), 'invalid-config', {}],
        [http(500, ''), 'no-answer', {}],
        ['<html>', 'unreadable-answer', {}],
        ['', 'unreadable-answer', {}],
        ['[1]', 'unreadable-answer', {}],
        ['{"code":', 'unreadable-answer', {}],
        ['{}', 'unreadable-answer', {}],
        [new SmsError({ code: 'no-answer' }), 'no-answer', {}],
        [new SmsError({ code: 'network' }), 'network', {}],
      ];
      for (const [reply, code, more] of answers) {
        const { run, requests } = prepare(command, given, reply);
        await assert.rejects(run(), failsWith(code, more));
        assert.equal(requests.length, 1, 'never repeated');
      }
    });
  }

  const NAMES = ['code', 'reason', 'status', 'results', 'tasks', 'stats', 'count', 'total_num', 'par_set', 'sms_url'];
  const ROWS = ['tid', 'status', 'port', 'slot', 'st', 'sms', 'chs', 'state', '__proto__', 'constructor', 'nc'];
  const cell = fc.oneof(fc.anything(), fc.constantFrom(0, 200, '0 OK', 'base64', '1.10', 2), fc.string());
  const row = fc.dictionary(fc.constantFrom(...ROWS), cell);
  const value = fc.oneof(cell, fc.array(fc.oneof(row, cell)), fc.constantFrom(0, 200));
  const body = fc.oneof(
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value).map((record) => {
      try {
        return JSON.stringify(record);
      } catch {
        return '{"code":0,';
      }
    }),
    fc.json(),
    fc.string(),
  );

  it('never throws anything but an SmsError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...VALID), body, async ([command, given], reply) => {
        try {
          JSON.stringify(await prepare(command, given, reply).run());
        } catch (error) {
          assert.ok(error instanceof SmsError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
