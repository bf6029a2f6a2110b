/** What waits for one account: higher priority first, then first come, first served. */
import { SameText, type Waiting } from './same-text';

/** Jobs of one priority. Those before `head` are gone: to take the first out of a long array would move all others. */
interface Queue<Job extends Waiting> {
  jobs: Job[];
  head: number;
  readonly sameText: SameText<Job>;
}

const MOST_GONE = 1000;

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
    const [priority] = this.#priorities;
    const queue = priority === undefined ? undefined : this.#byPriority.get(priority);
    return queue?.jobs[queue.head];
  }

  /** Takes away the first job. */
  shift(): void {
    const [priority] = this.#priorities;
    const queue = priority === undefined ? undefined : this.#byPriority.get(priority);
    if (priority === undefined || !queue) return;
    const first = queue.jobs[queue.head++];
    if (queue.head === queue.jobs.length) {
      this.#byPriority.delete(priority);
      this.#priorities.shift();
      return;
    }
    if (first) queue.sameText.clean(first);
    if (queue.head > MOST_GONE && queue.head > queue.jobs.length / 2) {
      queue.jobs.splice(0, queue.head);
      queue.head = 0;
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
      const { jobs, head } = this.#byPriority.get(priority) ?? { jobs: [], head: 0 };
      const kept: Job[] = [];
      for (const job of jobs.slice(head)) (which(job) ? taken : kept).push(job);
      if (kept.length > 0) this.#byPriority.set(priority, queueOf(kept));
      else this.#byPriority.delete(priority);
    }
    this.#priorities = this.#priorities.filter((priority) => this.#byPriority.has(priority));
    return taken;
  }
}

function queueOf<Job extends Waiting>(jobs: Job[]): Queue<Job> {
  const sameText = new SameText<Job>();
  for (const job of jobs) sameText.add(job);
  return { jobs, head: 0, sameText };
}
