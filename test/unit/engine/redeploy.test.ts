import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import type { Outcome } from '../../../nodes/engine/dispatcher';
import { Bench, DAY, HOUR, MINUTE, accept, doubt, numbersOf, reject, telling } from './bench';
import { KeptStore } from './kept-store';

describe('a gateway that is away', () => {
  it(
    'lets its messages wait, and they go on when it is back',
    Bench.run(async (bench) => {
      const early = bench.order();
      await bench.advance(MINUTE);
      const vendor = bench.vendor('a');
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ rate: 0.01 }));
      await bench.settle();
      assert.deepEqual(bench.brief(early), ['accepted']);
      const keys = [bench.order(), bench.order({ to: ['101', '102'] })];
      await bench.settle();
      detach();
      keys.push(bench.order());
      await bench.advance(HOUR);
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [undefined, undefined, undefined],
      );
      bench.dispatcher.attachGateway(vendor.gateway());
      await bench.settle();
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['accepted', 'accepted'], ['accepted']],
      );
    }),
  );

  it(
    'keeps their time',
    Bench.run(async (bench) => {
      const key = bench.order({ ttl: HOUR });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['expired expired']);
      const vendor = bench.attached('a');
      await bench.advance(DAY);
      assert.equal(vendor.asked.length, 0);
    }),
  );

  it(
    'takes what comes of its requests in flight, and what they left to do',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      const slowly = (answer: typeof accept) => (request: Parameters<typeof accept>[0]) =>
        bench.clock.sleep(MINUTE).then(() => answer(request));
      vendor.answers = [slowly(accept), slowly(reject('vendor-busy')), slowly(doubt), accept];
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ window: 3 }));
      const key = bench.order({ to: ['101', '102', '103', '104'] });
      await bench.settle();
      detach();
      await bench.advance(2 * HOUR);
      assert.equal(bench.brief(key), undefined);
      assert.deepEqual(vendor.sent, ['101', '102', '103']);
      bench.dispatcher.attachGateway(vendor.gateway({ window: 3 }));
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted', 'in-doubt in-doubt', 'accepted']);
      assert.deepEqual(vendor.sent, ['101', '102', '103', '104', '102']);
    }),
  );

  it(
    'takes what is pushed while a deploy may bring it back, for whoever listens then',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const outcome = async (text: string): Promise<string> =>
        (await vendor.push({ inbound: [{ from: '139', text, raw: text }] })).outcome;
      let detach = bench.events.attachGateway(vendor.gateway());
      const before = bench.listen('inbound');
      assert.equal(await outcome('one'), 'taken');
      await bench.settle();
      before.end(false);
      detach(false);
      assert.equal(await outcome('two'), 'taken');
      await bench.advance(14_000);
      assert.equal(await outcome('three'), 'taken');
      await bench.advance(2_000);
      assert.equal(await outcome('four'), 'not-stored');
      detach = bench.events.attachGateway(vendor.gateway());
      const after = bench.listen('inbound');
      await bench.settle();
      const texts = [before, after].map(({ heard }) => heard.map(({ text }) => text));
      assert.deepEqual(texts, [['one'], ['two', 'three']]);
      detach(true);
      assert.equal(await outcome('five'), 'not-stored', 'it is gone');
      bench.events.attachGateway(vendor.gateway())(false);
      assert.equal(await outcome('six'), 'taken');
      bench.events.attachGateway({ id: 'a', name: 'a', vendor: 'made-up', failure: failure('invalid-config') });
      assert.equal(await outcome('seven'), 'not-stored', 'it is broken');
    }),
  );

  it(
    'tells whoever closes it when its requests in flight are over',
    Bench.run(async (bench) => {
      const [vendor, other] = [bench.vendor('a'), bench.attached('b')];
      const after = (time: number) => (request: Parameters<typeof accept>[0]) =>
        bench.clock.sleep(time).then(() => accept(request));
      vendor.answers = [after(MINUTE), after(2 * MINUTE), accept];
      other.answers = [after(HOUR)];
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ window: 2 }));
      const keys = [bench.order(), bench.order(), bench.order(), bench.order({ gateways: ['b'] })];
      await bench.settle();
      detach();
      let known: unknown;
      void bench.dispatcher.drained('a').then(() => {
        known = keys.map((key) => bench.brief(key));
      });
      await bench.advance(1.5 * MINUTE);
      assert.equal(known, undefined);
      await bench.advance(MINUTE);
      assert.deepEqual(known, [['accepted'], ['accepted'], undefined, undefined]);
      let isDrained = false;
      void bench.dispatcher.drained('a').then(() => {
        isDrained = true;
      });
      await bench.settle();
      assert.ok(isDrained, 'nothing is in flight');
    }),
  );

  it(
    'has no more requests in flight after a deploy than before',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      let inFlight = 0;
      let most = 0;
      vendor.answers = [
        async (request) => {
          most = Math.max(most, ++inFlight);
          await bench.clock.sleep(MINUTE);
          inFlight--;
          return accept(request);
        },
      ];
      vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => 1 };
      let detach = bench.dispatcher.attachGateway(vendor.gateway({ window: 2 }));
      const key = bench.order({ to: ['101', '102', '103', '104', '105'] });
      for (let deploys = 0; deploys < 5; deploys++) {
        await bench.advance(10_000);
        detach();
        detach = bench.dispatcher.attachGateway(vendor.gateway({ window: 2 }));
      }
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), Array(5).fill('accepted'));
      assert.equal(most, 2);
      assert.equal(vendor.sent.length, 5);
    }),
  );

  it(
    'may come back before the old one goes, at another account, or broken',
    Bench.run(async (bench) => {
      const [old, other] = [bench.vendor('old'), bench.vendor('other')];
      const detachOld = bench.dispatcher.attachGateway(old.gateway({ id: 'a', rate: 0.001 }));
      bench.order();
      const waiting = bench.order();
      await bench.settle();
      assert.equal(bench.brief(waiting), undefined);
      const detachOther = bench.dispatcher.attachGateway(other.gateway({ id: 'a' }));
      detachOld();
      detachOld();
      await bench.settle();
      assert.deepEqual(bench.brief(waiting), ['accepted']);
      assert.equal(other.asked.length, 1);
      detachOther();
      const broken = bench.order();
      bench.dispatcher.attachGateway({ id: 'a', name: '', vendor: '', failure: failure('invalid-config', 'url') });
      await bench.settle();
      assert.deepEqual(bench.brief(broken), ['rejected invalid-config']);
    }),
  );

  it(
    'forgets what is settled while it is away',
    Bench.run(async (bench) => {
      for (let index = 0; index < 10_000; index++) bench.order({ ttl: HOUR });
      await bench.advance(HOUR);
      assert.equal(bench.outcomes.length, 10_000);
      const vendor = bench.attached('a');
      const start = process.cpuUsage();
      bench.order();
      await bench.settle();
      assert.ok(process.cpuUsage(start).user < 500_000);
      assert.equal(vendor.asked.length, 1);
    }),
  );
});

describe('a node that is gone', () => {
  it(
    'gets its outcomes, each once, when it is back',
    Bench.run(async (bench) => {
      bench.attached('a');
      const keys = [bench.order({ node: 'gone' }), bench.order({ node: 'gone' })];
      bench.order({ node: 'never back' });
      await bench.advance(DAY);
      const heard: Outcome[] = [];
      const detach = bench.dispatcher.attachNode('gone', (outcome) => heard.push(outcome));
      assert.deepEqual(
        heard.map(({ key }) => key),
        keys,
      );
      assert.deepEqual(
        heard.map(({ envelope }) => envelope),
        keys,
      );
      detach();
      bench.dispatcher.attachNode('gone', (outcome) => heard.push(outcome));
      assert.equal(heard.length, 2);
      assert.equal(bench.outcomes.length, 0);
    }),
  );

  it(
    'gets an outcome again that nobody behind it was there for',
    Bench.run(async (bench) => {
      bench.attached('a');
      const heard: string[] = [];
      const key = bench.order({ node: 'n' });
      const detach = bench.dispatcher.attachNode('n', (outcome, later) => {
        heard.push(`first ${outcome.key}`);
        later(() => false);
        detach();
      });
      await bench.settle();
      await new Promise(setImmediate);
      bench.dispatcher.attachNode('n', (outcome, later) => {
        heard.push(`second ${outcome.key}`);
        later(() => true);
      });
      await new Promise(setImmediate);
      bench.dispatcher.attachNode('n', (outcome) => heard.push(`third ${outcome.key}`));
      await bench.settle();
      assert.deepEqual(heard, [`first ${key}`, `second ${key}`]);
    }),
  );

  it(
    'does not take its successor away when it goes late',
    Bench.run(async (bench) => {
      bench.attached('a');
      const heard: string[] = [];
      const detachOld = bench.dispatcher.attachNode('n', () => heard.push('old'));
      bench.dispatcher.attachNode('n', () => heard.push('new'));
      detachOld();
      bench.order({ node: 'n' });
      await bench.settle();
      assert.deepEqual(heard, ['new']);
    }),
  );

  it(
    'hears nothing before the order was handed in',
    Bench.run(async (bench) => {
      bench.order({ to: ['x'] });
      assert.equal(bench.outcomes.length, 0);
      await bench.settle();
      assert.equal(bench.outcomes.length, 1);
    }),
  );
});

describe('a node that sends on what it is told in a turn to come', () => {
  /** A node of which somebody is behind, or nobody. */
  const nodeOf = (bench: Bench) => {
    const heard: string[] = [];
    const behind = { isThere: true };
    const listener = {
      ...{ node: 'n', gateway: 'a' },
      receive: ({ text }: { text: string }) => heard.push(text),
      leaving: () => () => behind.isThere,
    };
    return { heard, behind, listen: () => bench.events.listen('inbound', { ...listener }) };
  };
  const sms = (text: string) => ({ from: '139', text, identity: text, raw: text });

  it(
    'is told again, in order, what nobody behind it was there for',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const { heard, behind, listen } = nodeOf(bench);
      const end = listen();
      await vendor.push({ inbound: [sms('1'), sms('2')] });
      behind.isThere = false;
      await new Promise(setImmediate);
      assert.deepEqual(heard, ['1', '2']);
      end(false);
      await vendor.push({ inbound: [sms('3')] });
      await bench.settle();
      assert.deepEqual(heard, ['1', '2']);
      behind.isThere = true;
      listen();
      await bench.settle();
      assert.deepEqual(heard, ['1', '2', '1', '2', '3']);
    }),
  );

  it(
    'is told again after a restart what had not left it, and nothing else',
    Bench.run(async (bench) => {
      let disk = new KeptStore(bench.clock, () => 0);
      await bench.start(disk);
      const vendor = bench.attached('a');
      const { heard, behind, listen } = nodeOf(bench);
      const end = listen();
      await vendor.push({ inbound: [sms('1')] });
      await bench.advance(MINUTE);
      await vendor.push({ inbound: [sms('2')] });
      behind.isThere = false;
      await new Promise(setImmediate);
      end(false);
      await bench.advance(MINUTE);
      assert.deepEqual(heard, ['1', '2']);
      disk = disk.cut();
      await bench.start(disk);
      behind.isThere = true;
      bench.attach(vendor);
      listen();
      // What was pushed is read again.
      vendor.pushed = telling({ inbound: [sms('2')] });
      await bench.advance(MINUTE);
      await bench.settle();
      assert.deepEqual(heard, ['1', '2', '2']);
      assert.deepEqual(
        disk.keys.filter((key) => key.startsWith('came!')),
        [],
      );
    }),
  );

  it(
    'is waited for by nothing once it is gone for good',
    Bench.run(async (bench) => {
      const disk = new KeptStore(bench.clock, () => 0);
      await bench.start(disk);
      const vendor = bench.attached('a');
      const { heard, behind, listen } = nodeOf(bench);
      const end = listen();
      await vendor.push({ inbound: [sms('1')] });
      behind.isThere = false;
      await new Promise(setImmediate);
      end(true);
      await bench.advance(MINUTE);
      assert.deepEqual(heard, ['1']);
      assert.deepEqual(
        disk.keys.filter((key) => key.startsWith('came!')),
        [],
      );
    }),
  );
});

describe('two gateways on one account', () => {
  it(
    'do not lose each other’s messages',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.dispatcher.attachGateway(vendor.gateway({ rate: 1 }));
      bench.dispatcher.attachGateway(vendor.gateway({ id: 'b' }));
      const ofA = bench.order({ to: ['101', '102', '103'] });
      const ofB = bench.order({ to: ['201', '202'], gateways: ['b'] });
      await bench.settle();
      detach();
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(ofB), ['accepted', 'accepted']);
      assert.equal(bench.brief(ofA), undefined);
      bench.dispatcher.attachGateway(vendor.gateway());
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(ofA), ['accepted', 'accepted', 'accepted']);
      assert.deepEqual(
        vendor.asked.map(({ gateway, request }) => `${gateway} ${numbersOf(request).join(' ')}`),
        ['a 101', 'b 201 202', 'a 102 103'],
      );
    }),
  );
});
