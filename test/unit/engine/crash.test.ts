/** The process ends at any moment, and the next one finds what was kept: nothing is lost, and nothing is sent twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError, failure, type ErrorCode } from '../../../nodes/core/failure';
import type { EventOf } from '../../../nodes/engine/events';
import type { Outcome } from '../../../nodes/engine/dispatcher';
import type { Report } from '../../../nodes/core/report';
import type { Events, SendAnswer, SendRequest, SettleAnswer, Unsettled } from '../../../nodes/vendors/driver';
import { Bench, DAY, HOUR, MINUTE, doubt, numbersOf, reject, telling, type FakeVendor } from './bench';
import { FakeDevice, type Way } from './fake-device';
import { KeptStore } from './kept-store';
import { Chance } from './model';

/** `device` is told the ids, and forgets them when it starts; `line` makes the ids, and reports on what it took. */
const IDS = ['a', 'b', 'device', 'line'];
const WAYS = [['a'], ['b'], ['a', 'b'], ['device'], ['line'], ['device', 'b'], ['line', 'device'], ['device', 'line']];
const STEPS = 80;

/** Sending, waiting, deploying and crashing, all by chance. The oracle is what the vendors took. */
class Play {
  readonly #chance: Chance;
  readonly #detach = new Map<string, () => void>();
  readonly #orders: string[] = [];
  readonly #outcomes = new Map<string, Outcome[]>();
  /** Recipients that an order shares with no other. */
  readonly #named = new Map<string, readonly string[]>();
  readonly #texts = new Map<string, string>();
  /** How often a vendor took a text to a number. */
  readonly #taken = new Map<string, number>();
  /** Orders on which the user has said something. */
  readonly #words = new Set<string>();
  #store: KeptStore;
  readonly #device: FakeDevice;
  /** The texts behind the ids of `line`. */
  readonly #given = new Map<string, string>();
  /** What must not have been. */
  readonly #wrongs: string[] = [];
  readonly #whom: 'recipient' | 'item';
  #isKind = false;
  #numbers = 0;
  /** Processes so far: who asks for one that has ended is not heard. */
  #life = 0;
  /** The run of the device as it was seen lately. */
  #seen = { run: 'run 1', at: 0 };

  constructor(
    private readonly bench: Bench,
    seed: number,
  ) {
    this.#chance = new Chance(seed);
    this.#device = new FakeDevice(bench);
    this.#whom = this.#chance.of(['recipient', 'item']);
    this.#store = new KeptStore(bench.clock, () => this.#chance.below(this.#chance.of([1, 3, 200])));
  }

  async run(): Promise<void> {
    await this.#start();
    for (let step = 0; step < STEPS; step++) {
      const way = this.#chance.next();
      if (way < 0.4) this.#order();
      else if (way < 0.55) this.#deploy(this.#chance.of(IDS));
      else if (way < 0.65) await this.#crash();
      else if (way < 0.72) this.#settle();
      else if (way < 0.75) this.#device.restart();
      else await this.bench.advance(this.#chance.below(this.#chance.of([20, 300, MINUTE, HOUR])));
    }
    this.#isKind = true;
    await this.#crash();
    for (const id of IDS) this.#deploy(id);
    await this.bench.advance(3 * DAY);
    for (const key of this.#orders) this.#check(key);
    assert.deepEqual(this.#wrongs, []);
    const kept = this.#store.keys.filter((key) => key.startsWith('order!'));
    const inDoubt = [...this.#outcomes].filter(([, [first]]) =>
      first?.recipients.some(({ state }) => state === 'in-doubt'),
    );
    assert.ok(kept.length <= inDoubt.length, 'nothing is kept of what is over');
    const untouched = inDoubt.filter(
      ([key, [first]]) => this.#named.has(key) && !this.#words.has(key) && !this.#isKnown(key, first),
    );
    assert.ok(kept.length >= untouched.length, 'what is in doubt is kept');
  }

  async #start(): Promise<void> {
    await this.bench.start(this.#store);
    const life = ++this.#life;
    this.bench.dispatcher.attachNode('node', (outcome) => {
      this.#outcomes.set(outcome.key, [...(this.#outcomes.get(outcome.key) ?? []), outcome]);
    });
    this.bench.dispatcher.attachNode('other', () => undefined);
    for (const gateway of ['device', 'line']) {
      const receive = ({ id, message, to }: EventOf['reports']): void => {
        if (life !== this.#life || !message) return;
        const given = this.#given.get(id);
        // What a user has settled is forgotten with the process, and its report may be taken for another's.
        const isSettled = [...this.#words].some((key) => this.#texts.get(key) === given);
        if (message.text !== given && !isSettled) this.#wrongs.push(`${id} to ${to ?? ''} is no id of ${message.key}`);
      };
      this.bench.events.listen('reports', { node: `listener ${gateway}`, gateway, receive });
    }
  }

  async #crash(): Promise<void> {
    this.#store = this.#store.cut();
    this.#detach.clear();
    await this.#start();
    for (const id of IDS) if (this.#chance.isLess(0.7)) this.#deploy(id);
  }

  /** A word of the user on something that is in doubt. */
  #settle(): void {
    const inDoubt = [...this.#outcomes].filter(([, [first]]) =>
      first?.recipients.some(({ state }) => state === 'in-doubt'),
    );
    if (inDoubt.length === 0) return;
    const [key] = this.#chance.of(inDoubt);
    const verdict = this.#chance.of(['accepted', 'failed', 'resend'] as const);
    const taken = this.bench.dispatcher.settle({ key, verdict, node: 'other', envelope: 'word' });
    if (taken === 'not-found') return;
    this.#words.add(key);
  }

  #deploy(id: string): void {
    if (this.#chance.isLess(0.8)) this.#detach.get(id)?.();
    this.#detach.set(
      id,
      this.bench.attach(this.#vendor(id), { window: this.#chance.of([1, 4]), doubtAfter: this.#chance.of([0, HOUR]) }),
    );
  }

  #vendor(id: string): FakeVendor {
    const vendor = this.bench.vendor(id);
    const life = this.#life;
    const alive = <T>(ask: () => Promise<T>): Promise<T> =>
      life === this.#life ? ask() : new Promise<never>(() => undefined);
    const capabilities = { ...vendor.capabilities, recipientsPerRequest: () => this.#chance.of([1, 3, 100]) };
    vendor.capabilities = id === 'device' ? { ...capabilities, clientIds: () => this.#whom } : capabilities;
    vendor.checks = {
      send: (request) =>
        alive(() => (id === 'device' ? this.#sendToDevice(request) : this.#send(request, id === 'line'))),
      readPush: ({ body }) => ({ ...(JSON.parse(body.toString()) as Events), type: 'push' }),
      ...(id === 'device'
        ? {
            currentRun: () => Promise.resolve(this.#currentRun()),
            settle: (unsettled) => alive(() => this.#ask(unsettled)),
          }
        : {}),
    };
    return vendor;
  }

  #order(): void {
    const shared = this.#chance.isLess(0.2) ? this.#chance.of(['k1', 'k2']) : undefined;
    // Numbers that several messages go to, without a word on how they belong together.
    const isBusy = !shared && this.#chance.isLess(0.2);
    const to = Array.from({ length: this.#chance.of([1, 1, 2, 7]) }, () => {
      if (shared) return `139${shared.slice(1)}000000${this.#chance.below(3)}`;
      return isBusy ? `1370000000${this.#chance.below(3)}` : String(13_800_000_000 + this.#numbers++);
    });
    const text = shared ?? `text ${this.#orders.length}`;
    const key = this.bench.order({
      text,
      to: [...new Set(to)],
      gateways: this.#chance.of(WAYS),
      ttl: this.#chance.of([0, HOUR, DAY]),
      ...(shared ? { once: shared } : {}),
      ...(this.#chance.isLess(0.1) ? { at: this.bench.clock.now + this.#chance.below(HOUR) } : {}),
    });
    this.#orders.push(key);
    this.#texts.set(key, text);
    if (!shared && !isBusy) this.#named.set(key, to);
  }

  /** The vendor: it takes a request or not, and answers, later or never. One that reports names each by an id of its own. */
  async #send(request: SendRequest, reports: boolean): Promise<SendAnswer> {
    const way = this.#isKind ? 0 : this.#chance.next();
    const isTaken = way < 0.6 || way > 0.9;
    const ids = numbersOf(request).map((number) =>
      reports ? `${number}-${this.#given.size}-${this.#numbers++}` : `id-${number}`,
    );
    if (isTaken) {
      for (const [index, number] of numbersOf(request).entries()) {
        this.#take(number, request);
        if (reports) this.#reportOn(number, ids[index]!, request, 'line');
      }
    }
    await this.bench.clock.sleep(this.#chance.below(this.#chance.of([5, 100, 20_000])));
    if (way < 0.6) return { results: ids.map((id) => ({ state: 'accepted', id })), raw: '' };
    if (way < 0.8)
      return reject(this.#chance.of<ErrorCode>(['vendor-busy', 'content-refused', 'vendor-error']))(request);
    if (way < 0.85) throw new SmsError(failure('network'));
    if (way < 0.95) throw new SmsError(failure('no-answer'));
    return doubt(request);
  }

  async #sendToDevice(request: SendRequest): Promise<SendAnswer> {
    const pause = this.#chance.below(this.#chance.of([5, 100, 20_000]));
    let answer: () => SendAnswer;
    try {
      const given = this.#atDevice(request, () => this.#device.send(request), 'ways');
      answer = () => given;
    } catch (error) {
      answer = () => {
        throw error as Error;
      };
    }
    await this.bench.clock.sleep(pause);
    return answer();
  }

  async #ask(unsettled: Unsettled): Promise<SettleAnswer> {
    const answer = this.#atDevice(unsettled.request, () => this.#device.settle(unsettled), 'asks');
    await this.bench.clock.sleep(this.#chance.below(this.#chance.of([5, 100, 20_000])));
    return answer;
  }

  /** What the device takes by a request, and that it reports on some of it. */
  #atDevice<T>(request: SendRequest, work: () => T, row: 'ways' | 'asks'): T {
    const before = this.#device.taken.length;
    const way = this.#chance.next();
    const refusal = failure(row === 'ways' && this.#chance.isLess(0.5) ? 'vendor-busy' : 'content-refused');
    const chosen: Way = this.#isKind || way < 0.4 ? 'take' : way < 0.6 ? 'lost' : way < 0.9 ? 'unanswered' : refusal;
    // A refusal of what it may have taken would be about the repetition alone: then it tells nothing.
    this.#device[row] = [row === 'asks' && typeof chosen === 'object' ? 'lost' : chosen];
    try {
      return work();
    } finally {
      for (const number of this.#device.taken.slice(before)) {
        this.#take(number, request);
        const id = String(request.ids?.[numbersOf(request).indexOf(number)]);
        if (this.#chance.isLess(0.3)) this.#reportOn(number, id, request, 'device');
        else this.#given.set(id, textTo(number, request));
      }
    }
  }

  /** The run as it was when it was looked at last, for half a minute. */
  #currentRun(): string | undefined {
    const { now } = this.bench.clock;
    if (now - this.#seen.at > 30_000) this.#seen = { run: this.#device.run ?? '', at: now };
    return this.#chance.isLess(0.05) ? undefined : this.#seen.run;
  }

  #take(number: string, request: SendRequest): void {
    const name = `${number} ${textTo(number, request)}`;
    this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
  }

  /** Reports once or twice, at any time, also before the answer, be the gateway there or not. */
  #reportOn(number: string, id: string, request: SendRequest, gateway: string): void {
    this.#given.set(id, textTo(number, request));
    const states = this.#chance.of<Report['state'][]>([
      [],
      ['sent'],
      ['delivered'],
      ['sent', 'delivered'],
      ['undelivered'],
    ]);
    let after = 0;
    for (const state of [...states, ...states]) {
      after += this.#chance.below(this.#chance.of([10, MINUTE, HOUR]));
      const report = { id, to: number, state, final: state !== 'sent', raw: '' };
      const body = Buffer.from(JSON.stringify(telling({ reports: [report] })));
      void this.bench.clock.sleep(after).then(() => {
        return this.bench.events.takePush(gateway, { method: 'POST', path: '', query: '', contentType: '', body });
      });
    }
  }

  /** Something of what came out in doubt was found to be accepted. */
  #isKnown(key: string, outcome: Outcome | undefined): boolean {
    const sends = [...this.#store.ever].filter((json) => json.startsWith(`{"facts":{"key":"${key}"`));
    const inDoubt = outcome?.recipients.filter(({ state }) => state === 'in-doubt') ?? [];
    return inDoubt.some(({ to }) => sends.some((json) => json.includes(`"to":"${to}"`)));
  }

  #check(key: string): void {
    const outcomes = this.#outcomes.get(key) ?? [];
    const [outcome] = outcomes;
    // Where its process ended before it was written down, nothing was sent of it.
    const wasKept = [...this.#store.ever].some((json) => json.includes(`"key":"${key}"`));
    assert.equal(outcome !== undefined, wasKept, `${key} has no outcome`);
    const text = this.#texts.get(key) ?? '';
    for (const number of wasKept ? [] : (this.#named.get(key) ?? [])) {
      assert.equal(this.#taken.get(`${number} ${text}`) ?? 0, 0);
    }
    for (const again of outcomes) assert.deepEqual(again.recipients, outcome?.recipients, 'it is told the same twice');
    for (const { to, state } of outcome?.recipients ?? []) {
      const taken = this.#taken.get(`${to} ${text}`) ?? 0;
      if (this.#words.has(key) || (to.startsWith('139') && this.#words.size > 0)) continue;
      assert.ok(taken <= 1, `${to} was sent ${taken} times`);
      if (state === 'accepted') assert.equal(taken, 1, `${to} is said to be accepted`);
      else if (state !== 'in-doubt' && !to.startsWith('139')) assert.equal(taken, 0, `${to} is said to be ${state}`);
    }
  }
}

function textTo(number: string, { items }: SendRequest): string {
  return items.find(({ to }) => to.includes(number))?.text ?? '';
}

describe('a process that ends at any moment', () => {
  it('loses nothing that it had written down, and sends nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(process.env.SEED ? fc.constant(Number(process.env.SEED)) : fc.integer(), async (seed) => {
        await Bench.run((bench) => new Play(bench, seed).run())();
      }),
      { numRuns: Number(process.env.RUNS ?? 60), endOnFailure: true, includeErrorInReport: true },
    );
  });

  it(
    'has nothing in doubt that a deploy held back before it went out',
    Bench.run(async (bench) => {
      const store = new KeptStore(bench.clock, () => 10);
      await bench.start(store);
      const detach = bench.attach(bench.vendor('a'));
      const key = bench.order({ to: ['13800000001'] });
      // What is about to go out is being written down.
      await bench.advance(1);
      detach();
      await bench.advance(HOUR);

      await bench.start(store.cut());
      const heard: Outcome[] = [];
      bench.dispatcher.attachNode('node', (outcome) => heard.push(outcome));
      const vendor = bench.attached('a');
      await bench.advance(HOUR);
      assert.deepEqual(
        heard.map((outcome) => [outcome.key, outcome.recipients[0]?.state]),
        [[key, 'accepted']],
      );
      assert.equal(vendor.asked.length, 1);
    }),
  );
});
