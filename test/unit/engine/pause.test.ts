import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT_CODES, failure, type Failure } from '../../../nodes/core/failure';
import { Bench, DAY, HOUR, MINUTE, accept, numbersOf, reject, type FakeVendor } from './bench';

const refusing = (vendor: FakeVendor, code: 'auth-failed' | 'insufficient-balance' = 'auth-failed'): FakeVendor => {
  vendor.answers = [reject(code)];
  vendor.probe = () => Promise.resolve(failure(code));
  return vendor;
};

/** What the watchers of a gateway were told, code by code. */
function watch(bench: Bench, id: string): (string | undefined)[] {
  const told: (string | undefined)[] = [];
  bench.dispatcher.watchGateway(id, (alarm: Failure | undefined) => told.push(alarm?.code));
  return told;
}

describe('an account that is refused as a whole', () => {
  for (const code of ACCOUNT_CODES) {
    it(
      `by ${code}: that message fails, others are held until their time is over`,
      Bench.run(async (bench) => {
        const vendor = bench.attached('a');
        vendor.answers = [reject(code), accept];
        vendor.probe = () => Promise.resolve(failure(code));
        const alarms = watch(bench, 'a');
        const first = bench.order();
        await bench.settle();
        assert.deepEqual(bench.brief(first), [`rejected ${code}`]);
        const held = bench.order({ ttl: HOUR });
        await bench.advance(HOUR - 1);
        assert.equal(bench.brief(held), undefined);
        await bench.advance(1);
        assert.deepEqual(bench.brief(held), ['expired expired']);
        assert.equal(vendor.asked.length, 1);
        assert.deepEqual(alarms, [code]);
      }),
    );
  }

  it(
    'fails the rest of the same message at once, and holds what stood behind it',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      bench.dispatcher.attachGateway(vendor.gateway({ window: 1 }));
      const many = bench.order({ to: ['101', '102', '103'] });
      const behind = bench.order({ to: ['201'] });
      await bench.settle();
      assert.deepEqual(bench.brief(many), Array(3).fill('rejected auth-failed'));
      assert.equal(bench.brief(behind), undefined);
      assert.deepEqual(vendor.sent, ['101']);
    }),
  );

  it(
    'fails the rest also where it was refused for another reason first, or has a backup on the same account',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      bench.dispatcher.attachGateway(vendor.gateway({ window: 1 }));
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'twin', window: 1 }));
      vendor.answers = [reject('vendor-busy'), reject('auth-failed')];
      const key = bench.order({ to: ['101', '102'], gateways: ['a', 'twin'] });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), Array(2).fill('rejected auth-failed'));
    }),
  );

  it(
    'makes messages with a backup use it, also those that waited',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a', { window: 1 }));
      const backup = bench.attached('b');
      const gateways = ['a', 'b'];
      const keys = [bench.order({ gateways }), bench.order({ gateways }), bench.order({ gateways })];
      await bench.settle();
      keys.push(bench.order({ gateways }));
      await bench.settle();
      for (const key of keys) assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(vendor.asked.length, 1);
      assert.equal(backup.asked.length, 4);
    }),
  );

  it(
    'fails urgent messages at once with its code, also those that waited',
    Bench.run(async (bench) => {
      refusing(bench.attached('a', { window: 1 }), 'insufficient-balance');
      bench.order();
      const waited = bench.order({ priority: 100 });
      const ordinary = bench.order({ priority: 99 });
      await bench.settle();
      const later = bench.order({ priority: 127 });
      await bench.settle();
      for (const key of [waited, later]) assert.deepEqual(bench.brief(key), ['rejected insufficient-balance']);
      assert.equal(bench.brief(ordinary), undefined);
    }),
  );

  it(
    'pauses every gateway on the account, and no other',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a'));
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'twin' }));
      bench.attached('b');
      const alarms = [watch(bench, 'a'), watch(bench, 'twin'), watch(bench, 'b')];
      bench.order();
      await bench.settle();
      const twin = bench.order({ gateways: ['twin'] });
      const other = bench.order({ gateways: ['b'] });
      await bench.settle();
      assert.equal(bench.brief(twin), undefined);
      assert.deepEqual(bench.brief(other), ['accepted']);
      assert.deepEqual(alarms, [['auth-failed'], ['auth-failed'], []]);
      assert.deepEqual(watch(bench, 'a'), ['auth-failed'], 'whoever comes later is told at once');
    }),
  );

  it(
    'does not make a message that is for later take its backup now',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a'));
      const backup = bench.attached('b');
      bench.order();
      await bench.settle();
      const key = bench.order({ gateways: ['a', 'b'], at: bench.clock.now + 2 * HOUR, priority: 100 });
      await bench.advance(HOUR);
      vendor.answers = [accept];
      vendor.probe = () => Promise.resolve(undefined);
      await bench.advance(2 * HOUR);
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.equal(backup.asked.length, 0);
    }),
  );
});

describe('an account works again', () => {
  it(
    'when a probe says so; probes come at growing pauses',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      bench.dispatcher.attachGateway(vendor.gateway());
      const alarms = watch(bench, 'a');
      bench.order();
      await bench.settle();
      const held = bench.order();
      const urgentFails = bench.order({ priority: 100 });
      await bench.advance(6 * HOUR);
      assert.ok(vendor.probes >= 20 && vendor.probes <= 40, `${vendor.probes} probes`);
      assert.deepEqual(bench.brief(urgentFails), ['rejected auth-failed']);
      vendor.answers = [accept];
      vendor.probe = () => Promise.resolve(undefined);
      await bench.advance(15 * MINUTE);
      assert.deepEqual(bench.brief(held), ['accepted']);
      assert.deepEqual(alarms, ['auth-failed', undefined]);
      const probes = vendor.probes;
      await bench.advance(DAY);
      assert.equal(vendor.probes, probes);
      assert.equal(bench.clock.pending, 0);
    }),
  );

  it(
    'not when a probe only fails in another way, however it fails',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a'));
      bench.order();
      await bench.settle();
      const held = bench.order();
      const ways: (() => Promise<Failure | undefined>)[] = [
        () => Promise.resolve(failure('vendor-busy')),
        () => Promise.reject(new Error('no')),
        () => {
          throw new Error('no');
        },
      ];
      vendor.probe = () => (ways.shift() ?? (() => Promise.resolve(failure('network'))))();
      await bench.advance(2 * HOUR);
      assert.ok(vendor.probes > 5);
      assert.equal(bench.brief(held), undefined);
    }),
  );

  it(
    'tells when the reason changes',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a'));
      const alarms = watch(bench, 'a');
      bench.order();
      await bench.advance(MINUTE);
      vendor.probe = () => Promise.resolve(failure('insufficient-balance'));
      await bench.advance(HOUR);
      assert.deepEqual(alarms, ['auth-failed', 'insufficient-balance']);
    }),
  );

  it(
    'when the configuration changed, and not when it was only deployed again',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      let detach = bench.dispatcher.attachGateway(vendor.gateway());
      bench.order();
      await bench.settle();
      const held = bench.order();
      detach();
      detach = bench.dispatcher.attachGateway(vendor.gateway());
      await bench.settle();
      assert.equal(vendor.asked.length, 1);
      assert.deepEqual(watch(bench, 'a'), ['auth-failed']);
      detach();
      vendor.answers = [accept];
      bench.dispatcher.attachGateway(vendor.gateway({ fingerprint: '2' }));
      await bench.settle();
      assert.deepEqual(bench.brief(held), ['accepted']);
      assert.deepEqual(watch(bench, 'a'), []);
    }),
  );

  it(
    'when the gateway went to another account and came back',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      const detach = bench.dispatcher.attachGateway(vendor.gateway());
      bench.order();
      await bench.settle();
      detach();
      const other = bench.vendor('other');
      bench.dispatcher.attachGateway(other.gateway({ id: 'a' }))();
      vendor.answers = [accept];
      bench.dispatcher.attachGateway(vendor.gateway());
      const key = bench.order();
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );

  it(
    'by probes that go on after a deploy',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      const detach = bench.dispatcher.attachGateway(vendor.gateway());
      bench.order();
      await bench.settle();
      detach();
      await bench.advance(DAY);
      assert.equal(vendor.probes, 0);
      bench.dispatcher.attachGateway(vendor.gateway());
      const held = bench.order();
      vendor.answers = [accept];
      vendor.probe = () => Promise.resolve(undefined);
      await bench.advance(2 * MINUTE);
      assert.deepEqual(bench.brief(held), ['accepted']);
    }),
  );
});

describe('what was begun under a configuration that is gone', () => {
  it(
    'a probe of it pauses nothing',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.vendor('a'));
      const detach = bench.dispatcher.attachGateway(vendor.gateway());
      bench.order();
      await bench.settle();
      vendor.probe = () => bench.clock.sleep(30_000).then(() => failure('auth-failed'));
      await bench.advance(MINUTE + 1000);
      assert.equal(vendor.probes, 1);
      detach();
      vendor.answers = [accept];
      bench.dispatcher.attachGateway(vendor.gateway({ fingerprint: '2' }));
      await bench.advance(MINUTE);
      const key = bench.order();
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
      assert.deepEqual(watch(bench, 'a'), []);
    }),
  );

  it(
    'a probe of a pause that is over does not end the next one',
    Bench.run(async (bench) => {
      const vendor = refusing(bench.attached('a'));
      bench.order();
      await bench.settle();
      vendor.probe = () => bench.clock.sleep(30_000).then(() => undefined);
      await bench.advance(MINUTE + 1000);
      assert.equal(vendor.probes, 1);
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'twin' }));
      const refused = bench.order({ gateways: ['twin'] });
      await bench.settle();
      assert.deepEqual(bench.brief(refused), ['rejected auth-failed']);
      await bench.advance(35_000);
      assert.deepEqual(watch(bench, 'a'), ['auth-failed']);
      await bench.advance(MINUTE);
      assert.deepEqual(watch(bench, 'a'), []);
    }),
  );

  it(
    'a refusal of it fails its own recipients, and pauses nothing',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      vendor.answers = [(request) => bench.clock.sleep(30_000).then(() => reject('auth-failed')(request)), accept];
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ window: 1 }));
      const key = bench.order({ to: ['101', '102'] });
      await bench.advance(1000);
      detach();
      bench.dispatcher.attachGateway(vendor.gateway({ window: 1, fingerprint: '2' }));
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(key), ['rejected auth-failed', 'accepted']);
      assert.deepEqual(watch(bench, 'a'), []);
      assert.deepEqual(
        vendor.asked.map(({ request }) => numbersOf(request)),
        [['101'], ['102']],
      );
    }),
  );
});
