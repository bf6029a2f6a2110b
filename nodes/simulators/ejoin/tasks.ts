/** The tasks that the device accepted, how far each of their SMS has got, and what a status report says of that (6.3.2). */
import type { Port } from './lines';
import { letterForm } from './ports';
import type { TaskRequest } from './task-request';

const MOST_TASKS = 20_000;
/** Ids are remembered longer than tasks, for a repeated one must be known. */
const MOST_TIDS = 200_000;

export type CopyState = 'unsent' | 'sending' | 'sent' | 'failed';

/** One SMS: a recipient of a task, on one port. */
export class Copy {
  state: CopyState = 'unsent';
  /** Epoch milliseconds at which it was sent or failed. */
  sentAt?: number;
  /** Code and words of what went wrong on the device. */
  cause?: string;
  /** What the operator said; only where the sending itself failed. */
  operatorCause?: string;
  readonly slot: number;

  constructor(
    /** Place of the recipient in the task's list, from 0. */
    readonly index: number,
    readonly to: string,
    readonly port: Port,
  ) {
    this.slot = port.slot;
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
  readonly #totals: Record<CopyState, number>;
  /** What was sent or failed since the last report. */
  #news: Copy[] = [];

  constructor(request: TaskRequest, copies: readonly Copy[]) {
    this.request = request;
    this.copies = copies;
    this.#totals = { unsent: copies.length, sending: 0, sent: 0, failed: 0 };
  }

  /** Every SMS was sent or failed. */
  get isDone(): boolean {
    return this.#totals.sent + this.#totals.failed === this.copies.length;
  }

  /** SMS that were sent or failed since the last report. */
  get news(): number {
    return this.#news.length;
  }

  sending(copy: Copy): void {
    this.#move(copy, 'sending');
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

  /** Whether a task with this id was accepted since the device started. */
  knows(tid: number): boolean {
    return this.#tids.has(tid);
  }

  get(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  add(task: Task): void {
    const { tid } = task.request;
    this.#tids.add(tid);
    this.#tasks.set(tid, task);
    forgetFirst(this.#tids, MOST_TIDS);
    forgetFirst(this.#tasks, MOST_TASKS);
  }
}

function forgetFirst(kept: Map<number, unknown> | Set<number>, most: number): void {
  if (kept.size <= most) return;
  const first = kept.keys().next();
  if (!first.done) kept.delete(first.value);
}
