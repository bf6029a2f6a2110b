/** The messages that inbound SMS become. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inboundMessage } from '../../../nodes/inbound/result';

const OWN = { id: 'g1', name: 'own', vendor: 'ejoin', timezone: 'America/St_Johns', country: '1' };
const EVENT = {
  id: '17',
  from: '+1 555 0100',
  text: ' Yes,\r\n;é👍\u0000',
  at: Date.UTC(2026, 6, 1),
  raw: [0, '1.02'],
};

describe('an inbound SMS', () => {
  it('holds what is known, the text untouched, and no msg.to', () => {
    assert.deepEqual(inboundMessage(EVENT, OWN), {
      ...{ payload: EVENT.text, topic: EVENT.from, from: EVENT.from },
      sms: {
        ...{ gateway: 'own', gatewayId: 'g1', vendor: 'ejoin', id: '17', from: EVENT.from, text: EVENT.text },
        ...{ at: '2026-06-30T21:30:00.000-02:30', raw: EVENT.raw },
      },
    });
  });

  it('holds everything that is known', () => {
    const more = { to: '106900', extension: '01', line: '1.02', smsc: '+8613800210500', iccid: '8986' };
    const { sms } = inboundMessage({ ...EVENT, ...more }, OWN);
    const { to, extension, line, smsc, iccid } = sms;
    assert.deepEqual({ to, extension, line, smsc, iccid }, more);
  });

  it('went to its line where no number is told', () => {
    assert.equal(inboundMessage({ ...EVENT, line: '2B' }, OWN).sms.to, '2B');
  });
});
