/**
 * Who wants no more SMS from an account: whoever answered with one of the words for that, and has not taken it back. A list
 * is kept for good, beyond retention.
 */
import type { Inbound } from '../core/inbound';
import { cleanNumber, comparable } from '../core/recipient';
import { valueOf } from './maps';
import type { Store } from './store/store';

const WORDS: ReadonlySet<string> = new Set(['TD', 'T', 'R', '退订', '拒收', 'STOP', 'UNSUBSCRIBE']);
const BACK = 'START';

const OPT_OUTS = 'optout!';
/** Milliseconds for which a word that took it back is known: an older one to the contrary may still come that long. */
const LIFTED_KNOWN = 30 * 86_400_000;

/** The last word of a sender. */
interface Mark {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly isOut: boolean;
}

/**
 * Whether a text asks for no more SMS (`true`), takes that back (`false`), or neither. The word must be all of it, but for
 * blanks and punctuation around it; letters count in either case and width.
 */
export function readOptOut(text: string): boolean | undefined {
  const word = text
    .normalize('NFKC')
    .replace(/^[\s\p{P}\p{C}]+|[\s\p{P}\p{C}]+$/gu, '')
    .toUpperCase();
  return WORDS.has(word) ? true : word === BACK ? false : undefined;
}

/** The senders of one account. */
class Senders {
  /** By number as the vendor writes it. */
  readonly #marks = new Map<string, Mark>();
  /** The same by country and comparable number. */
  readonly #indexes = new Map<string, Map<string, Mark>>();

  /** Notes a word, and whether it is their last. */
  note(number: string, mark: Mark): boolean {
    if (!isLater(mark, this.#marks.get(number))) return false;
    this.#marks.set(number, mark);
    for (const [country, index] of this.#indexes) add(index, number, country, mark);
    return true;
  }

  isOut(number: string, country: string): boolean {
    if (this.#marks.size === 0) return false;
    const index = valueOf(this.#indexes, country, () => {
      const made = new Map<string, Mark>();
      for (const [sender, mark] of this.#marks) add(made, sender, country, mark);
      return made;
    });
    return index.get(comparable(number, country))?.isOut === true;
  }
}

function isLater(mark: Mark, known: Mark | undefined): boolean {
  return known === undefined || mark.at >= known.at;
}

function add(index: Map<string, Mark>, number: string, country: string, mark: Mark): void {
  const name = comparable(number, country);
  if (isLater(mark, index.get(name))) index.set(name, mark);
}

export class OptOuts {
  readonly #store: Store | undefined;
  readonly #accounts = new Map<string, Senders>();

  constructor(store?: Store) {
    this.#store = store;
  }

  /** Reads what was kept. To be called before all else, and again where it rejects. */
  async recover(): Promise<void> {
    this.#accounts.clear();
    const forgotten = Date.now() - LIFTED_KNOWN;
    for await (const [key, value] of this.#store?.read(OPT_OUTS) ?? []) {
      const mark = value as Mark;
      const [, account = '', number = ''] = key.split('!');
      if (mark.isOut || mark.at >= forgotten) this.#sendersOf(account).note(number, mark);
      else this.#store?.note([{ key }]);
    }
  }

  /**
   * Takes what an inbound SMS says of it. What that changes is kept before anything that is noted later. `at`: when the SMS
   * came, in epoch milliseconds.
   */
  take(account: string, sms: Inbound, at: number): void {
    const isOut = readOptOut(sms.text);
    const number = cleanNumber(sms.from);
    if (isOut === undefined || number === undefined) return;
    // A clock that is ahead must not keep a later word from counting.
    const mark = { at: Math.min(sms.at ?? at, at), isOut };
    if (!this.#sendersOf(account).note(number, mark)) return;
    this.#store?.note([{ key: `${OPT_OUTS}${account}!${number}`, value: mark }]);
  }

  /** Whether a recipient wants no SMS from an account. `country`: of its gateway, for comparing numbers. */
  has(account: string, number: string, country: string): boolean {
    return this.#accounts.get(account)?.isOut(number, country) ?? false;
  }

  #sendersOf(account: string): Senders {
    return valueOf(this.#accounts, account, () => new Senders());
  }
}
