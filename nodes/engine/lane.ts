/** What waits for one account: higher priority first, then first come, first served. */
import { Fifo } from './fifo';
import { SameText, type Waiting } from './same-text';

/** Jobs of one priority. */
interface Queue<Job extends Waiting> {
  readonly jobs: Fifo<Job>;
  readonly sameText: SameText<Job>;
}

export class Lane<Job extends Waiting & { readonly priority: number }> {
  readonly #byPriority = new Map<number, Queue<Job>>();
  #priorities: number[] = [];

  push(job: Job): void {
    const queue = this.#byPriority.get(job.priority);
    if (queue) {
      queue.jobs.push(job);
      queue.sameText.add(job);
      return;
    }
    this.#byPriority.set(job.priority, queueOf([job]));
    this.#priorities = [...this.#byPriority.keys()].sort((a, b) => b - a);
  }

  first(): Job | undefined {
    return this.#highest?.jobs.first;
  }

  /** Takes away the first job. */
  shift(): void {
    const [priority] = this.#priorities;
    const queue = this.#highest;
    if (priority === undefined || !queue) return;
    const first = queue.jobs.shift();
    if (queue.jobs.isEmpty) {
      this.#byPriority.delete(priority);
      this.#priorities.shift();
    } else if (first) {
      queue.sameText.clean(first);
    }
  }

  /** What waits with the same text as a job and with its priority, in order; the job may be among it. */
  sameTextAs(job: Job): Iterable<Job> {
    return this.#byPriority.get(job.priority)?.sameText.of(job) ?? [];
  }

  /** To be called once something was taken of what has the same text as a job. */
  taken(job: Job): void {
    this.#byPriority.get(job.priority)?.sameText.clean(job);
  }

  /** Takes away and gives every job that `which` names, in order. */
  takeAll(which: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const priority of this.#priorities) {
      const kept: Job[] = [];
      for (const job of this.#byPriority.get(priority)?.jobs ?? []) (which(job) ? taken : kept).push(job);
      if (kept.length > 0) this.#byPriority.set(priority, queueOf(kept));
      else this.#byPriority.delete(priority);
    }
    this.#priorities = this.#priorities.filter((priority) => this.#byPriority.has(priority));
    return taken;
  }

  get #highest(): Queue<Job> | undefined {
    const [priority] = this.#priorities;
    return priority === undefined ? undefined : this.#byPriority.get(priority);
  }
}

function queueOf<Job extends Waiting>(jobs: Job[]): Queue<Job> {
  const sameText = new SameText<Job>();
  for (const job of jobs) sameText.add(job);
  return { jobs: new Fifo(jobs), sameText };
}
