import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Alarm } from '../../../nodes/simulators/alarm';
import { Pusher, type Push } from '../../../nodes/simulators/pusher';
import { SimulatorServer } from '../../../nodes/simulators/server';
import { RawServer } from '../../support/raw-server';
import { Receiver } from '../../support/receiver';

let server: SimulatorServer;
let receiver: Receiver;
let pusher: Pusher;
let ends: string[] = [];

beforeEach(async () => {
  server = await SimulatorServer.start(0, () => ({}));
  receiver = await Receiver.start();
  pusher = new Pusher(server);
  ends = [];
});
afterEach(async () => {
  await server.close();
  await receiver.close();
});

function push(body: string, more: Partial<Push> = {}): void {
  const onEnd = (end: string) => ends.push(`${body} ${end}`);
  const url = more.url ?? receiver.url;
  pusher.push({ headers: { 'x-test': '1' }, body, isWanted: () => true, onEnd, ...more, url });
}
async function ended(...expected: string[]): Promise<void> {
  for (let tries = 0; ends.length < expected.length && tries < 600; tries += 1) await wait(10);
  assert.deepEqual(ends, expected);
}

describe('the pusher', () => {
  test('posts in order, with the headers and bytes it was given', async () => {
    receiver.answer = ({ body }) => ({ after: body === '一' ? 50 : 0 });
    for (const body of ['一', 'b', 'c']) push(body, { url: `${receiver.url}/a/b?c=d` });
    await ended('一 arrived', 'b arrived', 'c arrived');
    assert.deepEqual(receiver.bodies, ['一', 'b', 'c']);
    const [first] = receiver.received;
    assert.deepEqual([first?.method, first?.url, first?.headers['x-test']], ['POST', '/a/b?c=d', '1']);
    assert.equal(first?.headers['content-length'], '3');
  });

  test('one receiver that is slow holds up no other', async () => {
    receiver.answer = () => 'silent';
    push('slow');
    push('behind it');
    const quick = await Receiver.start();
    push('quick', { url: quick.url });
    await ended('quick arrived');
    assert.deepEqual(receiver.bodies, ['slow']);
    await quick.close();
  });

  test('every answer is an acknowledgement, unless something else is asked for', async () => {
    receiver.answer = ({ body }) => ({ status: Number(body), body: 'no' });
    push('500');
    push('404', { acknowledges: ({ status, body }) => status === 404 && body === 'no' });
    push('200', { acknowledges: ({ body }) => body === 'OK' });
    await ended('500 arrived', '404 arrived', '200 lost');
    await receiver.expectNone(50);
  });

  test('what did not arrive is lost at once, or pushed again after its pauses while others go on', async () => {
    receiver.answer = ({ body }) => (body === 'reset' ? 'reset' : { body: 'OK' });
    push('reset', { again: [50, 100] });
    push('other');
    await ended('other arrived', 'reset lost');
    assert.deepEqual(receiver.bodies, ['reset', 'other', 'reset', 'reset']);
    push('nowhere', { url: await Receiver.nowhere() });
    for (const url of ['', 'nothing', 'ftp://127.0.0.1/', 'http://', 'http://127.0.0.1:1/\u0000']) push(url, { url });
    await wait(100);
    assert.equal(ends.filter((end) => end.endsWith(' lost')).length, 7);
  });

  test('an answer that is none, or ends in its middle, acknowledges nothing', async () => {
    const raw = await RawServer.start();
    const answers = ['', 'garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nOK'];
    raw.answer = () => ({ bytes: Buffer.from(answers[raw.requests.length - 1] ?? '') });
    for (const name of ['1', '2', '3']) push(name, { url: raw.url });
    await ended('1 lost', '2 lost', '3 lost');
    await raw.close();
  });

  test('a receiver that comes back gets what is pushed then', async () => {
    const { url } = receiver;
    const port = Number(new URL(url).port);
    await receiver.close();
    push('lost', { url });
    await ended('lost lost');
    receiver = await Receiver.start(port);
    push('there', { url });
    await ended('lost lost', 'there arrived');
  });

  test('what nobody wants any more when its turn comes is not pushed', async () => {
    let wanted = true;
    receiver.answer = () => {
      wanted = false;
      return {};
    };
    push('first');
    push('second', { isWanted: () => wanted });
    await ended('first arrived', 'second unwanted');
    assert.deepEqual(receiver.bodies, ['first']);
  });

  test('nothing is pushed once the simulator is closed, and nothing is left of it', async () => {
    receiver.answer = ({ body }) => (body === 'first' ? { status: 500 } : 'silent');
    push('first', { acknowledges: () => false, again: [50] });
    push('second');
    push('third');
    await receiver.until(2);
    await server.close();
    push('fourth');
    await receiver.expectNone(100);
    assert.deepEqual([receiver.bodies, ends], [['first', 'second'], []]);
  });

  test('thousands go through one connection at a time', async () => {
    const started = Date.now();
    for (let index = 0; index < 2000; index += 1) push(String(index));
    await receiver.until(2000);
    assert.deepEqual(
      receiver.bodies,
      Array.from({ length: 2000 }, (_, index) => String(index)),
    );
    assert.ok(Date.now() - started < 20_000);
  });
});

describe('the alarm', () => {
  let clock = 1000;
  const rings: number[] = [];

  test('rings when something is due, early things first, and when a clock is turned', async () => {
    let next = Number.POSITIVE_INFINITY;
    const timers: number[] = [];
    const later = (milliseconds: number, work: () => void) => {
      timers.push(milliseconds);
      return server.later(milliseconds, work);
    };
    const alarm = new Alarm(
      { later },
      () => clock,
      () => {
        rings.push(clock);
        return next;
      },
    );
    for (let due = 2000; due < 15_000; due += 1) alarm.set(due);
    assert.deepEqual(timers, [200]);
    alarm.set(1050);
    assert.deepEqual(timers, [200, 50]);
    await wait(100);
    assert.deepEqual(rings, []);
    clock = 1050;
    next = 9000;
    await wait(100);
    assert.deepEqual(rings, [1050]);
    await wait(250);
    assert.deepEqual(rings, [1050]);
    clock = 20_000;
    next = Number.POSITIVE_INFINITY;
    await wait(250);
    assert.deepEqual(rings, [1050, 20_000]);
  });
});
