/** The tasks that the SMS SERVER has taken, and how far each recipient's SMS has come (section 3). */
import type { Fate } from '../magic';
import { shanghaiTime } from '../shanghai';

const MOST_RECIPIENTS = 50_000;
/** 2020-01-01, so that ids rise from one start to the next and stay short. */
const EPOCH = 1_577_836_800_000;

/** Codes of appendix A. */
const OUT_OF_SERVICE = '27';
const NETWORK_TIMEOUT = '332';

/** A state that the server pushes (section 2.3), in the words of the document. */
export interface PushedState {
  /** Milliseconds after the task was taken. */
  readonly after: number;
  readonly send: 'succeeded' | 'failed';
  readonly receipt?: '1';
  readonly err_code?: string;
}

export interface SubTask {
  readonly number: string;
  /** The line that sends it; none where the quotas were used up. */
  readonly line: string | undefined;
  readonly fate: Fate;
}

/** A row of `querysms`, as real servers write it: the line is always null, and there is a `sendTime`. */
export interface TaskRow {
  readonly taskID: string;
  readonly goip_line: null;
  readonly send: 'unsend' | 'sending' | 'succeeded' | 'failed';
  readonly receipt?: 1;
  readonly err_code?: string;
  readonly sendTime: string | null;
}

interface Task {
  readonly at: number;
  readonly recipients: readonly SubTask[];
}

export class Tasks {
  readonly #tasks = new Map<string, Task>();
  #next: number;
  #recipients = 0;

  constructor(now: number) {
    this.#next = Math.max(1, Math.floor((now - EPOCH) / 1000));
  }

  /** Takes a task and gives its id. The oldest tasks are forgotten beyond some tens of thousands of recipients. */
  add(recipients: readonly SubTask[], at: number): string {
    const id = String(this.#next++);
    this.#tasks.set(id, { at, recipients });
    this.#recipients += recipients.length;
    for (const [oldest, task] of this.#tasks) {
      if (this.#recipients <= MOST_RECIPIENTS) break;
      this.#tasks.delete(oldest);
      this.#recipients -= task.recipients.length;
    }
    return id;
  }

  /** The rows of a task id, or of a sub-task id (`<task>.<number>`); none where there is no such task. */
  rows(id: string, now: number): TaskRow[] {
    const dot = id.indexOf('.');
    const taskId = dot < 0 ? id : id.slice(0, dot);
    const task = this.#tasks.get(taskId);
    if (task === undefined) return [];
    const number = dot < 0 ? undefined : id.slice(dot + 1);
    return task.recipients
      .filter((recipient) => number === undefined || recipient.number === number)
      .map((recipient) => ({
        taskID: `${taskId}.${recipient.number}`,
        goip_line: null,
        ...progress(task, recipient, now),
      }));
  }
}

/** What is pushed of a sub-task in the course of time. Of `unsend` and `sending` nothing is (section 2.3). */
export function pushedStates({ line, fate }: SubTask): PushedState[] {
  if (line === undefined) return [];
  switch (fate.report) {
    case 'delivered':
      return [
        { after: sentAfter(fate), send: 'succeeded' },
        { after: fate.after, send: 'succeeded', receipt: '1' },
      ];
    case 'sent':
      return [{ after: fate.after, send: 'succeeded' }];
    case 'undelivered':
      return [{ after: fate.after, send: 'failed', err_code: OUT_OF_SERVICE }];
    case 'no-answer':
      return [{ after: fate.after, send: 'failed', err_code: NETWORK_TIMEOUT }];
    case 'none':
      return [];
  }
}

/** Milliseconds: the network takes an SMS first, and the handset's receipt comes later. */
function sentAfter(fate: Exclude<Fate, { report: 'none' }>): number {
  return fate.report === 'delivered' ? fate.after / 2 : fate.after;
}

type Progress = Omit<TaskRow, 'taskID' | 'goip_line'>;

const SENDING: Progress = { send: 'sending', sendTime: null };

function progress({ at }: Task, { line, fate }: SubTask, now: number): Progress {
  if (line === undefined) return { send: 'unsend', sendTime: null };
  if (fate.report === 'none') return SENDING;
  const age = now - at;
  if (age < sentAfter(fate)) return SENDING;
  const sendTime = shanghaiTime(at + sentAfter(fate));
  switch (fate.report) {
    case 'delivered':
      return age < fate.after ? { send: 'succeeded', sendTime } : { send: 'succeeded', receipt: 1, sendTime };
    case 'sent':
      return { send: 'succeeded', sendTime };
    case 'undelivered':
      return { send: 'failed', err_code: OUT_OF_SERVICE, sendTime };
    case 'no-answer':
      return { send: 'failed', err_code: NETWORK_TIMEOUT, sendTime };
  }
}
