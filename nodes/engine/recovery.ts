/**
 * Taking up what was kept when the last process ended. What keeps it from being taken up may end (another Node-RED on the
 * same directory, a full disk), so it is tried until it works.
 */
import { failure, failureOf, type Failure } from '../core/failure';
import { setAlarm } from './alarm';

/** Milliseconds between two tries: at first, and at most. */
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

export class Recovery {
  /** Resolves once the first try is over. Never rejects. */
  readonly tried: Promise<void>;
  readonly #recover: () => Promise<void>;
  readonly #tell: (reason: Failure | undefined) => void;
  /** To be called once it has worked. */
  readonly #waiting = new Set<() => void>();
  #isDone = false;
  #failure: Failure | undefined;
  #pause = SHORTEST_PAUSE;

  /**
   * `recover` may reject: it is called again from its beginning. `tell` hears the reason once where it does not work at
   * once, and nothing when it works later; it must not throw.
   */
  constructor(recover: () => Promise<void>, tell: (reason: Failure | undefined) => void) {
    this.#recover = recover;
    this.#tell = tell;
    this.tried = this.#try();
  }

  /** Why the last try did not work; absent during the first and once one has worked. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Begins at once where it has worked, else once it has. Gives what ends what was begun, or the wait for it. */
  whenDone<Args extends unknown[]>(begin: () => (...args: Args) => void): (...args: Args) => void {
    if (this.#isDone) return begin();
    let end = (..._args: Args): void => {
      this.#waiting.delete(start);
    };
    const start = (): void => {
      end = begin();
    };
    this.#waiting.add(start);
    return (...args) => {
      end(...args);
    };
  }

  /** Never rejects. */
  async #try(): Promise<void> {
    try {
      await this.#recover();
    } catch (error) {
      const wasFailing = this.#failure !== undefined;
      this.#failure = failureOf(error, failure('store-failed'));
      if (!wasFailing) this.#tell(this.#failure);
      setAlarm(Date.now() + this.#pause, () => void this.#try());
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      return;
    }
    const wasFailing = this.#failure !== undefined;
    this.#isDone = true;
    this.#failure = undefined;
    if (wasFailing) this.#tell(undefined);
    for (const start of this.#waiting) start();
    this.#waiting.clear();
  }
}
