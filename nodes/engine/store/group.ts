/** Changes that go to the disk together. */
import { SmsError, type Failure } from '../../core/failure';
import type { Operation } from './database';
import { encode } from './encoding';
import type { Change } from './store';

/** Characters of keys and values, and changes, beyond which a group takes no more. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_OPERATIONS = 20_000;

export class Group {
  readonly operations: Operation[] = [];
  /** Which of them were only noted. */
  readonly #noted = new Set<Operation>();
  #characters = 0;
  #done?: { readonly promise: Promise<void>; readonly resolve: () => void; readonly reject: (error: Error) => void };
  /** It must survive a power cut. */
  sync = false;

  get isFull(): boolean {
    return this.#characters >= MOST_CHARACTERS || this.operations.length >= MOST_OPERATIONS;
  }

  /** Somebody waits for it, or it is large enough. */
  get isUrgent(): boolean {
    return this.#done !== undefined || this.isFull;
  }

  add(operation: Operation, noted: boolean): void {
    this.operations.push(operation);
    if (noted) this.#noted.add(operation);
    this.#characters += operation.key.length + (operation.text?.length ?? 0);
  }

  /** Settles with the group; the same for all who wait. */
  wait(): Promise<void> {
    if (this.#done === undefined) {
      let resolve!: () => void;
      let reject!: (error: Error) => void;
      const promise = new Promise<void>((...both) => {
        [resolve, reject] = both;
      });
      this.#done = { promise, resolve, reject };
    }
    return this.#done.promise;
  }

  resolve(): void {
    this.#done?.resolve();
  }

  reject(failure: Failure): void {
    this.#done?.reject(new SmsError(failure));
  }

  get noted(): Operation[] {
    return this.operations.filter((operation) => this.#noted.has(operation));
  }

  /** Keys of what is not to be kept where the group fails. */
  get writtenKeys(): string[] {
    return [...new Set(this.operations.filter((each) => !this.#noted.has(each)).map(({ key }) => key))];
  }
}

export function operationOf({ key, value }: Change): Operation {
  return { key, text: value === undefined ? undefined : encode(value) };
}
