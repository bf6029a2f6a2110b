/**
 * What is remembered of an account beyond the process: the SMS that it sent and what was told of them, what was received,
 * where polling goes on, and what came and has not reached every node.
 */
import type { Position } from '../vendors/driver';
import type { JournalEntry } from './event-journal';
import { valueOf } from './maps';
import { digest, numberOf, sortable } from './store/keys';
import type { Change, Store } from './store/store';
import type { SendRecord } from './tracked-send';

const SENDS = 'sent!';
const TOLD = 'told!';
const POLLS = 'poll!';
export const ENTRIES = 'came!';

/** Something that was told, so that its repetition is not. */
export interface ToldRecord {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly name: string;
  /** The state that was told of an SMS; absent for an inbound SMS. */
  readonly state?: string;
}

/** How far a source has been read. */
export interface PollRecord {
  readonly cursor?: Position['cursor'];
  /** Epoch milliseconds since when somebody asks. */
  readonly since?: number;
  readonly caughtUp: boolean;
}

/** What was kept of one account. */
export interface KeptAccount {
  readonly sends: [key: string, record: SendRecord][];
  readonly told: ToldRecord[];
  readonly polls: Map<string, PollRecord>;
  readonly entries: { readonly key: string; readonly entry: JournalEntry }[];
}

export interface EventMemory {
  /** Whether it keeps anything: what is not kept need not be made. */
  readonly keeps: boolean;
  /** What was kept of an account when the process ended; gone once it was asked for. */
  take(account: string): KeptAccount | undefined;
  /** Keeps changes with whatever is kept next. */
  note(...changes: readonly Change[]): void;
}

/** For what is kept in memory alone. */
export const NO_MEMORY: EventMemory = { keeps: false, take: () => undefined, note: () => undefined };

export class StoredEvents implements EventMemory {
  readonly keeps = true;
  readonly #store: Store;
  readonly #accounts = new Map<string, KeptAccount>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Reads what was kept. To be called before all else, and again where it rejects. What is older than `oldest` (epoch
   * milliseconds) is forgotten; a send whose fate is open is told of first, if its account is there for as long again.
   */
  async recover(oldest: number): Promise<void> {
    const changes: Change[] = [];
    this.#accounts.clear();
    for await (const [key, value] of this.#store.read(SENDS)) {
      const record = value as SendRecord;
      const isOld = Math.max(record.facts.sentAt, record.facts.due ?? 0) < oldest;
      if (isOld && (record.final || (record.overdueFrom ?? Infinity) < oldest)) changes.push({ key });
      else this.#accountOf(key).sends.push([key, record]);
      if (isOld && !record.final && record.overdueFrom === undefined) {
        changes.push({ key, value: { ...record, overdueFrom: Date.now() } satisfies SendRecord });
      }
    }
    for await (const [key, value] of this.#store.read(TOLD)) {
      const record = value as ToldRecord;
      if (record.at < oldest) changes.push({ key });
      else this.#accountOf(key).told.push(record);
    }
    for await (const [key, value] of this.#store.read(POLLS)) {
      const [, , ...source] = key.split('!');
      this.#accountOf(key).polls.set(source.join('!'), value as PollRecord);
    }
    for await (const [key, value] of this.#store.read(ENTRIES)) {
      const entry = value as JournalEntry;
      if (entry.at < oldest) changes.push({ key });
      else this.#account(entry.account).entries.push({ key, entry });
    }
    this.note(...changes);
  }

  take(account: string): KeptAccount | undefined {
    const kept = this.#accounts.get(account);
    this.#accounts.delete(account);
    return kept;
  }

  note(...changes: readonly Change[]): void {
    if (changes.length > 0) this.#store.note(changes);
  }

  #accountOf(key: string): KeptAccount {
    return this.#account(key.split('!')[1] ?? '');
  }

  #account(account: string): KeptAccount {
    return valueOf(this.#accounts, account, () => ({ sends: [], told: [], polls: new Map(), entries: [] }));
  }
}

/** Under which key a send is kept: `number` rises from send to send. */
export function sendKey(account: string, number: number): string {
  return `${SENDS}${account}!${sortable(number)}`;
}

export function sendNumber(key: string): number {
  return numberOf(key.slice(key.lastIndexOf('!') + 1));
}

/** Keeps that something was told. */
export function toldChange(account: string, record: ToldRecord): Change {
  return {
    key: `${TOLD}${account}!${record.state === undefined ? 'in' : 'out'}!${digest(record.name)}`,
    value: record,
  };
}

export function pollChange(account: string, source: string, record: PollRecord | undefined): Change {
  return { key: `${POLLS}${account}!${source}`, ...(record ? { value: record } : {}) };
}
