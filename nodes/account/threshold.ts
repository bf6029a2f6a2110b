/** When a balance is too low, and when that is news. */
import type { Balance } from '../core/account';

type Amount = Pick<Balance, 'amount' | 'postpaid'>;

export class Threshold {
  /** In the unit of the balance. */
  readonly level: number;
  #account: string | undefined;
  #isBelow = false;

  constructor(level: number) {
    this.level = level;
  }

  /** Whether the last balance was below it. */
  get isBelow(): boolean {
    return this.#isBelow;
  }

  /** Whether no balance of this kind can ever be below it: an account that is paid afterwards is negative by nature. */
  isMeaningless({ postpaid }: Pick<Amount, 'postpaid'>): boolean {
    return postpaid && this.level >= 0;
  }

  /**
   * Takes a balance, and says whether it has fallen below: the first one, and the first after one that was at or above
   * it. `account` tells accounts apart, for what was true of one says nothing of another.
   */
  falls(balance: Amount, account: string): boolean {
    const wasBelow = this.#isBelow && this.#account === account;
    this.#account = account;
    this.#isBelow = balance.amount < this.level && !this.isMeaningless(balance);
    return this.#isBelow && !wasBelow;
  }
}

/** By node id. A deploy is no news: what was known to be below before it is not told again after it. */
const kept = new Map<string, Threshold>();

/** The threshold of a node, with what an earlier instance of the node learned where the level is the same. */
export function thresholdOf(node: string, level: number): Threshold {
  const known = kept.get(node);
  if (known?.level === level) return known;
  const threshold = new Threshold(level);
  kept.set(node, threshold);
  return threshold;
}

/** The node is gone, or has no threshold any more. */
export function forgetThreshold(node: string): void {
  kept.delete(node);
}
