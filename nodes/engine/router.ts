/**
 * The way of a recipient: which gateway it goes to, what an answer means for it, and what comes next. It decides by the
 * rules of the public contract (section 3): a backup is tried only where it is certain that nothing was accepted.
 */
import { ACCOUNT_CODES, FINAL_CODES, SmsError, failure, failureOf, type Failure } from '../core/failure';
import type { State } from '../core/state';
import type { RecipientResult, SendItem, SendRequest } from '../vendors/driver';
import { setAlarm } from './alarm';
import type { GatewayName } from './dispatcher';
import type { BrokenGateway, Gateway } from './gateway';
import { Hub } from './hub';
import type { Job, Message, Recipient } from './message';
import { pauseBefore } from './retry';
import { Inspection, URGENT, nameOf, optionsFor, timingOf } from './routing';

/** Requests that `doubt: resend` repeats for a recipient before the doubt is shown after all. */
const MOST_RESENDS = 3;

/** What the router tells whoever keeps the orders. */
export interface RouterEvents {
  /** The recipient has its outcome. */
  conclude(recipient: Recipient, state: State): void;
  /** Nobody knows whether the vendor took it; `patience` milliseconds are left for evidence. */
  doubt(recipient: Recipient, patience: number): void;
  /** The account of this gateway was paused, or works again. */
  alarm(gatewayId: string): void;
}

export class Router {
  readonly #events: RouterEvents;
  readonly #gateways = new Map<string, Gateway | BrokenGateway>();
  readonly #hubs = new Map<string, Hub>();
  /** Recipients whose gateway is not there at the moment, by its id. */
  readonly #parked = new Map<string, Recipient[]>();
  /** Recipients that wait for a paused account. */
  #held = new Set<Recipient>();

  constructor(events: RouterEvents) {
    this.#events = events;
  }

  gateway(id: string | undefined): Gateway | BrokenGateway | undefined {
    return this.#gateways.get(id ?? '');
  }

  /** Why nothing goes out through a gateway at the moment, if that is so. */
  alarmOf(id: string): Failure | undefined {
    const gateway = this.#gateways.get(id);
    return !gateway || 'failure' in gateway ? gateway?.failure : this.#hubOf(gateway).pause;
  }

  attach(gateway: Gateway | BrokenGateway): () => void {
    this.#gateways.set(gateway.id, gateway);
    const hub = 'failure' in gateway ? undefined : this.#hubOf(gateway);
    if (!('failure' in gateway)) hub?.attach(gateway);
    this.#events.alarm(gateway.id);
    const parked = this.#parked.get(gateway.id) ?? [];
    this.#parked.delete(gateway.id);
    this.route(parked);
    this.#releaseHeld();
    return () => {
      if (this.#gateways.get(gateway.id) === gateway) this.#gateways.delete(gateway.id);
      if (!('failure' in gateway)) this.route((hub?.detach(gateway) ?? []).flatMap(waitingOf));
    };
  }

  /** Sends recipients, of whatever messages, on to the gateway at the head of their path. */
  route(recipients: readonly Recipient[]): void {
    for (const group of groupsOf(recipients)) {
      const [first] = group;
      if (!first) continue;
      const id = first.message.order.gateways[first.path[0] ?? -1];
      if (id === undefined) this.#endRound(group);
      else this.#routeTo(id, first.message, group);
    }
  }

  /** Forgets a recipient that has its outcome. */
  forget(recipient: Recipient): void {
    this.#held.delete(recipient);
  }

  #routeTo(id: string, message: Message, recipients: readonly Recipient[]): void {
    const gateway = this.#gateways.get(id);
    if (!gateway) {
      for (const recipient of recipients) recipient.state = 'held';
      this.#parked.set(id, [...(this.#parked.get(id) ?? []), ...recipients]);
      return;
    }
    const choice = 'failure' in gateway ? gateway : optionsFor(message, gateway);
    if ('failure' in gateway || 'failure' in choice) {
      this.#refused(recipients, 'failure' in choice ? choice.failure : failure('invalid-config'), gateway);
      return;
    }
    const inspection = new Inspection(message, gateway, choice.options);
    const fit: Recipient[] = [];
    const unfit = new Map<Failure, Recipient[]>();
    for (const recipient of recipients) {
      const refusal = inspection.refusalOf(recipient);
      if (!refusal) fit.push(recipient);
      else unfit.set(refusal, [...(unfit.get(refusal) ?? []), recipient]);
    }
    for (const [refusal, refused] of unfit) this.#refused(refused, refusal, gateway);
    if (fit.length > 0) this.#enqueue(gateway, message, fit);
  }

  #enqueue(gateway: Gateway, message: Message, recipients: readonly Recipient[]): void {
    const hub = this.#hubOf(gateway);
    if (hub.pause) {
      this.#passOver(recipients, hub.pause, gateway);
      return;
    }
    const now = Date.now();
    const { notBefore } = timingOf(message, gateway, now);
    if (notBefore > now) {
      this.#wait(notBefore, recipients, 'scheduled');
      return;
    }
    for (const recipient of recipients) recipient.state = 'queued';
    hub.push({ message, gatewayId: gateway.id, priority: message.order.priority, recipients, next: 0 });
  }

  /** Routes recipients again at a later time. */
  #wait(until: number, recipients: readonly Recipient[], state: State): void {
    for (const recipient of recipients) recipient.state = state;
    setAlarm(until, () => {
      this.route(recipients);
    });
  }

  /** One request, from the recipients that go into it to what its answer means for each. */
  async #request(gateway: Gateway, recipients: readonly Recipient[]): Promise<void> {
    const [first] = recipients;
    if (!first) return;
    const { message } = first;
    const now = Date.now();
    const { notBefore, at } = timingOf(message, gateway, now);
    if (notBefore > now) {
      this.#wait(notBefore, recipients, 'scheduled');
      return;
    }
    for (const recipient of recipients) recipient.state = 'sending';
    const results = await this.#ask(gateway, message, recipients, at);
    for (const { result, concerned } of alike(recipients, results)) {
      message.note({
        gateway: nameOf(gateway),
        at: new Date(now).toISOString(),
        to: concerned.map(({ to }) => to),
        state: result.state,
        ...('failure' in result ? { failure: result.failure } : {}),
      });
      this.#apply(gateway, concerned, result);
    }
  }

  async #ask(
    gateway: Gateway,
    message: Message,
    recipients: readonly Recipient[],
    at: number | undefined,
  ): Promise<readonly RecipientResult[]> {
    const request: SendRequest = {
      items: itemsOf(message, recipients),
      options: message.options.get(gateway.id) ?? gateway.options,
      ...(at === undefined ? {} : { at }),
      wantReports: false,
    };
    try {
      const answer = await gateway.account.send(request);
      message.raw = answer.raw;
      recipients.forEach((recipient, index) => {
        const result = answer.results[index];
        if (result && 'id' in result) Object.assign(recipient, { id: result.id, ids: result.ids });
      });
      return answer.results;
    } catch (error) {
      const reason = failureOf(error, failure('unreadable-answer'));
      const certain = error instanceof SmsError && reason.code !== 'no-answer' && reason.code !== 'unreadable-answer';
      return recipients.map(() => ({ state: certain ? 'rejected' : 'in-doubt', failure: reason }));
    }
  }

  #apply(gateway: Gateway, recipients: readonly Recipient[], result: RecipientResult): void {
    if (result.state === 'rejected') {
      this.#rejected(gateway, recipients, result.failure);
    } else if (result.state === 'in-doubt') {
      this.#doubted(gateway, recipients, result.failure);
    } else {
      for (const recipient of recipients) {
        recipient.gateway = nameOf(gateway);
        this.#events.conclude(recipient, result.state);
      }
    }
  }

  #rejected(gateway: Gateway, recipients: readonly Recipient[], refusal: Failure): void {
    if (!ACCOUNT_CODES.has(refusal.code)) {
      this.#notAccepted(recipients, refusal, gateway);
      return;
    }
    const message = recipients[0]?.message;
    const waiting = this.#hubOf(gateway).stop(refusal, gateway);
    // The rest of the same message fails with it: its outcome would otherwise wait for the account.
    const isRest = (job: Job): boolean => job.message === message && job.gatewayId === gateway.id;
    this.#notAccepted([...recipients, ...waiting.filter(isRest).flatMap(waitingOf)], refusal, gateway);
    this.route(waiting.filter((job) => !isRest(job)).flatMap(waitingOf));
  }

  /** Refused by what is known before a request: noted as an attempt, so that the way of the message can be seen. */
  #refused(recipients: readonly Recipient[], refusal: Failure, gateway: GatewayName): void {
    recipients[0]?.message.note({
      gateway: nameOf(gateway),
      at: new Date().toISOString(),
      to: recipients.map(({ to }) => to),
      state: 'rejected',
      failure: refusal,
    });
    this.#notAccepted(recipients, refusal, gateway);
  }

  /** The vendor certainly did not take it: the next gateway, a later round, or the end. */
  #notAccepted(recipients: readonly Recipient[], refusal: Failure, gateway: GatewayName): void {
    const onward: Recipient[] = [];
    const ended: Recipient[] = [];
    for (const recipient of recipients) {
      const more = recipient.passOn(refusal, nameOf(gateway));
      if (FINAL_CODES.has(refusal.code)) this.#fail(recipient, refusal);
      else (more ? onward : ended).push(recipient);
    }
    this.#endRound(ended, refusal.retryAfter);
    this.route(onward);
  }

  /** The account is paused: the next gateway, where there is one. */
  #passOver(recipients: readonly Recipient[], reason: Failure, gateway: GatewayName): void {
    const onward: Recipient[] = [];
    const ended: Recipient[] = [];
    for (const recipient of recipients) {
      (recipient.passOver(reason, nameOf(gateway)) ? onward : ended).push(recipient);
    }
    this.#endRound(ended);
    this.route(onward);
  }

  /** No gateway is left in this round: another one later, patience until an account works again, or the end. */
  #endRound(recipients: readonly Recipient[], retryAfter = 0): void {
    const again = new Map<number, Recipient[]>();
    for (const recipient of recipients) {
      if (recipient.message.isOver(Date.now())) {
        this.#fail(recipient, failure('expired'));
      } else if (recipient.later.length > 0) {
        recipient.startOver();
        again.set(recipient.rounds, [...(again.get(recipient.rounds) ?? []), recipient]);
      } else if (recipient.paused.length > 0 && recipient.message.order.priority < URGENT) {
        recipient.state = 'held';
        this.#held.add(recipient);
      } else {
        this.#fail(recipient, recipient.failure ?? failure('no-route'));
      }
    }
    for (const [rounds, waiting] of again) this.#wait(Date.now() + pauseBefore(rounds, retryAfter), waiting, 'queued');
  }

  /** Nobody knows whether the vendor took it: what the gateway's user chose for that. */
  #doubted(gateway: Gateway, recipients: readonly Recipient[], cause: Failure): void {
    const resend: Recipient[] = [];
    const onward: Recipient[] = [];
    for (const recipient of recipients) {
      recipient.gateway = nameOf(gateway);
      recipient.failure = inDoubt(cause);
      const over = recipient.message.isOver(Date.now());
      if (gateway.doubt === 'resend' && recipient.resends < MOST_RESENDS && !over) {
        recipient.resends++;
        resend.push(recipient);
      } else if (gateway.doubt === 'failover' && recipient.path.length > 1 && !over) {
        recipient.path.shift();
        onward.push(recipient);
      } else {
        this.#events.doubt(recipient, gateway.doubt === 'hold' ? gateway.doubtAfter : 0);
      }
    }
    const [first] = resend;
    if (first) this.#wait(Date.now() + pauseBefore(first.resends), resend, 'queued');
    this.route(onward);
  }

  #fail(recipient: Recipient, reason: Failure): void {
    recipient.failure = reason;
    this.#events.conclude(recipient, stateOf(reason));
  }

  #releaseHeld(): void {
    const held = [...this.#held];
    this.#held = new Set();
    for (const recipient of held) recipient.startOver();
    this.route(held);
  }

  #hubOf(gateway: Gateway): Hub {
    let hub = this.#hubs.get(gateway.accountKey);
    if (!hub) {
      hub = new Hub({
        request: (through, recipients) => this.#request(through, recipients),
        alarm: (changed) => {
          for (const id of changed.gatewayIds) this.#events.alarm(id);
          if (!changed.pause) this.#releaseHeld();
        },
      });
      this.#hubs.set(gateway.accountKey, hub);
    }
    return hub;
  }
}

/** The state in which a definite failure ends. */
export function stateOf(reason: Failure): State {
  if (reason.code === 'expired') return 'expired';
  if (reason.code === 'cancelled') return 'cancelled';
  return reason.code === 'opted-out' ? 'suppressed' : 'rejected';
}

function inDoubt(cause: Failure): Failure {
  const { detail: _detail, ...rest } = cause;
  return { ...rest, ...failure('in-doubt', cause.code) };
}

function waitingOf(job: Job): Recipient[] {
  return job.recipients.slice(job.next);
}

/** Recipients that can be routed together: of one message, at one position of its gateways, without an outcome. */
function groupsOf(recipients: readonly Recipient[]): Recipient[][] {
  const byMessage = new Map<Message, Map<number, Recipient[]>>();
  for (const recipient of recipients) {
    if (recipient.settled) continue;
    const byPosition = byMessage.get(recipient.message) ?? new Map<number, Recipient[]>();
    byMessage.set(recipient.message, byPosition);
    const position = recipient.path[0] ?? -1;
    const group = byPosition.get(position) ?? [];
    byPosition.set(position, group);
    group.push(recipient);
  }
  return [...byMessage.values()].flatMap((byPosition) => [...byPosition.values()]);
}

/** Recipients of a request that came to the same. */
function alike(
  recipients: readonly Recipient[],
  results: readonly RecipientResult[],
): Iterable<{ result: RecipientResult; concerned: Recipient[] }> {
  const groups = new Map<string, { result: RecipientResult; concerned: Recipient[] }>();
  recipients.forEach((recipient, index) => {
    const result = results[index] ?? { state: 'in-doubt', failure: failure('unreadable-answer') };
    const sameAs = result.state + ('failure' in result ? JSON.stringify(result.failure) : '');
    const group = groups.get(sameAs) ?? { result, concerned: [] };
    groups.set(sameAs, group);
    group.concerned.push(recipient);
  });
  return groups.values();
}

/** The recipients of a request by text, in their order. */
function itemsOf(message: Message, recipients: readonly Recipient[]): SendItem[] {
  const items: { item: number; text: string; to: string[] }[] = [];
  for (const { item, number } of recipients) {
    const last = items.at(-1);
    if (last?.item === item) last.to.push(number);
    else items.push({ item, text: message.textOf(item), to: [number] });
  }
  return items.map(({ text, to }) => ({ text, to }));
}
