/**
 * Changes on their way to where they are kept. While one group is being written the next one gathers, so that all who wait
 * share one write.
 */
import { Group, operationOf } from './group';
import type { Change } from './store';

/** Milliseconds that noted changes wait for company. */
const NOTE_PAUSE = 20;

export class GroupQueue {
  readonly #work: () => Promise<void>;
  readonly #isOpen: () => boolean;
  #groups: Group[] = [];
  /** The group that is being written, and those right behind it. */
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #scheduled = false;

  /**
   * `work` writes groups, one after the other; it is not called again before it has settled, and must not reject. `isOpen`:
   * whether anything can be written at the moment.
   */
  constructor(work: () => Promise<void>, isOpen: () => boolean) {
    this.#work = work;
    this.#isOpen = isOpen;
  }

  /** Somebody waits for a group. */
  get isUrgent(): boolean {
    return this.#groups.some(({ isUrgent }) => isUrgent);
  }

  /** What is being written; nothing while nothing is. Never rejects. */
  get working(): Promise<void> | undefined {
    return this.#working;
  }

  /** Adds changes to the last group, and gives that. It is not written before `schedule` or `start`. */
  add(changes: readonly Change[], noted: boolean): Group {
    let group = this.#groups.at(-1);
    if (group === undefined || group.isFull) this.#groups.push((group = new Group()));
    for (const change of changes) group.add(operationOf(change), noted);
    return group;
  }

  /** Takes the next group away. */
  shift(): Group | undefined {
    return this.#groups.shift();
  }

  /** Takes all groups away. */
  takeAll(): Group[] {
    const groups = this.#groups;
    this.#groups = [];
    return groups;
  }

  /** Sees to it that what waits goes: what is urgent with all else that comes in this turn, the rest a little later. */
  schedule(): void {
    if (this.#working || this.#scheduled || !this.#isOpen()) return;
    if (this.isUrgent) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.start();
      });
    } else if (this.#groups.length > 0) {
      this.#timer ??= setTimeout(() => {
        this.start();
      }, NOTE_PAUSE);
    }
  }

  /** Begins now. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      this.schedule();
    });
  }

  /** Resolves once nothing is left that can be written. Never rejects. */
  async drain(): Promise<void> {
    while (this.#working || (this.#isOpen() && this.#groups.length > 0)) {
      this.start();
      await this.#working;
    }
  }
}
