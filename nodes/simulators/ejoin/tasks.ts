/**
 * The tasks that the device accepted, and how far each of their SMS has got. A `status-report` (6.3.2) is read off here:
 * `sending sent failed unsent` count the states, a row of `sdr` or `fdr` is `index to line sentAt cause operatorCause`.
 */
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

  sent(at: number): void {
    this.state = 'sent';
    this.sentAt = at;
  }

  failed(at: number, cause: string, operatorCause = ''): void {
    this.state = 'failed';
    this.sentAt = at;
    this.cause = cause;
    this.operatorCause = operatorCause;
  }
}

export interface Task {
  readonly request: TaskRequest;
  readonly copies: readonly Copy[];
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
