/** Asks the worker, whichever instance that is, and hands its answers to those who asked. */
import { performance } from 'node:perf_hooks';
import { failure, failureOf, SmsError } from '../../core/failure';
import { setAlarm } from '../alarm';
import { numberOf } from '../store/keys';
import type { PostgresDatabase } from '../store/postgres/database';
import type { Store } from '../store/store';
import type { Answer, CallKind, Calls } from './calls';
import { ANSWERS, callKey, TAKEN } from './keys';
import { Sweep } from './sweep';

/** Milliseconds after which a call that nobody has taken is withdrawn. A worker that is gone is followed within these. */
const PATIENCE = 20_000;
/** Milliseconds after which no statement is still under way that this process gave up: the database ends it before. */
const STATEMENT_OVER = 15_000;
/** Milliseconds between two tries to learn whether a call was kept. */
const ASK_AGAIN = 1_000;

/** Nobody took a call, or answered it. */
export const NO_WORKER = failure('store-failed', 'no-worker');

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SmsError) => void;
}

export interface CallerOptions {
  readonly instance: string;
  /** Absent as long as it has never been there. */
  readonly database: () => PostgresDatabase | undefined;
  /** Anybody's. */
  readonly store: Store;
  /** Something is there for the worker. */
  readonly called: () => void;
}

export class Caller {
  readonly #options: CallerOptions;
  readonly #waiting = new Map<number, Waiting>();
  #numbers = 0;
  readonly #sweep = new Sweep(() => this.#collect());

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** The number of a call to come. */
  nextNumber(): number {
    return ++this.#numbers;
  }

  /**
   * Hands a call in that is to be taken once. Resolves once it is kept: then it is taken, be it by a worker to come.
   * Rejects with an `SmsError` of code `store-failed` where it is certain that it never is.
   */
  async post<Kind extends CallKind>(number: number, kind: Kind, args: Calls[Kind]['args']): Promise<void> {
    const { store, instance, called } = this.#options;
    try {
      await store.write([{ key: callKey(instance, number), value: { kind, args } }]);
    } catch (error) {
      if (!(await this.#isKept(number))) throw new SmsError(failureOf(error, failure('store-failed')));
    }
    called();
  }

  /** Asks, and waits for the answer. Rejects with an `SmsError`: the answer's, or `store-failed` where nobody answers. */
  async ask<Kind extends CallKind>(
    kind: Kind,
    args: Calls[Kind]['args'],
    number = this.nextNumber(),
  ): Promise<Calls[Kind]['answer']> {
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
    });
    answer.catch(() => undefined);
    try {
      await this.post(number, kind, args);
    } catch (error) {
      this.#waiting.delete(number);
      throw error;
    }
    const cancel = setAlarm(Date.now() + PATIENCE, () => void this.#giveUp(number));
    try {
      return (await answer) as Calls[Kind]['answer'];
    } finally {
      cancel();
      this.#waiting.delete(number);
    }
  }

  /** Takes the answers that are there. Never rejects. */
  collect(): Promise<void> {
    return this.#sweep.run();
  }

  async #collect(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { store, instance } = this.#options;
    for await (const [key, value] of store.read(`${ANSWERS}${instance}!`)) {
      const waiting = this.#waiting.get(numberOf(key.split('!')[2] ?? ''));
      store.note([{ key }]);
      const answer = value as Answer;
      if ('failure' in answer) waiting?.reject(new SmsError(answer.failure));
      else waiting?.resolve(answer.value);
    }
  }

  /** Nobody has answered: what nobody has taken is withdrawn. */
  async #giveUp(number: number): Promise<void> {
    await this.collect();
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    await this.#withdraw(number).catch(() => undefined);
    waiting.reject(new SmsError(NO_WORKER));
  }

  /** Whether it was there, and now is not. */
  async #withdraw(number: number): Promise<boolean> {
    const { database, instance } = this.#options;
    return (await database()?.removeEntry(callKey(instance, number))) ?? false;
  }

  /** Whether a call was kept although that could not be said: not known before the database answers again. */
  async #isKept(number: number): Promise<boolean> {
    const { store, instance } = this.#options;
    const since = performance.now();
    for (;;) {
      await new Promise<void>((resolve) => {
        setAlarm(Date.now() + ASK_AGAIN, resolve);
      });
      try {
        // A statement that was given up may still come to its end; after that it is kept or never will be.
        if (performance.now() - since < STATEMENT_OVER) continue;
        if (await this.#withdraw(number)) return false;
        for await (const [, value] of store.read(TAKEN + instance)) return (value as Taken).number >= number;
        return false;
      } catch {
        // Again.
      }
    }
  }
}

/** What is kept of the calls of an instance that were taken. */
export interface Taken {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
}
