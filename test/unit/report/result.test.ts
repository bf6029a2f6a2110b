/** The messages that reports become, with the package's own texts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { NodeAPI } from 'node-red';
import { STATES } from '../../../nodes/core/state';
import type { ReportEvent } from '../../../nodes/engine/events';
import { moodOf, reportMessage } from '../../../nodes/report/result';
import { isState, REPORTED_STATES, stateNames } from '../../../nodes/report/states';
import { Texts } from '../../../nodes/runtime/texts';

const OWN = { id: 'g1', name: 'own', vendor: 'goip', timezone: 'Asia/Shanghai', country: '86' };
const EVENT: ReportEvent = { id: '00170', state: 'delivered', final: true, at: Date.UTC(2026, 0, 31, 0, 0, 5) };

/** The texts of a language, looked up as Node-RED looks them up. */
function textsIn(language: string): Texts {
  const read = (file: string): object =>
    JSON.parse(readFileSync(join(__dirname, '../../../locales', language, file), 'utf8')) as object;
  const catalog = { ...read('shared.json'), vendors: { mobset: read('vendors/mobset.json') } };
  const find = (key: string): unknown =>
    key
      .replace(/^.*:/, '')
      .split('.')
      .reduce((below: unknown, part) => (below as Record<string, unknown> | undefined)?.[part], catalog);
  const translate = (key: string, params: Record<string, string> = {}): string => {
    const text = find(key);
    return typeof text === 'string' ? text.replace(/__(\w+?)__/g, (_all, name: string) => String(params[name])) : key;
  };
  return new Texts({ _: translate } as unknown as NodeAPI);
}

describe('a report', () => {
  it('holds what is known, and nothing else', () => {
    assert.deepEqual(reportMessage(EVENT, OWN, textsIn('en-US')), {
      payload: 'delivered',
      sms: {
        ...{ gateway: 'own', gatewayId: 'g1', vendor: 'goip', id: '00170' },
        ...{ state: 'delivered', final: true, at: '2026-01-31T08:00:05.000+08:00' },
      },
    });
  });

  it('holds everything that is known', () => {
    const raw = { SmsId: '1', Status: 5 };
    const event: ReportEvent = {
      ...EVENT,
      ...{ gateway: { id: 'g2', name: 'other', vendor: 'mobset' }, to: '138 0000 0001', state: 'undelivered' },
      ...{ line: '2B', parts: 3, vendorCode: '5', vendorText: 'theirs', raw },
      failure: { code: 'undelivered', vendorCode: '5' },
      message: { key: 'k', text: 'Pump dry', sentAt: Date.UTC(2026, 0, 31), ref: { order: 7 } },
    };
    assert.deepEqual(reportMessage(event, { ...OWN, timezone: 'Asia/Kolkata' }, textsIn('en-US')), {
      ...{ payload: 'undelivered', topic: '138 0000 0001' },
      sms: {
        ...{ gateway: 'other', gatewayId: 'g2', vendor: 'mobset', id: '00170', to: '138 0000 0001' },
        ...{ state: 'undelivered', final: true, at: '2026-01-31T05:30:05.000+05:30', line: '2B', parts: 3 },
        ...{ vendorCode: '5', vendorText: 'theirs' },
        error: {
          code: 'undelivered',
          message: 'The message was accepted but did not reach the handset. The vendor says: 5',
          retry: 'never',
        },
        message: { key: 'k', text: 'Pump dry', sentAt: '2026-01-31T05:30:00.000+05:30', ref: { order: 7 } },
        raw,
      },
    });
  });

  it('leaves out a text that is not kept', () => {
    const { sms } = reportMessage({ ...EVENT, message: { key: 'k', text: '', sentAt: 0 } }, OWN, textsIn('en-US'));
    assert.deepEqual(Object.keys(sms.message ?? {}), ['key', 'sentAt']);
  });

  for (const [language, text] of [
    ['en-US', 'delivered'],
    ['zh-CN', '已送达'],
  ] as const) {
    it(`says in ${language} what a code means`, () => {
      assert.equal(textsIn(language).text('states.delivered'), text);
    });
  }

  it('that answers an input keeps what that had', () => {
    const asked = {
      _msgid: 'm',
      payload: 'text',
      topic: 'alarm',
      to: ['1', '2'],
      mine: { kept: true },
      sms: { key: 'k' },
    };
    const message = reportMessage({ ...EVENT, to: '13800000001' }, OWN, textsIn('en-US'), asked);
    assert.deepEqual(
      { ...message, sms: message.sms.state },
      { ...asked, payload: 'delivered', topic: '13800000001', sms: 'delivered' },
    );
    assert.deepEqual([asked.payload, asked.sms], ['text', { key: 'k' }]);
  });
});

describe('the states of a report', () => {
  it('have a name in the status, in every language, and a colour', () => {
    for (const state of STATES) {
      for (const language of ['en-US', 'zh-CN']) {
        assert.notEqual(textsIn(language).text(`states.${state}`), `states.${state}`, `${language} ${state}`);
      }
      assert.equal(typeof moodOf(state), 'string');
    }
    assert.deepEqual(REPORTED_STATES.map(moodOf), ['working', 'good', 'bad', 'doubtful']);
  });

  for (const [saved, names] of [
    [[], []],
    ['', []],
    [undefined, []],
    [7, []],
    [
      ['delivered', 'undelivered'],
      ['delivered', 'undelivered'],
    ],
    ['delivered, undelivered', ['delivered', 'undelivered']],
    [' delivered；unknown ', ['delivered', 'unknown']],
    [['delivered', ''], ['delivered']],
  ] as [unknown, string[]][]) {
    it(`are read from ${JSON.stringify(saved)}`, () => {
      assert.deepEqual(stateNames(saved), names);
    });
  }

  it('are known by name alone', () => {
    assert.ok(isState('delivered'));
    for (const name of ['Delivered', 'toString', '__proto__', '']) assert.equal(isState(name), false);
  });
});
