/** Whoever wants no more SMS gets none, from the moment on at which that is known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inbound } from '../../../nodes/core/inbound';
import { readDaySpan } from '../../../nodes/core/time';
import { readOptOut } from '../../../nodes/engine/opt-outs';
import { Bench, DAY, HOUR, MINUTE, accept, doubt, reject, reportOn, telling, type FakeVendor } from './bench';
import { FakeDevice } from './fake-device';
import { KeptStore } from './kept-store';

const FRIEND = '13800000001';
const ON = { optOut: true };
const SUPPRESSED = ['suppressed opted-out'];

let made = 0;

/** An SMS from a handset; each is another one. */
const sms = (text: string, more: Partial<Inbound> = {}): Inbound => ({
  ...{ from: FRIEND, text, identity: `sms ${++made}`, raw: {} },
  ...more,
});

const says = (vendor: FakeVendor, text: string, more: Partial<Inbound> = {}): Promise<unknown> =>
  vendor.push({ inbound: [sms(text, more)] });

/** A process starts and finds what is on the disk. */
async function startOn(bench: Bench, disk: KeptStore): Promise<void> {
  await bench.start(disk);
  bench.dispatcher.attachNode('node', (outcome) => bench.outcomes.push(outcome));
}

async function outcomeOf(bench: Bench, parts: Parameters<Bench['order']>[0] = {}): Promise<string[] | undefined> {
  const key = bench.order(parts);
  await bench.settle();
  return bench.brief(key);
}

describe('a word that asks for no more SMS', () => {
  it('is all of the text, in any case and width, but for what stands around it', () => {
    const words = ['TD', 'T', 'R', '退订', '拒收', 'STOP', 'UNSUBSCRIBE'];
    const forms = [
      (word: string) => word,
      (word: string) => word.toLowerCase(),
      (word: string) => ` \t${word}\r\n`,
      (word: string) => `“${word}。”`,
      (word: string) => `【${word}】！`,
      (word: string) => `\u200b\u3000${word}\u3000\0`,
      (word: string) => word.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
    ];
    for (const word of words) for (const form of forms) assert.equal(readOptOut(form(word)), true, form(word));
    for (const form of forms) assert.equal(readOptOut(form('START')), false, form('START'));
  });

  it('is no part of a text', () => {
    const others = [
      '',
      ' ',
      '。',
      'TDX',
      'T D',
      'STOP it',
      'do not stop',
      '退订了',
      '回T退订',
      'S-T-O-P',
      'RESTART',
      'START 1',
    ];
    for (const text of others) assert.equal(readOptOut(text), undefined, text);
  });
});

describe('whoever asked for no more SMS', () => {
  it(
    'gets none, by no gateway and no backup, whatever the priority, and the flow is told so',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      const backup = bench.attached('b');
      const { heard } = bench.listen('inbound');
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
      await says(vendor, 'Stop');
      await bench.settle();
      assert.deepEqual(
        heard.map(({ text }) => text),
        ['Stop'],
      );
      assert.deepEqual(await outcomeOf(bench, { gateways: ['a', 'b'], priority: 127, until: 'delivered' }), SUPPRESSED);
      const key = bench.order({ to: ['101', FRIEND, '102'], gateways: ['a', 'b'] });
      await bench.settle();
      assert.deepEqual(bench.brief(key), ['accepted', ...SUPPRESSED, 'accepted']);
      const { attempts } = bench.outcome(key)!;
      assert.deepEqual(
        attempts.map(({ state, to, gateway, failure: why }) => [state, to, gateway.id, why?.code]),
        [
          ['suppressed', [FRIEND], 'a', 'opted-out'],
          ['accepted', ['101', '102'], 'a', undefined],
        ],
      );
      assert.deepEqual([vendor.sent, backup.sent], [[FRIEND, '101', '102'], []]);
    }),
  );

  it(
    'is known however the number is written',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      const forms = ['13800000001', '+8613800000001', '008613800000001', '8613800000001', '+86 138-0000-0001'];
      for (const from of forms) {
        await says(vendor, 'TD', { from });
        for (const to of forms) assert.deepEqual(await outcomeOf(bench, { to: [to] }), SUPPRESSED, `${from} ${to}`);
        const [back = ''] = forms;
        await says(vendor, 'START', { from: back });
        for (const to of forms) assert.deepEqual(await outcomeOf(bench, { to: [to] }), ['accepted'], `${from} ${to}`);
      }
      await says(vendor, 'TD', { from: 'Somebody' });
      await says(vendor, 'TD', { from: '+852 5123 4567' });
      assert.deepEqual(await outcomeOf(bench, { to: ['+85251234567'] }), SUPPRESSED);
      assert.deepEqual(await outcomeOf(bench, { to: ['51234567'] }), ['accepted']);
      // Another country makes another number of it.
      bench.attach(vendor, { ...ON, country: '852' });
      assert.deepEqual(await outcomeOf(bench, { to: ['51234567'] }), SUPPRESSED);
    }),
  );

  it(
    'gets SMS again after a START, and the later word counts, in whatever order they come',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      const now = bench.clock.now;
      const word = (text: string, ago: number): Inbound => sms(text, { at: now - ago });
      await vendor.push({ inbound: [word('STOP', 10 * MINUTE), word('START', 5 * MINUTE)] });
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
      await vendor.push({ inbound: [word('R', 7 * MINUTE)] });
      assert.deepEqual(await outcomeOf(bench), ['accepted'], 'an older one that comes late');
      await vendor.push({ inbound: [word('退订', 3 * MINUTE), word('START', 4 * MINUTE)] });
      assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
      await vendor.push({ inbound: [word('START', 0)] });
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
      // Clocks of devices are wrong: what is of the future is of now.
      await vendor.push({ inbound: [word('拒收', -8 * HOUR)] });
      assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
      await bench.advance(MINUTE);
      await says(vendor, 'start');
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
    }),
  );

  it(
    'is none for what a repetition of the SMS says',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      const stop = sms('STOP');
      await vendor.push({ inbound: [stop] });
      await bench.advance(MINUTE);
      await says(vendor, 'START');
      await bench.advance(MINUTE);
      await vendor.push({ inbound: [stop] });
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
    }),
  );

  it(
    'gets nothing of what waits: for its time, for quiet hours, for others, for another try',
    Bench.run(async (bench) => {
      const quiet = { quietHours: readDaySpan('11:00-14:00')! };
      const vendor = bench.attached('a', { ...ON, ...quiet, rate: 1, window: 1 });
      const busy = bench.attached('b', ON);
      busy.answers = [reject('vendor-busy'), accept];
      const other = '13800000009';
      const at = bench.clock.now + 5 * HOUR;
      const orders = [
        bench.order(),
        bench.order({ at }),
        bench.order({ to: [other, FRIEND, '101'] }),
        bench.order({ gateways: ['b'] }),
      ];
      await bench.advance(3000);
      await says(vendor, 'T');
      await busy.push({ inbound: [sms('T')] });
      const late = bench.order({ at });
      await bench.advance(4 * HOUR);
      const refused = orders.map((key) => bench.brief(key));
      assert.deepEqual(refused, [SUPPRESSED, undefined, ['accepted', ...SUPPRESSED, 'accepted'], SUPPRESSED]);
      assert.deepEqual(bench.brief(late), SUPPRESSED, 'what is known is said at once');
      assert.deepEqual([vendor.sent, busy.sent], [[other, '101'], [FRIEND]]);
      await says(vendor, 'START');
      await bench.advance(DAY);
      assert.deepEqual(bench.brief(orders[1]!), ['accepted']);
    }),
  );

  it(
    'gets nothing by a backup, where the word came while the gateway was tried or paused',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.attach(vendor, ON);
      const backup = bench.attached('b');
      const slowly = (answer: typeof accept) => (request: Parameters<typeof accept>[0]) =>
        bench.clock.sleep(MINUTE).then(() => answer(request));
      vendor.answers = [slowly(reject('vendor-error'))];
      const refused = bench.order({ gateways: ['a', 'b'], to: [FRIEND, '101'] });
      await bench.advance(MINUTE / 2);
      await says(vendor, 'STOP');
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(refused), [...SUPPRESSED, 'accepted']);
      assert.deepEqual(backup.sent, ['101']);

      await says(vendor, 'START');
      vendor.answers = [slowly(reject('auth-failed'))];
      bench.order({ to: ['102'] });
      const waiting = bench.order({ gateways: ['a', 'b'] });
      await bench.settle();
      await says(vendor, 'STOP');
      await bench.advance(2 * MINUTE);
      assert.deepEqual(bench.brief(waiting), SUPPRESSED);
      assert.deepEqual(backup.sent, ['101']);
      detach();
    }),
  );

  it(
    'gets nothing again where nobody knows what became of the first try',
    Bench.run(async (bench) => {
      const backup = bench.attached('backup');
      for (const rule of ['resend', 'failover'] as const) {
        const vendor = bench.attached(rule, { ...ON, doubt: rule });
        vendor.answers = [(request) => bench.clock.sleep(MINUTE).then(() => doubt(request)), accept];
        const key = bench.order({ gateways: [rule, 'backup'] });
        await bench.settle();
        await says(vendor, 'STOP');
        await bench.advance(HOUR);
        assert.deepEqual(bench.brief(key), ['in-doubt in-doubt'], rule);
        assert.deepEqual(vendor.sent, [FRIEND], rule);
      }
      assert.deepEqual(backup.sent, []);
    }),
  );

  it(
    'is not asked for again at a device that may not have taken it',
    Bench.run(async (bench) => {
      const device = new FakeDevice(bench);
      const vendor = device.connect(bench.vendor('a'));
      bench.attach(vendor, ON);
      device.ways = ['lost'];
      device.asks = ['lost', 'take'];
      const key = bench.order({ to: [FRIEND, '101'] });
      await bench.settle();
      await says(vendor, 'STOP');
      await bench.advance(HOUR);
      assert.deepEqual(bench.brief(key), ['in-doubt in-doubt', 'accepted']);
      assert.deepEqual(device.taken, ['101']);
    }),
  );

  it(
    'may have what the vendor has already, and goes to no backup where that is not delivered',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      const backup = bench.attached('b');
      const keys = [FRIEND, '101'].map((to) => bench.order({ gateways: ['a', 'b'], to: [to], until: 'delivered' }));
      await bench.settle();
      await says(vendor, 'STOP');
      await vendor.push({ reports: [FRIEND, '101'].map((to) => reportOn(to, 'undelivered')) });
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(keys[0]!), SUPPRESSED);
      assert.deepEqual([vendor.sent, backup.sent], [[FRIEND, '101'], ['101']]);
    }),
  );
});

describe('a list of opt-outs', () => {
  it(
    'is the account’s: other accounts send, and so do gateways on it that do not want it',
    Bench.run(async (bench) => {
      const vendor = bench.attached('a', ON);
      bench.attach(vendor, { id: 'same', optOut: true });
      bench.attach(vendor, { id: 'careless' });
      bench.attached('other', ON);
      // Whichever gateway it is pushed to.
      await vendor.push({ inbound: [sms('STOP')] }, 'careless');
      const found = await Promise.all(
        ['a', 'same', 'careless', 'other'].map((id) => outcomeOf(bench, { gateways: [id] })),
      );
      assert.deepEqual(found, [SUPPRESSED, SUPPRESSED, ['accepted'], ['accepted']]);
    }),
  );

  it(
    'is not there where no gateway wants it',
    Bench.run(async (bench) => {
      const disk = new KeptStore(bench.clock, () => 0);
      await startOn(bench, disk);
      const vendor = bench.attached('a');
      await says(vendor, 'STOP');
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
      await bench.advance(MINUTE);
      assert.deepEqual(disk.everOf('optout!'), []);
      bench.attach(vendor, ON);
      assert.deepEqual(await outcomeOf(bench), ['accepted']);
      await says(vendor, 'STOP');
      assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
      bench.attach(vendor);
      assert.deepEqual(await outcomeOf(bench), ['accepted'], 'it was switched off');
    }),
  );

  it(
    'goes on while a gateway that wants it is away in a deploy',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const detach = bench.attach(vendor, ON);
      bench.attach(vendor, { id: 'careless' });
      detach();
      await vendor.push({ inbound: [sms('STOP')] }, 'careless');
      bench.attach(vendor, ON);
      assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
    }),
  );

  it(
    'has what lay at the vendor before anybody asked, although that is no news',
    Bench.run(async (bench) => {
      const vendor = bench.vendor('a');
      const old = sms('STOP', { at: bench.clock.now - 2 * DAY });
      vendor.checks = {
        sources: [
          {
            ...{ name: 'mo', gives: ['inbound'], interval: { default: 30, least: 1 }, perId: false },
            fetch: () => Promise.resolve({ status: 200, headers: {}, body: Buffer.alloc(0) }),
            read: () => ({ ...telling({ inbound: [old] }), more: false }),
          },
        ],
      };
      bench.attach(vendor, ON);
      const { heard } = bench.listen('inbound');
      await bench.advance(MINUTE);
      assert.deepEqual(heard, []);
      assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
    }),
  );

  it(
    'outlives the process, and its retention',
    Bench.run(async (bench) => {
      let disk = new KeptStore(bench.clock, () => 0);
      await startOn(bench, disk);
      const vendor = bench.attached('a', ON);
      await says(vendor, 'STOP');
      await says(vendor, 'STOP', { from: '13800000002' });
      await bench.advance(MINUTE);
      await says(vendor, 'START', { from: '13800000002' });
      for (let starts = 0; starts < 3; starts++) {
        await bench.advance(20 * DAY);
        disk = disk.cut();
        await startOn(bench, disk);
        bench.attach(vendor, ON);
        assert.deepEqual(await outcomeOf(bench), SUPPRESSED);
        assert.deepEqual(await outcomeOf(bench, { to: ['13800000002'] }), ['accepted']);
      }
      assert.deepEqual(
        disk.keys.filter((key) => key.startsWith('optout!')),
        [`optout!a account!${FRIEND}`],
        'what was taken back is forgotten one day',
      );
    }),
  );

  it(
    'has what was acknowledged right before the process ended, before anything is sent',
    Bench.run(async (bench) => {
      // Every write takes long: what was pushed is on the disk, and nothing that was made of it.
      let disk = new KeptStore(bench.clock, () => 10);
      const count = (prefix: string): number => disk.keys.filter((key) => key.startsWith(prefix)).length;
      const kept = (): unknown => ({ came: count('came!'), optout: count('optout!') });
      await startOn(bench, disk);
      const vendor = bench.attached('a', { ...ON, rate: 0.001 });
      bench.order({ to: ['101'] });
      await bench.advance(MINUTE);
      const waiting = bench.order();
      await bench.advance(MINUTE);
      const taken = says(vendor, 'STOP');
      await bench.advance(10);
      await taken;
      assert.deepEqual(kept(), { came: 1, optout: 0 });
      disk = disk.cut();
      await startOn(bench, disk);
      bench.attach(vendor, ON);
      await bench.advance(MINUTE);
      assert.deepEqual(bench.brief(waiting), SUPPRESSED);
      assert.deepEqual(vendor.sent, ['101']);
      await bench.advance(MINUTE);
      assert.deepEqual(kept(), { came: 0, optout: 1 });
    }),
  );
});
