/** The send node in a real Node-RED, against the simulators over real HTTP. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Flow, sendTo, simulated } from '../support/flow';

const VENDORS = ['goip', 'sms57', 'ejoin', 'mobset', 'hezhong'];
let flow: Flow;

describe('smswire-send', () => {
  afterEach(async () => {
    await flow.close();
  });

  for (const vendor of VENDORS) {
    it(`sends through ${vendor}`, async () => {
      flow = await Flow.load([
        simulated(vendor, 'gw'),
        ...sendTo('gw', { to: '13800000001', text: 'Pump {{payload}} & "dry"' }),
      ]);
      flow.input('send', { payload: 7, topic: 'alarm', other: { kept: true } });
      const message = await flow.inbox('accepted').at(0);
      assert.equal(message.payload, 'Pump 7 & "dry"');
      assert.deepEqual(message.to, ['13800000001']);
      assert.equal(message.sms.state, 'accepted');
      assert.equal(message.sms.vendor, vendor);
      assert.match(message.sms.recipients[0]?.id ?? '', /./);
    });
  }
});
