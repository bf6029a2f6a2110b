/** Takes orders, gives each its one outcome, and knows what is in doubt. */
import { failure, failureOf, type Failure } from '../core/failure';
import { comparable } from '../core/recipient';
import type { State } from '../core/state';
import { setAlarm } from './alarm';
import { cancelAll } from './cancelling';
import { Deadlines } from './deadlines';
import type { Deliveries } from './deliveries';
import type { CancelOutcome, Dispatcher, Order, Verdict, VerdictTaken } from './dispatcher';
import { DoubtDesk, isInDoubt } from './doubt-desk';
import type { BrokenGateway, Gateway } from './gateway';
import { HandsetWaits } from './handset-waits';
import { Message, type Recipient } from './message';
import { Multimap } from './multimap';
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
  readonly #watchers = new Multimap<string, (alarm: Failure | undefined) => void>();
  readonly #once = new OnceRegister((change) => {
    this.#log.also(change);
  });
  readonly #orders = new OpenOrders();
  readonly #expiries = new Deadlines<Message>((message) => {
    this.#expire(message);
  });
  readonly #doubts: DoubtDesk;
  readonly #waits: HandsetWaits;
  /** Countries of the gateways, also of those that are away at the moment. */
  readonly #countries = new Map<string, string>();
  /** Recipients that wait to be sent. */
  #waiting = 0;

  constructor(limits: DispatcherLimits, deliveries: Deliveries, log: OrderLog = NO_LOG) {
    this.#limits = limits;
    this.#deliveries = deliveries;
    this.#log = log;
    const host = this.#host();
    this.#doubts = new DoubtDesk(host, log);
    this.#waits = new HandsetWaits(host, deliveries, log);
    this.#router = new Router(this.#routerEvents(), deliveries, log);
  }

  send(order: Order): void {
    const now = Date.now();
    const message = new Message(order, now);
    const wanted = order.items.reduce((sum, { to }) => sum + to.length, 0);
    const full = this.#waiting + wanted > this.#limits.queueLimit;
    const fits = order.once === undefined || this.#once.fits(order.once, textsOf(message), now);
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
    const open: Recipient[] = [];
    for (const message of messages) {
      if (message.open === 0 && message.since < oldest) this.#log.drop(message);
      else if (message.isOut) this.#recoverDoubts(message);
      else this.#recoverOrder(message, open);
    }
    const isUnclear = ({ state }: Recipient): boolean => isDated || UNCLEAR_STATES.has(state);
    const waiting = open.filter((recipient) => !isUnclear(recipient));
    for (const recipient of waiting) this.#count(recipient);
    this.#router.interrupted(open.filter(isUnclear));
    this.#router.resume(waiting);
  }

  settle(verdict: Verdict): VerdictTaken {
    return this.#doubts.settle(verdict);
  }

  cancel(gateway: string, ids: readonly string[]): Promise<CancelOutcome> {
    const host = {
      messagesOf: (name: string) => this.#orders.of(name),
      fail: (recipient: Recipient, reason: Failure) => {
        this.#fail(recipient, reason);
      },
      accountOf: (id: string) => this.#router.accountOf(id),
    };
    return cancelAll(gateway, ids, host, this.#deliveries);
  }

  attachNode(id: string, sink: Parameters<Dispatcher['attachNode']>[1]): () => void {
    return this.#outlets.attach(id, sink);
  }

  /** Makes a gateway known; what waited for its id goes on. Gives what detaches it: then its messages wait. */
  attachGateway(gateway: Gateway | BrokenGateway): () => void {
    if ('country' in gateway) this.#countries.set(gateway.id, gateway.country);
    const detach = this.#router.attach(gateway);
    if (!('failure' in gateway)) this.#waits.watch(gateway.id);
    return detach;
  }

  /** Resolves once the requests to send that are under way through a gateway now are over. Never rejects. */
  drained(gatewayId: string): Promise<void> {
    return this.#router.drained(gatewayId);
  }

  watchGateway(id: string, listener: (alarm: Failure | undefined) => void): () => void {
    this.#watchers.add(id, listener);
    const alarm = this.#router.alarmOf(id);
    if (alarm) listener(alarm);
    return () => {
      this.#watchers.delete(id, listener);
    };
  }

  /** What becomes of recipients, for those who care for some of them. */
  #host(): ConstructorParameters<typeof DoubtDesk>[0] & ConstructorParameters<typeof HandsetWaits>[0] {
    return {
      countryOf: (gateways) => this.#countryOf(gateways),
      count: (recipient) => {
        this.#count(recipient);
      },
      uncount: (recipient) => {
        this.#uncount(recipient);
      },
      open: (message) => {
        this.#orders.add(message);
        this.#startExpiry(message);
      },
      route: (recipients) => {
        this.#router.route(recipients);
      },
      follow: (recipient, record) => {
        this.#follow(recipient, record);
      },
      accept: (recipient) => {
        this.#accept(recipient, 'accepted');
      },
      conclude: (recipient, state) => {
        this.#conclude(recipient, state);
      },
      undelivered: (recipient, event) => {
        this.#router.undelivered(recipient, event);
      },
    };
  }

  #routerEvents(): RouterEvents {
    return {
      accept: (recipient, state) => {
        this.#accept(recipient, state);
      },
      report: (recipient, event) => {
        this.#waits.report(recipient, event);
      },
      fail: (recipient, reason) => {
        this.#fail(recipient, reason);
      },
      doubt: (recipient, patience) => {
        this.#doubt(recipient, patience);
      },
      known: (recipient) => {
        this.#doubts.forget(recipient);
      },
      adopt: (recipient, as) => {
        this.#doubts.adopt(recipient, as);
      },
      alarm: (gatewayId) => {
        for (const listener of this.#watchers.get(gatewayId)) listener(this.#router.alarmOf(gatewayId));
      },
    };
  }

  /** Adds to `open` the recipients that no vendor has for certain. */
  #recoverOrder(message: Message, open: Recipient[]): void {
    const now = Date.now();
    const { once } = message.order;
    if (once !== undefined) this.#once.fits(once, textsOf(message), now);
    this.#orders.add(message);
    const isOver = message.open === 0;
    this.#recoverDoubts(message);
    if (isOver) {
      this.#comeOut(message);
      return;
    }
    for (const recipient of message.recipients) {
      if (recipient.settled || !this.#claimOnce(recipient, now)) continue;
      if (recipient.sentAt !== undefined) this.#waits.recover(recipient);
      else open.push(recipient);
    }
    this.#startExpiry(message);
  }

  /** What has its outcome and is in doubt. */
  #recoverDoubts({ recipients }: Message): void {
    for (const recipient of recipients) {
      if (!recipient.settled || recipient.state !== 'in-doubt' || recipient.isSettledElsewhere) continue;
      this.#claimOnce(recipient, Date.now());
      // Nobody else cares for it under its idempotency key, and it is not sent of itself.
      if (recipient.once) recipient.once.conclude(recipient.outcome, Date.now());
      this.#doubts.note(recipient);
      this.#router.watchDoubt(recipient);
    }
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
      } else if (
        recipient.message.order.until !== 'delivered' ||
        !this.#waits.beginFollowed(recipient, state, record)
      ) {
        this.#conclude(recipient, state);
      }
    });
  }

  #count(recipient: Recipient): void {
    if (!recipient.counted) this.#waiting++;
    recipient.counted = true;
  }

  #uncount(recipient: Recipient): void {
    if (recipient.counted) this.#waiting--;
    recipient.counted = false;
  }

  #accept(recipient: Recipient, state: 'accepted' | 'scheduled'): void {
    if (recipient.message.order.until === 'delivered') this.#waits.begin(recipient, state);
    else this.#conclude(recipient, state);
  }

  #doubt(recipient: Recipient, patience: number): void {
    recipient.state = 'in-doubt';
    this.#doubts.note(recipient);
    this.#log.touch(recipient);
    if (patience <= 0) this.#conclude(recipient, 'in-doubt');
    if (patience <= 0 || patience === Infinity) return;
    recipient.cancelDoubt = setAlarm(Date.now() + patience, () => {
      this.#conclude(recipient, 'in-doubt');
    });
  }

  #startExpiry(message: Message): void {
    if (message.expiresAt < Infinity) this.#expiries.add(message);
  }

  #expire({ recipients }: Message): void {
    for (const recipient of recipients) {
      if (!recipient.isOut && !recipient.following) this.#fail(recipient, failure('expired'));
    }
  }

  #fail(recipient: Recipient, reason: Failure): void {
    if (recipient.settled) return;
    if (recipient.doubt) {
      recipient.showDoubt();
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
    this.#expiries.remove(message);
    const { key, node, items, batch = false, envelope, until } = message.order;
    const { attempts, raw } = message;
    const recipients = message.recipients.map(({ outcome }) => outcome);
    const outcome = {
      key,
      node,
      items,
      batch,
      envelope,
      until,
      recipients,
      attempts,
      ...(raw === undefined ? {} : { raw }),
    };
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

function textsOf({ order }: Message): string[] {
  return order.items.map(({ text }) => text);
}

/** The state in which a definite failure of ours ends. */
function stateOf(reason: Failure): State | undefined {
  if (reason.code === 'expired') return 'expired';
  if (reason.code === 'cancelled') return 'cancelled';
  return reason.code === 'opted-out' ? 'suppressed' : undefined;
}
