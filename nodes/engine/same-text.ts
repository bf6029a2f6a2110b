/** Finds what waits with the same text and the same options, so that it can leave in one request. */
import { valueOf } from './maps';

/** What has to be equal. */
export interface Alike {
  /** The gateway and the options, as one text. */
  readonly kind: string;
  readonly text: string;
}

/** Something that waits. */
export interface Waiting {
  /** Absent: it leaves by itself. */
  readonly alike?: Alike;
  /** Nothing of it is left to wait. */
  readonly isTaken: boolean;
}

/** Those before `head` are gone. */
interface Queue<Job> {
  jobs: Job[];
  head: number;
}

const MOST_GONE = 1000;

export class SameText<Job extends Waiting> {
  /** By kind and text. Most texts wait once: for these there is no queue. */
  readonly #kinds = new Map<string, Map<string, Job | Queue<Job>>>();

  add(job: Job): void {
    if (!job.alike) return;
    const { kind, text } = job.alike;
    const texts = valueOf(this.#kinds, kind, () => new Map<string, Job | Queue<Job>>());
    const known = texts.get(text);
    if (known === undefined) texts.set(text, job);
    else if ('head' in known) known.jobs.push(job);
    else texts.set(text, { jobs: [known, job], head: 0 });
  }

  /** What waits with the job's text, in the order in which it came; the job may be among it. */
  *of({ alike }: Job): Generator<Job> {
    const known = alike && this.#kinds.get(alike.kind)?.get(alike.text);
    if (!known) return;
    if (!('head' in known)) {
      yield known;
      return;
    }
    for (let index = known.head; index < known.jobs.length; index++) {
      const job = known.jobs[index];
      if (job && !job.isTaken) yield job;
    }
  }

  /** Forgets what is taken of the job's text. */
  clean({ alike }: Job): void {
    const texts = alike && this.#kinds.get(alike.kind);
    const known = alike && texts?.get(alike.text);
    if (!known) return;
    if ('head' in known) {
      while (known.jobs[known.head]?.isTaken) known.head++;
      if (known.head > MOST_GONE && known.head > known.jobs.length / 2) {
        known.jobs.splice(0, known.head);
        known.head = 0;
      }
    }
    const isOver = 'head' in known ? known.head === known.jobs.length : known.isTaken;
    if (!isOver) return;
    texts?.delete(alike.text);
    if (texts?.size === 0) this.#kinds.delete(alike.kind);
  }
}
