/** The lines of an account of which messages may want one: what is for a line that fails waits beside all others. */
import { setAlarm } from './alarm';
import { Breaker, type Health } from './breaker';
import type { Job } from './job';
import { valueOf } from './maps';

interface Line {
  readonly breaker: Breaker;
  waiting: Job[];
  cancelTry?: () => void;
}

export class Lines {
  readonly #lines = new Map<string, Line>();
  readonly #go: (job: Job) => void;

  /** `go`: a job may go now. */
  constructor(go: (job: Job) => void) {
    this.#go = go;
  }

  /** Whether a job must wait for its line. */
  isShut(job: Job): boolean {
    return this.reasonOf(job) !== undefined;
  }

  wait(job: Job): void {
    const line = this.#lineOf(job);
    if (!line) return;
    line.waiting.push(job);
    this.#tryLater(line);
  }

  /** A request for a line is made. Gives what is to be called with what it tells; that gives whether the line failed by it. */
  begin(name: string): (health: Health) => boolean {
    const line = valueOf(this.#lines, name, (): Line => ({ breaker: new Breaker(), waiting: [] }));
    const end = line.breaker.begin();
    return (health) => {
      const hasChanged = end(health);
      if (line.breaker.reason) {
        this.#tryLater(line);
        return hasChanged;
      }
      if (hasChanged) this.#open(line);
      return false;
    };
  }

  /** Nothing was asked for a job that was let go: the next one may try. */
  skipped(job: Job): void {
    const line = this.#lineOf(job);
    if (line) this.#tryLater(line);
  }

  /** Why a line is shut. */
  reasonOf(job: Job): Breaker['reason'] {
    return this.#lineOf(job)?.breaker.reason;
  }

  /** Takes away and gives every waiting job that `which` names. */
  takeAll(which: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const line of this.#lines.values()) {
      taken.push(...line.waiting.filter(which));
      line.waiting = line.waiting.filter((job) => !which(job));
    }
    return taken;
  }

  /** Forgets what failed: the configuration is another one. */
  reset(): void {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    for (const line of lines) this.#open(line);
  }

  #lineOf({ line }: Job): Line | undefined {
    return line === undefined ? undefined : this.#lines.get(line);
  }

  #open(line: Line): void {
    line.cancelTry?.();
    for (const job of line.waiting.splice(0)) this.#go(job);
  }

  #tryLater(line: Line): void {
    line.cancelTry?.();
    const { nextAt } = line.breaker;
    if (line.waiting.length === 0 || nextAt === Infinity) return;
    line.cancelTry = setAlarm(nextAt, () => {
      const job = line.waiting.shift();
      if (job) this.#go(job);
    });
  }
}
