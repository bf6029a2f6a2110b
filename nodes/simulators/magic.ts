/**
 * Recipient numbers that make a simulator behave in a certain way, the same at every vendor (README, "Magic numbers").
 * Every other number is accepted and delivered after a second.
 */

/** What becomes of an accepted SMS. */
export type Fate =
  /** Delivered `after` milliseconds. */
  | { readonly report: 'delivered'; readonly after: number }
  /** Failed at the handset, as a final report says. */
  | { readonly report: 'undelivered'; readonly after: number }
  /** The network never said what became of it, and the vendor reports just that. */
  | { readonly report: 'no-answer'; readonly after: number }
  /** Left for the network; nothing more is ever reported. */
  | { readonly report: 'sent'; readonly after: number }
  /** No report at all. */
  | { readonly report: 'none' };

/** What a request that holds the number is answered. */
export type Answer =
  | 'accept'
  /** This number alone is refused, where the vendor can say so; else the request is. */
  | 'refuse-recipient'
  | 'refuse-content'
  | 'refuse-balance'
  /** "Try later", every time. */
  | 'busy'
  /** "Try later" to the first two requests with this number, then accepted. */
  | 'busy-twice'
  | 'refuse-login'
  | 'refuse-ip'
  /** Accepted, and the connection stays open without an answer. */
  | 'accept-silent'
  /** Accepted, and the connection is reset. */
  | 'accept-reset'
  /** Accepted, and the answer ends in its middle. */
  | 'accept-broken'
  /** Accepted, and answered by HTTP 500. */
  | 'accept-500'
  /** Not accepted: HTTP 500. */
  | 'refuse-500'
  /** Not accepted: read, and the connection is reset. */
  | 'refuse-reset'
  /** Accepted, and answered after three seconds. */
  | 'accept-slow'
  /** The first request with this number is answered by HTTP 429 with `Retry-After: 1`, later ones are accepted. */
  | 'too-many-once'
  /** The first request with this number is read and not accepted, and the connection is reset; later ones are accepted. */
  | 'refuse-reset-once';

export interface Magic {
  readonly answer: Answer;
  readonly fate: Fate;
  /** The handset answers with this text a second after it got the SMS. */
  readonly reply?: string;
}

const soon = 1000;
const delivered: Fate = { report: 'delivered', after: soon };

const ORDINARY: Magic = { answer: 'accept', fate: delivered };

/** By number, without country code. */
export const MAGIC: Readonly<Record<string, Magic>> = {
  '19900000001': { answer: 'accept', fate: { report: 'delivered', after: 10_000 } },
  '19900000002': { answer: 'accept', fate: { report: 'undelivered', after: soon } },
  '19900000003': { answer: 'accept', fate: { report: 'no-answer', after: soon } },
  '19900000004': { answer: 'accept', fate: { report: 'none' } },
  '19900000005': { answer: 'accept', fate: delivered, reply: 'YES' },
  '19900000006': { answer: 'accept', fate: { report: 'sent', after: soon } },
  '19900000011': { answer: 'refuse-recipient', fate: { report: 'none' } },
  '19900000012': { answer: 'refuse-content', fate: { report: 'none' } },
  '19900000013': { answer: 'refuse-balance', fate: { report: 'none' } },
  '19900000014': { answer: 'busy', fate: { report: 'none' } },
  '19900000015': { answer: 'busy-twice', fate: delivered },
  '19900000016': { answer: 'refuse-login', fate: { report: 'none' } },
  '19900000017': { answer: 'refuse-ip', fate: { report: 'none' } },
  '19900000021': { answer: 'accept-silent', fate: delivered },
  '19900000022': { answer: 'accept-reset', fate: delivered },
  '19900000023': { answer: 'accept-broken', fate: delivered },
  '19900000024': { answer: 'accept-500', fate: delivered },
  '19900000025': { answer: 'refuse-500', fate: { report: 'none' } },
  '19900000026': { answer: 'refuse-reset', fate: { report: 'none' } },
  '19900000027': { answer: 'accept-slow', fate: delivered },
  '19900000028': { answer: 'too-many-once', fate: delivered },
  '19900000029': { answer: 'refuse-reset-once', fate: delivered },
};

/** What the simulator does about a number, written with or without `+`, `00` and the country code 86. */
export function magicOf(number: string): Magic {
  const name = national(number);
  return (Object.hasOwn(MAGIC, name) ? MAGIC[name] : undefined) ?? ORDINARY;
}

/** A mobile number of China without `+`, `00` and the country code; every other number as it is. */
export function national(number: string): string {
  return number.replace(/^(\+|00)?86(?=1[3-9]\d{9}$)/, '');
}

const CHANGING = ['busy-twice', 'too-many-once', 'refuse-reset-once'] as const;
type Changing = (typeof CHANGING)[number];

function isChanging(answer: Answer): answer is Changing {
  return (CHANGING as readonly Answer[]).includes(answer);
}

/** Numbers that answer differently the first times they are seen. */
export class FirstTimes {
  readonly #seen = new Map<string, number>();

  /** What to answer to a request with these numbers: the first of them that is not ordinary decides. */
  answerTo(numbers: readonly string[]): Exclude<Answer, Changing> | 'too-many' {
    for (const number of numbers) {
      const { answer } = magicOf(number);
      if (answer === 'accept' || answer === 'refuse-recipient') continue;
      if (!isChanging(answer)) return answer;
      const seen = (this.#seen.get(number) ?? 0) + 1;
      this.#seen.set(number, seen);
      if (answer === 'busy-twice' && seen <= 2) return 'busy';
      if (answer === 'too-many-once' && seen === 1) return 'too-many';
      if (answer === 'refuse-reset-once' && seen === 1) return 'refuse-reset';
    }
    return 'accept';
  }
}
