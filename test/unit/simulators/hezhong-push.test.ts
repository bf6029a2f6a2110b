import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { start, type HezhongSimulator } from '../../../nodes/simulators/hezhong';
import { Receiver } from '../../support/receiver';

/** 2015-12-21 12:10:46 in Shanghai, as in the sample of section 5.2. */
const NOON = Date.UTC(2015, 11, 21, 4, 10, 46);
const OTHER = { accountId: '50003', username: 'other', password: 'p' };

let clock = NOON;
let hezhong: HezhongSimulator;
let receiver: Receiver;

beforeEach(async () => {
  clock = NOON;
  hezhong = await start({ now: () => clock });
  receiver = await Receiver.start();
});
afterEach(async () => {
  await hezhong.close();
  await receiver.close();
});

async function send(mobs: string, account = hezhong.account, sub = ''): Promise<string> {
  const { accountId: userid, username, password } = account;
  const body = new URLSearchParams({ userid, username, password, mobs, msg: '123456', sub });
  const answer = await (await fetch(`${hezhong.url}/sms/api/SendMt.do`, { method: 'POST', body })).text();
  assert.match(answer, /^0,/);
  return answer.slice(2);
}
/** The records of every push to an address, each with its fields. */
const records = (call: string) =>
  receiver.received
    .filter(({ url }) => url === call)
    .map(({ body }) =>
      body
        .slice(body.indexOf('=') + 1)
        .split(';')
        .map((record) => record.split(',')),
    );

test('a report as in section 4.2, by a POST of a form, its serial number in every second record', async () => {
  hezhong.pushTo?.(hezhong.account, `${receiver.url}/hook/`);
  const id = await send('13000000000');
  clock += 1000;
  const [first] = await receiver.until(1);
  assert.equal(first?.body, `rpts=13000000000,DELIVRD,${id},20151221121047`);
  assert.deepEqual([first.method, first.url], ['POST', '/hook/report']);
  assert.match(String(first.headers['content-type']), /^application\/x-www-form-urlencoded/);
  clock += 1000;
  const next = await send('13000000001');
  clock += 1000;
  await receiver.until(2);
  assert.equal(receiver.bodies[1], `rpts=13000000001,DELIVRD,${next},20151221121049,000000000002`);
});

test('inbound SMS as in section 5.2: separators of a text are encoded, those of the records are not', async () => {
  hezhong.pushTo?.(hezhong.account, receiver.url);
  hezhong.receive({ from: '13000000000', to: '001', text: 'hello' });
  await receiver.until(1);
  hezhong.receive({ from: '13000000000', to: '001', text: 'a,b;c=d&e f+g%20你😀' });
  await receiver.until(2);
  assert.deepEqual(receiver.bodies, [
    'mos=13000000000,001,hello,20151221121046;',
    'mos=13000000000,001,a%2Cb%3Bc%3Dd%26e+f%2Bg%2520%E4%BD%A0%F0%9F%98%80,20151221121046,000000000002;',
  ]);
  assert.equal(receiver.received[0]?.url, '/mo');
});

test('fates, and a reply to the extension that was written from', async () => {
  hezhong.pushTo?.(hezhong.account, receiver.url);
  await send('19900000002,19900000003,19900000004,19900000005,19900000006', hezhong.account, '77');
  clock += 2000;
  await receiver.until(2);
  const [reports = []] = records('/report');
  assert.deepEqual(
    reports.map(([mob, status]) => [mob, status]),
    // Mixed: the second, then the first and the third.
    [
      ['19900000003', 'MC:0001'],
      ['19900000002', 'UNDELIV'],
      ['19900000005', 'DELIVRD'],
    ],
  );
  assert.deepEqual(
    records('/mo').map((list) => list[0]?.slice(0, 3)),
    [['19900000005', '77', 'YES']],
  );
  hezhong.receive({ from: '19900000002', text: 'N' });
  await receiver.until(3);
  assert.deepEqual(records('/mo')[1]?.[0]?.slice(0, 3), ['19900000002', '77', 'N']);
});

test('500 records a push at most, the last push first, none missing and none twice', async () => {
  hezhong.pushTo?.(hezhong.account, receiver.url);
  const numbers = Array.from({ length: 1000 }, (_, index) => String(13_500_000_000 + index));
  await send(numbers.join(','));
  await send(numbers.slice(0, 200).join(','));
  clock += 1000;
  await receiver.until(3);
  const lists = records('/report').map((list) => list.map(([mob = '']) => mob));
  // The third of the three was held up: the one with the first records.
  assert.deepEqual(
    lists.map((list) => list.length),
    [200, 500, 500],
  );
  const [third = [], second = [], first = []] = lists;
  assert.deepEqual([...first].sort(), numbers.slice(0, 500));
  assert.deepEqual([...second].sort(), numbers.slice(500));
  assert.deepEqual([...third].sort(), numbers.slice(0, 200));
  assert.deepEqual(first.slice(0, 2), ['13500000499', '13500000497']);
  await receiver.expectNone();
});

test('a later push overtakes an earlier one', async () => {
  hezhong.pushTo?.(hezhong.account, receiver.url);
  for (const text of ['1', '2', '3', '4']) {
    hezhong.receive({ from: '13000000000', text });
    if (text !== '3') await receiver.until(text === '4' ? 3 : Number(text));
    else await receiver.expectNone(350);
  }
  await receiver.until(4);
  assert.deepEqual(
    records('/mo').map(([record]) => record?.[2]),
    ['1', '2', '4', '3'],
  );
});

test('what waits is pushed once a URL is told; each account has its own; what does not arrive is lost', async () => {
  hezhong.addAccount(OTHER);
  await send('13500000001', OTHER);
  clock += 1000;
  await receiver.expectNone();
  hezhong.pushTo?.(OTHER, receiver.url);
  await receiver.until(1);
  await send('13500000002');
  clock += 1000;
  await receiver.expectNone();
  assert.equal(hezhong.outboxOf(hezhong.account)?.takeReports(clock).length, 1);

  receiver.answer = () => ({ status: 500 });
  await send('13500000003', OTHER);
  clock += 1000;
  await receiver.until(2);
  hezhong.pushTo?.(OTHER, await Receiver.nowhere());
  await send('13500000004,13500000005', OTHER);
  clock += 1000;
  await receiver.expectNone(1800);
  hezhong.pushTo?.(OTHER, receiver.url);
  await receiver.expectNone();
  hezhong.pushTo?.(OTHER, undefined);
  await send('13500000006', OTHER);
  clock += 1000;
  await receiver.expectNone();
  assert.deepEqual(
    records('/report').flatMap((list) => list.map(([mob]) => mob)),
    ['13500000001', '13500000003'],
  );
});
