import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { failure } from '../../../nodes/core/failure';
import { readDaySpan } from '../../../nodes/core/time';
import { Bench, DAY, HOUR, MINUTE, accept, doubt, reject, reportOn, type FakeVendor } from './bench';

const TO = '13800000001';
const brief = ({ to, state, message }: { to?: string; state: string; message?: { key: string } }): string =>
  [to, state, message?.key].filter(Boolean).join(' ');

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

/** A vendor that answers when it is told to. */
function slowly(vendor: FakeVendor): () => void {
  let answer = (): void => undefined;
  vendor.answers = [
    (request) =>
      new Promise((resolve) => {
        answer = () => {
          resolve(accept(request));
        };
      }),
  ];
  return () => {
    answer();
  };
}

describe('a report', () => {
  it(
    'finds its message by id and recipient, however the number is written',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const { heard } = bench.listen('reports');
      const key = bench.order({ to: [TO, '139 0000 0001'], text: 'hello', ref: { pump: 3 } });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'delivered', { to: `+86${TO}`, at: 5, line: '2B' })] });
      await bench.settle();
      assert.deepEqual(heard, [
        {
          gateway: { id: 'a', name: 'a name', vendor: 'a' },
          ...{ id: `id-${TO}`, to: TO, state: 'delivered', final: true, at: 5, line: '2B' },
          message: { key, text: 'hello', sentAt: bench.clock.now, ref: { pump: 3 } },
          raw: { to: TO, state: 'delivered' },
        },
      ]);
      assert.deepEqual(bench.brief(key), ['accepted', 'accepted'], 'the outcome was out before');
    }),
  );

  it(
    'finds its message among many that share an id',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      vendor.answers = [
        ({ items }) => ({ results: items.flatMap(({ to }) => to.map(() => ({ state: 'accepted', id: '7' }))), raw: 0 }),
      ];
      const { heard } = bench.listen('reports');
      bench.order({ to: ['101', '102'], key: 'first' });
      await bench.settle();
      await vendor.push({
        reports: [
          reportOn('102', 'sent', { id: '7' }),
          reportOn('103', 'delivered', { id: '7' }),
          reportOn('101', 'delivered', { id: '7', to: undefined }),
        ],
      });
      await bench.settle();
      // The second names nobody's recipient, the third none of two.
      assert.deepEqual(heard.map(brief), ['102 sent first', '103 delivered', 'delivered']);
    }),
  );

  it(
    'comes out once, and never steps back',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const { heard } = bench.listen('reports');
      bench.order({ key: 'k' });
      await bench.settle();
      const states = [
        'accepted',
        'sent',
        'sent',
        'unknown',
        'sent',
        'delivered',
        'unknown',
        'undelivered',
        'delivered',
      ];
      for (const state of states) await vendor.push({ reports: [reportOn(TO, state as 'sent')] });
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} sent k`, `${TO} unknown k`, `${TO} delivered k`]);
    }),
  );

  it(
    'on an id that nobody knows comes out without a message, and its repetition does not',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const { heard } = bench.listen('reports');
      const strange = reportOn(TO, 'delivered', { id: '0007' });
      await vendor.push({ reports: [strange, strange] });
      await vendor.push({
        reports: [reportOn(TO, 'sent', { id: '0007' }), reportOn('139', 'delivered', { id: '0007' })],
      });
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} delivered`, '139 delivered']);
      assert.deepEqual(heard[0], {
        ...{ id: '0007', to: TO, state: 'delivered', final: true, at: bench.clock.now },
        raw: { to: TO, state: 'delivered' },
      });
    }),
  );

  it(
    'that comes before the answer to its request waits for it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const answer = slowly(vendor);
      const { heard } = bench.listen('reports');
      bench.order({ key: 'k' });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'sent'), reportOn('999', 'delivered', { id: 'other' })] });
      await vendor.push({ reports: [reportOn(TO, 'delivered')] });
      await bench.advance(5000);
      assert.deepEqual(heard, []);
      answer();
      await bench.settle();
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} sent k`, '999 delivered', `${TO} delivered k`]);
    }),
  );

  it(
    'does not wait for requests that were begun after it came',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const answer = slowly(vendor);
      const { heard } = bench.listen('reports');
      bench.order({ to: ['101'] });
      await bench.settle();
      await vendor.push({ reports: [reportOn('999', 'delivered', { id: 'other' })] });
      const first = vendor.answers[0]!;
      vendor.answers = [() => new Promise(() => undefined), first];
      bench.order({ to: ['102'] });
      await bench.settle();
      answer();
      await bench.settle();
      await bench.settle();
      assert.deepEqual(heard.map(brief), ['999 delivered']);
    }),
  );

  it(
    'on the parts of a long SMS makes one outcome: delivered when all are',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const ids = ['11', '12', '13'];
      vendor.answers = [() => ({ results: [{ state: 'accepted', id: '11', ids }], raw: 0 })];
      const { heard } = bench.listen('reports');
      bench.order({ key: 'k' });
      await bench.settle();
      const on = (id: string, state: 'sent' | 'delivered' | 'undelivered' | 'unknown') =>
        vendor.push({ reports: [{ ...reportOn('', state, { id }), to: undefined }] });
      for (const id of ids) await on(id, 'sent');
      await on('13', 'delivered');
      await on('11', 'delivered');
      await on('11', 'delivered');
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} sent k`]);
      await on('12', 'delivered');
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} sent k`, `${TO} delivered k`]);
      assert.deepEqual([heard[1]!.id, heard[1]!.parts], ['11', 3]);
    }),
  );

  it(
    'on a part that failed fails the SMS, and on one that is unknown leaves it unknown when all is said',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      let first = 0;
      vendor.answers = [
        () => {
          first += 10;
          const ids = [String(first), String(first + 1)];
          return { results: [{ state: 'accepted', id: ids[0]!, ids }], raw: 0 };
        },
      ];
      const { heard } = bench.listen('reports');
      bench.order({ key: 'failing' });
      bench.order({ key: 'unclear' });
      await bench.settle();
      const on = (id: string, state: 'delivered' | 'undelivered' | 'unknown') =>
        vendor.push({
          reports: [
            reportOn('', state, { id, to: undefined, failure: failure('no-answer'), vendorCode: `${state} ${id}` }),
          ],
        });
      await on('11', 'undelivered');
      await on('10', 'delivered');
      await on('20', 'unknown');
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} undelivered failing`]);
      await on('21', 'delivered');
      await bench.settle();
      assert.deepEqual(heard.map(brief), [`${TO} undelivered failing`, `${TO} unknown unclear`]);
      assert.equal(heard[1]!.final, true);
      assert.deepEqual(
        heard.map(({ vendorCode }) => vendorCode),
        ['undelivered 11', 'unknown 20'],
        'what the vendor says of the part that decides',
      );
      await on('20', 'delivered');
      await bench.settle();
      assert.deepEqual(heard.map(brief).at(-1), `${TO} delivered unclear`);
    }),
  );

  it(
    'without an id is about the one open message to its recipient that fits by line and time, or about none',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      let id = 0;
      vendor.answers = [
        ({ items }) => ({
          results: items.flatMap(({ to }) => to.map(() => ({ state: 'accepted' as const, id: String(++id) }))),
          raw: 0,
        }),
      ];
      const { heard } = bench.listen('reports');
      bench.order({ to: ['101'], key: 'one' });
      bench.order({ to: ['102'], key: 'two' });
      bench.order({ to: ['102'], key: 'three' });
      await bench.settle();
      const now = bench.clock.now;
      const row = (to: string, line: string, at = now, identity = `${to} ${line}`) =>
        reportOn(to, 'delivered', { id: undefined, line, at, identity });
      await vendor.push({ reports: [row('101', '1A', now - 3_600_000, 'old'), row('102', '1A')] });
      await vendor.push({ reports: [reportOn('102', 'sent', { id: '2', line: '2A' })] });
      await vendor.push({ reports: [reportOn('102', 'sent', { id: '3', line: '3A' })] });
      await vendor.push({ reports: [row('102', '3A'), row('101', '1A'), row('101', '1A')] });
      await vendor.push({ reports: [row('102', '3A'), row('101', '1A', now, 'another')] });
      await bench.settle();
      assert.deepEqual(heard.map(brief), [
        '101 delivered', // of before the send
        '102 delivered', // may be about either
        '102 sent two',
        '102 sent three',
        '102 delivered three',
        '101 delivered one',
        '101 delivered', // nothing is open for it any more, and it was not told yet
      ]);
      assert.equal(heard[0]!.id, '');
    }),
  );

  it(
    'is asked for by key or by id, also after it was told',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      bench.listen('reports');
      const key = bench.order({ to: ['101', '102'], ref: 1 });
      await bench.settle();
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      const states = (query: object) => bench.events.find('a', query).map(brief);
      assert.deepEqual(states({ key }), [`101 delivered ${key}`, `102 accepted ${key}`]);
      assert.deepEqual(states({ key, to: ['+86 102'] }), [`102 accepted ${key}`]);
      assert.deepEqual(states({ id: 'id-101' }), [`101 delivered ${key}`]);
      assert.deepEqual(states({ key: 'nobody' }), []);
      assert.deepEqual(states({ id: 'nobody' }), []);
      assert.deepEqual(bench.events.find('elsewhere', { key }), []);
    }),
  );
});

describe('what was sent', () => {
  it(
    'is known for a week, be its gateway there or not, and no longer',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.attach(vendor);
      const key = bench.order();
      await bench.settle();
      detach();
      await bench.advance(6 * DAY);
      bench.attach(vendor);
      const { heard } = bench.listen('reports');
      assert.equal(bench.events.find('a', { key }).length, 1);
      await bench.advance(DAY + HOUR);
      assert.deepEqual(bench.events.find('a', { key }), []);
      assert.deepEqual(
        heard.map(({ state, final, failure: why }) => [state, final, why?.code]),
        [['unknown', true, 'no-report']],
      );
    }),
  );
});

describe('until: delivered', () => {
  const until = 'delivered';

  it(
    'lets the outcome out when every handset has confirmed',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const key = bench.order({ to: ['101', '102'], until });
      await bench.settle();
      assert.equal(vendor.asked[0]!.request.wantReports, true);
      await vendor.push({ reports: [reportOn('101', 'delivered'), reportOn('102', 'sent')] });
      await bench.settle();
      assert.equal(bench.brief(key), undefined);
      await vendor.push({ reports: [reportOn('102', 'delivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['delivered', 'delivered']);
      await bench.advance(7_200_000);
      assert.equal(bench.outcomes.length, 1);
    }),
  );

  it(
    'takes a report that comes before the answer',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const answer = slowly(vendor);
      const key = bench.order({ until });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'delivered')] });
      answer();
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['delivered']);
    }),
  );

  it(
    'says at the deadline what is known by then',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const key = bench.order({ to: ['101', '102'], until, deadline: 60_000, ttl: 1000 });
      await bench.settle();
      await vendor.push({ reports: [reportOn('101', 'sent')] });
      await bench.advance(59_999);
      assert.equal(bench.brief(key), undefined);
      await bench.advance(1);
      assert.deepEqual(bench.brief(key), ['sent no-report', 'accepted no-report']);
    }),
  );

  it(
    'counts the deadline from when the vendor sends, where it is the vendor who waits',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, schedules: () => true };
      vendor.answers = [
        ({ items }) => ({
          results: items.flatMap(({ to }) => to.map((number) => ({ state: 'scheduled', id: `id-${number}` }))),
          raw: 0,
        }),
      ];
      // It is noon now; what is meant for 23:00 goes at 7:00.
      bench.attach(vendor, { quietHours: readDaySpan('22:00-07:00')! });
      const key = bench.order({ to: ['101', '102'], until, at: bench.clock.now + 11 * HOUR, deadline: HOUR });
      await bench.advance(19 * HOUR + MINUTE);
      assert.equal(bench.brief(key), undefined);
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['delivered', 'scheduled no-report']);
    }),
  );

  it(
    'still knows what the vendor sends after weeks',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      vendor.capabilities = { ...vendor.capabilities, schedules: () => true };
      bench.attach(vendor);
      const at = bench.clock.now + 20 * DAY;
      const early = bench.order({ to: ['101'], key: 'early', until, at });
      await bench.settle();
      for (let day = 0; day < 20; day++) {
        bench.order({ to: [String(200 + day)] });
        await bench.advance(DAY);
      }
      assert.deepEqual(bench.events.find('a', { id: 'id-200' }), [], 'what has been sent is forgotten');
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(early), ['delivered']);
      for (let day = 0; day < 15; day++) {
        bench.order({ to: [String(300 + day)] });
        await bench.advance(DAY);
      }
      assert.deepEqual(bench.events.find('a', { key: 'early' }), []);
    }),
  );

  it(
    'goes to the next gateway when it is certain that the SMS was not delivered',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const backup = bench.attached('b');
      backup.answers = [
        ({ items }) => ({
          results: items.flatMap(({ to }) => to.map(() => ({ state: 'accepted', id: 'b-1' }))),
          raw: 0,
        }),
      ];
      const key = bench.order({ gateways: ['a', 'b'], until });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'undelivered', { failure: failure('recipient-refused') })] });
      await bench.settle();
      assert.deepEqual(backup.sent, [TO]);
      await backup.push({ reports: [reportOn(TO, 'delivered', { id: 'b-1' })] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['delivered']);
      assert.deepEqual(
        bench.outcome(key)!.attempts.map(({ gateway, state, failure: why }) => [gateway.id, state, why?.code]),
        [
          ['a', 'accepted', undefined],
          ['a', 'undelivered', 'recipient-refused'],
          ['b', 'accepted', undefined],
        ],
      );
    }),
  );

  it(
    'names no id of a gateway but the one that it came to its outcome at',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const [refusing, unclear, checking] = [bench.attached('b'), bench.attached('c'), bench.vendor('d')];
      refusing.answers = [reject('content-refused')];
      unclear.answers = [doubt];
      checking.checks = { checkText: () => failure('text-too-long') };
      bench.attach(checking);
      const backups = ['b', 'c', 'd'];
      const keys = backups.map((backup, index) =>
        bench.order({ to: [`10${index}`], gateways: ['a', backup], until, key: backup }),
      );
      const alone = bench.order({ to: ['103'], until });
      await bench.settle();
      const reports = ['100', '101', '102', '103'].map((to) =>
        reportOn(to, 'undelivered', { failure: failure('undelivered') }),
      );
      await vendor.push({ reports });
      await bench.settle();
      assert.deepEqual(
        [...keys, alone].map((key) => bench.outcome(key)!.recipients.map(({ gateway, id }) => [gateway?.id, id])),
        [[['b', undefined]], [['c', undefined]], [['d', undefined]], [['a', 'id-103']]],
      );
    }),
  );

  it(
    'ends undelivered where no gateway is left, and tries no other for what none would do better',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const backup = bench.attached('b');
      const alone = bench.order({ to: ['101'], until });
      const invalid = bench.order({ to: ['102'], until, gateways: ['a', 'b'] });
      await bench.settle();
      await vendor.push({
        reports: [
          reportOn('101', 'undelivered', { failure: failure('undelivered') }),
          reportOn('102', 'undelivered', { failure: failure('invalid-recipient') }),
        ],
      });
      await bench.settle();
      assert.deepEqual(bench.brief(alone), ['undelivered undelivered']);
      assert.deepEqual(bench.brief(invalid), ['undelivered invalid-recipient']);
      assert.deepEqual(backup.sent, []);
    }),
  );

  it(
    'tries no backup where the network gave no answer',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const backup = bench.attached('b');
      const key = bench.order({ until, gateways: ['a', 'b'] });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'unknown', { failure: failure('no-answer') })] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['unknown no-answer']);
      assert.deepEqual(backup.sent, []);
    }),
  );

  it(
    'waits on where the vendor may still learn more',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const key = bench.order({ until });
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'unknown', { final: false })] });
      await bench.settle();
      assert.equal(bench.brief(key), undefined);
      await vendor.push({ reports: [reportOn(TO, 'delivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['delivered']);
    }),
  );

  it(
    'waits for the delivery of what another order with the same key has sent',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const first = bench.order({ once: 'alarm' });
      const second = bench.order({ once: 'alarm', until });
      await bench.settle();
      assert.deepEqual(bench.brief(first), ['accepted']);
      assert.equal(bench.brief(second), undefined);
      await vendor.push({ reports: [reportOn(TO, 'delivered')] });
      await bench.settle();
      assert.deepEqual(bench.brief(second), ['delivered']);
      const third = bench.order({ once: 'alarm', until });
      await bench.settle();
      assert.deepEqual(bench.brief(third), ['delivered']);
      assert.equal(vendor.asked.length, 1);
    }),
  );

  it(
    'sends once again what another order with the same key has sent in vain, however many wait for it',
    Bench.run(async (bench) => {
      const [vendor, backup] = [bench.attached('a'), bench.attached('b')];
      const parts = { once: 'alarm', until, gateways: ['a', 'b'] } as const;
      bench.order({ ...parts, until: 'accepted' });
      const waiting = [bench.order(parts), bench.order(parts)];
      await bench.settle();
      await vendor.push({ reports: [reportOn(TO, 'undelivered', { failure: failure('undelivered') })] });
      await bench.settle();
      waiting.push(bench.order(parts));
      await bench.settle();
      assert.deepEqual([vendor.sent, backup.sent], [[TO], [TO]]);
      await backup.push({ reports: [reportOn(TO, 'delivered')] });
      await bench.settle();
      waiting.push(bench.order(parts));
      await bench.settle();
      assert.deepEqual(
        waiting.map((key) => bench.brief(key)),
        waiting.map(() => ['delivered']),
      );
      assert.deepEqual([vendor.sent, backup.sent], [[TO], [TO]]);
    }),
  );

  it(
    'does not keep a message for what may be reported after its outcome',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a');
      const order = (envelope: object): WeakRef<object> => {
        bench.order({ to: ['101', '102'], until, ttl: 0, key: 'k', envelope });
        return new WeakRef(envelope);
      };
      const kept = order({ msg: 'large' });
      await bench.settle();
      await vendor.push({ reports: [reportOn('101', 'delivered')] });
      await bench.advance(2 * HOUR);
      assert.deepEqual(bench.brief('k'), ['delivered', 'accepted no-report']);
      bench.outcomes.length = 0;
      await bench.settle();
      collectGarbage();
      assert.equal(kept.deref(), undefined);
      await vendor.push({ reports: [reportOn('102', 'delivered')] });
      assert.equal(bench.events.find('a', { key: 'k' })[1]!.state, 'delivered');
    }),
  );

  it(
    'does not fill the queue with what the vendor has',
    Bench.run(async (bench) => {
      bench.attached('a');
      const first = bench.order({ to: ['101', '102'], until });
      await bench.settle();
      const second = bench.order({ to: ['103', '104'], until: 'accepted' });
      await bench.settle();
      assert.equal(bench.brief(first), undefined);
      assert.deepEqual(bench.brief(second), ['accepted', 'accepted']);
    }, 2),
  );
});
