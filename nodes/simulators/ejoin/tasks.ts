/** The tasks that the device accepted, how far each of their SMS has got, and what a status report says of that (6.3.2). */
import type { Port } from './lines';
import { letterForm } from './ports';
import type { TaskRequest } from './task-request';

const MOST_TASKS = 20_000;
/** Ids are remembered longer than tasks, for a repeated one must be known. */
const MOST_TIDS = 200_000;

/** `removed`: it was taken back before it was sent (6.2.6), and no number of a report holds it any more. */
export type CopyState = 'unsent' | 'sending' | 'sent' | 'failed' | 'removed';

/** One SMS: a recipient of a task, on one port. */
export class Copy {
  state: CopyState = 'unsent';
  /** Epoch milliseconds at which it was sent or failed. */
  sentAt?: number;
  /** Code and words of what went wrong on the device. */
  cause?: string;
  /** What the operator said; only where the sending itself failed. */
  operatorCause?: string;
  /** Its turn came while it had to wait: for its port, or because the task was paused. */
  isDue = false;
  /** While it has not been sent, it may still be given to another port. */
  port: Port;
  /** The one in use when it was sent. */
  #slot: number | undefined;

  constructor(
    /** Place of the recipient in the task's list, from 0. */
    readonly index: number,
    readonly to: string,
    port: Port,
  ) {
    this.port = port;
  }

  get slot(): number {
    return this.#slot ?? this.port.slot;
  }

  /** It goes out by the card that its port uses now. */
  begin(): void {
    this.#slot = this.port.slot;
  }

  /** The port as SMS rows name it, with the slot that was in use. */
  get line(): string {
    return letterForm(this.port.number, this.slot);
  }

  /** Index, number, port, UTC seconds. */
  get sentRow(): SentRow {
    return [this.index, this.to, this.line, Math.floor((this.sentAt ?? 0) / 1000)];
  }
}

type SentRow = readonly [index: number, to: string, port: string, at: number];

/** One of the `rpts` of a `status-report`. The numbers are totals so far, the rows only what is new. */
export interface StatusReport {
  readonly tid: number;
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly unsent: number;
  readonly sdr?: readonly SentRow[];
  readonly fdr?: readonly (readonly [...SentRow, cause: string, operatorCause: string])[];
}

export class Task {
  readonly request: TaskRequest;
  readonly copies: readonly Copy[];
  /** Nothing more of it is sent until it is resumed (6.2.4). */
  isPaused = false;
  readonly #totals: Record<CopyState, number>;
  /** What was sent or failed since the last report. */
  #news: Copy[] = [];

  constructor(request: TaskRequest, copies: readonly Copy[]) {
    this.request = request;
    this.copies = copies;
    this.#totals = { unsent: copies.length, sending: 0, sent: 0, failed: 0, removed: 0 };
  }

  /** Every SMS was sent, failed or was removed. */
  get isDone(): boolean {
    return this.#totals.unsent + this.#totals.sending === 0;
  }

  /** It holds SMS that are still to be sent. */
  get isWaiting(): boolean {
    return this.#totals.unsent > 0;
  }

  /** Those of its SMS that are still to be sent. */
  get unsent(): Copy[] {
    return this.isWaiting ? this.copies.filter(({ state }) => state === 'unsent') : [];
  }

  /** SMS that were sent or failed since the last report. */
  get news(): number {
    return this.#news.length;
  }

  sending(copy: Copy): void {
    copy.begin();
    this.#move(copy, 'sending');
  }

  /** Takes back what was not sent yet. */
  remove(): void {
    for (const copy of this.unsent) this.#move(copy, 'removed');
  }

  sent(copy: Copy, at: number): void {
    this.#move(copy, 'sent');
    copy.sentAt = at;
    this.#news.push(copy);
  }

  failed(copy: Copy, at: number, cause: string, operatorCause = ''): void {
    this.#move(copy, 'failed');
    copy.sentAt = at;
    copy.cause = cause;
    copy.operatorCause = operatorCause;
    this.#news.push(copy);
  }

  /** What a status report says now; the next one does not say what is new in this one. */
  report(): StatusReport {
    const { tid, sentDetails, failureDetails } = this.request;
    const { sending, sent, failed, unsent } = this.#totals;
    const news = this.#news;
    this.#news = [];
    const sdr = sentDetails ? news.filter(({ state }) => state === 'sent').map((copy) => copy.sentRow) : [];
    const fdr = failureDetails
      ? news
          .filter(({ state }) => state === 'failed')
          .map((copy) => [...copy.sentRow, copy.cause ?? '', copy.operatorCause ?? ''] as const)
      : [];
    return {
      tid,
      sending,
      sent,
      failed,
      unsent,
      ...(sdr.length > 0 ? { sdr } : {}),
      ...(fdr.length > 0 ? { fdr } : {}),
    };
  }

  #move(copy: Copy, state: CopyState): void {
    this.#totals[copy.state] -= 1;
    this.#totals[state] += 1;
    copy.state = state;
  }
}

/** One run of the device: after a restart the tasks and their ids are gone. */
export class Tasks {
  readonly #tasks = new Map<number, Task>();
  readonly #tids = new Set<number>();
  readonly #queue = new Map<number, Task>();

  /** Whether a task with this id was accepted since the device started. */
  knows(tid: number): boolean {
    return this.#tids.has(tid);
  }

  get(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  /** The tasks that hold SMS still to be sent, in the order in which they came. */
  get waiting(): readonly Task[] {
    return [...this.#queue.values()];
  }

  get countWaiting(): number {
    return this.#queue.size;
  }

  /** A task that is waiting, by its id. */
  inQueue(tid: number): Task | undefined {
    return this.#queue.get(tid);
  }

  /** To be called when SMS of the task have been sent or removed: it leaves the queue with the last of them. */
  progressed(task: Task): void {
    if (!task.isWaiting) this.#queue.delete(task.request.tid);
  }

  add(task: Task): void {
    const { tid } = task.request;
    this.#tids.add(tid);
    this.#tasks.set(tid, task);
    if (task.isWaiting) this.#queue.set(tid, task);
    forgetFirst(this.#tids, MOST_TIDS);
    forgetFirst(this.#tasks, MOST_TASKS);
  }
}

function forgetFirst(kept: Map<number, unknown> | Set<number>, most: number): void {
  if (kept.size <= most) return;
  const first = kept.keys().next();
  if (!first.done) kept.delete(first.value);
}
