import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  endOfSpan,
  isZone,
  readDaySpan,
  readMoment,
  readStamp,
  readWallClock,
  writeMoment,
  zoneOffset,
} from '../../../nodes/core/time';

const iso = (epoch: number | undefined) => (epoch === undefined ? undefined : new Date(epoch).toISOString());
const read = (text: unknown, zone = 'Asia/Shanghai') => iso(readMoment(text, zone));
const HOUR = 3_600_000;

describe('zones', () => {
  it('are those that the runtime knows', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/Berlin', 'UTC', 'America/St_Johns']) assert.ok(isZone(zone));
    for (const zone of ['', 'Mars/Base', 'Asia/Shanghai ', '${TZ}']) assert.ok(!isZone(zone), zone);
  });

  it('have an offset at a moment', () => {
    assert.equal(zoneOffset(Date.UTC(2025, 0, 1), 'Asia/Shanghai'), 8 * HOUR);
    assert.equal(zoneOffset(Date.UTC(2025, 0, 1) + 999, 'Asia/Kathmandu'), 5.75 * HOUR);
    assert.equal(zoneOffset(Date.UTC(2025, 0, 1), 'Europe/Berlin'), HOUR);
    assert.equal(zoneOffset(Date.UTC(2025, 6, 1), 'Europe/Berlin'), 2 * HOUR);
    assert.equal(zoneOffset(Date.UTC(2025, 0, 1), 'America/St_Johns'), -3.5 * HOUR);
  });
});

describe("reading a vendor's clock", () => {
  const clock = (value: unknown) => iso(readWallClock(value, 'Asia/Shanghai'));

  it('takes a wall clock in either form', () => {
    for (const text of ['2019-09-26 15:26:05', ' 2019-09-26T15:26:05.0 ', '20190926152605', '\n20190926152605 ']) {
      assert.equal(clock(text), '2019-09-26T07:26:05.000Z', text);
    }
  });

  it('takes nothing else', () => {
    for (const value of [
      '',
      '1569482765',
      '1569482765000',
      '2019092615',
      '2019-02-30 00:00:00',
      'x',
      1,
      null,
      {},
      [],
    ]) {
      assert.equal(clock(value), undefined, JSON.stringify(value));
    }
  });
});

describe('reading a moment', () => {
  it('takes a Date and epoch milliseconds, also as a string', () => {
    const moment = '2025-06-01T04:00:00.123Z';
    assert.equal(read(new Date(moment)), moment);
    assert.equal(read(Date.parse(moment)), moment);
    assert.equal(read(String(Date.parse(moment))), moment);
    assert.equal(read(` ${Date.parse(moment)} `), moment);
  });

  const forms: readonly [string, string][] = [
    ['2025-06-01T12:00:00', '2025-06-01T04:00:00.000Z'],
    ['2025-06-01 12:00:00', '2025-06-01T04:00:00.000Z'],
    ['2025-06-01t12:00', '2025-06-01T04:00:00.000Z'],
    ['2025-06-01', '2025-05-31T16:00:00.000Z'],
    ['2025-06-01T12:00:00.5', '2025-06-01T04:00:00.500Z'],
    ['2025-06-01T12:00:00,289', '2025-06-01T04:00:00.289Z'],
    ['2025-06-01T12:00:00.123456789Z', '2025-06-01T12:00:00.123Z'],
    ['2025-06-01T12:00:00Z', '2025-06-01T12:00:00.000Z'],
    ['2025-06-01T12:00:00z', '2025-06-01T12:00:00.000Z'],
    ['2025-06-01T12:00:00+02:00', '2025-06-01T10:00:00.000Z'],
    ['2025-06-01T12:00:00 -0330', '2025-06-01T15:30:00.000Z'],
    ['2025-06-01T12:00:00+08', '2025-06-01T04:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ];
  for (const [text, moment] of forms) {
    it(`takes ${text}`, () => {
      assert.equal(read(text), moment);
    });
  }

  it('takes nothing else', () => {
    const texts = [
      ...['', 'tomorrow', '12:00', '2025-13-01', '2025-02-29', '2025-04-31', '2025-00-10', '2025-01-00', '2025-1-1'],
      ...[
        '2025-06-01T24:00:00',
        '2025-06-01T12:60',
        '2025-06-01T12:00:60',
        '2025-06-01T12',
        '2025-06-01T12:00:00+25:00',
      ],
      ...['2025-06-01T12:00:00+02:60', '0025-06-01', '2025-06-01T12:00:00 CET', '06/01/2025', '20250601', '-1', '12.5'],
      // A wall clock in 14 digits is not a moment of the year 2611.
      '20250601120000',
    ];
    for (const text of texts) assert.equal(read(text), undefined, text);
    for (const other of [undefined, null, true, {}, [], NaN, Infinity, 9e15, new Date(NaN)]) {
      assert.equal(read(other), undefined);
    }
  });

  it('never throws, and gives back what a Date writes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readMoment(value, 'Europe/Berlin');
      }),
    );
    const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York'), (date, zone) => {
        assert.equal(readMoment(date.toISOString(), zone), date.getTime());
        // What a clock on the wall shows is read back, but for the hour that it shows twice.
        const shown = new Date(date.getTime() + zoneOffset(date.getTime(), zone)).toISOString().slice(0, -1);
        const again = readMoment(shown, zone) ?? NaN;
        const twice = zoneOffset(again, zone) !== zoneOffset(date.getTime(), zone);
        assert.ok(again === date.getTime() || (twice && again === date.getTime() - HOUR), shown);
      }),
    );
  });
});

describe('clocks that are put forward and back', () => {
  // Berlin: 2025-03-30 02:00 becomes 03:00; 2025-10-26 03:00 becomes 02:00. New York: 03-09 and 11-02, both at 02:00.
  it('read the hour that does not exist as the one after it, east and west of Greenwich', () => {
    assert.equal(read('2025-03-30T02:30', 'Europe/Berlin'), '2025-03-30T01:30:00.000Z');
    assert.equal(read('2025-03-09T02:30', 'America/New_York'), '2025-03-09T07:30:00.000Z');
    assert.equal(read('2025-10-05T02:15', 'Australia/Lord_Howe'), '2025-10-04T15:45:00.000Z');
  });

  it('read the hour that comes twice as the first of them', () => {
    assert.equal(read('2025-10-26T02:30', 'Europe/Berlin'), '2025-10-26T00:30:00.000Z');
    assert.equal(read('2025-11-02T01:30', 'America/New_York'), '2025-11-02T05:30:00.000Z');
    assert.equal(read('2025-04-06T01:45', 'Australia/Lord_Howe'), '2025-04-05T14:45:00.000Z');
  });

  it('read the hours around the change by their own offset', () => {
    assert.equal(read('2025-03-30T01:59:59', 'Europe/Berlin'), '2025-03-30T00:59:59.000Z');
    assert.equal(read('2025-03-30T03:00', 'Europe/Berlin'), '2025-03-30T01:00:00.000Z');
    assert.equal(read('2025-10-26T03:00', 'Europe/Berlin'), '2025-10-26T02:00:00.000Z');
    assert.equal(read('2025-11-02T02:00', 'America/New_York'), '2025-11-02T07:00:00.000Z');
  });
});

describe('spans of the day', () => {
  it('are read from and to the minute', () => {
    assert.deepEqual(readDaySpan('22:00-07:00'), { from: 1320, to: 420 });
    assert.deepEqual(readDaySpan(' 8:05 – 9:00 '), { from: 485, to: 540 });
    assert.deepEqual(readDaySpan('22:00-24:00'), { from: 1320, to: 0 });
  });

  it('are nothing else', () => {
    for (const text of ['', '22-7', '22:00', '24:00-07:00', '22:60-07:00', '22:00-24:30', '22:00-25:00', '7:00-7:00']) {
      assert.equal(readDaySpan(text), undefined, text);
    }
  });

  const end = (moment: string, text: string, zone = 'Asia/Shanghai') =>
    iso(endOfSpan(Date.parse(moment), readDaySpan(text)!, zone));

  it('end the next morning where they pass midnight', () => {
    assert.equal(end('2025-06-01T21:59:59.999+08:00', '22:00-07:00'), '2025-06-01T13:59:59.999Z');
    assert.equal(end('2025-06-01T22:00:00+08:00', '22:00-07:00'), '2025-06-01T23:00:00.000Z');
    assert.equal(end('2025-06-01T00:00:00+08:00', '22:00-07:00'), '2025-05-31T23:00:00.000Z');
    assert.equal(end('2025-06-01T06:59:59.999+08:00', '22:00-07:00'), '2025-05-31T23:00:00.000Z');
    assert.equal(end('2025-06-01T07:00:00+08:00', '22:00-07:00'), '2025-05-31T23:00:00.000Z');
    assert.equal(end('2025-06-01T23:00:00+08:00', '22:00-24:00'), '2025-06-01T16:00:00.000Z');
  });

  it('end the same day where they do not', () => {
    assert.equal(end('2025-06-01T12:30:00+08:00', '12:00-14:00'), '2025-06-01T06:00:00.000Z');
    assert.equal(end('2025-06-01T14:00:00+08:00', '12:00-14:00'), '2025-06-01T06:00:00.000Z');
    assert.equal(end('2025-06-01T11:59:00+08:00', '12:00-14:00'), '2025-06-01T03:59:00.000Z');
  });

  it('end in time where the clock is put forward over their end', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York']) {
      const day = zone === 'Europe/Berlin' ? '2025-03-30' : '2025-03-09';
      const before = readMoment(`${day}T01:59`, zone)!;
      const after = endOfSpan(before, { from: 1320, to: 150 }, zone);
      assert.ok(after >= readMoment(`${day}T03:00`, zone)!, zone);
      assert.ok(after <= readMoment(`${day}T03:30`, zone)!, zone);
    }
  });

  it('end in time where the hour of their end comes twice', () => {
    const zone = 'Europe/Berlin';
    assert.equal(end('2025-10-26T01:30:00+02:00', '22:00-02:30', zone), '2025-10-26T00:30:00.000Z');
    assert.equal(end('2025-10-26T02:10:00+01:00', '22:00-02:30', zone), '2025-10-26T01:30:00.000Z');
  });

  it('never end before the moment that is asked about, nor more than a day and an hour after it', () => {
    const moments = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2026, 0, 1) });
    const minutes = fc.integer({ min: 0, max: 1439 });
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(moments, minutes, minutes, zones, (epoch, from, to, zone) => {
        fc.pre(from !== to);
        const wait = endOfSpan(epoch, { from, to }, zone) - epoch;
        assert.ok(wait >= 0 && wait <= 25 * HOUR);
      }),
    );
  });
});

describe('a stamp of 14 digits', () => {
  it('is a wall clock of the zone', () => {
    assert.equal(iso(readStamp('20151221121046', 'Asia/Shanghai')), '2015-12-21T04:10:46.000Z');
    assert.equal(iso(readStamp(' 20151221121046\n', 'UTC')), '2015-12-21T12:10:46.000Z');
  });

  it('is nothing else', () => {
    for (const text of ['', '2015122112104', '201512211210461', '20151321121046', '20151221251046', '2015122112104x'])
      assert.equal(readStamp(text, 'UTC'), undefined, text);
  });
});

describe('writing a moment', () => {
  it('gives the offset of the zone at that moment', () => {
    const noon = Date.UTC(2026, 0, 1, 12);
    assert.equal(writeMoment(noon, 'Asia/Shanghai'), '2026-01-01T20:00:00.000+08:00');
    assert.equal(writeMoment(noon + 123, 'America/St_Johns'), '2026-01-01T08:30:00.123-03:30');
    assert.equal(writeMoment(Date.UTC(2026, 6, 1), 'Europe/Berlin'), '2026-07-01T02:00:00.000+02:00');
    assert.equal(writeMoment(noon, 'UTC'), '2026-01-01T12:00:00.000+00:00');
  });

  it('can be read again', () => {
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Chatham', 'UTC');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) }), zones, (epoch, zone) => {
        assert.equal(readMoment(writeMoment(epoch, zone), 'UTC'), epoch);
      }),
    );
  });
});
