/**
 * One account: what all gateways on it share. It lets jobs go within the account's limits, and pauses when the vendor
 * refuses the account as a whole.
 */
import { ACCOUNT_CODES, failureOf, failure, type Failure } from '../core/failure';
import { setAlarm } from './alarm';
import type { Gateway } from './gateway';
import { Lane } from './lane';
import { RateLimit } from './limit';
import type { Job, Recipient } from './message';

const FIRST_PROBE = 60_000;
const LAST_PROBE = 15 * 60_000;

/** What the hub tells the dispatcher. */
export interface HubEvents {
  /** These recipients of one message are to go out in one request. Resolves when their results are noted; never rejects. */
  request(gateway: Gateway, recipients: readonly Recipient[]): Promise<void>;
  /** The account was paused, or works again. */
  alarm(hub: Hub): void;
}

export class Hub {
  readonly #gateways = new Map<string, Gateway>();
  readonly #fingerprints = new Map<string, string>();
  readonly #lane = new Lane<Job>();
  readonly #limit = new RateLimit();
  readonly #events: HubEvents;
  #inFlight = 0;
  #cancelWake?: () => void;
  #cancelProbe?: () => void;
  #pause?: Failure;

  constructor(events: HubEvents) {
    this.#events = events;
  }

  /** Why the account is paused; nothing where it works. */
  get pause(): Failure | undefined {
    return this.#pause;
  }

  get gatewayIds(): string[] {
    return [...this.#gateways.keys()];
  }

  attach(gateway: Gateway): void {
    const mended = this.#fingerprints.get(gateway.id) !== gateway.fingerprint;
    this.#gateways.set(gateway.id, gateway);
    this.#fingerprints.set(gateway.id, gateway.fingerprint);
    this.#setLimits();
    if (this.#pause && mended) this.resume();
    else if (this.#pause) this.#probeLater(FIRST_PROBE);
    this.#pump();
  }

  /** Takes a gateway away, and gives its jobs back. */
  detach(gateway: Gateway): Job[] {
    if (this.#gateways.get(gateway.id) !== gateway) return [];
    this.#gateways.delete(gateway.id);
    this.#setLimits();
    if (this.#gateways.size === 0) {
      this.#cancelProbe?.();
      this.#cancelWake?.();
    }
    return this.#lane.takeAll((job) => job.gatewayId === gateway.id);
  }

  push(job: Job): void {
    this.#lane.push(job);
    this.#pump();
  }

  /** Stops everything until the account works again, and gives back what waited. */
  stop(reason: Failure): Job[] {
    const first = this.#pause === undefined;
    this.#pause = reason;
    if (first) {
      this.#probeLater(FIRST_PROBE);
      this.#events.alarm(this);
    }
    return this.#lane.takeAll(() => true);
  }

  resume(): void {
    if (!this.#pause) return;
    this.#pause = undefined;
    this.#cancelProbe?.();
    this.#events.alarm(this);
    this.#pump();
  }

  #setLimits(): void {
    const rates = [...this.#gateways.values()].map(({ rate }) => rate).filter((rate) => rate > 0);
    this.#limit.rate = rates.length > 0 ? Math.min(...rates) : 0;
  }

  get #window(): number {
    return Math.min(...[...this.#gateways.values()].map(({ window }) => window));
  }

  #pump(): void {
    this.#cancelWake?.();
    while (!this.#pause && this.#gateways.size > 0 && this.#inFlight < this.#window) {
      const job = this.#lane.first();
      if (!job) return;
      const gateway = this.#gateways.get(job.gatewayId);
      const waiting = countWaiting(job);
      if (!gateway || waiting === 0) {
        this.#lane.shift();
        continue;
      }
      const now = Date.now();
      const allowed = this.#limit.allowance(now, waiting);
      if (allowed === 0) {
        this.#cancelWake = setAlarm(Math.max(this.#limit.nextAt(now), now + 1), () => {
          this.#pump();
        });
        return;
      }
      this.#send(gateway, takeRequest(job, gateway, allowed), now);
    }
  }

  #send(gateway: Gateway, recipients: readonly Recipient[], now: number): void {
    this.#limit.take(now, recipients.length);
    this.#inFlight++;
    void this.#events.request(gateway, recipients).finally(() => {
      this.#inFlight--;
      this.#pump();
    });
  }

  #probeLater(pause: number): void {
    this.#cancelProbe?.();
    this.#cancelProbe = setAlarm(Date.now() + pause, () => {
      void this.#probe(Math.min(pause * 2, LAST_PROBE));
    });
  }

  async #probe(nextPause: number): Promise<void> {
    const [gateway] = this.#gateways.values();
    if (!gateway || !this.#pause) return;
    const refusal = await gateway.account
      .probe()
      .catch((error: unknown) => failureOf(error, failure('unreadable-answer')));
    if (refusal === undefined) {
      this.resume();
      return;
    }
    if (ACCOUNT_CODES.has(refusal.code)) this.#pause = refusal;
    this.#probeLater(nextPause);
  }
}

/** How many of a job still wait, counted no further than a request can hold. */
function countWaiting(job: Job): number {
  while (job.next < job.recipients.length && job.recipients[job.next]?.settled) job.next++;
  return job.recipients.length - job.next;
}

/** Takes from a job what goes into one request: all of one text, unless the vendor takes several at once. */
function takeRequest(job: Job, gateway: Gateway, allowed: number): Recipient[] {
  const { driver, account } = gateway;
  const options = job.message.options.get(gateway.id) ?? gateway.options;
  const most = Math.min(allowed, driver.capabilities.recipientsPerRequest(options));
  const mixes = ({ item }: Recipient): boolean =>
    driver.capabilities.batch && account.batchable?.(job.message.textOf(item), options) !== false;
  const taken: Recipient[] = [];
  for (; taken.length < most && job.next < job.recipients.length; job.next++) {
    const recipient = job.recipients[job.next];
    const [first] = taken;
    if (!recipient || recipient.settled) continue;
    if (first && first.item !== recipient.item && !(mixes(first) && mixes(recipient))) break;
    taken.push(recipient);
  }
  return taken;
}
