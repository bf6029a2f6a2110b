/**
 * One account: what all gateways on it share. It lets jobs go within the account's limits, and pauses when the vendor
 * refuses the account as a whole.
 */
import { ACCOUNT_CODES, failureOf, failure, type Failure } from '../core/failure';
import { setAlarm } from './alarm';
import { Breaker, type Health } from './breaker';
import type { Gateway } from './gateway';
import { mostPerRequest, takeRequest, type Job } from './job';
import { Lane } from './lane';
import { RateLimit } from './limit';
import { Lines } from './lines';
import type { Recipient } from './message';

const FIRST_PROBE = 60_000;
const LAST_PROBE = 15 * 60_000;

/** What the hub tells the dispatcher. */
export interface HubEvents {
  /**
   * These recipients are to go out in one request. Resolves when their results are noted, with what they tell of the vendor
   * and its line; never rejects.
   */
  request(
    gateway: Gateway,
    recipients: readonly Recipient[],
  ): Promise<{ readonly vendor: Health; readonly line: Health }>;
  /** The account was paused, or fails again and again; or it works again. */
  alarm(hub: Hub): void;
  /** What waits need not wait for this account, or for its line: where there is a backup, it may go there. */
  failing(jobs: readonly Job[], reason: Failure): void;
}

export class Hub {
  readonly #gateways = new Map<string, Gateway>();
  readonly #fingerprints = new Map<string, string>();
  readonly #lane = new Lane<Job>();
  readonly #limit = new RateLimit();
  readonly #events: HubEvents;
  readonly #lines = new Lines((job) => {
    this.#lane.push(job);
    this.#pump();
  });
  #breaker = new Breaker();
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

  /** Why it is asked for one message at a time only, after pauses: it has failed again and again. */
  get trouble(): Failure | undefined {
    return this.#breaker.reason;
  }

  /** Why a job has to wait: the vendor fails again and again, or the line that it is for. */
  troubleOf(job: Job): Failure | undefined {
    return this.#breaker.reason ?? this.#lines.reasonOf(job);
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
    if (mended) this.#startAfresh();
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
    return this.#takeAll((job) => job.gatewayId === gateway.id);
  }

  /** The gateway belongs to another account now: if it ever comes back, its configuration was changed. */
  forget(gatewayId: string): void {
    if (!this.#gateways.has(gatewayId)) this.#fingerprints.delete(gatewayId);
  }

  push(job: Job): void {
    if (this.#lines.isShut(job)) {
      this.#lines.wait(job);
      return;
    }
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
    return this.#takeAll(() => true);
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
        this.#lines.skipped(job);
        continue;
      }
      const now = Date.now();
      const { nextAt } = this.#breaker;
      if (nextAt > now) {
        if (nextAt < Infinity) this.#wakeAt(nextAt);
        return;
      }
      const isTry = this.troubleOf(job) !== undefined;
      // What has the same text may go with it.
      const wanted = job.alike ? mostPerRequest(gateway, job.message) : job.waiting;
      const allowed = this.#limit.allowance(now, wanted);
      if (allowed === 0) {
        this.#wakeAt(Math.max(this.#limit.nextAt(now), now + 1));
        return;
      }
      const recipients = takeRequest(job, gateway, isTry ? 1 : allowed, this.#lane.sameTextAs(job));
      this.#lane.taken(job);
      if (this.#lines.isShut(job)) {
        this.#lane.shift();
        if (job.waiting > 0) this.#lines.wait(job);
      }
      this.#send(gateway, job.line, recipients, now);
    }
  }

  #send(gateway: Gateway, line: string | undefined, recipients: readonly Recipient[], now: number): void {
    this.#limit.take(now, recipients.length);
    this.#inFlight++;
    const breaker = this.#breaker;
    const end = breaker.begin();
    const endLine = line === undefined ? undefined : this.#lines.begin(line);
    void this.#events.request(gateway, recipients).then((health) => {
      this.#inFlight--;
      if (endLine?.(health.line)) this.#leaveLine(line);
      // What was learnt under a configuration that is gone counts no more.
      if (end(health.vendor) && this.#isCurrent(breaker)) this.#changeTrouble();
      this.#pump();
    });
  }

  #isCurrent(breaker: Breaker): boolean {
    return breaker === this.#breaker;
  }

  #changeTrouble(): void {
    this.#events.alarm(this);
    const { reason } = this.#breaker;
    if (reason) this.#events.failing(this.#takeAll(hasBackup), reason);
  }

  /** What is for a line that fails waits beside all others. */
  #leaveLine(line: string | undefined): void {
    const jobs = this.#lane.takeAll((job) => job.line === line);
    const [first] = jobs;
    const reason = first && this.#lines.reasonOf(first);
    for (const job of jobs) this.#lines.wait(job);
    if (reason)
      this.#events.failing(
        this.#lines.takeAll((job) => job.line === line && hasBackup(job)),
        reason,
      );
  }

  #takeAll(which: (job: Job) => boolean): Job[] {
    return [...this.#lane.takeAll(which), ...this.#lines.takeAll(which)];
  }

  /** The configuration was changed: what failed may be mended. */
  #startAfresh(): void {
    const wasOpen = this.#breaker.reason !== undefined;
    this.#breaker = new Breaker();
    this.#lines.reset();
    if (wasOpen) this.#events.alarm(this);
  }

  #wakeAt(at: number): void {
    this.#cancelWake = setAlarm(at, () => {
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

/** Whether some of it may go to another gateway in this round. */
function hasBackup({ rest }: Job): boolean {
  return rest.some(({ settled, path }) => !settled && path.length > 1);
}
