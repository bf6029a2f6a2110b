/**
 * One account: what all gateways on it share. It lets jobs go within the account's limits, and pauses when the vendor
 * refuses the account as a whole.
 */
import { ACCOUNT_CODES, failureOf, failure, type Failure } from '../core/failure';
import { setAlarm } from './alarm';
import type { Gateway } from './gateway';
import { mostPerRequest, takeRequest, type Job } from './job';
import { Lane } from './lane';
import { RateLimit } from './limit';
import type { Recipient } from './message';

const FIRST_PROBE = 60_000;
const LAST_PROBE = 15 * 60_000;

/** What the hub tells the dispatcher. */
export interface HubEvents {
  /** These recipients are to go out in one request. Resolves when their results are noted; never rejects. */
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
  /** A new object for each pause, so that what was begun in one is not taken for another. */
  #pause?: { reason: Failure };

  constructor(events: HubEvents) {
    this.#events = events;
  }

  /** Why the account is paused; nothing where it works. */
  get pause(): Failure | undefined {
    return this.#pause?.reason;
  }

  /** Nothing is left of the account: no gateway, no request, no memory of a configuration. */
  get isIdle(): boolean {
    return this.#gateways.size === 0 && this.#fingerprints.size === 0 && this.#inFlight === 0;
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

  /** The gateway belongs to another account now: if it ever comes back, its configuration was changed. */
  forget(gatewayId: string): void {
    if (!this.#gateways.has(gatewayId)) this.#fingerprints.delete(gatewayId);
  }

  push(job: Job): void {
    this.#lane.push(job);
    this.#pump();
  }

  /**
   * Stops everything until the account works again, and gives back what waited. The refusal of a request that went out
   * under a configuration which was changed meanwhile stops nothing.
   */
  stop(reason: Failure, gateway: Gateway): Job[] {
    if (this.#fingerprints.get(gateway.id) !== gateway.fingerprint) return [];
    if (!this.#pause) {
      this.#pause = { reason };
      this.#probeLater(FIRST_PROBE);
      this.#events.alarm(this);
    } else {
      this.#changeReason(this.#pause, reason);
    }
    return this.#lane.takeAll(() => true);
  }

  /** Something beside the jobs is asked of the vendor: it counts as a request in flight until what this gives is called. */
  occupy(): () => void {
    this.#inFlight++;
    return () => {
      this.#inFlight--;
      this.#pump();
    };
  }

  resume(): void {
    if (!this.#pause) return;
    this.#pause = undefined;
    this.#cancelProbe?.();
    this.#events.alarm(this);
    this.#pump();
  }

  #changeReason(pause: { reason: Failure }, reason: Failure): void {
    const isNew = pause.reason.code !== reason.code;
    pause.reason = reason;
    if (isNew) this.#events.alarm(this);
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
      if (!gateway || job.isTaken) {
        this.#lane.shift();
        continue;
      }
      const now = Date.now();
      // What has the same text may go with it.
      const wanted = job.alike ? mostPerRequest(gateway, job.message) : job.waiting;
      const allowed = this.#limit.allowance(now, wanted);
      if (allowed === 0) {
        this.#cancelWake = setAlarm(Math.max(this.#limit.nextAt(now), now + 1), () => {
          this.#pump();
        });
        return;
      }
      const recipients = takeRequest(job, gateway, allowed, this.#lane.sameTextAs(job));
      this.#lane.taken(job);
      this.#send(gateway, recipients, now);
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
    const pause = this.#pause;
    if (!gateway || !pause) return;
    let refusal: Failure | undefined;
    try {
      refusal = await gateway.account.probe();
    } catch (error) {
      refusal = failureOf(error, failure('unreadable-answer'));
    }
    // What was learnt about a configuration that is gone, or about a pause that is over, counts no more.
    if (this.#pause !== pause) return;
    if (this.#gateways.get(gateway.id) !== gateway) {
      this.#probeLater(FIRST_PROBE);
    } else if (refusal === undefined) {
      this.resume();
    } else {
      if (ACCOUNT_CODES.has(refusal.code)) this.#changeReason(pause, refusal);
      this.#probeLater(nextPause);
    }
  }
}
