/** A report under an id that nobody knows shows that what is in doubt was accepted, where it can be about that alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../nodes/core/failure';
import type { Report } from '../../../nodes/core/report';
import {
  Bench,
  DAY,
  HOUR,
  MINUTE,
  accept,
  byNumber,
  doubt,
  numbersOf,
  reject,
  reportOn,
  type FakeVendor,
} from './bench';
import { KeptStore } from './kept-store';

const unclear = { state: 'in-doubt', failure: failure('no-answer') } as const;
const word = { node: 'other', envelope: 'word' };

/** A report under an id of the vendor's that no answer has told. */
const stranger = (to: string, state: Report['state'] = 'delivered', more: Partial<Report> = {}): Report =>
  reportOn(to, state, { id: `new-${to}`, ...more });

describe('evidence for a send in doubt', () => {
  it(
    'makes it accepted, and is told of it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [byNumber({ '102': unclear })];
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: ['101', '102'], ref: 'mine' });
      await bench.advance(MINUTE);
      await vendor.push({ reports: [stranger('102')] });
      await bench.settle();
      const [, { id, state, failure: why, gateway } = {}] = bench.outcome(key)!.recipients;
      assert.deepEqual([id, state, why, gateway?.id], ['new-102', 'accepted', undefined, 'a']);
      // An attempt is a request.
      assert.deepEqual(
        bench.outcome(key)!.attempts.map(({ to, state: came }) => [to, came]),
        [
          [['101'], 'accepted'],
          [['102'], 'in-doubt'],
        ],
      );
      assert.deepEqual(
        heard.map(({ to, state: told, message, gateway: through }) => [
          to,
          told,
          message?.key,
          message?.ref,
          through?.id,
        ]),
        [['102', 'delivered', key, 'mine', 'a']],
      );
      await vendor.push({ reports: [stranger('102')] });
      await bench.advance(DAY);
      assert.deepEqual([heard.length, bench.outcomes.length, vendor.asked.length], [1, 1, 1]);
    }),
  );

  it(
    'settles it silently where it has come out in doubt: there is nothing left for a word of the user',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt];
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: ['101'], once: 'k' });
      const follower = bench.order({ to: ['101'], once: 'k' });
      await bench.settle();
      assert.deepEqual([bench.brief(key), bench.brief(follower)], [['in-doubt in-doubt'], ['in-doubt in-doubt']]);
      await vendor.push({ reports: [stranger('101', 'sent')] });
      await vendor.push({ reports: [stranger('101')] });
      await bench.settle();
      assert.deepEqual(
        heard.map(({ state, message }) => [state, message?.key]),
        [
          ['sent', key],
          ['delivered', key],
        ],
      );
      for (const each of [key, follower]) {
        assert.equal(bench.dispatcher.settle({ ...word, key: each, verdict: 'resend' }), 'not-found');
      }
      const later = bench.order({ to: ['101'], once: 'k' });
      await bench.settle();
      const [{ id, state } = {}] = bench.outcome(later)!.recipients;
      assert.deepEqual([id, state, bench.outcomes.length, vendor.asked.length], ['new-101', 'accepted', 3, 1]);
    }),
  );

  it(
    'counts also for others under its idempotency key whose order is not out',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, reject('vendor-busy'), accept];
      bench.listen('reports');
      bench.order({ to: ['101'], once: 'k' });
      await bench.settle();
      const waiting = bench.order({ to: ['101', '102'], once: 'k' });
      const delivered = bench.order({ to: ['101', '102'], once: 'k', until: 'delivered' });
      await bench.settle();
      await vendor.push({ reports: [stranger('101', 'sent')] });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(waiting), ['accepted', 'accepted']);
      assert.equal(bench.brief(delivered), undefined);
      await vendor.push({ reports: [stranger('101'), reportOn('102', 'delivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(delivered), ['delivered', 'delivered']);
    }),
  );

  it(
    'counts from a clock that is behind and until nobody expects a report any more',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt];
      const { heard } = bench.listen('reports');
      await bench.advance(HOUR);
      const sentAt = bench.clock.now;
      const keys = ['101', '102', '103'].map((to) => bench.order({ to: [to] }));
      await bench.advance(MINUTE);
      await vendor.push({ reports: [stranger('101', 'delivered', { at: sentAt - 29 * MINUTE })] });
      await vendor.push({ reports: [stranger('102', 'delivered', { at: sentAt - 31 * MINUTE })] });
      await bench.advance(3 * DAY);
      await vendor.push({ reports: [stranger('103')] });
      await bench.settle();
      assert.deepEqual(
        heard.map(({ to, message }) => [to, message?.key]),
        [
          ['101', keys[0]],
          ['102', undefined],
          ['103', undefined],
        ],
      );
    }),
  );

  it(
    'may write the number in another way',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [doubt];
      const key = bench.order({ to: ['+86 138-0000-0001'] });
      await bench.settle();
      await vendor.push({ reports: [stranger('13800000001')] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted']);
    }),
  );

  it(
    'is waited on for the handset: delivered, or the backup where it was not',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [doubt];
      const backup = bench.attached('b');
      const [good, bad, late] = ['101', '102', '103'].map((to) =>
        bench.order({ to: [to], gateways: ['a', 'b'], until: 'delivered' }),
      );
      await bench.settle();
      await vendor.push({ reports: [stranger('101'), stranger('102', 'undelivered'), stranger('103', 'sent')] });
      await bench.settle();
      assert.deepEqual([bench.brief(good!), backup.sent], [['delivered'], ['102']]);
      assert.deepEqual([bench.brief(bad!), bench.brief(late!)], [undefined, undefined]);
      await vendor.push({ reports: [stranger('103')] });
      await bench.settle();
      assert.deepEqual(bench.brief(late!), ['delivered']);
    }),
  );
});

describe('evidence for one of several that wait for the handset', () => {
  it(
    'makes it wait again, and with it who comes under its idempotency key',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [byNumber({ '101': unclear })];
      const parts = { once: 'k', until: 'delivered' } as const;
      const key = bench.order({ to: ['101', '102'], ...parts });
      await bench.settle();
      await vendor.push({ reports: [stranger('101', 'sent')] });
      const later = bench.order({ to: ['101'], ...parts });
      await bench.settle();
      assert.deepEqual([bench.brief(key), bench.brief(later)], [undefined, undefined]);
      await vendor.push({ reports: [stranger('101'), reportOn('102', 'delivered')] });
      await bench.settle();
      assert.deepEqual([bench.brief(key), bench.brief(later)], [['delivered', 'delivered'], ['delivered']]);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'leaves no doubt where the handset did not get it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [doubt];
      const key = bench.order({ to: ['101'], until: 'delivered' });
      await bench.settle();
      await vendor.push({ reports: [stranger('101', 'undelivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['undelivered undelivered']);
    }),
  );
});

describe('what is no evidence', () => {
  it(
    'is a report that should have waited for a request under way',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, () => bench.clock.sleep(MINUTE).then(() => ({ results: [], raw: '' }))];
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      bench.order({ to: ['102'] });
      await bench.settle();
      const many = Array.from({ length: 20_000 }, (_, index) => stranger(String(2_000_000 + index)));
      await vendor.push({ reports: [...many, stranger('101')] });
      await bench.settle();
      assert.deepEqual([heard.length, heard[0]?.to, heard[0]?.message], [1, '101', undefined]);
      assert.equal(bench.dispatcher.settle({ ...word, key, verdict: 'accepted' }), 'own-outcome');
    }),
  );

  it(
    'is a report where several are in doubt at that number, or one was sent again',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt, doubt, doubt, accept, doubt];
      const { heard } = bench.listen('reports');
      const keys = ['101', '101', '102'].map((to) => bench.order({ to: [to] }));
      await bench.settle();
      await vendor.push({ reports: [stranger('101')] });
      assert.equal(bench.dispatcher.settle({ ...word, key: keys[2]!, verdict: 'resend' }), 'own-outcome');
      await bench.settle();
      bench.order({ to: ['102'] });
      await bench.settle();
      await vendor.push({ reports: [stranger('102')] });
      await bench.settle();
      assert.deepEqual(
        heard.map(({ to, message }) => [to, message]),
        [
          ['101', undefined],
          ['102', undefined],
        ],
      );
      assert.equal(bench.dispatcher.settle({ ...word, key: keys[0]!, verdict: 'accepted' }), 'own-outcome');
    }),
  );

  it(
    'is a report under an id that was told before the request, or of another account',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const other = bench.attached('b');
      vendor.answers = [doubt];
      const { heard } = bench.listen('reports');
      await vendor.push({ reports: [stranger('101', 'sent')] });
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      await vendor.push({ reports: [stranger('101')] });
      await other.push({ reports: [stranger('101', 'delivered', { id: 'other' })] });
      await bench.settle();
      assert.deepEqual(
        heard.map(({ state, message }) => [state, message]),
        [
          ['sent', undefined],
          ['delivered', undefined],
        ],
      );
      assert.equal(bench.dispatcher.settle({ ...word, key, verdict: 'accepted' }), 'own-outcome');
    }),
  );

  it(
    'is a report that does not say whom it is about, or under which id',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [doubt];
      const key = bench.order({ to: ['101'] });
      await bench.settle();
      await vendor.push({ reports: [stranger('101', 'delivered', { to: undefined })] });
      await vendor.push({ reports: [stranger('101', 'delivered', { id: undefined, identity: 'it' })] });
      assert.equal(bench.dispatcher.settle({ ...word, key, verdict: 'accepted' }), 'own-outcome');
    }),
  );

  it(
    'is a report while another request to that number is under way, unless the answer does not name it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', { doubtAfter: DAY });
      const slow = async (request: Parameters<typeof accept>[0], id?: string) => {
        await bench.clock.sleep(MINUTE);
        const results = numbersOf(request).map((to) => ({ state: 'accepted', id: id ?? `new-${to}` }) as const);
        return { results, raw: '' };
      };
      vendor.answers = [doubt, doubt, (request) => slow(request), (request) => slow(request, 'other')];
      const { heard } = bench.listen('reports');
      const [first, second] = ['101', '102'].map((to) => bench.order({ to: [to] }));
      await bench.settle();
      const [third, fourth] = ['101', '102'].map((to) => bench.order({ to: [to] }));
      await bench.settle();
      await vendor.push({ reports: [stranger('101'), stranger('102')] });
      await bench.advance(2 * MINUTE);
      await bench.settle();
      assert.deepEqual(
        [first, second, third, fourth].map((key) => bench.brief(key!)),
        [undefined, ['accepted'], ['accepted'], ['accepted']],
      );
      assert.deepEqual(
        heard.map(({ to, message }) => [to, message?.key]),
        [
          ['101', third],
          ['102', second],
        ],
      );
    }),
  );
});

describe('evidence and the end of the process', () => {
  const started = async (bench: Bench, store: KeptStore): Promise<void> => {
    await bench.start(store);
    bench.dispatcher.attachNode('node', (outcome) => bench.outcomes.push(outcome));
  };

  /** Pushes, and lets the disk do its work. */
  const pushed = async (bench: Bench, vendor: FakeVendor, ...reports: Report[]): Promise<void> => {
    const push = vendor.push({ reports });
    await bench.advance(MINUTE);
    await push;
  };

  it(
    'finds what was in doubt before, be it out or not',
    Bench.run(async (bench) => {
      const store = new KeptStore(bench.clock, () => 1);
      await started(bench, store);
      const vendor = bench.attached('a');
      vendor.answers = [byNumber({ '101': unclear, '103': unclear }), () => new Promise(() => undefined)];
      const shown = bench.order({ to: ['101', '103'] });
      await bench.advance(MINUTE);
      const interrupted = bench.order({ to: ['102'] });
      await bench.advance(MINUTE);
      await started(bench, store.cut());
      const { heard } = bench.listen('reports');
      bench.attach(vendor, { doubtAfter: HOUR });
      await bench.advance(MINUTE);
      await pushed(bench, vendor, stranger('101'), stranger('102'));
      assert.deepEqual(bench.brief(interrupted), ['accepted']);
      assert.deepEqual(
        heard.map(({ to, message }) => [to, message?.key]),
        [
          ['101', shown],
          ['102', interrupted],
        ],
      );
      assert.equal(bench.dispatcher.settle({ ...word, key: shown, to: ['101'], verdict: 'failed' }), 'not-found');
      assert.equal(bench.dispatcher.settle({ ...word, key: shown, verdict: 'accepted' }), 'own-outcome');
      assert.equal(bench.outcomes.length, 2);
    }),
  );

  it(
    'is not forgotten where it ends between the two that are kept of it',
    Bench.run(async (bench) => {
      let latency = 1;
      const store = new KeptStore(bench.clock, () => latency);
      await started(bench, store);
      const vendor = bench.attached('a', { doubtAfter: HOUR });
      vendor.answers = [doubt];
      const keys = [bench.order({ to: ['101'] }), bench.order({ to: ['102'], until: 'delivered' })];
      await bench.advance(MINUTE);
      const push = vendor.push({ reports: [stranger('101', 'sent'), stranger('102')] });
      await bench.settle();
      latency = HOUR;
      await bench.advance(2);
      await push;
      await bench.advance(MINUTE);
      assert.equal(bench.outcomes.length, 0, 'what it has learnt is not on the disk');
      latency = 1;
      await started(bench, store.cut());
      const { heard } = bench.listen('reports');
      bench.attach(vendor, { doubtAfter: HOUR });
      await bench.advance(MINUTE);
      assert.deepEqual(
        keys.map((key) => bench.brief(key)),
        [['accepted'], ['delivered']],
      );
      assert.deepEqual(
        heard.map(({ to, state, message }) => [to, state, message?.key]),
        [
          ['101', 'sent', keys[0]],
          ['102', 'delivered', keys[1]],
        ],
      );
    }),
  );

  it(
    'need not come again: what the account has kept of a send says that it was accepted',
    Bench.run(async (bench) => {
      const store = new KeptStore(bench.clock, () => 1);
      await started(bench, store);
      const vendor = bench.attached('a');
      vendor.answers = [accept];
      const [one, two] = [bench.order({ to: ['101'] }), bench.order({ to: ['102'], until: 'delivered' })];
      await bench.advance(MINUTE);
      await pushed(bench, vendor, reportOn('102', 'sent'));
      // As if the process had ended before the answer was kept with the order.
      const sent = store.keys.filter((key) => key.startsWith('sent!'));
      assert.equal(sent.length, 2);
      const changes = store.everOf('order!', 'step!').map(({ key, json }) => {
        const isLater = key.startsWith('step!') && !json.includes('"state":"sending"');
        return isLater ? { key } : { key, value: JSON.parse(json) as unknown };
      });
      const cut = store.cut();
      await Promise.all([cut.write(changes), bench.advance(10)]);
      bench.outcomes.length = 0;
      await started(bench, cut);
      bench.attach(vendor, { doubtAfter: HOUR });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(one), ['accepted']);
      assert.equal(bench.brief(two), undefined);
      await pushed(bench, vendor, reportOn('102', 'delivered'));
      assert.deepEqual([bench.brief(two), vendor.asked.length], [['delivered'], 2]);
    }),
  );
});
