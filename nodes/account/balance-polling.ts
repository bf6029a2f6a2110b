/** Balances that nobody asked for: one at once, then one in every interval, and more and more rarely while none comes. */
import { failure, failureOf, type Failure } from '../core/failure';
import { setAlarm } from '../engine/alarm';
import { pauseAfter } from '../engine/retry';
import type { Guarded } from '../runtime/guard';

export interface BalanceHost {
  /** Asks for one, and hands it on. Rejects with why it did not come. */
  ask(): Promise<void>;
  /** Why the last one did not come; nothing: it came. */
  trouble(reason: Failure | undefined): void;
}

export class BalancePolling {
  /** Milliseconds. */
  readonly #interval: number;
  readonly #host: BalanceHost;
  readonly #ring: () => void;
  /** Tells the gateway's configurations apart; nothing while it has none that works. */
  #configuration: string | undefined;
  #failures = 0;
  #isAsking = false;
  #begun = false;
  #ended = false;
  #cancel = (): void => undefined;

  constructor(interval: number, host: BalanceHost, guarded: Guarded) {
    this.#interval = interval;
    this.#host = host;
    this.#ring = guarded(() => this.#poll());
  }

  /** Flows were started. Begins, and tries at once again what failed under another configuration than this one. */
  started(configuration: string | undefined): void {
    const isMended = this.#failures > 0 && configuration !== this.#configuration;
    this.#configuration = configuration;
    if (this.#begun && !isMended) return;
    this.#begun = true;
    this.#failures = 0;
    this.#ring();
  }

  /** Somebody else asked and got an answer. */
  works(): void {
    if (this.#failures === 0 || this.#ended) return;
    this.#failures = 0;
    this.#host.trouble(undefined);
    if (!this.#isAsking) this.#wait();
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  async #poll(): Promise<void> {
    if (this.#isAsking || this.#ended) return;
    this.#cancel();
    this.#isAsking = true;
    const reason = await this.#host.ask().then(
      () => undefined,
      (error: unknown) => failureOf(error, failure('unreadable-answer')),
    );
    this.#isAsking = false;
    this.#failures = reason ? this.#failures + 1 : 0;
    if (this.#isOver()) return;
    this.#wait();
    this.#host.trouble(reason);
  }

  #wait(): void {
    this.#cancel();
    const pause = this.#failures > 0 ? pauseAfter(this.#failures, this.#interval) : this.#interval;
    this.#cancel = setAlarm(Date.now() + pause, this.#ring);
  }

  /** Whether it was ended meanwhile. */
  #isOver(): boolean {
    return this.#ended;
  }
}
