/** What is to be written first of all once the database works again. */
import type { Operation } from './database';

/** Noted changes that are held back, and their characters; beyond, the oldest are lost. */
const MOST_OPERATIONS = 100_000;
const MOST_CHARACTERS = 32 * 1024 * 1024;

const lengthOf = ({ key, text }: Operation): number => key.length + (text?.length ?? 0);

export class HeldBack {
  /** Brings back what was there before a write that was refused: it may be on the disk all the same. */
  #undo: readonly Operation[] = [];
  #noted: Operation[] = [];
  #characters = 0;

  undo(operations: readonly Operation[]): void {
    this.#undo = operations;
  }

  note(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#noted.push(operation);
      this.#characters += lengthOf(operation);
    }
    let excess = 0;
    for (const operation of this.#noted) {
      if (this.#noted.length - excess <= MOST_OPERATIONS && this.#characters <= MOST_CHARACTERS) break;
      this.#characters -= lengthOf(operation);
      excess++;
    }
    if (excess > 0) this.#noted = this.#noted.slice(excess);
  }

  get isEmpty(): boolean {
    return this.#undo.length + this.#noted.length === 0;
  }

  /** Hands over all there is. Gives what takes it back, before what has come since. */
  take(): { readonly operations: readonly Operation[]; readonly giveBack: () => void } {
    const [undo, noted] = [this.#undo, this.#noted];
    this.#undo = [];
    this.#noted = [];
    this.#characters = 0;
    return {
      operations: [...undo, ...noted],
      giveBack: () => {
        const since = this.#noted;
        this.#undo = undo;
        this.#noted = [];
        this.#characters = 0;
        this.note([...noted, ...since]);
      },
    };
  }
}
