/** What is in doubt, and how it ends: by a user's word, or by a report that shows what became of it. */
import { failure } from '../core/failure';
import { comparable } from '../core/recipient';
import type { State } from '../core/state';
import type { RecipientOutcome, Verdict, VerdictTaken } from './dispatcher';
import { Doubts } from './doubts';
import { Message, type Recipient } from './message';
import type { OnceRecord } from './once';
import type { OrderLog } from './order-log';

/** What is needed of whoever keeps the orders. */
export interface DoubtHost {
  /** The country of the gateways of an order. */
  countryOf(gateways: readonly string[] | undefined): string;
  /** A recipient waits to be sent to. */
  count(recipient: Recipient): void;
  /** Takes up a message that goes on under the key of an order. */
  open(message: Message): void;
  route(recipients: readonly Recipient[]): void;
  /** The recipient is cared for under an idempotency key. */
  follow(recipient: Recipient, record: OnceRecord): void;
  /** The vendor has it. */
  accept(recipient: Recipient): void;
  conclude(recipient: Recipient, state: State): void;
}

export class DoubtDesk {
  readonly #doubts = new Doubts();

  constructor(
    private readonly host: DoubtHost,
    private readonly log: OrderLog,
  ) {}

  note(recipient: Recipient): void {
    this.#doubts.note(recipient);
  }

  /** It is in doubt no more, for what is done about it here. */
  forget(recipient: Recipient): void {
    recipient.cancelDoubt?.();
    this.#doubts.forget(recipient);
  }

  settle(verdict: Verdict): VerdictTaken {
    const inDoubt = this.#doubts.of(verdict.key);
    const country = this.host.countryOf(inDoubt[0]?.message.order.gateways);
    const named = verdict.to && new Set(verdict.to.map((to) => comparable(to, country)));
    const concerned = inDoubt.filter(({ to }) => !named || named.has(comparable(to, country)));
    if (concerned.length === 0) return 'not-found';
    for (const settled of concerned.flatMap((recipient) => this.#doubts.forget(recipient))) {
      if (!concerned.includes(settled)) this.#settleElsewhere(settled);
    }
    const out = concerned.filter(({ message }) => message.open === 0);
    const waiting = concerned.filter(({ message }) => message.open > 0);
    for (const recipient of waiting) this.#takeUp(recipient);
    this.#apply(verdict, waiting);
    if (out.length === 0) return 'first-outcome';
    this.#apply(verdict, this.#reopen(out, verdict).recipients);
    return 'own-outcome';
  }

  /**
   * A report showed that the vendor has it. Those under the same idempotency key have it, too. What has come out in doubt
   * does not come out again.
   */
  adopt(recipient: Recipient, as: Pick<RecipientOutcome, 'id' | 'ids' | 'gateway'>): void {
    const { once } = recipient;
    recipient.cancelDoubt?.();
    const others = this.#doubts.forget(recipient).filter((each) => each !== recipient);
    const isOut = recipient.settled && recipient.message.open === 0;
    if (isOut) {
      this.#settleElsewhere(recipient);
      const { to, item } = recipient;
      once?.conclude({ to, item, state: 'accepted', ...as }, Date.now());
    } else {
      once?.reopen();
    }
    if (once) this.log.also(once.change);
    if (!isOut) {
      this.#takeUp(recipient);
      Object.assign(recipient, { ...as, failure: undefined });
      this.host.accept(recipient);
    }
    for (const other of others) {
      if (other.settled && other.message.open === 0) {
        this.#settleElsewhere(other);
      } else {
        this.#takeUp(other);
        if (once) this.host.follow(other, once);
      }
    }
    this.log.saved().catch(() => undefined);
  }

  #apply({ verdict }: Verdict, recipients: readonly Recipient[]): void {
    for (const recipient of recipients) recipient.cancelDoubt?.();
    if (verdict === 'resend') {
      this.#resend(recipients);
      return;
    }
    for (const recipient of recipients) {
      // Without an id no report will ever be found for what the user calls accepted.
      const unreported = recipient.message.order.until === 'delivered' ? failure('no-report') : undefined;
      recipient.failure = verdict === 'failed' ? failure('undelivered', 'settled-by-user') : unreported;
      this.host.conclude(recipient, verdict === 'failed' ? 'undelivered' : 'accepted');
    }
  }

  /** Sends again, each once: of those under one idempotency key the first, and the others follow it. */
  #resend(recipients: readonly Recipient[]): void {
    const records = new Set<OnceRecord>();
    const ready = recipients.filter((recipient) => {
      const { once } = recipient;
      recipient.goOn();
      if (once && records.has(once)) {
        this.host.follow(recipient, once);
        return false;
      }
      if (once) {
        once.reopen();
        this.log.also(once.change);
        records.add(once);
      }
      return true;
    });
    this.host.route(ready);
  }

  /** Makes a recipient that has its outcome wait again, where its order has not come out yet. */
  #takeUp(recipient: Recipient): void {
    if (!recipient.settled) return;
    recipient.settled = false;
    recipient.message.open++;
    this.host.count(recipient);
    this.log.touch(recipient);
  }

  /** Takes up again recipients whose order has come out, for an outcome that leaves where the verdict came from. */
  #reopen(concerned: readonly Recipient[], { node, envelope, verdict }: Verdict): Message {
    // Of several messages of one order the last knows all the attempts.
    const before = concerned.at(-1)?.message;
    if (!before) throw new Error('no recipient to take up again');
    const until = verdict === 'resend' ? before.order.until : 'accepted';
    const only = concerned.map(({ item, to }) => ({ item, to }));
    const message = new Message({ ...before.order, node, envelope, until }, Date.now(), only);
    this.log.add(message);
    for (const attempt of before.attempts) {
      message.note(attempt);
      this.log.noteAttempt(message, attempt);
    }
    message.raw = before.raw;
    message.addAll().forEach((again, index) => {
      const { path = [], failure: reason, gateway, once } = concerned[index] ?? {};
      Object.assign(again, { path, failure: reason, gateway, once });
      this.host.count(again);
      this.log.touch(again);
    });
    for (const recipient of concerned) this.#settleElsewhere(recipient);
    this.host.open(message);
    return message;
  }

  /** What comes of a recipient in doubt is told of another order, or of none. */
  #settleElsewhere(recipient: Recipient): void {
    const { message } = recipient;
    recipient.isSettledElsewhere = true;
    this.log.touch(recipient);
    if (message.isOut && !isInDoubt(message)) this.log.drop(message);
  }
}

/** Some of the message is in doubt, and nobody has said what became of it. */
export function isInDoubt({ recipients }: Message): boolean {
  return recipients.some(({ state, isSettledElsewhere }) => state === 'in-doubt' && !isSettledElsewhere);
}
