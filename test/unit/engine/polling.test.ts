import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inbound } from '../../../nodes/core/inbound';
import { failure, SmsError, type Failure } from '../../../nodes/core/failure';
import type { Gateway } from '../../../nodes/engine/gateway';
import type { Page, Position, Source } from '../../../nodes/vendors/driver';
import { Bench, HOUR, MINUTE, accept, reportOn, telling, type FakeVendor } from './bench';

const SECOND = 1000;
/** The first timer rings a moment after it was set. */
const MOMENT = 5;

/** A source that notes when it is asked, and answers with the next of its pages; the last one stays. */
class FakeSource implements Source {
  readonly name: string = 'source';
  readonly asked: { readonly at: number; readonly position: Position }[] = [];
  pages: (Partial<Page> | Failure)[] = [{}];
  /** Milliseconds that an answer takes. */
  takes = 0;

  constructor(
    private readonly bench: Bench,
    private readonly over: Partial<Pick<Source, 'gives' | 'interval' | 'perId' | 'once'>> = {},
  ) {}

  get gives(): Source['gives'] {
    return this.over.gives ?? ['reports', 'inbound'];
  }
  get interval(): Source['interval'] {
    return this.over.interval ?? { default: 30, least: 10 };
  }
  get perId(): boolean {
    return this.over.perId ?? false;
  }
  get once(): NonNullable<Source['once']> | undefined {
    return this.over.once;
  }

  /** Seconds since the bench was set up. */
  get times(): number[] {
    return this.asked.map(({ at }) => Math.round(at / SECOND));
  }

  async fetch(position: Position): ReturnType<Source['fetch']> {
    this.asked.push({ at: this.bench.elapsed, position });
    if (this.takes > 0) await this.bench.clock.sleep(this.takes);
    const page = this.pages.length > 1 ? this.pages.shift() : this.pages[0];
    if (page && 'code' in page && page.code === 'network') throw new SmsError(page);
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(page ?? {})) };
  }

  read({ body }: Parameters<Source['read']>[0]): Page | Failure {
    const page = JSON.parse(body.toString()) as Partial<Page> | Failure;
    return 'code' in page ? page : { ...telling({}), more: false, ...page };
  }
}

function polled(bench: Bench, over: ConstructorParameters<typeof FakeSource>[1] = {}): [FakeVendor, FakeSource] {
  const vendor = bench.vendor('a');
  const source = new FakeSource(bench, over);
  vendor.checks = { sources: [source] };
  bench.attach(vendor);
  return [vendor, source];
}

const sms = (text: string, more: Partial<Inbound> = {}): Inbound => ({ from: '139', text, raw: text, ...more });

describe('polling', () => {
  it(
    'goes on while somebody asks, at the shortest pace that is asked for, and never faster than the vendor bears',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      await bench.advance(MINUTE);
      assert.deepEqual(source.times, []);
      const usual = bench.listen('reports', { node: 'n1' });
      await bench.advance(59 * SECOND + MOMENT);
      assert.deepEqual(source.times, [60, 90]);
      const fast = bench.listen('inbound', { node: 'n2', interval: 1 });
      await bench.advance(30 * SECOND + MOMENT);
      assert.deepEqual(source.times.slice(2), [119, 129, 139, 149]);
      fast.end(true);
      await bench.advance(60 * SECOND);
      assert.deepEqual(source.times.slice(6), [179, 209]);
      usual.end(true);
      await bench.advance(HOUR);
      assert.equal(source.asked.length, 8);
    }),
  );

  it(
    'is not asked for by those who are content with pushes',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      bench.listen('reports', { interval: 0 });
      await bench.advance(HOUR);
      assert.deepEqual(source.asked, []);
    }),
  );

  /** When a gateway asks for reports and for inbound SMS although no node does. */
  const askedBy = async (over: Partial<Gateway>): Promise<number[][]> => {
    let times: number[][] = [];
    await Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const sources = (['reports', 'inbound'] as const).map((kind) =>
        Object.assign(new FakeSource(bench, { gives: [kind] }), { name: kind }),
      );
      vendor.checks = { sources };
      bench.attach(vendor, over);
      await bench.advance(MINUTE + 2 * SECOND + MOMENT);
      times = sources.map((source) => source.times);
    })();
    return times;
  };

  it('is asked for by a gateway that waits for evidence, once the nodes are there', async () => {
    assert.deepEqual(await askedBy({ doubtAfter: MINUTE }), [[2, 32, 62], []]);
  });

  it('is asked for by a gateway that keeps opt-outs, once the nodes are there', async () => {
    assert.deepEqual(await askedBy({ optOut: true }), [[], [2, 32, 62]]);
  });

  it(
    'is one for all gateways of an account, and goes on with the one that is left',
    Bench.run(async (bench) => {
      const [vendor, source] = polled(bench);
      const away = bench.attach(vendor, { id: 'twin' });
      const first = bench.listen('inbound', { node: 'n1' });
      const second = bench.listen('inbound', { node: 'n2', gateway: 'twin' });
      source.pages = [{ inbound: [sms('hello')] }, {}];
      await bench.advance(30 * SECOND + MOMENT);
      assert.deepEqual(source.times, [0, 30]);
      assert.deepEqual([first.heard.length, second.heard.length], [1, 1]);
      away();
      await bench.advance(30 * SECOND);
      assert.deepEqual(source.times, [0, 30, 60]);
    }),
  );

  it(
    'follows a full page by the next as soon as the vendor bears it',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      source.pages = [{ more: true, cursor: '100' }, { more: true, cursor: '200' }, { cursor: '201' }];
      bench.listen('reports');
      await bench.advance(MINUTE);
      assert.deepEqual(source.times, [0, 10, 20, 50]);
      assert.deepEqual(
        source.asked.map(({ position }) => position.cursor),
        [undefined, '100', '200', '201'],
      );
    }),
  );

  it(
    'backs off while it fails, says so, and recovers by itself',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      const troubles: (string | undefined)[] = [];
      source.pages = [failure('network'), failure('auth-failed'), failure('unreadable-answer'), {}];
      bench.listen('reports', { trouble: (reason) => troubles.push(reason?.code) });
      await bench.advance(10 * MINUTE);
      assert.deepEqual(troubles, ['network', 'auth-failed', 'unreadable-answer', undefined]);
      const pauses = source.times.slice(1, 5).map((time, index) => time - (source.times[index] ?? 0));
      for (const [index, least] of [30, 60, 120].entries()) {
        assert.ok(pauses[index]! >= least && pauses[index]! <= least * 1.25 + 1, String(pauses));
      }
      assert.ok(Math.abs(pauses[3]! - 30) <= 1, String(pauses));
      const late: (string | undefined)[] = [];
      bench.listen('reports', { node: 'late', trouble: (reason) => late.push(reason?.code) });
      assert.deepEqual(late, []);
    }),
  );

  it(
    'is tried again soon when its gateway is configured anew, however long it has failed',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const source = new FakeSource(bench);
      source.pages = [failure('auth-failed')];
      vendor.checks = { sources: [source] };
      const detach = bench.attach(vendor);
      const troubles: (string | undefined)[] = [];
      bench.listen('reports', { trouble: (reason) => troubles.push(reason?.code) });
      await bench.advance(6 * HOUR);
      detach();
      source.pages = [{}];
      bench.attach(vendor, { fingerprint: 'mended' });
      await bench.advance(38 * SECOND);
      assert.equal(troubles.at(-1), undefined);
    }),
  );

  it(
    'tells who begins to listen of a trouble that lasts',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      source.pages = [failure('ip-refused')];
      bench.listen('reports', { node: 'early' });
      await bench.advance(SECOND);
      const troubles: (string | undefined)[] = [];
      bench.listen('reports', { node: 'late', trouble: (reason) => troubles.push(reason?.code) });
      assert.deepEqual(troubles, ['ip-refused']);
    }),
  );

  it(
    'at once is still held to what the vendor bears',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      let done: unknown = 'no';
      void bench.events.pollNow('a', 'reports').then((reason) => (done = reason));
      await bench.settle();
      assert.equal(done, undefined);
      done = 'no';
      void bench.events.pollNow('a', 'inbound').then((reason) => (done = reason));
      await bench.advance(9 * SECOND);
      assert.equal(done, 'no');
      await bench.advance(SECOND);
      assert.equal(done, undefined);
      assert.deepEqual(source.times, [0, 10]);
    }),
  );

  it(
    'at once says why it failed, and where there is nothing to poll',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      bench.attached('pusher');
      source.pages = [failure('vendor-busy')];
      assert.equal((await bench.events.pollNow('a', 'reports'))?.code, 'vendor-busy');
      assert.equal((await bench.events.pollNow('pusher', 'reports'))?.code, 'unsupported');
      assert.equal((await bench.events.pollNow('nobody', 'reports'))?.code, 'invalid-config');
    }),
  );

  it(
    'does not stand still when the clock is set back',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      bench.listen('reports');
      await bench.advance(MINUTE);
      bench.clock.now -= 25 * MINUTE;
      const before = source.asked.length;
      void bench.events.pollNow('a', 'reports');
      await bench.advance(10 * SECOND);
      assert.ok(source.asked.length > before);
    }),
  );

  it(
    'asks for each id that is open, those on their way for long more rarely, and for none that is done',
    Bench.run(async (bench) => {
      const [vendor, source] = polled(bench, { perId: true, gives: ['reports'] });
      bench.listen('reports');
      await bench.advance(MINUTE);
      assert.equal(source.asked.length, 0);
      bench.order({ to: ['101', '102'] });
      await bench.advance(30 * SECOND + MOMENT);
      assert.deepEqual(source.asked.map((each) => each.position.id).sort(), ['id-101', 'id-102']);
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      await bench.advance(MINUTE);
      assert.deepEqual(new Set(source.asked.slice(2).map((each) => each.position.id)), new Set(['id-102']));
      const soon = source.asked.length;
      await bench.advance(24 * HOUR);
      const aDay = source.asked.length - soon;
      assert.ok(aDay > 50 && aDay < 200, `${aDay} questions in a day`);
      await bench.advance(60 * HOUR);
      const before = source.asked.length;
      await bench.advance(24 * HOUR);
      assert.equal(source.asked.length, before, 'after three days nothing is expected any more');
    }),
  );
});

describe('polling for ids at once', () => {
  it(
    'asks for those whose turn has not come, those that were asked for longest ago first',
    Bench.run(async (bench) => {
      const [, source] = polled(bench, { perId: true, gives: ['reports'] });
      bench.listen('reports', { interval: 0 });
      bench.order({ to: ['101', '102'] });
      await bench.settle();
      assert.equal(await bench.events.pollNow('a', 'reports'), undefined);
      assert.deepEqual(
        source.asked.map((each) => each.position.id),
        ['id-101', 'id-102'],
      );
    }),
  );
});

describe('a gateway that is closed while it is polled', () => {
  it(
    'tells when the answer is there and noted, and hands it on when somebody listens again',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const source = new FakeSource(bench, { once: { page: 20, hours: 72 } });
      vendor.checks = { sources: [source] };
      const detach = bench.attach(vendor);
      const before = bench.listen('inbound');
      source.takes = 3 * SECOND;
      source.pages = [{ inbound: [sms('just then')] }, {}];
      void bench.events.pollNow('a', 'inbound');
      await bench.advance(SECOND);
      before.end(false);
      detach();
      let isDrained = false;
      void bench.events.drained('a').then(() => {
        isDrained = true;
      });
      await bench.advance(SECOND);
      assert.equal(isDrained, false);
      await bench.advance(SECOND + MOMENT);
      assert.equal(isDrained, true);
      await bench.advance(HOUR / 2);
      assert.equal(source.asked.length, 1, 'nobody is asked without a gateway');
      bench.attach(vendor);
      const after = bench.listen('inbound');
      await bench.settle();
      assert.deepEqual(
        after.heard.map(({ text }) => text),
        ['just then'],
      );
    }),
  );

  it(
    'is asked for no further id, and for the others when it is back',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const source = new FakeSource(bench, { perId: true, gives: ['reports'] });
      vendor.checks = { sources: [source] };
      const detach = bench.attach(vendor);
      bench.listen('reports', { interval: 0 });
      bench.order({ to: ['101', '102', '103'] });
      await bench.settle();
      source.takes = SECOND;
      void bench.events.pollNow('a', 'reports');
      await bench.settle();
      detach();
      let isDrained = false;
      void bench.events.drained('a').then(() => {
        isDrained = true;
      });
      await bench.advance(2 * SECOND);
      assert.ok(isDrained);
      const ids = (): unknown[] => source.asked.map(({ position }) => position.id);
      assert.deepEqual(ids(), ['id-101']);
      bench.attach(vendor);
      void bench.events.pollNow('a', 'reports');
      await bench.advance(MINUTE);
      assert.deepEqual(new Set(ids()), new Set(['id-101', 'id-102', 'id-103']));
    }),
  );
});

describe('what is polled and pushed', () => {
  it(
    'counts once, whichever way it comes first',
    Bench.run(async (bench) => {
      const [vendor, source] = polled(bench);
      const { heard } = bench.listen('inbound');
      const twice = sms('both ways', { identity: 'x', id: '0001', at: bench.clock.now });
      source.pages = [
        { inbound: [twice, sms('a', { identity: 'y' })], cursor: '1' },
        { inbound: [twice], cursor: '2' },
      ];
      await vendor.push({ inbound: [twice] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        heard.map(({ text }) => text),
        ['both ways', 'a'],
      );
      assert.equal(heard[0]!.id, '0001');
      assert.equal(heard[1]!.id, 'y');
    }),
  );

  it(
    'in two forms that share no identity counts once, and two equal SMS in both forms count twice',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const { heard } = bench.listen('inbound');
      const now = bench.clock.now;
      const row = (seconds: number) =>
        sms('YES', { at: now + seconds * SECOND, identity: `row ${seconds}`, twin: { name: 'n', form: 'row' } });
      const http = (seconds: number) => sms('YES', { at: now + seconds * SECOND, twin: { name: 'n', form: 'http' } });
      const count = async (...inbound: Inbound[]): Promise<number> => {
        for (const each of inbound) await vendor.push({ inbound: [each] });
        await bench.settle();
        await bench.settle();
        return heard.splice(0).length;
      };
      assert.equal(await count(http(0), row(2)), 1);
      assert.equal(await count(row(10), http(9)), 1);
      assert.equal(await count(http(20), http(30), row(21), row(31)), 2);
      assert.equal(await count(http(40), row(41), row(45), http(46)), 2);
      assert.equal(await count(row(60), row(61), http(62)), 2, 'one push was lost');
      assert.equal(await count(http(300), row(600)), 2, 'too far apart to be one');
    }),
  );

  it(
    'without an identity is told each time, with an id of its own',
    Bench.run(async (bench) => {
      const [, source] = polled(bench, { once: { page: 20 } });
      const { heard } = bench.listen('inbound');
      source.pages = [{ inbound: [sms('YES'), sms('YES')] }, {}];
      await bench.advance(SECOND);
      await bench.settle();
      assert.deepEqual(
        heard.map(({ text }) => text),
        ['YES', 'YES'],
      );
      assert.ok(heard.every(({ at }) => at > bench.clock.now - SECOND && at <= bench.clock.now));
      assert.notEqual(heard[0]!.id, heard[1]!.id);
      assert.match(heard[1]!.id, /^[0-9a-f]{32}$/);
    }),
  );

  it(
    'of long ago is no news at the first look into a device, and is later',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      const { heard } = bench.listen('inbound');
      const [old, recent] = [bench.clock.now - HOUR, bench.clock.now - MINUTE];
      source.pages = [
        {
          inbound: [sms('open the gate', { at: old, identity: '1' }), sms('new', { at: recent, identity: '2' })],
          cursor: '3',
        },
        { inbound: [sms('late', { at: old, identity: '3' })], cursor: '4' },
      ];
      await bench.advance(MINUTE);
      await bench.settle();
      assert.deepEqual(
        heard.map(({ text }) => text),
        ['new', 'late'],
      );
    }),
  );

  it(
    'of long ago is no news on any page of the first look, nor are reports on what nobody knows',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      const [inbound, reports] = [bench.listen('inbound'), bench.listen('reports', { node: 'reports' })];
      bench.order({ to: ['101'], key: 'k' });
      const old = bench.clock.now - HOUR;
      const row = (identity: string, at: number) => reportOn('102', 'delivered', { id: undefined, at, identity });
      source.pages = [
        { inbound: [sms('1', { at: old, identity: '1' })], reports: [row('a', old)], cursor: '2', more: true },
        {
          inbound: [sms('2', { at: old, identity: '2' })],
          reports: [row('b', old), reportOn('101', 'delivered', { at: old })],
          cursor: '3',
        },
        { inbound: [sms('3', { at: old, identity: '3' })], reports: [row('a', old), row('c', old)], cursor: '4' },
      ];
      await bench.advance(MINUTE);
      await bench.settle();
      assert.deepEqual(
        inbound.heard.map(({ text }) => text),
        ['3'],
      );
      assert.deepEqual(
        reports.heard.map(({ to, message }) => [to, message?.key]),
        [
          ['101', 'k'],
          ['102', undefined],
        ],
      );
    }),
  );

  it(
    'of before somebody asked is no news, however long the gateway was there, or nobody asked any more',
    Bench.run(async (bench) => {
      const [, source] = polled(bench);
      await bench.advance(2 * HOUR);
      const page = (id: string) => ({ inbound: [sms(id, { at: bench.clock.now - HOUR, identity: id })], cursor: id });
      source.pages = [page('1'), {}];
      const first = bench.listen('inbound');
      await bench.advance(SECOND);
      first.end(true);
      await bench.advance(2 * HOUR);
      source.pages = [page('2'), page('3')];
      const again = bench.listen('inbound');
      await bench.advance(MINUTE);
      await bench.settle();
      assert.equal(source.asked.at(1)!.position.cursor, undefined);
      assert.deepEqual([first.heard, again.heard.map(({ text }) => text)], [[], ['3']]);
    }),
  );

  it(
    'waits for a node that a deploy takes away and brings back, and not for one that is removed',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const [back, gone] = [bench.listen('inbound', { node: 'back' }), bench.listen('inbound', { node: 'gone' })];
      await vendor.push({ inbound: [sms('1')] });
      await bench.settle();
      back.end(false);
      gone.end(true);
      await vendor.push({ inbound: [sms('2'), sms('3')] });
      await bench.settle();
      assert.equal(back.heard.length, 1);
      const again = bench.listen('inbound', { node: 'back' });
      const anew = bench.listen('inbound', { node: 'gone' });
      await bench.settle();
      await bench.settle();
      assert.deepEqual(
        again.heard.map(({ text }) => text),
        ['2', '3'],
      );
      assert.deepEqual([back.heard.length, gone.heard.length, anew.heard.length], [1, 1, 0]);
    }),
  );

  it(
    'is not waited for for ever by a node that never comes back',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.listen('inbound', { node: 'away' }).end(false);
      await vendor.push({ inbound: [sms('1')] });
      await bench.advance(2 * HOUR);
      const late = bench.listen('inbound', { node: 'away' });
      await bench.settle();
      assert.deepEqual(late.heard, []);
    }),
  );

  it(
    'is told to the nodes of its account alone',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.attached('b');
      const [own, other] = [bench.listen('inbound'), bench.listen('inbound', { node: 'other', gateway: 'b' })];
      await vendor.push({ inbound: [sms('1')] });
      await bench.settle();
      assert.deepEqual([own.heard.length, other.heard.length], [1, 0]);
    }),
  );
});

describe('an answer that makes no sense', () => {
  it(
    'is shown where the vendor will not tell it again, and records that make none are shown always',
    Bench.run(async (bench) => {
      const [, source] = polled(bench, { once: { page: 50 }, gives: ['reports'] });
      const shown: (readonly unknown[])[] = [];
      bench.listen('reports', { unreadable: (records) => shown.push(records) });
      source.pages = [failure('unreadable-answer'), { unreadable: [{ odd: 1 }] }, failure('network'), {}];
      await bench.advance(10 * MINUTE);
      assert.deepEqual(shown, [['{"code":"unreadable-answer"}'], [{ odd: 1 }]]);
    }),
  );
});

describe('a push', () => {
  it(
    'that makes no sense is told apart from one that cannot be kept',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      assert.equal((await vendor.push(undefined)).outcome, 'unreadable');
      assert.equal((await vendor.push({})).outcome, 'taken');
      assert.equal((await vendor.push({}, 'nobody')).outcome, 'not-stored');
    }),
  );

  it(
    'whose driver throws is unreadable',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.checks = {
        readPush: () => {
          throw new Error('a mistake');
        },
      };
      bench.attach(vendor);
      assert.equal((await vendor.push({})).outcome, 'unreadable');
    }),
  );

  it(
    'is refused while the nodes that should have it are away and there is no room',
    Bench.run(
      async (bench) => {
        const vendor = bench.attached('a');
        const { end } = bench.listen('inbound', { node: 'away' });
        end(false);
        const outcomes: string[] = [];
        for (let count = 0; count < 5; count++) outcomes.push((await vendor.push({ inbound: [sms('x')] })).outcome);
        assert.deepEqual(outcomes, ['taken', 'taken', 'taken', 'not-stored', 'not-stored']);
        const back = bench.listen('inbound', { node: 'away' });
        await bench.settle();
        await bench.settle();
        assert.equal(back.heard.length, 3);
        assert.equal((await vendor.push({ inbound: [sms('x')] })).outcome, 'taken');
      },
      undefined,
      1600,
    ),
  );
});

describe('what is handed out once', () => {
  it(
    'is told although there is no room to keep it, and what can be fetched again is fetched again',
    Bench.run(
      async (bench) => {
        const [vendor, source] = polled(bench, { once: { page: 50 }, gives: ['inbound'] });
        const again = new FakeSource(bench, { gives: ['reports'] });
        Object.assign(again, { name: 'again' });
        vendor.checks = { sources: [source, again] };
        bench.attach(vendor);
        bench.listen('inbound', { node: 'away', interval: 0 }).end(false);
        while ((await vendor.push({ inbound: [sms('x')] })).outcome === 'taken');
        const there = bench.listen('inbound', { node: 'there' });
        const troubles: (string | undefined)[] = [];
        bench.listen('reports', { node: 'reports', trouble: (reason) => troubles.push(reason?.code) });
        source.pages = [{ inbound: [sms('only once')] }, {}];
        await bench.advance(SECOND);
        await bench.settle();
        assert.deepEqual(
          there.heard.map(({ text }) => text),
          ['only once'],
        );
        assert.deepEqual(troubles, ['store-failed']);
      },
      undefined,
      1600,
    ),
  );
});

describe('more than can be fetched', () => {
  it(
    'is said once a day',
    Bench.run(async (bench) => {
      const [vendor] = polled(bench, {
        gives: ['reports'],
        once: { page: 2, hours: 48 },
        interval: { default: 3600, least: 1800 },
      });
      vendor.answers = [accept];
      const said: number[] = [];
      bench.listen('reports', { outrun: (perDay) => said.push(perDay) });
      for (let count = 0; count < 96; count++) bench.order({ to: [String(1000 + count)] });
      await bench.advance(MINUTE);
      assert.deepEqual(said, []);
      bench.order({ to: ['2000'] });
      bench.order({ to: ['2001'] });
      await bench.advance(MINUTE);
      assert.deepEqual(said, [96], 'full pages follow each other at the least interval');
    }),
  );
});
