/** What stands below an account node: what came last, the low balance above all, and what keeps it from working. */
import type { Balance, Signature } from '../core/account';
import type { Failure } from '../core/failure';
import type { CancelOutcome } from '../engine/dispatcher';
import type { Mood, Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';

interface Line {
  readonly mood: Mood;
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export class AccountStatus {
  readonly #status: Status;
  readonly #texts: Texts;
  /** The node or its gateway is not configured as it must be. */
  #broken: Failure | undefined;
  /** Polls fail. */
  #trouble: Failure | undefined;
  #last: Line | undefined;
  /** Requests under way. */
  #asking = 0;
  #closed = false;

  constructor(status: Status, texts: Texts) {
    this.#status = status;
    this.#texts = texts;
  }

  set simulated(simulated: boolean) {
    this.#status.simulated = simulated;
  }

  broken(reason: Failure | undefined): void {
    this.#broken = reason;
    this.#show();
  }

  trouble(reason: Failure | undefined): void {
    this.#trouble = reason;
    this.#show();
  }

  /** The vendor is being asked, until what this gives is called. */
  asking(): () => void {
    this.#asking++;
    this.#show();
    return () => {
      this.#asking--;
      this.#show();
    };
  }

  balance({ amount, unit }: Balance, isBelow: boolean): void {
    const balance = this.#texts.text(`account.balance.${unit}`, { amount });
    // Whoever asks and gets an answer sees that the account can be reached again.
    this.#trouble = undefined;
    this.#say(isBelow ? 'alarm' : 'good', isBelow ? 'balanceLow' : 'balance', { balance });
  }

  signature({ text }: Signature): void {
    this.#say('good', 'signature', { text });
  }

  cancelled({ results }: CancelOutcome): void {
    const count = results.filter(({ failure }) => !failure).length;
    const total = results.length;
    this.#say(count === total ? 'good' : count > 0 ? 'doubtful' : 'bad', 'cancelled', { count, total });
  }

  failed({ code }: Failure): void {
    this.#say('bad', 'failed', { code: this.#texts.text(`codes.${code}`) });
  }

  /** Nothing is shown any more. */
  close(): void {
    this.#closed = true;
  }

  #say(mood: Mood, key: string, params: Line['params']): void {
    this.#last = { mood, key, params };
    this.#show();
  }

  #show(): void {
    if (this.#closed) return;
    const alarm = this.#broken ?? this.#trouble;
    if (alarm) {
      const code = this.#texts.text(`codes.${alarm.code}`);
      this.#status.show('alarm', this.#broken ? 'broken' : 'pollFails', { code });
    } else if (this.#asking > 0) this.#status.show('working', 'asking');
    else if (this.#last) this.#status.show(this.#last.mood, this.#last.key, this.#last.params);
    else this.#status.clear();
  }
}
