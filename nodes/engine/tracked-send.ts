/** An SMS that the vendor has accepted, and what was reported of it since. */
import { failure, type Failure } from '../core/failure';
import type { Report } from '../core/report';
import { isProgress, type State } from '../core/state';
import type { GatewayName } from './dispatcher';
import type { ReportEvent } from './events';
import type { Change } from './store/store';

/** What is told of the send that an SMS belongs to. */
export interface SendFacts {
  /** Our id of the message. */
  readonly key: string;
  /** The caller's idempotency key. */
  readonly once?: string;
  readonly gateway: GatewayName;
  /** The recipient as written. */
  readonly to: string;
  readonly text: string;
  readonly ref?: unknown;
  readonly id: string;
  /** Several where a long SMS got one for each part. */
  readonly ids?: readonly string[];
  readonly state: 'accepted' | 'scheduled';
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Epoch milliseconds at which the vendor is to send it, where it is the vendor who waits. */
  readonly due?: number;
  /** Wants to hear what becomes of it. */
  readonly watcher?: (event: ReportEvent) => void;
}

/** What is kept of a send: what was told of it when it was accepted, and the last that was reported. */
export interface SendRecord {
  readonly facts: Omit<SendFacts, 'watcher'>;
  readonly state: State;
  readonly final: boolean;
  /** Epoch milliseconds of the state. */
  readonly at: number;
  readonly failure?: Failure;
  readonly line?: string;
  readonly last?: Report;
  readonly parts?: readonly (readonly [id: string, part: Part])[];
  /** Epoch milliseconds of the start that first found it too old to be remembered. */
  readonly overdueFrom?: number;
}

interface Part {
  readonly state: State;
  readonly final: boolean;
  readonly failure?: Failure;
  /** What told that; nothing as long as nothing was reported. */
  readonly told?: Report;
}

type Watcher = (event: ReportEvent) => void;

export class TrackedSend {
  /** Whoever waits to hear what becomes of it. Absent where nobody does: very many are remembered. */
  #watchers?: Set<Watcher>;
  /** Epoch milliseconds at which its id was asked for last. */
  askedAt = 0;
  /** Epoch milliseconds from which on its age counts. */
  rememberedFrom: number;
  /** Blank where it is forgotten. */
  #text: string;
  #state: State;
  #final = false;
  /** Epoch milliseconds of the state. */
  #at: number;
  #failure?: Failure;
  #line?: string;
  #last?: Report;
  readonly #parts: Map<string, Part> | undefined;

  constructor(
    readonly facts: SendFacts,
    /** The recipient in the form in which numbers are compared. */
    readonly number: string,
    /** Under which key it is kept. */
    readonly key: string,
  ) {
    this.#text = facts.text;
    const { ids, state, sentAt, watcher } = facts;
    if (watcher) this.watch(watcher);
    this.#state = state;
    this.#at = sentAt;
    this.rememberedFrom = sentAt;
    this.#parts =
      ids && ids.length > 1 ? new Map(ids.map((id): [string, Part] => [id, { state, final: false }])) : undefined;
  }

  /** The send as it was when the record was taken. */
  static restore(record: SendRecord, number: string, key: string): TrackedSend {
    const send = new TrackedSend(record.facts, number, key);
    send.#state = record.state;
    send.#final = record.final;
    send.#at = record.at;
    send.#failure = record.failure;
    send.#line = record.line;
    send.#last = record.last;
    for (const [id, part] of record.parts ?? []) send.#parts?.set(id, part);
    return send;
  }

  /** What is to be kept of it now. */
  get change(): Change {
    return { key: this.key, value: this.#record };
  }

  /** From now on the watcher is told what becomes of it. */
  watch(watcher: Watcher): void {
    (this.#watchers ??= new Set()).add(watcher);
  }

  unwatch(watcher: Watcher): void {
    this.#watchers?.delete(watcher);
  }

  tell(event: ReportEvent): void {
    for (const watcher of [...(this.#watchers ?? [])]) watcher(event);
  }

  /** Its text need not be known any more. */
  forgetText(): void {
    this.#text = '';
  }

  /** Nothing was heard of it for so long that nothing is to be expected any more. */
  unheard(at: number): ReportEvent {
    return { ...this.event, state: 'unknown', final: true, at, failure: failure('no-report', 'retention') };
  }

  get #record(): SendRecord {
    const { watcher: _watcher, ...facts } = this.facts;
    return {
      facts: { ...facts, text: this.#text },
      ...{ state: this.#state, final: this.#final, at: this.#at },
      ...(this.#failure ? { failure: this.#failure } : {}),
      ...(this.#line === undefined ? {} : { line: this.#line }),
      ...(this.#last ? { last: this.#last } : {}),
      ...(this.#parts ? { parts: [...this.#parts] } : {}),
    };
  }

  /** Blank where it is forgotten. */
  get text(): string {
    return this.#text;
  }

  get state(): State {
    return this.#state;
  }

  get final(): boolean {
    return this.#final;
  }

  /** The line or port that sent it, where a report has told. */
  get line(): string | undefined {
    return this.#line;
  }

  get ids(): readonly string[] {
    return this.#parts ? [...this.#parts.keys()] : [this.facts.id];
  }

  /** Takes a report in. Gives what is new by it; nothing where it repeats what is known or steps back. */
  take(report: Report, now: number): ReportEvent | undefined {
    this.#line = report.line ?? this.#line;
    const { state, final, failure: reason, id } = report;
    const whole: Part = { state, final, failure: reason, told: report };
    const next = this.#parts && id !== undefined ? this.#takePart(this.#parts, id, whole) : whole;
    if (!next || !isProgress(this.#state, next.state)) return undefined;
    this.#state = next.state;
    this.#final = next.final;
    this.#failure = next.failure;
    this.#at = report.at ?? now;
    this.#last = next.told;
    return this.event;
  }

  /** What is known of it now. */
  get event(): ReportEvent {
    const { key, gateway, to, ref, id, sentAt } = this.facts;
    const { vendorCode, vendorText, vendorTextKey, raw } = this.#last ?? {};
    return {
      gateway,
      id,
      to,
      state: this.#state,
      final: this.#final,
      at: this.#at,
      ...(this.#line === undefined ? {} : { line: this.#line }),
      ...(this.#parts ? { parts: this.#parts.size } : {}),
      ...(vendorCode === undefined ? {} : { vendorCode }),
      ...(vendorText === undefined ? {} : { vendorText }),
      ...(vendorTextKey === undefined ? {} : { vendorTextKey }),
      ...(this.#failure ? { failure: this.#failure } : {}),
      message: { key, text: this.#text, sentAt, ...(ref === undefined ? {} : { ref }) },
      ...(raw === undefined ? {} : { raw }),
    };
  }

  /**
   * The state of the whole by its parts: one that failed fails it; it is delivered or has left when all of them have;
   * unknown when nothing more is to come and that of one is.
   */
  #takePart(parts: Map<string, Part>, id: string, next: Part): Part | undefined {
    const part = parts.get(id);
    if (!part || !isProgress(part.state, next.state)) return undefined;
    parts.set(id, next);
    const all = [...parts.values()];
    const failed = all.find((each) => each.state !== 'delivered' && isProgress('unknown', each.state));
    if (failed) return { ...failed, final: true };
    const unclear = all.find((each) => each.state === 'unknown');
    if (unclear && all.every((each) => each.final)) return { ...unclear, final: true };
    const { told } = next;
    if (all.every((each) => each.state === 'delivered')) return { state: 'delivered', final: true, told };
    return all.every((each) => isProgress('accepted', each.state)) && !unclear
      ? { state: 'sent', final: false, told }
      : undefined;
  }
}
