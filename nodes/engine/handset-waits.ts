/** Recipients that the vendor has and whose outcome waits for the handset: until a report tells, or their deadline is over. */
import { failure } from '../core/failure';
import { ACCEPTED_STATES, FAILED_STATES, type State } from '../core/state';
import { setAlarm } from './alarm';
import type { Deliveries } from './deliveries';
import type { ReportEvent } from './events';
import { valueOf } from './maps';
import type { Recipient } from './message';
import type { OnceRecord } from './once';
import type { OrderLog } from './order-log';

/** What is needed of whoever keeps the orders. */
export interface WaitsHost {
  conclude(recipient: Recipient, state: State): void;
  /** It waits to be sent, or does so no more. */
  count(recipient: Recipient): void;
  uncount(recipient: Recipient): void;
  /** The recipient is cared for under an idempotency key. */
  follow(recipient: Recipient, record: OnceRecord): void;
  /** The handset certainly did not get it. */
  undelivered(recipient: Recipient, event: ReportEvent): void;
}

export class HandsetWaits {
  /** Recipients that wait since before the process started, by the gateway that is to tell. */
  readonly #unwatched = new Map<string, Recipient[]>();

  constructor(
    private readonly host: WaitsHost,
    private readonly deliveries: Deliveries,
    private readonly log: OrderLog,
  ) {}

  /** The vendor has it: its outcome is out when the handset confirms, or when the deadline has passed. */
  begin(recipient: Recipient, state: State, acceptedAt = Date.now()): void {
    const { order } = recipient.message;
    recipient.state = state;
    recipient.sentAt = Math.max(acceptedAt, order.at ?? 0, recipient.due ?? 0);
    this.host.uncount(recipient);
    this.log.touch(recipient);
    recipient.endWait = setAlarm(recipient.sentAt + order.deadline, () => {
      recipient.failure = failure('no-report');
      this.host.conclude(recipient, recipient.state);
    });
  }

  /** Goes on with a wait that was kept when the process ended. */
  recover(recipient: Recipient): void {
    const { gateway, id, sentAt = Date.now() } = recipient;
    this.begin(recipient, recipient.state, sentAt);
    if (id === undefined || !gateway) return;
    valueOf(this.#unwatched, gateway.id, () => []).push(recipient);
  }

  /** A gateway is there: what is known of what it had sent before the process started can be looked up. */
  watch(gateway: string): void {
    const unwatched = this.#unwatched.get(gateway) ?? [];
    this.#unwatched.delete(gateway);
    for (const recipient of unwatched) this.#watchAgain(recipient, gateway);
  }

  /** Waits for the report about an SMS that another order has sent. False where none is to be expected. */
  beginFollowed(recipient: Recipient, state: State, once: OnceRecord): boolean {
    const { id, gateway, failure: reason } = recipient;
    if (!ACCEPTED_STATES.has(state) || state === 'delivered' || reason || id === undefined || !gateway) return false;
    const watch = this.deliveries.watch(gateway.id, id, recipient.number, (event) => {
      this.report(recipient, event);
    });
    if (!watch) {
      recipient.failure = failure('no-report');
      return false;
    }
    this.begin(recipient, state);
    const cancel = recipient.endWait;
    recipient.endWait = () => {
      cancel?.();
      watch.end();
    };
    recipient.awaited = { once, outcome: once.outcome };
    this.report(recipient, watch.event);
    return true;
  }

  report(recipient: Recipient, event: ReportEvent): void {
    const { settled, endWait } = recipient;
    if (settled || !endWait) return;
    recipient.state = event.state;
    if (event.state === 'delivered') {
      this.host.conclude(recipient, 'delivered');
    } else if (FAILED_STATES.has(event.state)) {
      endWait();
      Object.assign(recipient, { endWait: undefined, sentAt: undefined });
      this.host.count(recipient);
      this.log.touch(recipient);
      if (this.#takeOver(recipient)) this.host.undelivered(recipient, event);
    } else if (event.state === 'unknown' && event.final) {
      recipient.failure = event.failure ?? failure('no-answer');
      this.host.conclude(recipient, 'unknown');
    }
  }

  #watchAgain(recipient: Recipient, gateway: string): void {
    if (recipient.settled || recipient.id === undefined) return;
    const watch = this.deliveries.watch(gateway, recipient.id, recipient.number, (event) => {
      this.report(recipient, event);
    });
    if (!watch) return;
    recipient.endWatch = () => {
      watch.end();
    };
    this.report(recipient, watch.event);
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
      this.host.follow(recipient, awaited.once);
      return false;
    }
    awaited.once.reopen();
    this.log.also(awaited.once.change);
    recipient.once = awaited.once;
    return true;
  }
}
