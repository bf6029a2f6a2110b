/** A process that ends while something is in doubt: the next one asks for it, under the ids that are on the disk. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import { ENTRIES } from '../../../nodes/engine/event-memory';
import { Bench, HOUR, MINUTE, reportOn, telling } from './bench';
import { FakeDevice } from './fake-device';
import { KeptStore } from './kept-store';

const never = (): Promise<never> => new Promise(() => undefined);

/** A bench with a disk, and a device behind the gateway `a`. */
class Site {
  readonly device: FakeDevice;
  store: KeptStore;

  constructor(readonly bench: Bench) {
    this.device = new FakeDevice(bench);
    this.store = new KeptStore(bench.clock, () => 1);
  }

  async start(): Promise<void> {
    await this.bench.start(this.store);
    this.bench.dispatcher.attachNode('node', (outcome) => this.bench.outcomes.push(outcome));
  }

  /** The process ends, and another begins. */
  async crash(): Promise<void> {
    this.store = this.store.cut();
    await this.start();
  }

  /** The device hears of the process as long as that lives. */
  attach(over: Parameters<Bench['attach']>[1] = {}): ReturnType<FakeDevice['connect']> {
    const { bench, device, store } = this;
    const vendor = device.connect(bench.vendor('a'));
    const alive = <T>(ask: () => T): T | Promise<never> => (store === this.store ? ask() : never());
    vendor.answers = [(request) => alive(() => device.send(request))];
    vendor.checks = {
      ...device.account,
      settle: (unsettled) => Promise.resolve(alive(() => device.settle(unsettled))),
    };
    bench.attach(vendor, over);
    return vendor;
  }
}

const run = (work: (site: Site) => Promise<void>): (() => Promise<void>) =>
  Bench.run(async (bench) => {
    const site = new Site(bench);
    await site.start();
    await work(site);
  });

describe('a process that ends while something is in doubt', () => {
  for (const [way, title] of [
    ['unanswered', 'had been taken'],
    ['lost', 'had not come'],
  ] as const) {
    it(
      `is followed by one that asks for what was under way: it ${title}`,
      run(async (site) => {
        const { bench, device } = site;
        const vendor = site.attach();
        vendor.answers = [
          (request) => {
            device.ways = [way];
            try {
              device.send(request);
            } catch {
              // Nobody hears of it.
            }
            return never();
          },
        ];
        const key = bench.order({ to: ['101', '102'] });
        await bench.advance(MINUTE);
        await site.crash();
        await bench.advance(10_000);
        assert.equal(bench.brief(key), undefined);
        site.attach();
        await bench.advance(1000);
        assert.deepEqual(bench.brief(key), ['accepted', 'accepted']);
        const { request, run: of } = device.questions[0]!.unsettled;
        assert.deepEqual([[request.ids], of, device.questions.length], [device.ids, 'run 1', 1]);
        assert.deepEqual(device.taken, ['101', '102']);
      }),
    );
  }

  it(
    'is followed by one that goes on asking',
    run(async (site) => {
      const { bench, device } = site;
      device.ways = ['unanswered'];
      device.asks = ['lost'];
      site.attach({ doubtAfter: HOUR });
      const key = bench.order();
      await bench.advance(MINUTE);
      const before = device.questions.length;
      device.asks = ['take'];
      await site.crash();
      site.attach({ doubtAfter: HOUR });
      await bench.advance(1000);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual([device.questions.length, device.taken.length], [before + 1, 1]);
    }),
  );

  it(
    'is followed by one that sends nothing to a device which has started again, or to another one',
    run(async (site) => {
      const { bench, device } = site;
      device.ways = ['unanswered'];
      device.asks = ['lost'];
      site.attach({ doubtAfter: HOUR });
      const restarted = bench.order();
      await bench.advance(1000);
      device.restart();
      device.asks = ['take'];
      await site.crash();
      site.attach();
      await bench.advance(1000);
      assert.deepEqual(bench.brief(restarted), ['in-doubt in-doubt']);
      const moved = bench.order({ to: ['102'] });
      device.asks = ['lost'];
      await bench.advance(1000);
      const before = device.questions.length;
      await site.crash();
      site.attach({ accountKey: 'another' });
      await bench.advance(1000);
      assert.deepEqual(bench.brief(moved), ['in-doubt in-doubt']);
      assert.deepEqual([device.questions.length, device.taken.length], [before, 2]);
    }),
  );

  it(
    'had written down the ids before each try',
    run(async (site) => {
      const { bench, device } = site;
      const vendor = site.attach();
      const kept: boolean[] = [];
      device.know(2, 3);
      vendor.answers = [
        (request) => {
          const all = [...site.store.ever].join();
          kept.push(request.ids!.every((id) => new RegExp(`"clientIds":\\[[^\\]]*\\b${id}\\b`).test(all)));
          return device.send(request);
        },
      ];
      const key = bench.order({ to: ['101', '102'] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        [bench.brief(key), kept],
        [
          ['accepted', 'accepted'],
          [true, true, true],
        ],
      );
    }),
  );

  it(
    'is followed by one that first hands on what was reported',
    run(async (site) => {
      const { bench, device } = site;
      device.ways = ['unanswered'];
      device.asks = ['lost'];
      site.attach({ doubtAfter: HOUR });
      const key = bench.order({ to: ['101'] });
      await bench.advance(1000);
      const before = device.questions.length;
      const push = { method: 'POST', path: '', query: '', contentType: '', body: Buffer.from('push') } as const;
      const entry = { account: 'a account', at: bench.clock.now, push };
      await Promise.all([site.store.write([{ key: `${ENTRIES}1`, value: entry }]), bench.advance(10)]);
      await site.crash();
      device.asks = [failure('content-refused')];
      const vendor = bench.vendor('a');
      vendor.pushed = telling({ reports: [{ ...reportOn('101', 'sent'), id: String(device.ids[0]![0]) }] });
      device.connect(vendor);
      bench.attach(vendor, { doubtAfter: HOUR });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(device.questions.length, before, 'it is not asked for');
    }),
  );
});
