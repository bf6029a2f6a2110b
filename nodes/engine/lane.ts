/** What waits for one account: higher priority first, then first come, first served. */

/** Jobs of one priority. Those before `head` are gone: to take the first out of a long array would move all others. */
interface Queue<Job> {
  jobs: Job[];
  head: number;
}

const MOST_GONE = 1000;

export class Lane<Job extends { readonly priority: number }> {
  readonly #byPriority = new Map<number, Queue<Job>>();
  #priorities: number[] = [];

  push(job: Job): void {
    const queue = this.#byPriority.get(job.priority);
    if (queue) {
      queue.jobs.push(job);
      return;
    }
    this.#byPriority.set(job.priority, { jobs: [job], head: 0 });
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
    queue.head++;
    if (queue.head === queue.jobs.length) {
      this.#byPriority.delete(priority);
      this.#priorities.shift();
    } else if (queue.head > MOST_GONE && queue.head > queue.jobs.length / 2) {
      queue.jobs.splice(0, queue.head);
      queue.head = 0;
    }
  }

  /** Takes away and gives every job that `which` names, in order. */
  takeAll(which: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const priority of this.#priorities) {
      const { jobs, head } = this.#byPriority.get(priority) ?? { jobs: [], head: 0 };
      const kept: Job[] = [];
      for (const job of jobs.slice(head)) (which(job) ? taken : kept).push(job);
      if (kept.length > 0) this.#byPriority.set(priority, { jobs: kept, head: 0 });
      else this.#byPriority.delete(priority);
    }
    this.#priorities = this.#priorities.filter((priority) => this.#byPriority.has(priority));
    return taken;
  }
}
