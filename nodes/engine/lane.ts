/** What waits for one account: higher priority first, then first come, first served. */

export class Lane<Job extends { readonly priority: number }> {
  readonly #byPriority = new Map<number, Job[]>();
  #priorities: number[] = [];

  push(job: Job): void {
    const queue = this.#byPriority.get(job.priority);
    if (queue) {
      queue.push(job);
      return;
    }
    this.#byPriority.set(job.priority, [job]);
    this.#priorities = [...this.#byPriority.keys()].sort((a, b) => b - a);
  }

  first(): Job | undefined {
    const [priority] = this.#priorities;
    return priority === undefined ? undefined : this.#byPriority.get(priority)?.[0];
  }

  /** Takes away the first job. */
  shift(): void {
    const [priority] = this.#priorities;
    const queue = priority === undefined ? undefined : this.#byPriority.get(priority);
    if (priority === undefined || !queue) return;
    queue.shift();
    if (queue.length > 0) return;
    this.#byPriority.delete(priority);
    this.#priorities.shift();
  }

  /** Takes away and gives every job that `which` names, in order. */
  takeAll(which: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const priority of this.#priorities) {
      const queue = this.#byPriority.get(priority) ?? [];
      const kept = queue.filter((job) => !which(job));
      taken.push(...queue.filter(which));
      if (kept.length > 0) this.#byPriority.set(priority, kept);
      else this.#byPriority.delete(priority);
    }
    this.#priorities = this.#priorities.filter((priority) => this.#byPriority.has(priority));
    return taken;
  }
}
