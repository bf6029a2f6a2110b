/** Takes orders, gives each its one outcome, and knows what is in doubt. */
import { failure, failureOf, type Failure } from '../core/failure';
import { comparable } from '../core/recipient';
import { ACCEPTED_STATES, FAILED_STATES, type State } from '../core/state';
import { setAlarm } from './alarm';
import { cancelAll, type CancelHost } from './cancelling';
import type { Deliveries } from './deliveries';
import type { CancelOutcome, Dispatcher, Order, Outcome, Verdict, VerdictTaken } from './dispatcher';
import { Doubts } from './doubts';
import type { ReportEvent } from './events';
import type { BrokenGateway, Gateway } from './gateway';
import { Message, type Recipient } from './message';
import { OnceRegister, type OnceRecord } from './once';
import { OpenOrders } from './open-orders';
import { NO_LOG, type KeptOrders, type OrderLog } from './order-log';
import { Outlets } from './outlets';
import { Router, type RouterEvents } from './router';

/** States in which the process may have ended without knowing whether the vendor took a recipient. */
const UNCLEAR_STATES: ReadonlySet<State> = new Set(['sending', 'in-doubt']);

export interface DispatcherLimits {
  /** Most recipients that wait; beyond it an order fails with `queue-full`. */
  readonly queueLimit: number;
}

export class OrderDispatcher implements Dispatcher {
  readonly #limits: DispatcherLimits;
  readonly #deliveries: Deliveries;
  readonly #log: OrderLog;
  readonly #router: Router;
  readonly #outlets = new Outlets();
  readonly #watchers = new Map<string, Set<(alarm: Failure | undefined) => void>>();
  readonly #once = new OnceRegister((change) => {
    this.#log.also(change);
  });
  readonly #orders = new OpenOrders();
  readonly #doubts = new Doubts();
  /** Countries of the gateways, also of those that are away at the moment. */
  readonly #countries = new Map<string, string>();
  /** Recipients that wait for the handset since before the process started, by the gateway that is to tell. */
  readonly #unwatched = new Map<string, Recipient[]>();
  /** Recipients that wait to be sent. */
  #waiting = 0;

  constructor(limits: DispatcherLimits, deliveries: Deliveries, log: OrderLog = NO_LOG) {
    this.#limits = limits;
    this.#deliveries = deliveries;
    this.#log = log;
    const events: RouterEvents = {
      accept: (recipient, state) => {
        if (recipient.message.order.until === 'delivered') this.#awaitReport(recipient, state);
        else this.#conclude(recipient, state);
      },
      report: (recipient, event) => {
        this.#report(recipient, event);
      },
      fail: (recipient, reason) => {
        this.#fail(recipient, reason);
      },
      doubt: (recipient, patience) => {
        this.#doubt(recipient, patience);
      },
      alarm: (gatewayId) => {
        for (const listener of this.#watchers.get(gatewayId) ?? []) listener(this.#router.alarmOf(gatewayId));
      },
    };
    this.#router = new Router(events, deliveries, log);
  }

  send(order: Order): void {
    const now = Date.now();
    const message = new Message(order, now);
    const wanted = order.items.reduce((sum, { to }) => sum + to.length, 0);
    const full = this.#waiting + wanted > this.#limits.queueLimit;
    const texts = order.items.map(({ text }) => text);
    const fits = order.once === undefined || this.#once.fits(order.once, texts, now);
    for (const recipient of message.addAll()) this.#count(recipient);
    this.#orders.add(message);
    this.#log.add(message);
    this.#startExpiry(message);
    const ready = message.recipients.filter((recipient) => {
      if (recipient.number === '') this.#fail(recipient, failure('invalid-recipient'));
      else if (!fits) this.#fail(recipient, failure('invalid-message', 'once-other-text', { field: 'msg.sms.once' }));
      else if (full) this.#fail(recipient, failure('queue-full', undefined, { limit: this.#limits.queueLimit }));
      else return this.#claimOnce(recipient, now);
      return false;
    });
    this.#router.route(ready);
    if (message.recipients.length === 0) this.#comeOut(message);
    this.#log.saved().catch((error: unknown) => {
      // What cannot be kept is not sent, and its sender is told so.
      const reason = failureOf(error, failure('store-failed'));
      for (const recipient of message.recipients) if (!recipient.isOut) this.#fail(recipient, reason);
    });
  }

  /**
   * Takes up what was kept when the process ended. To be called once, before anything else. `oldest`: what is of before
   * (epoch milliseconds) and waits for nothing but a node or a user's word is forgotten. `isDated`: what was kept last may
   * be missing, so that all that was waiting may be on its way.
   */
  recover({ messages, once }: KeptOrders, { oldest = 0, isDated = false } = {}): void {
    const now = Date.now();
    for (const [place, value] of once) {
      if (!this.#once.restore(place, value, now)) this.#log.also({ key: place });
    }
    for (const message of messages) {
      if (message.open === 0 && message.since < oldest) this.#log.drop(message);
      else if (message.isOut) this.#recoverDoubts(message);
      else this.#recoverOrder(message, isDated);
    }
  }

  settle(verdict: Verdict): VerdictTaken {
    const inDoubt = this.#doubts.of(verdict.key);
    const country = this.#countryOf(inDoubt[0]?.message.order.gateways);
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

  cancel(gateway: string, ids: readonly string[]): Promise<CancelOutcome> {
    const host = {
      cancelWaiting: (name: string) => this.#cancelWaiting(name),
      accountOf: (id: string) => this.#router.accountOf(id),
    };
    return cancelAll(gateway, ids, host, this.#deliveries);
  }

  attachNode(id: string, sink: (outcome: Outcome) => void): () => void {
    return this.#outlets.attach(id, sink);
  }

  attachGateway(gateway: Gateway | BrokenGateway): () => void {
    if ('country' in gateway) this.#countries.set(gateway.id, gateway.country);
    const detach = this.#router.attach(gateway);
    const unwatched = this.#unwatched.get(gateway.id) ?? [];
    if (!('failure' in gateway)) this.#unwatched.delete(gateway.id);
    for (const recipient of unwatched) this.#watchAgain(recipient, gateway.id);
    return detach;
  }

  watchGateway(id: string, listener: (alarm: Failure | undefined) => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(listener));
    const alarm = this.#router.alarmOf(id);
    if (alarm) listener(alarm);
    return () => {
      watchers.delete(listener);
      if (watchers.size === 0) this.#watchers.delete(id);
    };
  }

  #recoverOrder(message: Message, isDated: boolean): void {
    const now = Date.now();
    const { once } = message.order;
    const texts = message.order.items.map(({ text }) => text);
    if (once !== undefined) this.#once.fits(once, texts, now);
    this.#orders.add(message);
    const open = message.recipients.filter(({ settled }) => !settled);
    for (const recipient of message.recipients) {
      if (recipient.settled && recipient.state === 'in-doubt') this.#doubts.note(recipient);
    }
    if (open.length === 0) {
      this.#comeOut(message);
      return;
    }
    const mine = open.filter((recipient) => this.#claimOnce(recipient, now));
    const atVendor = mine.filter(({ sentAt }) => sentAt !== undefined);
    const notSent = mine.filter(({ sentAt }) => sentAt === undefined);
    const unclear = notSent.filter(({ state }) => isDated || UNCLEAR_STATES.has(state));
    const waiting = notSent.filter(({ state }) => !isDated && !UNCLEAR_STATES.has(state));
    for (const recipient of atVendor) this.#recoverWait(recipient);
    for (const recipient of waiting) this.#count(recipient);
    this.#startExpiry(message);
    this.#router.interrupted(unclear);
    this.#router.resume(waiting);
  }

  /** What is in doubt of an order whose outcome is out. */
  #recoverDoubts(message: Message): void {
    for (const recipient of message.recipients) {
      if (recipient.state !== 'in-doubt' || recipient.isSettledElsewhere) continue;
      this.#claimOnce(recipient, Date.now());
      // Nobody else cares for it under its idempotency key, and it is not sent of itself.
      if (recipient.once) recipient.once.conclude(recipient.outcome, Date.now());
      this.#doubts.note(recipient);
    }
  }

  #recoverWait(recipient: Recipient): void {
    const { gateway, id, sentAt = Date.now() } = recipient;
    this.#awaitReport(recipient, recipient.state, sentAt);
    if (id === undefined || !gateway) return;
    this.#unwatched.set(gateway.id, [...(this.#unwatched.get(gateway.id) ?? []), recipient]);
  }

  #watchAgain(recipient: Recipient, gateway: string): void {
    if (recipient.settled || recipient.id === undefined) return;
    const watch = this.#deliveries.watch(gateway, recipient.id, recipient.number, (event) => {
      this.#report(recipient, event);
    });
    if (!watch) return;
    recipient.endWatch = () => {
      watch.end();
    };
    this.#report(recipient, watch.event);
  }

  #cancelWaiting(name: string): ReturnType<CancelHost['cancelWaiting']> {
    const count = { cancelled: 0, held: 0, left: 0 };
    for (const recipient of this.#orders.of(name).flatMap(({ recipients }) => recipients)) {
      if (recipient.settled) continue;
      if (recipient.isOut) {
        if (recipient.state === 'scheduled') count.held++;
        else count.left++;
      } else {
        count.cancelled++;
        this.#fail(recipient, failure('cancelled'));
      }
    }
    return count;
  }

  /** Whether the recipient is to be sent to; where it is cared for under the order's key already, it follows that. */
  #claimOnce(recipient: Recipient, now: number): boolean {
    const { message } = recipient;
    const { order } = message;
    if (order.once === undefined) return true;
    const number = comparable(recipient.number, this.#countryOf(order.gateways));
    const { record, mine } = this.#once.claim(order.once, number, message.textOf(recipient.item), now);
    if (mine) {
      recipient.once = record;
      return true;
    }
    this.#follow(recipient, record);
    return false;
  }

  #follow(recipient: Recipient, record: OnceRecord): void {
    recipient.following = true;
    record.follow(({ state, id, ids, failure: reason, gateway }) => {
      Object.assign(recipient, { id, ids, failure: reason, gateway, following: false });
      if (state === 'in-doubt') {
        recipient.once = record;
        this.#doubt(recipient, 0);
      } else if (recipient.message.order.until !== 'delivered' || !this.#awaitFollowed(recipient, state, record)) {
        this.#conclude(recipient, state);
      }
    });
  }

  /** The vendor has it: its outcome is out when the handset confirms, or when the deadline has passed. */
  #awaitReport(recipient: Recipient, state: State, acceptedAt = Date.now()): void {
    const { order } = recipient.message;
    recipient.state = state;
    recipient.sentAt = Math.max(acceptedAt, order.at ?? 0, recipient.due ?? 0);
    this.#uncount(recipient);
    this.#log.touch(recipient);
    const cancel = setAlarm(recipient.sentAt + order.deadline, () => {
      recipient.failure = failure('no-report');
      this.#conclude(recipient, recipient.state);
    });
    recipient.endWait = cancel;
  }

  /** Waits for the report about an SMS that another order has sent. False where none is to be expected. */
  #awaitFollowed(recipient: Recipient, state: State, once: OnceRecord): boolean {
    const { id, gateway, failure: reason } = recipient;
    if (!ACCEPTED_STATES.has(state) || state === 'delivered' || reason || id === undefined || !gateway) return false;
    const watch = this.#deliveries.watch(gateway.id, id, recipient.number, (event) => {
      this.#report(recipient, event);
    });
    if (!watch) {
      recipient.failure = failure('no-report');
      return false;
    }
    this.#awaitReport(recipient, state);
    const cancel = recipient.endWait;
    recipient.endWait = () => {
      cancel?.();
      watch.end();
    };
    recipient.awaited = { once, outcome: once.outcome };
    this.#report(recipient, watch.event);
    return true;
  }

  /**
   * What another order has sent was not delivered: the first that hears of it sends again, and whoever else waits for it
   * follows that one. False where it follows.
   */
  #takeOver(recipient: Recipient): boolean {
    const { awaited } = recipient;
    if (!awaited) return true;
    recipient.awaited = undefined;
    if (awaited.once.outcome !== awaited.outcome) {
      this.#follow(recipient, awaited.once);
      return false;
    }
    awaited.once.reopen();
    this.#log.also(awaited.once.change);
    recipient.once = awaited.once;
    return true;
  }

  #report(recipient: Recipient, event: ReportEvent): void {
    const { settled, endWait } = recipient;
    if (settled || !endWait) return;
    recipient.state = event.state;
    if (event.state === 'delivered') {
      this.#conclude(recipient, 'delivered');
    } else if (FAILED_STATES.has(event.state)) {
      endWait();
      Object.assign(recipient, { endWait: undefined, sentAt: undefined });
      this.#count(recipient);
      this.#log.touch(recipient);
      if (this.#takeOver(recipient)) this.#router.undelivered(recipient, event);
    } else if (event.state === 'unknown' && event.final) {
      recipient.failure = event.failure ?? failure('no-answer');
      this.#conclude(recipient, 'unknown');
    }
  }

  #count(recipient: Recipient): void {
    if (!recipient.counted) this.#waiting++;
    recipient.counted = true;
  }

  #uncount(recipient: Recipient): void {
    if (recipient.counted) this.#waiting--;
    recipient.counted = false;
  }

  #doubt(recipient: Recipient, patience: number): void {
    recipient.state = 'in-doubt';
    this.#doubts.note(recipient);
    this.#log.touch(recipient);
    if (patience <= 0) {
      this.#conclude(recipient, 'in-doubt');
      return;
    }
    recipient.cancelDoubt = setAlarm(Date.now() + patience, () => {
      this.#conclude(recipient, 'in-doubt');
    });
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
      this.#conclude(recipient, verdict === 'failed' ? 'undelivered' : 'accepted');
    }
  }

  /** Sends again, each once: of those under one idempotency key the first, and the others follow it. */
  #resend(recipients: readonly Recipient[]): void {
    const records = new Set<OnceRecord>();
    const ready = recipients.filter((recipient) => {
      const { once } = recipient;
      recipient.goOn();
      if (once && records.has(once)) {
        this.#follow(recipient, once);
        return false;
      }
      if (once) {
        once.reopen();
        this.#log.also(once.change);
        records.add(once);
      }
      return true;
    });
    this.#router.route(ready);
  }

  /** Makes a recipient that has its outcome wait again, where its order has not come out yet. */
  #takeUp(recipient: Recipient): void {
    if (!recipient.settled) return;
    recipient.settled = false;
    recipient.message.open++;
    this.#count(recipient);
    this.#log.touch(recipient);
  }

  /** Takes up again recipients whose order has come out, for an outcome that leaves where the verdict came from. */
  #reopen(concerned: readonly Recipient[], { node, envelope, verdict }: Verdict): Message {
    // Of several messages of one order the last knows all the attempts.
    const before = concerned.at(-1)?.message;
    if (!before) throw new Error('no recipient to take up again');
    const until = verdict === 'resend' ? before.order.until : 'accepted';
    const only = concerned.map(({ item, to }) => ({ item, to }));
    const message = new Message({ ...before.order, node, envelope, until }, Date.now(), only);
    this.#log.add(message);
    for (const attempt of before.attempts) {
      message.note(attempt);
      this.#log.noteAttempt(message, attempt);
    }
    message.raw = before.raw;
    message.addAll().forEach((again, index) => {
      const { path = [], failure: reason, gateway, once } = concerned[index] ?? {};
      Object.assign(again, { path: [...path], failure: reason, gateway, once });
      this.#count(again);
      this.#log.touch(again);
    });
    for (const recipient of concerned) this.#settleElsewhere(recipient);
    this.#orders.add(message);
    this.#startExpiry(message);
    return message;
  }

  /** What comes of a recipient in doubt is told of another order. */
  #settleElsewhere(recipient: Recipient): void {
    const { message } = recipient;
    recipient.isSettledElsewhere = true;
    this.#log.touch(recipient);
    if (message.isOut && !isInDoubt(message)) this.#log.drop(message);
  }

  #startExpiry(message: Message): void {
    if (message.expiresAt === undefined) return;
    message.cancelExpiry = setAlarm(message.expiresAt, () => {
      for (const recipient of message.recipients) {
        if (!recipient.isOut && !recipient.following) this.#fail(recipient, failure('expired'));
      }
    });
  }

  #fail(recipient: Recipient, reason: Failure): void {
    if (recipient.settled) return;
    if (recipient.doubt) {
      Object.assign(recipient, recipient.doubt);
      this.#doubt(recipient, 0);
      return;
    }
    recipient.failure = reason;
    this.#conclude(recipient, stateOf(reason) ?? recipient.lastState);
  }

  /** The recipient has its outcome; with the last one the order has. */
  #conclude(recipient: Recipient, state: State): void {
    if (recipient.settled) return;
    recipient.state = state;
    recipient.settled = true;
    this.#log.touch(recipient);
    recipient.cancelDoubt?.();
    recipient.endWait?.();
    recipient.endWait = undefined;
    recipient.endWatch?.();
    this.#router.forget(recipient);
    this.#uncount(recipient);
    const { message } = recipient;
    message.open--;
    if (message.open === 0) this.#comeOut(message);
    // Last, for those who follow may be of the same message.
    recipient.once?.conclude(recipient.outcome, Date.now());
    if (recipient.once) this.#log.also(recipient.once.change);
  }

  #comeOut(message: Message): void {
    this.#orders.forget(message);
    message.cancelExpiry?.();
    const { key, node, items, batch = false, envelope, until } = message.order;
    const { attempts, raw } = message;
    const recipients = message.recipients.map(({ outcome }) => outcome);
    const out = { key, node, items, batch, envelope, until, recipients, attempts };
    const outcome = { ...out, ...(raw === undefined ? {} : { raw }) };
    const leave = (): void => {
      this.#outlets.deliver(outcome, () => {
        if (isInDoubt(message)) this.#log.markOut(message);
        else this.#log.drop(message);
      });
    };
    // What was learnt leaves although it cannot be kept; it is then told again, as in doubt, if the process ends.
    this.#log.saved().then(leave, leave);
  }

  #countryOf([gateway = '']: readonly string[] = []): string {
    return this.#countries.get(gateway) ?? '';
  }
}

function isInDoubt({ recipients }: Message): boolean {
  return recipients.some(({ state, isSettledElsewhere }) => state === 'in-doubt' && !isSettledElsewhere);
}

/** The state in which a definite failure of ours ends. */
function stateOf(reason: Failure): State | undefined {
  if (reason.code === 'expired') return 'expired';
  if (reason.code === 'cancelled') return 'cancelled';
  return reason.code === 'opted-out' ? 'suppressed' : undefined;
}
