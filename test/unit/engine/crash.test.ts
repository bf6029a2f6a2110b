/** The process ends at any moment, and the next one finds what was kept: nothing is lost, and nothing is sent twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SmsError, failure, type ErrorCode } from '../../../nodes/core/failure';
import type { Outcome } from '../../../nodes/engine/dispatcher';
import type { SendAnswer, SendRequest } from '../../../nodes/vendors/driver';
import { Bench, DAY, HOUR, MINUTE, accept, doubt, numbersOf, reject } from './bench';
import { KeptStore } from './kept-store';
import { Chance } from './model';

const IDS = ['a', 'b'];
const STEPS = 80;

/** Sending, waiting, deploying and crashing, all by chance. The oracle is what the vendors took. */
class Play {
  readonly #chance: Chance;
  readonly #detach = new Map<string, () => void>();
  readonly #orders: string[] = [];
  readonly #outcomes = new Map<string, Outcome[]>();
  /** Recipients that an order shares with no other. */
  readonly #named = new Map<string, readonly string[]>();
  /** How often a vendor took a message to a number. */
  readonly #taken = new Map<string, number>();
  /** Orders on which the user has said something. */
  readonly #words = new Set<string>();
  #store: KeptStore;
  #isKind = false;
  #numbers = 0;

  constructor(
    private readonly bench: Bench,
    seed: number,
  ) {
    this.#chance = new Chance(seed);
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
      else await this.bench.advance(this.#chance.below(this.#chance.of([20, 300, MINUTE, HOUR])));
    }
    this.#isKind = true;
    await this.#crash();
    for (const id of IDS) this.#deploy(id);
    await this.bench.advance(3 * DAY);
    for (const key of this.#orders) this.#check(key);
    const kept = this.#store.keys.filter((key) => key.startsWith('order!'));
    const inDoubt = [...this.#outcomes].filter(([, [first]]) =>
      first?.recipients.some(({ state }) => state === 'in-doubt'),
    );
    assert.ok(kept.length <= inDoubt.length, 'nothing is kept of what is over');
    const untouched = inDoubt.filter(([key]) => this.#named.has(key) && !this.#words.has(key));
    assert.ok(kept.length >= untouched.length, 'what is in doubt is kept');
  }

  async #start(): Promise<void> {
    await this.bench.start(this.#store);
    this.bench.dispatcher.attachNode('node', (outcome) => {
      this.#outcomes.set(outcome.key, [...(this.#outcomes.get(outcome.key) ?? []), outcome]);
    });
    this.bench.dispatcher.attachNode('other', () => undefined);
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
    const vendor = this.bench.vendor(id);
    vendor.capabilities = { ...vendor.capabilities, recipientsPerRequest: () => this.#chance.of([1, 3, 100]) };
    vendor.checks = { send: (request) => this.#send(request) };
    this.#detach.set(
      id,
      this.bench.attach(vendor, { window: this.#chance.of([1, 4]), doubtAfter: this.#chance.of([0, HOUR]) }),
    );
  }

  #order(): void {
    const shared = this.#chance.isLess(0.2) ? this.#chance.of(['k1', 'k2']) : undefined;
    const to = Array.from({ length: this.#chance.of([1, 1, 2, 7]) }, () =>
      shared ? `139${shared.slice(1)}000000${this.#chance.below(3)}` : String(13_800_000_000 + this.#numbers++),
    );
    const key = this.bench.order({
      to: [...new Set(to)],
      gateways: this.#chance.of([['a'], ['b'], ['a', 'b']]),
      ttl: this.#chance.of([0, HOUR, DAY]),
      ...(shared ? { once: shared } : {}),
      ...(this.#chance.isLess(0.1) ? { at: this.bench.clock.now + this.#chance.below(HOUR) } : {}),
    });
    this.#orders.push(key);
    if (!shared) this.#named.set(key, to);
  }

  /** The vendor: it takes a request or not, and answers, later or never. */
  async #send(request: SendRequest): Promise<SendAnswer> {
    const way = this.#isKind ? 0 : this.#chance.next();
    const isTaken = way < 0.6 || way > 0.9;
    if (isTaken) {
      for (const number of numbersOf(request)) this.#taken.set(number, (this.#taken.get(number) ?? 0) + 1);
    }
    await this.bench.clock.sleep(this.#chance.below(this.#chance.of([5, 100, 20_000])));
    if (way < 0.6) return accept(request);
    if (way < 0.8)
      return reject(this.#chance.of<ErrorCode>(['vendor-busy', 'content-refused', 'vendor-error']))(request);
    if (way < 0.85) throw new SmsError(failure('network'));
    if (way < 0.95) throw new SmsError(failure('no-answer'));
    return doubt(request);
  }

  #check(key: string): void {
    const outcomes = this.#outcomes.get(key) ?? [];
    const [outcome] = outcomes;
    // Where its process ended before it was written down, nothing was sent of it.
    const wasKept = [...this.#store.ever].some((json) => json.includes(`"key":"${key}"`));
    assert.equal(outcome !== undefined, wasKept, `${key} has no outcome`);
    for (const number of wasKept ? [] : (this.#named.get(key) ?? [])) assert.equal(this.#taken.get(number) ?? 0, 0);
    for (const again of outcomes) assert.deepEqual(again.recipients, outcome?.recipients, 'it is told the same twice');
    for (const { to, state } of outcome?.recipients ?? []) {
      const taken = this.#taken.get(to) ?? 0;
      if (this.#words.has(key) || (to.startsWith('139') && this.#words.size > 0)) continue;
      assert.ok(taken <= 1, `${to} was sent ${taken} times`);
      if (state === 'accepted') assert.equal(taken, 1, `${to} is said to be accepted`);
      else if (state !== 'in-doubt' && !to.startsWith('139')) assert.equal(taken, 0, `${to} is said to be ${state}`);
    }
  }
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
});
