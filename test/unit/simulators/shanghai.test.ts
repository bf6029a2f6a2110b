import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  shanghaiDigits,
  shanghaiMonthLater,
  shanghaiTime,
  fromShanghaiDigits,
} from '../../../nodes/simulators/shanghai';

process.env.TZ = 'America/New_York';

const at = Date.parse('2022-05-01T10:30:20+08:00');

test('times are those of Beijing whatever the zone of the host', () => {
  assert.equal(new Date(at).getHours(), 22);
  assert.equal(shanghaiTime(at), '2022-05-01 10:30:20');
  assert.equal(shanghaiDigits(at), '20220501103020');
  assert.equal(fromShanghaiDigits('20220501103020'), at);
  assert.equal(shanghaiDigits(Date.parse('2022-12-31T16:00:00Z')), '20230101000000');
});

test('what the calendar or the clock lacks is no time', () => {
  for (const digits of ['', '2022050110302', '20220230000000', '20221301000000', '20220501240000', '20220501106000']) {
    assert.equal(fromShanghaiDigits(digits), undefined, digits);
  }
});

test('a month later is the same day, or the last of a shorter month', () => {
  const later = (digits: string): string => shanghaiDigits(shanghaiMonthLater(fromShanghaiDigits(digits)!));
  assert.equal(later('20220501103020'), '20220601103020');
  assert.equal(later('20220131000000'), '20220228000000');
  assert.equal(later('20240131235959'), '20240229235959');
  assert.equal(later('20221231070000'), '20230131070000');
  // Four in the morning in Beijing is still the day before in London.
  assert.equal(later('20220301040000'), '20220401040000');
});
