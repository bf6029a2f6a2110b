/** What a process that starts finds of what came back before the last one ended. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReportEvent } from '../../../nodes/engine/events';
import type { HttpAnswer, Page, Position, Push, Source } from '../../../nodes/vendors/driver';
import { Bench, DAY, HOUR, MINUTE, accept, reject, reportOn, telling, type FakeVendor } from './bench';
import { KeptStore } from './kept-store';

const INBOUND = { from: '13900000001', text: 'YES', identity: 'one', raw: {} };
const ANSWER: HttpAnswer = { status: 200, headers: {}, body: Buffer.from([0, 1, 255]) };

const push = (body: string): Push => ({
  method: 'POST',
  path: '',
  query: '',
  contentType: '',
  body: Buffer.from(body),
});
const diskOf = (bench: Bench): KeptStore => new KeptStore(bench.clock, () => 0);
const stateOf = ({ state, message }: ReportEvent): unknown[] => [state, message?.text];

/** Answers pages in turn; each poll is noted with where it went on. */
function source(pages: readonly Partial<Page>[], over: Partial<Source> = {}): { source: Source; asked: Position[] } {
  const asked: Position[] = [];
  const left = [...pages];
  return {
    asked,
    source: {
      ...{ name: 'mo', gives: ['reports', 'inbound'], interval: { default: 30, least: 1 }, perId: false },
      fetch: (position) => {
        asked.push(position);
        return Promise.resolve(ANSWER);
      },
      read: (answer) => {
        assert.deepEqual(Buffer.from(answer.body), ANSWER.body);
        return { ...telling({}), more: false, ...left.shift() };
      },
      ...over,
    },
  };
}

describe('a process that starts', () => {
  it(
    'knows what was sent before, and tells it with its message',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      const vendor = bench.attached('a');
      const key = bench.order({ text: 'Pump 3 is dry', ref: { pump: 3 } });
      await bench.advance(MINUTE);
      await vendor.push({ reports: [reportOn('13800000001', 'sent')] });
      await bench.advance(MINUTE);

      disk = disk.cut();
      await bench.start(disk);
      bench.attach(vendor);
      const { heard } = bench.listen('reports');
      assert.deepEqual(bench.events.find('a', { key }).map(stateOf), [['sent', 'Pump 3 is dry']]);
      await vendor.push({ reports: [reportOn('13800000001', 'sent'), reportOn('13800000001', 'delivered')] });
      await bench.advance(MINUTE);
      assert.deepEqual(heard.map(stateOf), [['delivered', 'Pump 3 is dry']]);
      assert.deepEqual(heard[0]?.message?.ref, { pump: 3 });
    }),
  );

  it(
    'hands on what was acknowledged and had reached no node, once',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      const vendor = bench.attached('a');
      bench.order();
      await bench.advance(MINUTE);
      // The node is away in a deploy when the push comes, and the process ends before it is back.
      const { end } = bench.listen('reports');
      bench.listen('inbound', { node: 'in' }).end(false);
      end(false);
      const taken = vendor.push({ reports: [reportOn('13800000001', 'delivered')], inbound: [INBOUND] });
      await bench.advance(10);
      assert.equal((await taken).outcome, 'taken');

      for (const expected of [1, 0]) {
        disk = disk.cut();
        await bench.start(disk);
        bench.attach(vendor);
        const reports = bench.listen('reports');
        const inbound = bench.listen('inbound', { node: 'in' });
        await bench.advance(MINUTE);
        assert.equal(reports.heard.length, expected);
        assert.equal(inbound.heard.length, expected);
        await vendor.push({ reports: [reportOn('13800000001', 'delivered')], inbound: [INBOUND] });
        await bench.advance(MINUTE);
        assert.equal(reports.heard.length + inbound.heard.length, 2 * expected, 'a repetition is known as one');
      }
    }),
  );

  it(
    'hands on a push as a whole to the node that it came to, or to all, where it had not left',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      const vendor = bench.attached('a');
      vendor.pushed = telling({ inbound: [INBOUND] });
      const listen = (node: string) => bench.listen('pushes', { node });
      for (const node of ['one', 'two']) listen(node).end(false);
      const taking = [push('to one'), push('to all')].map((each, index) =>
        bench.events.takePush('a', each, index === 0 ? 'one' : undefined),
      );
      await bench.advance(10);
      assert.deepEqual(
        (await Promise.all(taking)).map(({ outcome }) => outcome),
        ['taken', 'taken'],
      );
      for (const expected of [
        [['to one', 'to all'], ['to all']],
        [[], []],
      ]) {
        disk = disk.cut();
        await bench.start(disk);
        bench.attach(vendor);
        const nodes = ['one', 'two'].map(listen);
        await bench.advance(MINUTE);
        await bench.settle();
        const heard = nodes.map((node) => node.heard.map(({ push: { body } }) => Buffer.from(body).toString()));
        assert.deepEqual(heard, expected);
        assert.deepEqual(
          nodes[0]?.heard.map(({ read }) => read.inbound.length),
          expected[0]?.map(() => 1),
        );
      }
    }),
  );

  it(
    'reads again what it got and had not handed on, and goes on where it was',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      const vendor: FakeVendor = bench.vendor('a');
      const first = source([{ inbound: [INBOUND], cursor: '7' }]);
      vendor.checks = { sources: [first.source] };
      bench.attach(vendor);
      const { end } = bench.listen('inbound');
      end(false);
      await bench.advance(2 * MINUTE);
      assert.deepEqual(first.asked[0], {});

      disk = disk.cut();
      await bench.start(disk);
      const second = source([{ inbound: [INBOUND], cursor: '8' }, { inbound: [{ ...INBOUND, identity: 'two' }] }]);
      // The page that was kept is read first.
      vendor.checks = { sources: [second.source] };
      bench.attach(vendor);
      const { heard } = bench.listen('inbound');
      await bench.advance(2 * MINUTE);
      assert.deepEqual(heard.map(({ identity }) => identity).sort(), ['one', 'two']);
      assert.deepEqual(second.asked[0], { cursor: '7' });
    }),
  );

  it(
    'waits on for the handset where an order wants that',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      const vendor = bench.attached('a');
      const orders = [
        bench.order({ to: ['101'], until: 'delivered' }),
        bench.order({ to: ['102'], until: 'delivered' }),
      ];
      await bench.advance(MINUTE);
      disk = disk.cut();
      await bench.start(disk);
      bench.dispatcher.attachNode('node', (outcome) => bench.outcomes.push(outcome));
      bench.attach(vendor);
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      await bench.advance(MINUTE);
      assert.deepEqual(
        orders.map((key) => bench.brief(key)),
        [['delivered'], undefined],
      );
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(orders[1] ?? ''), ['accepted no-report']);
      assert.equal(vendor.asked.length, 2);
    }),
  );

  it(
    'remembers for as long as it is told, and no text after the end where it is told so',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      const retention = { span: 2 * DAY, bodies: false };
      await bench.start(disk, retention);
      bench.dispatcher.attachNode('node', () => undefined);
      const vendor = bench.attached('a');
      bench.listen('reports');
      const key = bench.order({ text: 'a secret text' });
      await bench.advance(MINUTE);
      await vendor.push({ reports: [reportOn('13800000001', 'delivered')] });
      await bench.advance(MINUTE);
      assert.doesNotMatch(disk.content, /a secret text/);
      disk = disk.cut();
      await bench.start(disk, retention);
      bench.attach(vendor);
      assert.deepEqual(bench.events.find('a', { key }).map(stateOf), [['delivered', '']]);
      await bench.advance(3 * DAY);
      assert.deepEqual(bench.events.find('a', { key }), []);
      await bench.advance(MINUTE);
      assert.deepEqual(
        disk.keys.filter((name) => name.startsWith('sent!')),
        [],
      );
    }),
  );

  it(
    'tells in time that nothing was heard, also where that is soon',
    Bench.run(async (bench) => {
      await bench.start(diskOf(bench), { span: 2 * MINUTE, bodies: true });
      bench.attached('a');
      const { heard } = bench.listen('reports');
      bench.order();
      await bench.advance(MINUTE);
      assert.equal(heard.length, 0);
      await bench.advance(4 * MINUTE);
      assert.deepEqual(
        heard.map(({ state, final, failure: reason }) => [state, final, reason?.code]),
        [['unknown', true, 'no-report']],
      );
    }),
  );

  it(
    'tells that nothing was heard of what became too old while no process ran, once, when its account is there',
    Bench.run(async (bench) => {
      const retention = { span: 2 * DAY, bodies: true };
      let disk = diskOf(bench);
      await bench.start(disk, retention);
      bench.attach(bench.vendor('a'));
      bench.order({ to: ['101', '102'] });
      await bench.advance(MINUTE);
      disk = disk.cut();
      await bench.advance(5 * DAY);

      for (let starts = 0; starts < 3; starts++) {
        await bench.start((disk = disk.cut()), retention);
        await bench.advance(MINUTE / 2);
      }
      const vendor = bench.attached('a');
      const { heard } = bench.listen('reports');
      await vendor.push({ reports: [reportOn('102', 'delivered')] });
      await bench.advance(HOUR + MINUTE);
      assert.deepEqual(
        heard.map(({ to, state, final, failure: reason }) => [to, state, final, reason?.code]),
        [
          ['102', 'delivered', true, undefined],
          ['101', 'unknown', true, 'no-report'],
        ],
      );
      assert.deepEqual(
        disk.keys.filter((name) => name.startsWith('sent!')),
        [],
      );
      heard.length = 0;
      await bench.start(disk.cut(), retention);
      bench.attach(vendor);
      bench.listen('reports');
      await bench.advance(DAY);
      assert.equal(heard.length, 0);
    }),
  );

  it(
    'forgets what was sent by accounts that do not come back',
    Bench.run(async (bench) => {
      const retention = { span: 2 * DAY, bodies: true };
      let disk = diskOf(bench);
      await bench.start(disk, retention);
      bench.attached('a');
      bench.order();
      await bench.advance(MINUTE);
      const left: number[] = [];
      for (let starts = 0; starts < 3; starts++) {
        disk = disk.cut();
        await bench.advance(2 * DAY + HOUR);
        await bench.start(disk, retention);
        await bench.advance(MINUTE);
        left.push(disk.keys.filter((name) => name.startsWith('sent!')).length);
      }
      assert.deepEqual(left, [1, 0, 0]);
    }),
  );

  it(
    'knows all that a message has come through, of which little is kept however often it was tried',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      const ofOrders = (): string[] => disk.keys.filter((name) => /^(order|step)!/.test(name));
      await bench.start(disk);
      const vendor = bench.vendor('a');
      vendor.answers = [reject('vendor-busy')];
      const detach = bench.attach(vendor);
      const key = bench.order({ to: ['101', '102'], ttl: 0 });
      let most = 0;
      for (let tries = 0; vendor.asked.length < 80; tries++) {
        assert.ok(tries < 2000);
        await bench.advance(MINUTE);
        most = Math.max(most, ofOrders().length);
      }
      assert.ok(most > 50 && most <= 102, `${most} entries`);
      detach();
      disk = disk.cut();
      await bench.start(disk);
      bench.dispatcher.attachNode('node', (outcome) => bench.outcomes.push(outcome));
      vendor.answers = [accept];
      bench.attach(vendor);
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted']);
      const { attempts } = bench.outcome(key)!;
      assert.equal(attempts.length, 81);
      assert.equal(new Set(attempts.map(({ at }) => at)).size, 81);
      assert.deepEqual(ofOrders(), []);
    }),
  );

  it(
    'forgets outcomes for nodes that do not come back, and what is in doubt, after that time',
    Bench.run(async (bench) => {
      let disk = diskOf(bench);
      await bench.start(disk);
      bench.attached('a');
      bench.order({ node: 'removed' });
      await bench.advance(DAY);
      disk = disk.cut();
      await bench.start(disk);
      await bench.advance(MINUTE);
      assert.equal(disk.keys.filter((name) => name.startsWith('order!')).length, 1);
      await bench.advance(7 * DAY);
      disk = disk.cut();
      await bench.start(disk);
      await bench.advance(MINUTE);
      assert.deepEqual(
        disk.keys.filter((name) => name.startsWith('order!') || name.startsWith('step!')),
        [],
      );
    }),
  );
});

describe('what cannot be kept', () => {
  it(
    'is not sent: its sender is told so',
    Bench.run(async (bench) => {
      const disk = diskOf(bench);
      await bench.start(disk);
      const outcomes: string[] = [];
      bench.dispatcher.attachNode('node', ({ recipients }) =>
        outcomes.push(...recipients.map(({ state, failure: why }) => `${state} ${why?.code ?? ''}`)),
      );
      const vendor = bench.attached('a');
      disk.trouble = new Error('disk full');
      bench.order();
      bench.order({ gateways: ['not there'] });
      await bench.advance(MINUTE);
      assert.deepEqual(outcomes, ['rejected store-failed', 'rejected store-failed']);
      assert.equal(vendor.asked.length, 0);
      assert.equal((await vendor.push({ reports: [reportOn('13800000001', 'delivered')] })).outcome, 'not-stored');
      disk.trouble = undefined;
      bench.order();
      await bench.advance(MINUTE);
      assert.equal(outcomes[2], 'accepted ');
    }),
  );
});
