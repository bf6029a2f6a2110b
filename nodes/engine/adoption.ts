/**
 * Sends of one account of which nobody knows whether they were accepted. A report shows it: one under an id that we chose,
 * or one to the same recipient under an id that nobody knows, where it can be about one message alone.
 *
 * What remains: another client of the account may have sent to that recipient at that time; and of a doubt that a user has
 * settled, a process that starts later does not know that its report may still come.
 */
import { comparable } from '../core/recipient';
import type { Report } from '../core/report';
import { Multimap } from './multimap';
import type { SendFacts } from './tracked-send';

/** A vendor's clock may be behind ours by so many milliseconds; a report of before a send is not about it. */
export const CLOCK_SLACK = 30 * 60_000;
/** Milliseconds after which nobody expects a report any more. */
const MOST_WAIT = 72 * 3_600_000;
/** Sends in doubt that are remembered; the oldest go first. */
const MOST_SENDS = 20_000;
/** Digits at the end of a number that every way to write it has in common. */
const TAIL = 3;

/** A send of which nobody knows whether it was accepted. */
export interface DoubtfulSend {
  /** Key of the account. */
  readonly account: string;
  /** Our id of the message. */
  readonly key: string;
  readonly number: string;
  readonly text: string;
  /** Whom it was for: several sends for one are no two messages. */
  readonly recipient: object;
  /** The id that we chose for it; absent where the vendor chose one. */
  readonly id?: string;
  /** Epoch milliseconds at which it was asked for. */
  readonly at: number;
  /** Whether it still waits for evidence. If not, a report that may be about it is about no other send either. */
  isOpen(): boolean;
  /** What is to be known of it now that it was accepted under an id. */
  factsOf(id: string): SendFacts;
  /** It was accepted under an id. */
  adopt(id: string, ids?: readonly string[]): void;
}

export class Adoption {
  readonly #sends = new Set<DoubtfulSend>();
  readonly #byId = new Multimap<string, DoubtfulSend>();
  /** By the end of the number. */
  readonly #byTail = new Multimap<string, DoubtfulSend>();

  /** Gives what forgets it again. */
  note(send: DoubtfulSend): () => void {
    this.#sends.add(send);
    if (send.id !== undefined) this.#byId.add(send.id, send);
    this.#byTail.add(tailOf(send.number), send);
    for (const oldest of this.#sends) {
      if (this.#sends.size <= MOST_SENDS) break;
      this.#forget(oldest);
    }
    return () => {
      this.#forget(send);
    };
  }

  /** Those that wait for evidence. */
  get open(): DoubtfulSend[] {
    return [...this.#sends].filter((send) => send.isOpen());
  }

  /** The send that a report is about whose id we chose. */
  ofId({ id, to }: Report, country: string): DoubtfulSend | undefined {
    const sends = (id === undefined ? [] : this.#byId.get(id)).filter(
      ({ number }) => to === undefined || comparable(number, country) === comparable(to, country),
    );
    const [only] = sends;
    return sends.length === 1 && only?.isOpen() ? only : undefined;
  }

  /** The send that a report under an id which nobody knows can be about; nothing where there are several messages. */
  ofNumber({ id, to, at }: Report, now: number, country: string): DoubtfulSend | undefined {
    if (id === undefined || to === undefined) return undefined;
    const number = comparable(to, country);
    const fitting = this.#byTail
      .get(tailOf(to))
      .filter(
        (send) =>
          send.id === undefined &&
          comparable(send.number, country) === number &&
          now - send.at <= MOST_WAIT &&
          send.at <= (at ?? now) + CLOCK_SLACK,
      );
    if (new Set(fitting.map(({ recipient }) => recipient)).size !== 1) return undefined;
    return fitting.findLast((send) => send.isOpen());
  }

  #forget(send: DoubtfulSend): void {
    this.#sends.delete(send);
    if (send.id !== undefined) this.#byId.delete(send.id, send);
    this.#byTail.delete(tailOf(send.number), send);
  }
}

function tailOf(number: string): string {
  return comparable(number, '').slice(-TAIL);
}
