/**
 * Requests to vendors: each is written down before it is made, and its answer says what becomes of each recipient. What
 * nobody knows for certain is asked for again where the vendor can be asked; the rest is for the rule of its gateway.
 */
import { failure, failureOf, type ErrorCode, type Failure } from '../core/failure';
import type { State } from '../core/state';
import type { RecipientResult } from '../vendors/driver';
import { healthOf } from './breaker';
import type { Deliveries } from './deliveries';
import { Exchanges, isInDoubt, type ChosenIds, type SendAnswered, type SettleAnswered } from './exchange';
import type { BrokenGateway, Gateway } from './gateway';
import { groupBy } from './grouping';
import { INTERRUPTED, Interrupted } from './interrupted';
import type { Recipient } from './message';
import { Multimap } from './multimap';
import type { OrderLog } from './order-log';
import { pauseBefore } from './retry';
import type { RouterEvents } from './router';
import { OPTED_OUT, nameOf, timingOf } from './routing';
import { Settling, inDoubt } from './settling';

/** No request was made. */
const NOTHING_TOLD = healthOf([]);
/** Refusals that are about recipients. */
const OF_RECIPIENTS: ReadonlySet<ErrorCode> = new Set(['invalid-recipient', 'recipient-refused']);
/** Requests that `doubt: resend` repeats for a recipient before the doubt is shown after all. */
const MOST_RESENDS = 3;

/** What is needed of whoever knows the ways of recipients. */
export interface RequestsHost {
  /** The gateway as it is now; nothing where it is away or broken. */
  gatewayOf(id: string): Gateway | undefined;
  /** A request beside the queue begins; gives what ends it. */
  occupy(gateway: Gateway): () => void;
  route(recipients: readonly Recipient[]): void;
  /** Routes recipients again at a later time. */
  wait(until: number, recipients: readonly Recipient[], state: State): void;
  /** What is known before a request keeps these from it. */
  refused(gateway: Gateway, recipients: readonly Recipient[], refusal: Failure): void;
  /** The vendor certainly did not take these, and why. */
  rejected(gateway: Gateway, recipients: readonly Recipient[], refusal: Failure): void;
}

export class Requests {
  readonly #host: RequestsHost;
  readonly #events: RouterEvents;
  readonly #deliveries: Deliveries;
  readonly #log: OrderLog;
  readonly #exchanges: Exchanges;
  readonly #settling: Settling;
  readonly #interrupted: Interrupted;
  /** By the id of their gateway. */
  readonly #underWay = new Multimap<string, Promise<unknown>>();

  constructor(host: RequestsHost, events: RouterEvents, deliveries: Deliveries, log: OrderLog) {
    this.#host = host;
    this.#events = events;
    this.#deliveries = deliveries;
    this.#log = log;
    this.#exchanges = new Exchanges(deliveries, log, (recipient, event) => {
      events.report(recipient, event);
    });
    this.#settling = new Settling(
      {
        gatewayOf: (id) => host.gatewayOf(id),
        occupy: (gateway) => host.occupy(gateway),
        settled: (gateway, answer) => {
          this.#settled(gateway, answer);
        },
        giveUp: (gateway, recipients, since) => {
          this.#leaveToRule(gateway, recipients, since);
          this.#keep(recipients);
        },
      },
      this.#exchanges,
      deliveries,
    );
    this.#interrupted = new Interrupted((recipient) => {
      events.doubt(recipient, 0);
    });
  }

  /**
   * One request, from the recipients that go into it to what its answer means for each. Gives what the answer tells of the
   * vendor. Never rejects.
   */
  make(gateway: Gateway, wanted: readonly Recipient[]): Promise<ReturnType<typeof healthOf>> {
    const made = this.#make(gateway, wanted, 0);
    this.#underWay.add(gateway.id, made);
    void made.then(() => this.#underWay.delete(gateway.id, made));
    return made;
  }

  /** Resolves once the requests to send that are under way through a gateway now are over. Never rejects. */
  async drained(gatewayId: string): Promise<void> {
    await Promise.all(this.#underWay.get(gatewayId));
  }

  /** `tried`: how often the vendor knew the ids that were chosen for it. */
  async #make(gateway: Gateway, wanted: readonly Recipient[], tried: number): Promise<ReturnType<typeof healthOf>> {
    let ids: ChosenIds | undefined;
    try {
      const choosing = this.#exchanges.choose(gateway, wanted, tried);
      if (choosing) ids = await choosing;
    } catch (error) {
      this.#failAll(wanted, failureOf(error, failure('store-failed')));
      return NOTHING_TOLD;
    }
    const unsettled = wanted.filter(({ settled }) => !settled);
    if (unsettled.length === 0 || !this.#isThere(gateway, unsettled)) return NOTHING_TOLD;
    const now = Date.now();
    const recipients = this.#withoutOptedOut(gateway, this.#withoutExpired(unsettled, now));
    const [first] = recipients;
    if (!first) return NOTHING_TOLD;
    // The same for all of them: messages that go together have one priority and no time of their own.
    const { notBefore, at } = timingOf(first.message, gateway, now);
    if (notBefore > now) {
      this.#host.wait(notBefore, recipients, 'scheduled');
      return NOTHING_TOLD;
    }
    try {
      await this.#exchanges.writeDown(gateway, recipients, at, ids);
    } catch (error) {
      this.#failAll(recipients, failureOf(error, failure('store-failed')));
      return NOTHING_TOLD;
    }
    if (!this.#isThere(gateway, recipients)) return NOTHING_TOLD;
    const answered = await this.#exchanges.send(gateway, recipients, at, tried);
    const { again } = answered;
    if (this.#isSplit(answered)) answered.release();
    else this.#apply(gateway, answered);
    for (const recipient of again) recipient.state = 'queued';
    this.#keep(recipients);
    if (again.length > 0) return this.#make(gateway, again, tried + 1);
    return healthOf(answered.answers.map(({ result }) => result));
  }

  /** A request for these may have been under way when the process ended: what their gateway makes of it decides. */
  addInterrupted(recipients: readonly Recipient[]): void {
    this.#interrupted.add(recipients);
    for (const recipient of recipients) this.watchDoubt(recipient);
  }

  takeUpInterrupted(gateway: Gateway | BrokenGateway): void {
    const interrupted = this.#interrupted.take(gateway.id);
    if ('failure' in gateway) {
      for (const recipient of interrupted) this.#events.doubt(recipient, 0);
      return;
    }
    for (const ofMessage of groupBy(interrupted, ({ message }) => message)) {
      this.#comeIntoDoubt(gateway, ofMessage, INTERRUPTED);
      this.#settleOrLeave(gateway, ofMessage, INTERRUPTED);
    }
  }

  /** Forgets a recipient that has its outcome. */
  forget(recipient: Recipient): void {
    this.#interrupted.forget(recipient);
  }

  /** From now on a report may show that what is in doubt was accepted. */
  watchDoubt(recipient: Recipient): void {
    const { doubt } = recipient;
    if (!doubt) return;
    const { gateway } = doubt;
    this.#exchanges.mark(recipient, (id, ids) => {
      recipient.leaveDoubt();
      this.#events.adopt(recipient, { id, ids, gateway });
    });
  }

  /** Whether the gateway is as it was. If a deploy came first, another configuration may go with the same name. */
  #isThere(gateway: Gateway, recipients: readonly Recipient[]): boolean {
    if (this.#host.gatewayOf(gateway.id) === gateway) return true;
    for (const recipient of recipients) recipient.state = 'queued';
    this.#host.route(recipients);
    this.#keep(recipients);
    return false;
  }

  #withoutExpired(recipients: readonly Recipient[], now: number): readonly Recipient[] {
    const isOver = ({ message }: Recipient): boolean => message.isOver(now);
    if (!recipients.some(isOver)) return recipients;
    this.#failAll(recipients.filter(isOver), failure('expired'));
    return recipients.filter((recipient) => !isOver(recipient));
  }

  /** Those who still want what goes through the gateway; the others have their outcome. */
  #withoutOptedOut(gateway: Gateway, recipients: readonly Recipient[]): readonly Recipient[] {
    const isOut = ({ number }: Recipient): boolean => this.#deliveries.hasOptedOut(gateway, number);
    const gone = recipients.filter(isOut);
    if (gone.length === 0) return recipients;
    this.#host.refused(gateway, gone, OPTED_OUT);
    return recipients.filter((recipient) => !isOut(recipient));
  }

  /** What the answers to a request mean. */
  #apply(gateway: Gateway, { answers, release }: SendAnswered): void {
    const doubtful: { readonly cause: Failure; readonly recipients: readonly Recipient[] }[] = [];
    for (const { result, concerned } of answers) {
      if (result.state === 'in-doubt') {
        this.#comeIntoDoubt(gateway, concerned, result.failure);
        doubtful.push({ cause: result.failure, recipients: concerned });
      } else {
        this.#applyCertain(gateway, concerned, result);
      }
    }
    // What is reported of a recipient comes after its acceptance, and before anything is made of a doubt.
    release();
    for (const { cause, recipients } of doubtful) {
      const left = recipients.filter((recipient) => isInDoubt(recipient, recipient.intent));
      this.#settleOrLeave(gateway, left, cause);
    }
  }

  /**
   * Whether a request was refused because of one of its recipients, nobody knows which: nothing of it was taken, and it goes
   * again in halves, so that one does not keep the others from it.
   */
  #isSplit({ answers, isRefused }: SendAnswered): boolean {
    const [answer] = answers;
    if (!isRefused || !answer || answers.length > 1) return false;
    const { result, concerned } = answer;
    if (result.state !== 'rejected' || !OF_RECIPIENTS.has(result.failure.code) || concerned.length < 2) return false;
    for (const recipient of concerned) {
      recipient.together = Math.ceil(concerned.length / 2);
      recipient.state = 'queued';
    }
    this.#host.route(concerned);
    return true;
  }

  #applyCertain(
    gateway: Gateway,
    recipients: readonly Recipient[],
    result: Exclude<RecipientResult, { state: 'in-doubt' }>,
  ): void {
    if (result.state === 'rejected') {
      this.#host.rejected(gateway, recipients, result.failure);
      return;
    }
    const name = nameOf(gateway);
    for (const recipient of recipients) {
      Object.assign(recipient, { gateway: name, failure: undefined });
      this.#events.accept(recipient, result.state);
    }
  }

  /** The vendor was asked again for what was in doubt. */
  #settled(gateway: Gateway, { answers, release }: SettleAnswered): void {
    for (const { result, concerned } of answers) {
      if (result.state === 'in-doubt') {
        // Why it cannot be asked says more than what left it in doubt; what went wrong with the question does not.
        if (result.failure.code === 'in-doubt') this.#comeIntoDoubt(gateway, concerned, result.failure);
        continue;
      }
      for (const recipient of concerned) {
        recipient.unmark();
        recipient.leaveDoubt();
        this.#events.known(recipient);
      }
      this.#applyCertain(gateway, concerned, result);
    }
    release();
    this.#keep(answers.flatMap(({ concerned }) => concerned));
  }

  #comeIntoDoubt(gateway: Gateway, recipients: readonly Recipient[], cause: Failure): void {
    for (const recipient of recipients) {
      if (recipient.comeIntoDoubt(inDoubt(cause), nameOf(gateway))) this.watchDoubt(recipient);
    }
  }

  /** The vendor is asked again where it can be; the rest is for the gateway's rule. */
  #settleOrLeave(gateway: Gateway, recipients: readonly Recipient[], cause: Failure): void {
    const { asked, left } = this.#settling.take(gateway, recipients, cause);
    for (const recipient of asked) this.#events.doubt(recipient, Infinity);
    this.#leaveToRule(gateway, left, Date.now());
  }

  /** What the gateway's user chose for what is in doubt since `since` (epoch milliseconds). */
  #leaveToRule(gateway: Gateway, recipients: readonly Recipient[], since: number): void {
    const resend: Recipient[] = [];
    const onward: Recipient[] = [];
    for (const recipient of recipients) {
      const isOut = this.#deliveries.hasOptedOut(gateway, recipient.number);
      const mayGo = !isOut && !recipient.message.isOver(Date.now());
      if (gateway.doubt === 'resend' && recipient.resends < MOST_RESENDS && mayGo) {
        recipient.resends++;
        recipient.stay();
        resend.push(recipient);
      } else if (gateway.doubt === 'failover' && recipient.path.length > 1 && mayGo) {
        recipient.skip();
        onward.push(recipient);
      } else {
        const end = since + (gateway.doubt === 'hold' ? gateway.doubtAfter : 0);
        this.#events.doubt(recipient, Math.max(0, end - Date.now()));
      }
    }
    for (const recipient of [...resend, ...onward]) this.#events.known(recipient);
    const [first] = resend;
    if (first) this.#host.wait(Date.now() + pauseBefore(first.resends), resend, 'queued');
    this.#host.route(onward);
  }

  #failAll(recipients: readonly Recipient[], reason: Failure): void {
    for (const recipient of recipients) this.#events.fail(recipient, reason);
  }

  #keep(recipients: readonly Recipient[]): void {
    for (const recipient of recipients) this.#log.touch(recipient);
    this.#log.saved().catch(() => undefined);
  }
}
