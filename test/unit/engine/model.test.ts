import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { failure } from '../../../nodes/core/failure';
import type { Outcome } from '../../../nodes/engine/dispatcher';
import type { DoubtRule, Gateway } from '../../../nodes/engine/gateway';
import { Bench, DAY, HOUR, MINUTE } from './bench';
import { Chance, Model, isShared } from './model';

const IDS = ['a', 'twin', 'b', 'c'];
const STEPS = 120;
const QUEUE_LIMIT = 400;

/** Days of sending, deploying, settling and waiting, all by chance. */
class Play {
  readonly #chance: Chance;
  readonly #model: Model;
  readonly #detach = new Map<string, () => void>();
  readonly #orders: string[] = [];
  readonly #heard: Outcome[] = [];
  /** The day on which an order came out. */
  readonly #days = new Map<string, number>();
  /** How many outcomes each word of the user must have, and those that came. */
  readonly #words = new Map<string, number>();
  readonly #answers: unknown[] = [];
  /** Orders that are sent again, by a word of the user: what is in doubt of them and what waits cannot be told apart. */
  readonly #resent = new Set<string>();
  #detachNode = (): void => undefined;
  #numbers = 0;

  constructor(
    private readonly bench: Bench,
    seed: number,
  ) {
    this.#chance = new Chance(seed);
    this.#model = new Model(bench, this.#chance);
  }

  async run(): Promise<void> {
    const { random } = Math;
    Math.random = () => this.#chance.next();
    try {
      await this.#steps();
    } finally {
      Math.random = random;
    }
  }

  get #today(): number {
    return Math.floor(this.bench.elapsed / DAY);
  }

  async #steps(): Promise<void> {
    this.#detachNode = this.bench.dispatcher.attachNode('node', this.#hear);
    this.bench.dispatcher.attachNode('other', ({ key, envelope }) => {
      this.#answers.push(envelope);
      this.#resent.delete(key);
    });
    for (let step = 0; step < STEPS; step++) {
      const way = this.#chance.next();
      if (way < 0.4) this.#order();
      else if (way < 0.6) this.#deploy(this.#chance.of(IDS));
      else if (way < 0.65) this.#detach.get(this.#chance.of(IDS))?.();
      else if (way < 0.8) await this.#settle();
      else if (way < 0.85) this.#changeNode();
      else await this.bench.advance(this.#chance.below(this.#chance.of([100, MINUTE, HOUR, 6 * HOUR])));
    }
    await this.#end();
  }

  #order(): void {
    const once = this.#chance.isLess(0.3) ? this.#chance.of(['k1', 'k2', 'k3']) : undefined;
    const text = once ?? 'text';
    const recipients = (): string[] =>
      Array.from({ length: 1 + this.#chance.below(6) }, () =>
        once ? `139${once.slice(1)}000000${this.#chance.below(4)}` : String(13_800_000_000 + this.#numbers++),
      );
    const items = Array.from({ length: this.#chance.of([1, 1, 1, 3]) }, () => ({
      text,
      to: [...new Set(recipients())],
    }));
    const gateways = IDS.filter(() => this.#chance.isLess(0.6)).sort(() => this.#chance.next() - 0.5);
    this.#orders.push(
      this.bench.order({
        items,
        gateways,
        priority: this.#chance.of([0, 0, -5, 5, 100]),
        ttl: this.#chance.of([0, MINUTE, HOUR, DAY]),
        ...(once ? { once } : {}),
        ...(this.#chance.isLess(0.2) ? { at: this.bench.clock.now + this.#chance.below(12 * HOUR) } : {}),
      }),
    );
  }

  #deploy(id: string, over: Partial<Gateway> = {}): void {
    if (this.#chance.isLess(0.8)) this.#detach.get(id)?.();
    if (this.#chance.isLess(0.1) && !this.#model.isKind) {
      const broken = { id, name: id, vendor: id, failure: failure('invalid-config', 'url') };
      this.#detach.set(id, this.bench.dispatcher.attachGateway(broken));
      return;
    }
    const vendor = this.bench.vendor(id);
    vendor.probe = () =>
      Promise.resolve(this.#chance.isLess(0.5) && !this.#model.isKind ? failure('auth-failed') : undefined);
    vendor.capabilities = {
      ...vendor.capabilities,
      batch: this.#chance.isLess(0.5),
      recipientsPerRequest: () => this.#chance.of([1, 3, 100]),
    };
    vendor.checks = {
      send: (request) => this.#model.send(gateway, request),
      checkRecipient: (to) => (to.endsWith('7') && !isShared(to) ? failure('no-route') : undefined),
    };
    const gateway = vendor.gateway({
      accountKey: id === 'twin' ? 'a' : id,
      fingerprint: this.#chance.of(['1', '2']),
      rate: this.#chance.of([0, 0, 0.1, 5]),
      window: this.#chance.of([1, 2, 4]),
      doubt: this.#chance.of<DoubtRule>(['hold', 'hold', 'resend', 'failover']),
      doubtAfter: this.#chance.of([0, 0, 10 * MINUTE]),
      ...(this.#chance.isLess(0.2) ? { quietHours: { from: 22 * 60, to: 7 * 60 } } : {}),
      ...over,
    });
    this.#detach.set(id, this.bench.dispatcher.attachGateway(gateway));
  }

  /** A word about an order whose outcome is known: that is how a user comes by its key. */
  async #settle(): Promise<void> {
    if (this.#heard.length === 0) return;
    const { key, recipients } = this.#chance.of(this.#heard);
    // After a day, others may have sent to those who share its idempotency key.
    if (this.#resent.has(key) || this.#days.get(key) !== this.#today) return;
    const { to: one } = this.#chance.of(recipients);
    const some = this.#chance.isLess(0.5)
      ? recipients.filter(() => this.#chance.isLess(0.5)).map(({ to }) => to)
      : undefined;
    // Of recipients that orders share only one is named: then it is known whom the word reached.
    const named = isShared(one) ? [one] : some;
    const verdict = this.#chance.of(['accepted', 'failed', 'resend'] as const);
    const envelope = `word ${this.#words.size}`;
    // Where the word counts, a resend may go out before it returns.
    const doubtful = this.#heard.filter((outcome) => outcome.key === key).flatMap((outcome) => outcome.recipients);
    const concerned = doubtful.map(({ to }) => to).filter((to) => !named || named.includes(to));
    const before = new Map(
      concerned.map((to) => [to, this.#model.asks.get(to)?.map((ask) => ({ ask, ...ask })) ?? []]),
    );
    this.#model.settle(concerned, verdict);
    const taken = this.bench.dispatcher.settle({
      key,
      verdict,
      node: 'other',
      envelope,
      ...(named ? { to: named } : {}),
    });
    this.#words.set(envelope, taken === 'own-outcome' ? 1 : 0);
    if (taken === 'own-outcome') this.#resent.add(key);
    if (taken === 'not-found') {
      for (const asks of before.values()) for (const { ask, state, at } of asks) Object.assign(ask, { state, at });
    }
    await this.bench.settle();
  }

  #changeNode(): void {
    this.#detachNode();
    if (this.#chance.isLess(0.7)) this.#detachNode = this.bench.dispatcher.attachNode('node', this.#hear);
  }

  readonly #hear = (outcome: Outcome): void => {
    this.#heard.push(outcome);
    this.#days.set(outcome.key, this.#today);
    this.#model.check(outcome);
  };

  /** Everything works again, and time goes by: every order comes out. */
  async #end(): Promise<void> {
    this.#model.isKind = true;
    const kind = { fingerprint: 'mended', rate: 0, quietHours: undefined };
    for (const id of IDS) {
      this.#detach.get(id)?.();
      this.#deploy(id, kind);
    }
    this.bench.dispatcher.attachNode('node', this.#hear);
    await this.bench.advance(3 * DAY);
    assert.deepEqual(this.#model.wrongs, []);
    assert.deepEqual(this.#heard.map(({ key }) => key).sort(), [...this.#orders].sort());
    assert.deepEqual(
      this.#answers.sort(),
      [...this.#words].flatMap(([word, outcomes]) => Array<string>(outcomes).fill(word)).sort(),
    );
    assert.equal(this.bench.clock.pending, 0, 'no timer is left');
    const full = this.bench.order({ to: Array.from({ length: QUEUE_LIMIT }, (_, index) => `1370000${1000 + index}`) });
    await this.bench.advance(DAY);
    const states = this.#heard.find(({ key }) => key === full)!.recipients.map(({ failure: why }) => why?.code);
    assert.ok(!states.includes('queue-full'), 'nothing is counted as waiting');
  }
}

it('every recipient has exactly one outcome, and none is sent to again that may have it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await Bench.run((bench) => new Play(bench, seed).run(), QUEUE_LIMIT)();
    }),
    { numRuns: 60, endOnFailure: true, includeErrorInReport: true },
  );
});
