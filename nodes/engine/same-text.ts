/** Finds what waits with the same text and the same options, so that it can leave in one request. */
import { Fifo } from './fifo';
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

export class SameText<Job extends Waiting> {
  /** By kind and text. Most texts wait once: for these there is no queue. */
  readonly #kinds = new Map<string, Map<string, Job | Fifo<Job>>>();

  add(job: Job): void {
    if (!job.alike) return;
    const { kind, text } = job.alike;
    const texts = valueOf(this.#kinds, kind, () => new Map<string, Job | Fifo<Job>>());
    const known = texts.get(text);
    if (known === undefined) texts.set(text, job);
    else if (known instanceof Fifo) known.push(job);
    else texts.set(text, new Fifo([known, job]));
  }

  /** What waits with the job's text, in the order in which it came; the job may be among it. */
  *of({ alike }: Job): Generator<Job> {
    const known = alike && this.#kinds.get(alike.kind)?.get(alike.text);
    if (known instanceof Fifo) {
      for (const job of known) if (!job.isTaken) yield job;
    } else if (known) {
      yield known;
    }
  }

  /** Forgets what is taken of the job's text. */
  clean({ alike }: Job): void {
    const texts = alike && this.#kinds.get(alike.kind);
    const known = alike && texts?.get(alike.text);
    if (!known) return;
    if (known instanceof Fifo) while (known.first?.isTaken) known.shift();
    if (known instanceof Fifo ? !known.isEmpty : !known.isTaken) return;
    texts?.delete(alike.text);
    if (texts?.size === 0) this.#kinds.delete(alike.kind);
  }
}
