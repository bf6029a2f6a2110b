/**
 * The way of a recipient: which gateway it goes to, what an answer means for it, and what comes next. It decides by the
 * rules of the public contract (section 3): a backup is tried only where it is certain that nothing was accepted.
 */
import { compact } from '../core/compact';
import { ACCOUNT_CODES, FINAL_CODES, failure, type Failure } from '../core/failure';
import type { State } from '../core/state';
import { ownTurn } from '../core/turns';
import type { Account } from '../vendors/driver';
import { setAlarm } from './alarm';
import type { Deliveries } from './deliveries';
import type { Attempt, GatewayName, RecipientOutcome } from './dispatcher';
import type { ReportEvent } from './events';
import { NO_GATEWAY, type BrokenGateway, type Gateway } from './gateway';
import { groupBy, groupsOf } from './grouping';
import { Hub } from './hub';
import { jobOf, type Job } from './job';
import { valueOf } from './maps';
import type { Message, Recipient } from './message';
import type { OrderLog } from './order-log';
import { Requests } from './requests';
import { pauseBefore } from './retry';
import { Inspection, OPTED_OUT, URGENT, nameOf, optionsFor, timingOf } from './routing';

/** What the router tells whoever keeps the orders. */
export interface RouterEvents {
  /** The vendor has it. */
  accept(recipient: Recipient, state: 'accepted' | 'scheduled'): void;
  /** Something was reported of one that the vendor has. */
  report(recipient: Recipient, event: ReportEvent): void;
  /** No gateway took it, and none is left to try. */
  fail(recipient: Recipient, reason: Failure): void;
  /** Nobody knows whether the vendor took it; `patience` milliseconds are left for evidence, maybe without an end. */
  doubt(recipient: Recipient, patience: number): void;
  /** It is in doubt no more: it was asked for again, or is sent again. What comes of that is told next. */
  known(recipient: Recipient): void;
  /** A report showed that the vendor has one that is in doubt, or has come out so. */
  adopt(recipient: Recipient, as: Pick<RecipientOutcome, 'id' | 'ids' | 'gateway'>): void;
  /** The account of this gateway was paused, or works again. */
  alarm(gatewayId: string): void;
}

/** Milliseconds between two tries of a message whose vendor could not be reached, at most. */
const LONGEST_UNREACHED = 45_000;
/** Recipients that are routed in one turn of the event loop, where there are very many. */
const IN_A_TURN = 1000;

export class Router {
  readonly #events: RouterEvents;
  readonly #deliveries: Deliveries;
  readonly #log: OrderLog;
  readonly #requests: Requests;
  readonly #gateways = new Map<string, Gateway | BrokenGateway>();
  readonly #hubs = new Map<string, Hub>();
  /** Recipients whose gateway is not there at the moment, by its id. */
  readonly #parked = new Map<string, Set<Recipient>>();
  /** Recipients that wait for a paused account. */
  #held = new Set<Recipient>();

  constructor(events: RouterEvents, deliveries: Deliveries, log: OrderLog) {
    this.#events = events;
    this.#deliveries = deliveries;
    this.#log = log;
    const host = {
      gatewayOf: (id: string) => {
        const gateway = this.#gateways.get(id);
        return gateway && !('failure' in gateway) ? gateway : undefined;
      },
      occupy: (gateway: Gateway) => this.#hubOf(gateway).occupy(),
      route: (recipients: readonly Recipient[]) => {
        this.route(recipients);
      },
      wait: (until: number, recipients: readonly Recipient[], state: State) => {
        this.#wait(until, recipients, state);
      },
      refused: (gateway: Gateway, recipients: readonly Recipient[], refusal: Failure) => {
        this.#refused(recipients, refusal, gateway);
      },
      rejected: (gateway: Gateway, recipients: readonly Recipient[], refusal: Failure) => {
        this.#rejected(gateway, recipients, refusal);
      },
    };
    this.#requests = new Requests(host, events, deliveries, log);
  }

  /** Why nothing goes out through a gateway at the moment, if that is so. */
  alarmOf(id: string): Failure | undefined {
    const gateway = this.#gateways.get(id);
    if (!gateway || 'failure' in gateway) return gateway?.failure;
    const { pause, trouble } = this.#hubOf(gateway);
    return pause ?? trouble;
  }

  /** The account of a gateway, or why there is none: the gateway is away or broken. */
  accountOf(id: string): Account | Failure {
    const gateway = this.#gateways.get(id) ?? { failure: NO_GATEWAY };
    return 'failure' in gateway ? gateway.failure : gateway.account;
  }

  attach(gateway: Gateway | BrokenGateway): () => void {
    this.#gateways.set(gateway.id, gateway);
    const hub = 'failure' in gateway ? undefined : this.#hubOf(gateway);
    if (!('failure' in gateway)) hub?.attach(gateway);
    this.#leaveOtherHubs(gateway.id, hub);
    this.#events.alarm(gateway.id);
    const parked = this.#parked.get(gateway.id) ?? [];
    this.#parked.delete(gateway.id);
    this.#requests.takeUpInterrupted(gateway);
    void this.#routeInTurns([...parked]);
    this.#releaseHeld();
    return () => {
      if (this.#gateways.get(gateway.id) === gateway) this.#gateways.delete(gateway.id);
      if (!('failure' in gateway)) this.route((hub?.detach(gateway) ?? []).flatMap(waitingOf));
    };
  }

  /** Resolves once the requests to send that are under way through a gateway now are over. Never rejects. */
  drained(gatewayId: string): Promise<void> {
    return this.#requests.drained(gatewayId);
  }

  /** Sends recipients, of whatever messages, on to the gateway at the head of their path. */
  route(recipients: readonly Recipient[]): void {
    for (const group of groupsOf(recipients)) {
      const [first] = group;
      if (!first) continue;
      const id = first.gatewayId;
      if (first.message.isOver(Date.now())) this.#failAll(group, failure('expired'));
      else if (id === undefined) this.#endRound(group);
      else this.#routeTo(id, first.message, group);
    }
  }

  /** The same for very many, the most urgent first: what is first is sent before the last has its place. Never rejects. */
  async #routeInTurns(recipients: Recipient[]): Promise<void> {
    recipients.sort((one, other) => other.message.order.priority - one.message.order.priority);
    for (let at = 0; at < recipients.length; at += IN_A_TURN) {
      if (at > 0) await ownTurn();
      this.route(recipients.slice(at, at + IN_A_TURN));
    }
  }

  /** A request for these may have been under way when the process ended. */
  interrupted(recipients: readonly Recipient[]): void {
    this.#requests.addInterrupted(recipients);
  }

  /** A report may show that one in doubt was accepted. */
  watchDoubt(recipient: Recipient): void {
    this.#requests.watchDoubt(recipient);
  }

  /** Sends recipients on that waited when the process ended; those of whom a vendor asked for a pause, after it. */
  resume(recipients: readonly Recipient[]): void {
    const now = Date.now();
    const due: Recipient[] = [];
    for (const recipient of recipients) {
      if (recipient.retryAt > now) continue;
      const { gatewayId } = recipient;
      // At the start most wait for a gateway that is about to come.
      if (gatewayId === undefined || this.#gateways.has(gatewayId) || recipient.settled) due.push(recipient);
      else this.#park(gatewayId, recipient);
    }
    this.route(due);
    const later = recipients.filter(({ retryAt }) => retryAt > now);
    for (const group of groupBy(later, ({ retryAt }) => retryAt)) this.#wait(group[0].retryAt, group, 'queued');
  }

  /** The vendor accepted a recipient and could certainly not deliver to it: the next gateway, a later round, or the end. */
  undelivered(recipient: Recipient, event: ReportEvent): void {
    const reason = event.failure ?? failure('undelivered');
    const gateway = event.gateway ?? recipient.gateway;
    recipient.lastState = 'undelivered';
    if (!gateway) {
      this.#events.fail(recipient, reason);
      return;
    }
    this.#note(recipient.message, {
      gateway,
      at: new Date(event.at).toISOString(),
      to: [recipient.to],
      state: event.state,
      failure: reason,
    });
    this.#notAccepted([recipient], reason, gateway);
  }

  /** Forgets a recipient that has its outcome. */
  forget(recipient: Recipient): void {
    this.#held.delete(recipient);
    this.#parked.get(recipient.gatewayId ?? '')?.delete(recipient);
    this.#requests.forget(recipient);
  }

  #note(message: Message, attempt: Attempt): void {
    message.note(attempt);
    this.#log.noteAttempt(message, attempt);
  }

  #routeTo(id: string, message: Message, recipients: readonly Recipient[]): void {
    const gateway = this.#gateways.get(id);
    if (!gateway) {
      for (const recipient of recipients) this.#park(id, recipient);
      return;
    }
    const choice = 'failure' in gateway ? gateway : optionsFor(message, gateway);
    if ('failure' in gateway || 'failure' in choice) {
      this.#refused(recipients, 'failure' in choice ? choice.failure : failure('invalid-config'), gateway);
      return;
    }
    const inspection = new Inspection(message, gateway, choice.options);
    const fit: Recipient[] = [];
    const unfit: { recipient: Recipient; refusal: Failure }[] = [];
    for (const recipient of recipients) {
      const isOut = this.#deliveries.hasOptedOut(gateway, recipient.number);
      const refusal = isOut ? OPTED_OUT : inspection.refusalOf(recipient);
      if (refusal) unfit.push({ recipient, refusal });
      else fit.push(recipient);
    }
    for (const refused of groupBy(unfit, ({ refusal }) => JSON.stringify(refusal))) {
      const [{ refusal }] = refused;
      this.#refused(
        refused.map(({ recipient }) => recipient),
        refusal,
        gateway,
      );
    }
    if (fit.length > 0) this.#enqueue(gateway, message, fit);
  }

  /** Keeps a recipient until its gateway is there. */
  #park(gatewayId: string, recipient: Recipient): void {
    recipient.state = 'held';
    valueOf(this.#parked, gatewayId, () => new Set()).add(recipient);
  }

  #enqueue(gateway: Gateway, message: Message, recipients: readonly Recipient[]): void {
    const now = Date.now();
    const { notBefore } = timingOf(message, gateway, now);
    if (notBefore > now) {
      this.#wait(notBefore, recipients, 'scheduled');
      return;
    }
    const hub = this.#hubOf(gateway);
    if (hub.pause) {
      if (message.isRefusedBy(gateway.accountKey)) this.#notAccepted(recipients, hub.pause, gateway);
      else this.#passOver(recipients, hub.pause, gateway);
      return;
    }
    const job = jobOf(gateway, message, compact(recipients));
    const trouble = hub.troubleOf(job);
    if (trouble) this.#passBy([job], trouble);
    else this.#push(hub, job);
  }

  #push(hub: Hub, job: Job): void {
    for (const recipient of job.rest) recipient.state = 'queued';
    hub.push(job);
  }

  /** Whoever has a backup does not wait for a vendor, or a line, that fails again and again; the others do. */
  #passBy(jobs: readonly Job[], reason: Failure): void {
    for (const { message, gatewayId, rest } of jobs) {
      const gateway = this.#gateways.get(gatewayId);
      if (!gateway || 'failure' in gateway) {
        this.route(rest);
        continue;
      }
      const stays = rest.filter(({ path }) => path.length === 1);
      if (stays.length > 0) this.#push(this.#hubOf(gateway), jobOf(gateway, message, stays));
      this.#notAccepted(
        rest.filter(({ settled, path }) => !settled && path.length > 1),
        reason,
        gateway,
      );
    }
  }

  /** Routes recipients again at a later time. */
  #wait(until: number, recipients: readonly Recipient[], state: State): void {
    for (const recipient of recipients) recipient.state = state;
    setAlarm(until, () => {
      this.route(recipients);
    });
  }

  #rejected(gateway: Gateway, recipients: readonly Recipient[], refusal: Failure): void {
    for (const recipient of recipients) recipient.lastState = 'rejected';
    if (!ACCOUNT_CODES.has(refusal.code)) {
      this.#notAccepted(recipients, refusal, gateway);
      return;
    }
    const hub = this.#hubOf(gateway);
    const waiting = hub.stop(refusal, gateway);
    // The rest of the same message fails with it: its outcome would otherwise wait for the account.
    if (hub.pause) for (const { message } of recipients) message.noteRefusalBy(gateway.accountKey);
    this.#notAccepted(recipients, refusal, gateway);
    this.route(waiting.flatMap(waitingOf));
  }

  /** Refused by what is known before a request: noted as an attempt, so that the way of the message can be seen. */
  #refused(recipients: readonly Recipient[], refusal: Failure, gateway: GatewayName): void {
    for (const recipient of recipients) Object.assign(recipient, { id: undefined, ids: undefined });
    for (const ofMessage of groupBy(recipients, ({ message }) => message)) {
      this.#note(ofMessage[0].message, {
        gateway: nameOf(gateway),
        at: new Date().toISOString(),
        to: ofMessage.map(({ to }) => to),
        state: refusal.code === 'opted-out' ? 'suppressed' : 'rejected',
        failure: refusal,
      });
    }
    this.#notAccepted(recipients, refusal, gateway);
  }

  /** The vendor certainly did not take it: the next gateway, a later round, or the end. */
  #notAccepted(recipients: readonly Recipient[], refusal: Failure, gateway: GatewayName): void {
    const onward: Recipient[] = [];
    const ended: Recipient[] = [];
    const retryAt = Date.now() + (refusal.retryAfter ?? 0);
    for (const recipient of recipients) {
      const more = recipient.passOn(refusal, nameOf(gateway));
      recipient.retryAt = Math.max(recipient.retryAt, retryAt);
      if (FINAL_CODES.has(refusal.code)) this.#events.fail(recipient, refusal);
      else (more ? onward : ended).push(recipient);
    }
    this.#endRound(ended);
    this.#goOn(onward, gateway);
  }

  /** The account is paused: the next gateway, where there is one. */
  #passOver(recipients: readonly Recipient[], reason: Failure, gateway: GatewayName): void {
    const onward: Recipient[] = [];
    const ended: Recipient[] = [];
    for (const recipient of recipients) {
      (recipient.passOver(reason, nameOf(gateway)) ? onward : ended).push(recipient);
    }
    this.#endRound(ended);
    this.#goOn(onward, gateway);
  }

  /** To the next gateway, but for those who want no SMS from this one: nor do they from a backup of it. */
  #goOn(recipients: readonly Recipient[], { id }: GatewayName): void {
    const gateway = this.#gateways.get(id);
    const isOut = ({ number }: Recipient): boolean =>
      gateway !== undefined && !('failure' in gateway) && this.#deliveries.hasOptedOut(gateway, number);
    const wanted = recipients.filter((recipient) => !isOut(recipient));
    this.#failAll(recipients.filter(isOut), OPTED_OUT);
    this.route(wanted);
  }

  /** No gateway is left in this round: another one later, patience until an account works again, or the end. */
  #endRound(recipients: readonly Recipient[]): void {
    const now = Date.now();
    const again: Recipient[] = [];
    for (const recipient of recipients) {
      const mayWork = recipient.later.length > 0;
      const isHeld = !mayWork && recipient.paused.length > 0 && recipient.message.order.priority < URGENT;
      if (!mayWork && !isHeld) {
        this.#events.fail(recipient, recipient.failure ?? failure('no-route'));
      } else if (recipient.message.isOver(now)) {
        this.#events.fail(recipient, failure('expired'));
      } else if (mayWork) {
        recipient.startOver();
        again.push(recipient);
      } else {
        recipient.state = 'held';
        this.#held.add(recipient);
      }
    }
    const isLost = ({ failure: reason }: Recipient): boolean => reason?.code === 'network';
    for (const waiting of groupBy(again, (each) => `${each.rounds} ${each.retryAt} ${isLost(each)}`)) {
      const [first] = waiting;
      // A line that comes and goes is no vendor that wants rest, and the breaker sees to it that nobody is stormed.
      const longest = isLost(first) ? LONGEST_UNREACHED : undefined;
      this.#wait(now + pauseBefore(first.rounds, { atLeast: first.retryAt - now, longest }), waiting, 'queued');
    }
  }

  #failAll(recipients: readonly Recipient[], reason: Failure): void {
    for (const recipient of recipients) this.#events.fail(recipient, reason);
  }

  #releaseHeld(): void {
    const held = [...this.#held];
    this.#held = new Set();
    for (const recipient of held) recipient.startOver();
    this.route(held);
  }

  /** An account that a gateway has left for another does not know its configuration any more. */
  #leaveOtherHubs(gatewayId: string, own: Hub | undefined): void {
    for (const [key, hub] of this.#hubs) {
      if (hub === own) continue;
      hub.forget(gatewayId);
      if (hub.isIdle) this.#hubs.delete(key);
    }
  }

  #hubOf(gateway: Gateway): Hub {
    let hub = this.#hubs.get(gateway.accountKey);
    if (!hub) {
      hub = new Hub({
        request: (through, recipients) => this.#requests.make(through, recipients),
        alarm: (changed) => {
          for (const id of changed.gatewayIds) this.#events.alarm(id);
          if (!changed.pause) this.#releaseHeld();
        },
        failing: (jobs, reason) => {
          this.#passBy(jobs, reason);
        },
      });
      this.#hubs.set(gateway.accountKey, hub);
    }
    return hub;
  }
}

function waitingOf({ rest }: Job): readonly Recipient[] {
  return rest;
}
