/**
 * Keeps orders on disk from the moment they are handed in until their outcome is with the flow. A request goes out only
 * after its intent is kept, and an outcome only after what it says is kept: whatever ends the process, what was under way
 * is known to have been.
 */
import type { Attempt } from './dispatcher';
import type { Message, Recipient } from './message';
import { valueOf } from './maps';
import { ONCE } from './once';
import { progressGroups, recordOf, restore, type OrderRecord, type StepRecord } from './order-record';
import { numberOf, sortable } from './store/keys';
import type { Change, Store } from './store/store';

/** Steps of an order that are kept before they are drawn together into one, which is kept with the order. */
const MOST_STEPS = 100;
const ORDERS = 'order!';
const STEPS = 'step!';

export interface OrderLog {
  /** An order was handed in. */
  add(message: Message): void;
  /** Something about a recipient has changed. */
  touch(recipient: Recipient): void;
  /** Something was tried. */
  noteAttempt(message: Message, attempt: Attempt): void;
  /** Something else is to be kept with what was said so far. */
  also(change: Change): void;
  /** The outcome is with the flow, and nothing is left to be known of the message but that some of it is in doubt. */
  markOut(message: Message): void;
  /** Nothing is left to be known of the message. */
  drop(message: Message): void;
  /** Resolves once all that was said so far is kept. Rejects with an `SmsError` of code `store-failed`. */
  saved(): Promise<void>;
}

/** What was kept when the process ended. */
export interface KeptOrders {
  readonly messages: readonly Message[];
  /** What was sent under idempotency keys. */
  readonly once: readonly (readonly [place: string, value: unknown])[];
}

const SAVED = Promise.resolve();
const nothing = (): void => undefined;

/** For orders that are kept in memory alone. */
export const NO_LOG: OrderLog = {
  ...{ add: nothing, touch: nothing, noteAttempt: nothing, also: nothing, markOut: nothing, drop: nothing },
  saved: () => SAVED,
};

/** What is known of an order on disk. */
interface Entry {
  /** It rises from order to order. */
  readonly order: number;
  /** Number of the next step. */
  next: number;
  /** Number of the oldest step that is kept. */
  first: number;
  isStored: boolean;
  isDropped: boolean;
  wasOut: boolean;
  /** Absent where there are none: most orders only wait. */
  touched?: Set<Recipient>;
  attempts?: Attempt[];
  raw: unknown;
}

export class StoredOrders implements OrderLog {
  readonly #store: Store;
  readonly #entries = new Map<Message, Entry>();
  readonly #changed = new Set<Message>();
  #others: Change[] = [];
  #orders = 0;
  #saving?: Promise<void>;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The orders that are kept, in the order in which they were handed in. To be called before all else, and again where it
   * rejects.
   */
  async recover(): Promise<KeptOrders> {
    this.#entries.clear();
    /** By the name of the order. */
    const steps = new Map<string, { records: StepRecord[]; first: number; next: number }>();
    for await (const [key, value] of this.#store.read(STEPS)) {
      const [, name = '', number = ''] = key.split('!');
      const known = valueOf(steps, name, () => ({ records: [], first: Number(number), next: 0 }));
      known.records.push(value as StepRecord);
      // Not their count: numbers of steps that could not be kept are missing.
      known.next = Number(number) + 1;
    }
    const messages: Message[] = [];
    for await (const [key, value] of this.#store.read(ORDERS)) {
      const name = key.slice(ORDERS.length);
      const { records, first, next } = steps.get(name) ?? { records: [], first: 0, next: 0 };
      const message = restore(value as OrderRecord, records);
      const order = numberOf(name);
      this.#entries.set(message, newEntry(order, { first, next, isStored: true, raw: message.raw }));
      this.#orders = Math.max(this.#orders, order + 1);
      messages.push(message);
    }
    const once: [string, unknown][] = [];
    for await (const [key, value] of this.#store.read(ONCE)) once.push([key, value]);
    return { messages, once };
  }

  add(message: Message): void {
    this.#entries.set(message, newEntry(this.#orders++));
    this.#changed.add(message);
  }

  touch(recipient: Recipient): void {
    const entry = this.#entries.get(recipient.message);
    if (!entry) return;
    (entry.touched ??= new Set()).add(recipient);
    this.#changed.add(recipient.message);
  }

  noteAttempt(message: Message, attempt: Attempt): void {
    const entry = this.#entries.get(message);
    if (entry) (entry.attempts ??= []).push(attempt);
  }

  also(change: Change): void {
    this.#others.push(change);
  }

  markOut(message: Message): void {
    message.isOut = true;
    if (this.#entries.has(message)) this.#changed.add(message);
    this.#saveSoon();
  }

  drop(message: Message): void {
    const entry = this.#entries.get(message);
    if (!entry) return;
    entry.isDropped = true;
    this.#changed.add(message);
    this.#saveSoon();
  }

  saved(): Promise<void> {
    // What is said in one go is written in one go.
    this.#saving ??= Promise.resolve().then(() => {
      this.#saving = undefined;
      return this.#save();
    });
    return this.#saving;
  }

  #saveSoon(): void {
    this.saved().catch(nothing);
  }

  async #save(): Promise<void> {
    const messages = [...this.#changed];
    this.#changed.clear();
    const urgent = messages.some((message) => {
      const entry = this.#entries.get(message);
      return entry && !entry.isDropped && (!entry.isStored || entry.touched !== undefined);
    });
    const others = this.#others;
    this.#others = [];
    const undo = [
      () => {
        this.#others.unshift(...others);
      },
    ];
    const changes = [...messages.flatMap((message) => this.#changesOf(message, undo)), ...others];
    if (!urgent) {
      // What was there to be kept is known again from the outcome that would come out a second time.
      if (changes.length > 0) this.#store.note(changes);
      return;
    }
    try {
      await this.#store.write(changes);
    } catch (error) {
      for (const each of undo) each();
      throw error;
    }
  }

  #changesOf(message: Message, undo: (() => void)[]): Change[] {
    const entry = this.#entries.get(message);
    if (!entry) return [];
    if (entry.isDropped) {
      this.#entries.delete(message);
      return entry.isStored ? [{ key: orderKey(entry) }, ...stepsOf(entry)] : [];
    }
    const { touched, attempts = [], first, isStored } = entry;
    const isOut = message.isOut && !entry.wasOut;
    const isLong = isStored && entry.next - first >= MOST_STEPS;
    const step = touched || isOut ? stepOf(message, entry, isLong) : undefined;
    const changes: Change[] = [];
    if (!isStored || (isLong && step)) {
      changes.push({ key: orderKey(entry), value: recordOf(message, step) });
      if (isLong) changes.push(...stepsOf(entry));
      Object.assign(entry, { isStored: true, first: entry.next });
    } else if (step) {
      changes.push({ key: stepKey(entry, entry.next++), value: step });
    }
    if (step) {
      Object.assign(entry, { touched: undefined, attempts: undefined, raw: message.raw, wasOut: message.isOut });
    }
    undo.push(() => {
      if (!isStored) entry.isStored = false;
      Object.assign(entry, { first: Math.min(entry.first, first), raw: undefined, wasOut: entry.wasOut && !isOut });
      if (touched) entry.touched = new Set([...touched, ...(entry.touched ?? [])]);
      if (step && attempts.length > 0) entry.attempts = [...attempts, ...(entry.attempts ?? [])];
      this.#changed.add(message);
    });
    return changes;
  }
}

/** What has changed of a message since its last step; all that it has come through where it is told as a whole. */
function stepOf(message: Message, { touched, attempts = [], raw }: Entry, isWhole: boolean): StepRecord {
  return {
    groups: progressGroups(isWhole ? message.recipients : [...(touched ?? [])]),
    attempts: isWhole ? message.attempts : attempts,
    ...(message.raw === undefined || (!isWhole && message.raw === raw) ? {} : { raw: message.raw }),
    ...(message.isOut ? { isOut: true } : {}),
  };
}

/** `kept`: as far as it is on disk. */
function newEntry(order: number, kept?: Pick<Entry, 'first' | 'next' | 'isStored' | 'raw'>): Entry {
  const { first = 0, next = 0, isStored = false, raw } = kept ?? {};
  return { order, next, first, isStored, isDropped: false, wasOut: false, raw };
}

function orderKey({ order }: Entry): string {
  return ORDERS + sortable(order);
}

function stepKey({ order }: Entry, number: number): string {
  return `${STEPS}${sortable(order)}!${String(number).padStart(10, '0')}`;
}

/** Removes all steps. */
function stepsOf(entry: Entry): Change[] {
  return Array.from({ length: entry.next - entry.first }, (_, index) => ({ key: stepKey(entry, entry.first + index) }));
}
