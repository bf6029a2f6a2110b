/**
 * A second, simpler account of what the engine may do. It plays the vendors, notes every request for every recipient, and
 * says at once when one goes out that must not.
 */
import { RETRY, SmsError, failure, type ErrorCode } from '../../../nodes/core/failure';
import type { Outcome } from '../../../nodes/engine/dispatcher';
import type { DoubtRule, Gateway } from '../../../nodes/engine/gateway';
import type { RecipientResult, SendAnswer, SendRequest } from '../../../nodes/vendors/driver';
import { DAY, numbersOf, type Bench } from './bench';

/** Random numbers that can be had again by their seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  isLess(share: number): boolean {
    return this.next() < share;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

interface Ask {
  readonly gateway: string;
  readonly rule: DoubtRule;
  state: 'asked' | 'accepted' | 'rejected' | 'in-doubt' | 'settled';
  /** When the answer came. */
  at: number;
}

const CODES = Object.keys(RETRY) as ErrorCode[];
/** Numbers that several orders share, by an idempotency key. */
export const isShared = (number: string): boolean => number.startsWith('139');

export class Model {
  /** Requests for a recipient. */
  readonly asks = new Map<string, Ask[]>();
  /** From now on every vendor accepts everything. */
  isKind = false;
  /** What must not have been. */
  readonly wrongs: string[] = [];

  constructor(
    private readonly bench: Bench,
    private readonly chance: Chance,
  ) {}

  /** Stands in for a gateway's account. */
  async send(gateway: Gateway, request: SendRequest): Promise<SendAnswer> {
    const numbers = numbersOf(request);
    const asks = numbers.map((number) => this.#ask(number, gateway));
    if (this.chance.isLess(0.5)) await this.bench.clock.sleep(this.chance.below(90_000));
    const way = this.isKind ? 1 : this.chance.next();
    if (way < 0.1) {
      this.#note(asks, 'in-doubt');
      throw this.chance.isLess(0.5) ? new SmsError(failure('no-answer')) : new Error('bug');
    }
    if (way < 0.15) {
      this.#note(asks, 'rejected');
      throw new SmsError(failure('network'));
    }
    const shared = way < 0.3 ? this.#result() : undefined;
    const results = asks.map((ask) => {
      const result = shared ?? (way < 0.6 ? this.#result() : ({ state: 'accepted', id: '1' } as const));
      this.#note([ask], result.state === 'scheduled' ? 'accepted' : result.state);
      return result;
    });
    if (way < 0.65) {
      // What the driver leaves out is in doubt, whatever the vendor did.
      const [last] = asks.slice(-1);
      if (last) last.state = 'in-doubt';
      results.pop();
    }
    return { results, raw: '' };
  }

  /** A word of the user: the doubt is none any more, or it was accepted. */
  settle(numbers: readonly string[], verdict: 'accepted' | 'failed' | 'resend'): void {
    for (const number of numbers) {
      for (const ask of this.asks.get(number) ?? []) {
        if (ask.state === 'in-doubt') this.#note([ask], verdict === 'accepted' ? 'accepted' : 'settled');
      }
    }
  }

  /** Whether an order's outcome fits the requests that there were. Numbers under an idempotency key are shared. */
  check({ recipients }: Outcome): void {
    for (const { to, state, failure: why } of recipients) {
      if (isShared(to)) continue;
      const states = (this.asks.get(to) ?? []).map((ask) => ask.state);
      const expected = states.includes('accepted') ? 'accepted' : states.includes('in-doubt') ? 'in-doubt' : 'failed';
      const actual = state === 'accepted' || state === 'in-doubt' ? state : 'failed';
      if (actual !== expected) this.wrongs.push(`${to} is ${state} ${why?.code ?? ''} after ${states.join(', ')}`);
    }
  }

  #ask(number: string, { id, doubt }: Gateway): Ask {
    const before = this.asks.get(number) ?? [];
    this.asks.set(number, before);
    const isFresh = ({ at }: Ask): boolean => !isShared(number) || this.bench.clock.now - at < DAY;
    const fresh = before.filter(isFresh);
    for (const { state } of fresh) {
      if (state === 'asked' || state === 'accepted')
        this.wrongs.push(`${number} is sent again although it is ${state}`);
    }
    const last = fresh.findLast(({ state }) => state === 'in-doubt');
    const mayGo =
      !last || (last.rule === 'resend' && last.gateway === id) || (last.rule === 'failover' && last.gateway !== id);
    if (!mayGo) this.wrongs.push(`${number} goes through ${id} although in doubt at ${last.gateway} (${last.rule})`);
    const ask: Ask = { gateway: id, rule: doubt, state: 'asked', at: Infinity };
    before.push(ask);
    return ask;
  }

  #note(asks: readonly Ask[], state: Ask['state']): void {
    for (const ask of asks) Object.assign(ask, { state, at: this.bench.clock.now });
  }

  #result(): RecipientResult {
    const way = this.chance.next();
    if (way < 0.3) return { state: 'in-doubt', failure: failure('no-answer') };
    if (way < 0.4) return { state: 'accepted', id: '1' };
    const retryAfter = this.chance.isLess(0.1) ? { retryAfter: this.chance.below(3_600_000) } : {};
    return { state: 'rejected', failure: { ...failure(this.chance.of(CODES)), ...retryAfter } };
  }
}
