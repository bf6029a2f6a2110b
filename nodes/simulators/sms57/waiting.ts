/** Rows that wait for an account, be they fetched (sections 4 and 5) or pushed (section 6). */
import { DueQueue, type Due } from '../due-queue';

const MOST_WAITING = 30_000;

export class Waiting<Row extends object> {
  readonly #new = new DueQueue<Row>(MOST_WAITING);
  /** Pushed, and not acknowledged: a fetch still gets them. */
  readonly #pushed = new DueQueue<Row>(MOST_WAITING);

  /** When the first row that was not pushed is due, epoch milliseconds; infinitely late where there is none. */
  get next(): number {
    return this.#new.next;
  }

  add(due: number, row: Row): void {
    this.#new.add(due, row);
  }

  /** At most `count` of the rows that are due; what was handed out is not handed out again. */
  take(now: number, count: number): Due<Row>[] {
    const pushed = this.#pushed.take(now, count);
    return [...pushed, ...this.#new.take(now, count - pushed.length)];
  }

  /** At most `count` of the rows that are due and were not pushed. They stay until `acknowledge`. */
  takeForPush(now: number, count: number): Due<Row>[] {
    const taken = this.#new.take(now, count);
    for (const { due, value } of taken) this.#pushed.add(due, value);
    return taken;
  }

  acknowledge(rows: ReadonlySet<object>): void {
    this.#pushed.remove((row) => rows.has(row));
  }

  /** Nothing that was not acknowledged counts as pushed any more. */
  forgetPushes(): void {
    for (const { due, value } of this.#pushed.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY))
      this.#new.add(due, value);
  }
}
