/** Which inputs of a report node ask for a send, and which only for a poll. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readQuery } from '../../../nodes/report/query';

describe('an input of a report node', () => {
  const ASKS: [object, object][] = [
    [{ sms: { key: 'k' } }, { key: 'k' }],
    [{ sms: { id: '007' } }, { id: '007' }],
    [{ sms: { id: 5011 } }, { id: '5011' }],
    [
      { sms: { key: 'k', id: '1' }, to: '13800000001, 13800000002' },
      { key: 'k', id: '1', to: ['13800000001', '13800000002'] },
    ],
    [
      { to: ['138 0000 0001', '+8613800000001'], sms: { key: 'k', state: 'accepted', recipients: [], attempts: [] } },
      { key: 'k', to: ['138 0000 0001'] },
    ],
    [{ sms: { key: 'k' }, to: [] }, { key: 'k' }],
    [{ sms: { key: 'k', id: '' } }, { key: 'k' }],
  ];
  for (const [msg, query] of ASKS) {
    it(`asks for a send: ${JSON.stringify(msg)}`, () => {
      assert.deepEqual(readQuery(msg as never, '86'), query);
    });
  }

  const POLLS: object[] = [
    {},
    { sms: null },
    { sms: 'key' },
    { sms: {} },
    { sms: { key: '', id: '' } },
    { sms: { key: {}, id: 2 ** 60 } },
    { to: '13800000001' },
    { payload: { key: 'k' } },
  ];
  for (const msg of POLLS) {
    it(`asks for a poll: ${JSON.stringify(msg)}`, () => {
      assert.equal(readQuery(msg as never, '86'), undefined);
    });
  }
});
