/**
 * Sends in doubt that the vendor can be asked about: it is asked again under the same ids, at once and then with growing
 * pauses, for as long as the message may still go out and evidence is waited for.
 */
import { failure, type Failure } from '../core/failure';
import { setAlarm } from './alarm';
import type { Deliveries } from './deliveries';
import { isInDoubt, type Exchanges } from './exchange';
import type { Gateway } from './gateway';
import { groupBy } from './grouping';
import type { Intent, Recipient } from './message';
import { pauseBefore } from './retry';
import { timingOf } from './routing';

/** Milliseconds for which a vendor is asked where the gateway's own patience is shorter. */
const LEAST_PATIENCE = 30_000;
/** A question that took so many milliseconds did not: the clock was set meanwhile. */
const CLOCK_SET = 5 * 60_000;
/** Milliseconds until the next look where the vendor could not be asked: its gateway is being deployed. */
const LOOK_AGAIN = 1_000;

export interface SettlingHost {
  /** The gateway as it is now. */
  gatewayOf(id: string): Gateway | undefined;
  /** A request beside the queue begins; gives what ends it. */
  occupy(gateway: Gateway): () => void;
  /** The vendor took these, or did not. */
  settled(gateway: Gateway, answer: Awaited<ReturnType<Exchanges['settle']>>): void;
  /** More is not to be learnt by asking about these, in doubt since `since` (epoch milliseconds). */
  giveUp(gateway: Gateway, recipients: readonly Recipient[], since: number): void;
}

export class Settling {
  constructor(
    private readonly host: SettlingHost,
    private readonly exchanges: Exchanges,
    private readonly deliveries: Deliveries,
  ) {}

  /** Takes up those of whom the vendor can be asked again. `cause`: what left them in doubt. */
  take(
    gateway: Gateway,
    recipients: readonly Recipient[],
    cause: Failure,
  ): { readonly asked: readonly Recipient[]; readonly left: readonly Recipient[] } {
    const left: Recipient[] = [];
    const asked: Recipient[] = [];
    for (const recipient of recipients) (canAsk(gateway, recipient, cause) ? asked : left).push(recipient);
    for (const ofMessage of groupBy(asked, ({ message }) => message)) {
      for (const ofRequest of groupBy(ofMessage, ({ intent }) => intent?.first)) {
        // Equal ones may have been read from a disk one by one.
        const [{ intent }] = ofRequest;
        for (const recipient of ofRequest) recipient.intent = intent;
        if (intent) void this.#settle(gateway, ofRequest, intent);
      }
    }
    return { asked, left };
  }

  async #settle(last: Gateway, recipients: readonly Recipient[], intent: Intent): Promise<void> {
    const since = Date.now();
    // What is left of it is counted, and not read from the clock: that may be set at any moment, and is where a host starts.
    let patience = Math.max(last.doubt === 'hold' ? last.doubtAfter : 0, LEAST_PATIENCE);
    let gateway = last;
    const left = (): Recipient[] => recipients.filter((recipient) => isInDoubt(recipient, intent));
    // What is to be told of those who are in doubt now comes before what is learnt of them.
    await Promise.resolve();
    for (let tried = 0; left().length > 0;) {
      const now = Date.now();
      const { message } = recipients[0] ?? {};
      const current = this.host.gatewayOf(last.id);
      // Another account knows nothing of it, and what is too late must not go out.
      if (!message || message.isOver(now) || (current && current.accountKey !== intent.account)) break;
      gateway = current ?? gateway;
      let pause = LOOK_AGAIN;
      if (current && this.deliveries.isCaughtUp(current)) {
        const { notBefore } = timingOf(message, current, now);
        // Where the vendor did not take it the first time, it may be sent now.
        const wanted = left().filter(({ number }) => !this.deliveries.hasOptedOut(current, number));
        if (notBefore > now) pause = notBefore - now;
        else if (wanted.length === 0 || !(await this.#ask(current, wanted))) break;
        else pause = pauseBefore(++tried);
        const spent = Date.now() - now;
        if (spent > 0 && spent < CLOCK_SET) patience -= spent;
      }
      if (left().length === 0) return;
      if (patience <= 0) break;
      pause = Math.ceil(Math.min(pause, patience));
      patience -= pause;
      await until(Math.min(Date.now() + pause, message.expiresAt));
    }
    const unsettled = left();
    if (unsettled.length > 0) this.host.giveUp(gateway, unsettled, since);
  }

  /** Gives whether it is worth asking again. */
  async #ask(gateway: Gateway, recipients: readonly Recipient[]): Promise<boolean> {
    const end = this.host.occupy(gateway);
    try {
      const answer = await this.exchanges.settle(gateway, recipients);
      this.host.settled(gateway, answer);
      return answer.askAgain;
    } finally {
      end();
    }
  }
}

function canAsk({ account, accountKey }: Gateway, { intent, clientId }: Recipient, { code }: Failure): boolean {
  // An id that may be somebody else's would be taken for ours.
  if (!account.settle || code === 'duplicate-id') return false;
  return clientId !== undefined && intent?.account === accountKey;
}

function until(moment: number): Promise<void> {
  return new Promise((resolve) => {
    setAlarm(moment, resolve);
  });
}

/** What a user reads of a send in doubt, by what caused it. */
export function inDoubt(cause: Failure): Failure {
  if (cause.code === 'in-doubt') return cause;
  const { detail: _detail, ...rest } = cause;
  return { ...rest, ...failure('in-doubt', cause.code) };
}
