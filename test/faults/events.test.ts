/**
 * The process is killed while vendors push reports and inbound SMS, and while it fetches what is handed out only once: what
 * was acknowledged comes out of the flow, and what was noted as told is not told again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Desk } from './desk';
import { listening, webhook, WEBHOOK_PATH } from './flow';
import { Front } from './front';
import type { Credentials, Line } from './node-red';
import { IS_LONG, scale } from './scale';
import { note } from './table';
import { between, patiently, pause, until } from './waiting';

const PUSHED = ['goip', 'sms57', 'ejoin', 'hezhong'];
/** They hand out what they have only once. */
const POLLED = IS_LONG ? ['sms57', 'mobset'] : ['sms57'];
const KILLS = scale(2, 12);
/** SMS that each vendor sends, so that it has something to report. */
const MESSAGES = scale(100, 1000);
/** Milliseconds before a kill within which what was told may not have been noted: many times what a note waits. */
const NOTING = 2000;
const INTERVAL = 5;
/** Turns of 50 ms between two SMS from handsets, where not each: mobset hands out twenty of them in 30 seconds. */
const TURNS: Readonly<Record<string, number>> = { mobset: 40 };

/** Numbers of handsets that write to us, by vendor. */
class Handsets {
  readonly numbers = new Map<string, string[]>();
  #next = 13_700_000_000;

  constructor(private readonly desk: Desk) {}

  write(vendor: string): void {
    const from = String(this.#next++);
    this.numbers.set(vendor, [...(this.numbers.get(vendor) ?? []), from]);
    this.desk.simulator(vendor).receive({ from, text: `from ${from}` });
  }
}

/** What left the nodes of a kind: when, by the number that it is about and what it says. */
function toldOf(lines: readonly Line[], kind: 'report' | 'inbound', vendor: string): Map<string, number[]> {
  const told = new Map<string, number[]>();
  for (const { node, at, msg } of lines) {
    if (node !== `${kind}-${vendor}`) continue;
    const number = /1\d{10}$/.exec(String(kind === 'report' ? msg.topic : msg.from))?.[0];
    const name = `${number} ${String(msg.payload)}`;
    told.set(name, [...(told.get(name) ?? []), at]);
  }
  return told;
}

const numbersIn = (told: ReadonlyMap<string, unknown>): Set<string> =>
  new Set([...told.keys()].map((name) => name.split(' ')[0] ?? ''));

/** What was told again although it had been told long before the process was killed. */
function toldAgain(told: ReadonlyMap<string, readonly number[]>, kills: readonly number[]): string[] {
  const isNear = (at: number): boolean => kills.some((kill) => kill >= at && kill - at < NOTING);
  return [...told].filter(([, times]) => times.slice(0, -1).some((at) => !isNear(at))).map(([name]) => name);
}

/** Lets handsets write, and ends the process again and again, until enough of both has happened. Gives when it ended. */
async function play(
  desk: Desk,
  vendors: readonly string[],
  handsets: Handsets,
  moment: (left: number) => Promise<void>,
  end: 'kill' | 'stop' = 'kill',
): Promise<number[]> {
  const ends: number[] = [];
  let turn = 0;
  const writing = setInterval(() => {
    turn++;
    for (const vendor of vendors) if (turn % (TURNS[vendor] ?? 1) === 0) handsets.write(vendor);
  }, 50);
  try {
    for (let left = KILLS; left > 0; left--) {
      await desk.nodeRed.started();
      await moment(left);
      await desk.nodeRed[end]();
      ends.push(Date.now());
      desk.spawn();
    }
    await desk.nodeRed.started();
    await pause(1000);
  } finally {
    clearInterval(writing);
  }
  return ends;
}

describe('a process that is killed while vendors push', () => {
  it('tells all that it has acknowledged, and what it noted as told only once', async () => {
    const hooks = PUSHED.map(webhook);
    const nodes = [
      ...hooks.flatMap((hook) => hook.nodes),
      ...PUSHED.flatMap((vendor) => [...listening(vendor, 'report', 0), ...listening(vendor, 'inbound', 0)]),
    ];
    const credentials = hooks.reduce<Credentials>((sum, hook) => ({ ...sum, ...hook.credentials }), {});
    const pushes = await Front.start('http://127.0.0.1:9/', { records: true });
    const desk = await Desk.open({
      ...{ vendors: PUSHED, window: 2, nodes, credentials },
      // SMS leave one by one, so that reports come all the time.
      front: { delays: () => [between(0, 100), between(0, 100)] },
      gateway: (vendor) => ({
        publicUrl: pushes.url,
        options: vendor === 'ejoin' ? { reportCount: 1, reportPeriod: 1 } : {},
      }),
    });
    try {
      pushes.target = desk.nodeRed.url;
      for (const vendor of PUSHED) {
        const simulator = desk.simulator(vendor);
        simulator.pushTo?.(simulator.account, `${pushes.url}/smswire/${WEBHOOK_PATH}${vendor}`);
      }
      await desk.nodeRed.start();
      await desk.feed(MESSAGES);
      const handsets = new Handsets(desk);
      const kills = await play(desk, PUSHED, handsets, () => pause(between(200, 1500)));
      await desk.finish();

      const acknowledged = (vendor: string, numbers: readonly string[]): string[] => {
        const mine = pushes.passages.filter(
          ({ request, status }) => status === 200 && request.includes(`${WEBHOOK_PATH}${vendor}`),
        );
        const found = new Set(mine.flatMap(({ request }) => request.match(/1\d{10}/g) ?? []));
        return numbers.filter((number) => found.has(number));
      };
      for (const vendor of PUSHED) {
        for (const kind of ['report', 'inbound'] as const) {
          const all = kind === 'report' ? desk.fed(vendor).map(({ to }) => to) : (handsets.numbers.get(vendor) ?? []);
          const missing = (): string[] => {
            const told = numbersIn(toldOf(desk.nodeRed.lines, kind, vendor));
            return acknowledged(vendor, all).filter((number) => !told.has(number));
          };
          await patiently(() => missing().length === 0 && acknowledged(vendor, all).length > 0, 30);
          assert.ok(acknowledged(vendor, all).length > 0, `${vendor}: no ${kind} was pushed`);
          assert.deepEqual(missing(), [], `${vendor}: acknowledged, but no ${kind} came out`);
          const told = toldOf(desk.nodeRed.lines, kind, vendor);
          assert.deepEqual(toldAgain(told, kills), [], `${vendor}: told again`);
          const twice = [...told.values()].filter(({ length }) => length > 1).length;
          const counts = { messages: acknowledged(vendor, all).length, lost: 0, doubled: twice };
          const what = kind === 'report' ? 'reports' : 'inbound SMS';
          const remark =
            twice > 0 ? 'what is doubled was told right before a kill, and had not been noted as told' : undefined;
          note({ proof: 5, scenario: `${what} pushed`, vendor, kills: KILLS, ...counts, remark });
        }
      }
    } finally {
      await desk.close();
      await pushes.close();
    }
  });
});

describe('a process that ends while it fetches', () => {
  it('loses at most the page that was on its way, where it is killed', () => fetching('kill'));
  it('loses nothing where it is stopped', () => fetching('stop'));

  async function fetching(end: 'kill' | 'stop'): Promise<void> {
    const handed = new Map<string, number>();
    const desk = await Desk.open({
      ...{ vendors: POLLED, window: 2, nodes: POLLED.flatMap((vendor) => listening(vendor, 'inbound', INTERVAL)) },
      front: {
        delays: () => [0, 200],
        records: true,
        answered: (answer) => {
          for (const [number] of answer.matchAll(/137\d{8}/g)) handed.set(number, Date.now());
        },
      },
    });
    try {
      await desk.nodeRed.start();
      const handsets = new Handsets(desk);
      // By turns while a page is on its way, and when it has arrived.
      const moment = async (left: number): Promise<void> => {
        const { startedAt } = desk.nodeRed;
        await until('a page is handed out', () => Math.max(...handed.values()) > startedAt, 60);
        await pause(left % 2 === 1 ? 0 : between(200, 400));
      };
      const ends = await play(desk, POLLED, handsets, moment, end);
      const kills = end === 'kill' ? ends : [];
      for (const vendor of POLLED) {
        const all = handsets.numbers.get(vendor) ?? [];
        await until('all is handed out', () => all.every((number) => handed.has(number)), 180);
        const lost = (): string[] => {
          const told = numbersIn(toldOf(desk.nodeRed.lines, 'inbound', vendor));
          return all.filter((number) => !told.has(number));
        };
        const lostPages = (): number =>
          desk.front(vendor).passages.filter(({ answer }) => lost().some((number) => answer.includes(number))).length;
        await patiently(() => lostPages() <= kills.length && lost().every((number) => isNear(number)), 30);
        function isNear(number: string): boolean {
          const at = handed.get(number) ?? 0;
          return kills.some((kill) => kill >= at && kill - at < NOTING);
        }
        assert.ok(lostPages() <= kills.length, `${lostPages()} pages were lost by ${kills.length} kills`);
        assert.deepEqual(
          lost().filter((number) => !isNear(number)),
          [],
          'what was not on its way is not lost',
        );
        const told = toldOf(desk.nodeRed.lines, 'inbound', vendor);
        assert.deepEqual(toldAgain(told, kills), []);
        const doubled = [...told.values()].filter(({ length }) => length > 1).length;
        const remark = `${lostPages()} pages of what the vendor hands out only once were on their way when the process was killed`;
        note({
          ...{ proof: 5, vendor, messages: all.length, lost: lost().length, doubled },
          ...(end === 'kill'
            ? { scenario: 'inbound SMS handed out once', kills: KILLS, remark }
            : { scenario: 'the same, where it is stopped' }),
        });
      }
    } finally {
      await desk.close();
    }
  }
});
