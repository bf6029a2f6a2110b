/**
 * A vendor's answer may quote the request: error pages do, and refusals name the number or the text that they are about.
 * Here all that is taken out of what the answer leaves behind: secrets everywhere, numbers and texts of what becomes part
 * of an error, for errors end in logs.
 */
import { SmsError, failure, type Failure } from '../core/failure';
import type {
  Account,
  HttpCall,
  RecipientResult,
  SendAnswer,
  SendItem,
  SettleAnswer,
  Source,
  Unsettled,
} from '../vendors/driver';
import { anyForm, changeTexts, secretPattern } from './redaction';

const BLACK = '***';
/** Words of a vendor that an error holds. */
const MOST_WORDS = 200;
/** So much of a text is looked for: words are cut where they begin to quote it. */
const BEGINNING = 12;
const SHORTEST_TEXT = 4;
/** Keys made of a password are new in each request. */
const MOST_KEYS = 1000;
const KEY = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi;

export class Discretion {
  readonly #patterns: readonly RegExp[];
  readonly #keys = new Set<string>();
  /** Answers so far that quoted something. */
  #quoting = 0;

  constructor(secrets: readonly string[]) {
    this.#patterns = secrets.filter((secret) => secret.trim() !== '').map(secretPattern);
  }

  /** Remembers the keys that go out with requests, and notices answers that quote them. */
  watch(http: HttpCall): HttpCall {
    return async (request) => {
      const { url, body = '' } = request;
      for (const [key] of `${url} ${body.toString('latin1')}`.matchAll(KEY)) this.#remember(key.toLowerCase());
      const answer = await http(request);
      const text = answer.body.toString('utf8');
      if (this.#blackOut(text) !== text) this.#quoting++;
      return answer;
    };
  }

  /** The account, of whose answers nothing is left that is nobody's business. */
  over(account: Account): Account {
    const { sources } = account;
    return {
      ...(sources ? { sources: sources.map((source) => this.#source(source)) } : {}),
      ...(account.readPush ? { readPush: (push) => account.readPush?.(push) } : {}),
      send: (request) => this.#sent(account.send(request), request.items),
      ...(account.currentRun ? { currentRun: async () => account.currentRun?.() } : {}),
      ...(account.settle ? { settle: (unsettled) => this.#settled(account, unsettled) } : {}),
      probe: async () => {
        const refusal = await this.#discreetly(account.probe());
        return refusal && this.#failure(refusal, []);
      },
      checkMessage: (options, recipients) => account.checkMessage?.(options, recipients),
      checkText: (text, options) => account.checkText(text, options),
      batchable: (text, options) => account.batchable?.(text, options) ?? true,
      checkRecipient: (to) => account.checkRecipient(to),
      ...(account.balance ? { balance: () => this.#asked(account.balance?.()) } : {}),
      ...(account.signature ? { signature: () => this.#asked(account.signature?.()) } : {}),
      ...(account.cancel ? { cancel: (ids) => this.#asked(account.cancel?.(ids)) } : {}),
      ...(account.run ? { run: (command, request) => this.#asked(account.run?.(command, request)) } : {}),
    };
  }

  async #sent<Answer extends SendAnswer>(answer: Promise<Answer>, items: readonly SendItem[]): Promise<Answer> {
    const before = this.#quoting;
    const given = await this.#discreetly(answer, items);
    const known = new Map<Failure, Failure>();
    const results = given.results.map((result) => this.#result(result, items, known));
    // Texts are looked at one by one only where it is worth while: an answer may have very many.
    if (this.#quoting === before) return { ...given, results };
    const { rawFor } = given;
    return {
      ...given,
      results,
      raw: this.discreet(given.raw),
      ...(rawFor ? { rawFor: (places: readonly number[]) => this.discreet(rawFor(places)) } : {}),
    };
  }

  #settled(account: Account, unsettled: Unsettled): Promise<SettleAnswer> {
    const answer = account.settle?.(unsettled);
    if (!answer) throw new SmsError(failure('unsupported'));
    return this.#sent(answer, unsettled.request.items);
  }

  /** What a call came to, its raw answer and its failure without what they quote. */
  async #asked<Answer extends { readonly raw: unknown }>(answer: Promise<Answer> | undefined): Promise<Answer> {
    const before = this.#quoting;
    if (!answer) throw new SmsError(failure('unsupported'));
    const given = await this.#discreetly(answer);
    return this.#quoting === before ? given : { ...given, raw: this.discreet(given.raw) };
  }

  /** An answer whose failure, where it rejects with one, holds nothing that the vendor quotes. */
  async #discreetly<Answer>(answer: Promise<Answer>, items: readonly SendItem[] = []): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      const quotes = error instanceof SmsError && (error.failure.vendorCode ?? error.failure.vendorText) !== undefined;
      throw quotes ? new SmsError(this.#failure(error.failure, items)) : error;
    }
  }

  /** A value without the secrets in its texts. */
  discreet(value: unknown): unknown {
    return changeTexts(value, (text) => this.#blackOut(text));
  }

  /** Failures alone are looked at: what handsets wrote comes out exactly as it was written. */
  #source(source: Source): Source {
    return {
      ...source,
      fetch: (position) => this.#discreetly(source.fetch(position)),
      read: (answer, position) => {
        const page = source.read(answer, position);
        return 'code' in page ? this.#failure(page, []) : page;
      },
    };
  }

  #remember(key: string): void {
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > MOST_KEYS && oldest !== undefined) this.#keys.delete(oldest);
  }

  /** Many recipients share a failure. */
  #result(result: RecipientResult, items: readonly SendItem[], known: Map<Failure, Failure>): RecipientResult {
    if (!('failure' in result)) return result;
    const failure = known.get(result.failure) ?? this.#failure(result.failure, items);
    known.set(result.failure, failure);
    return { ...result, failure };
  }

  #failure(failure: Failure, items: readonly SendItem[]): Failure {
    const { vendorCode, vendorText } = failure;
    return {
      ...failure,
      ...(vendorCode === undefined ? {} : { vendorCode: this.#words(vendorCode, items) }),
      ...(vendorText === undefined ? {} : { vendorText: this.#words(vendorText, items) }),
    };
  }

  #words(words: string, items: readonly SendItem[]): string {
    // A code is no quotation, and most answers hold nothing else.
    if (/^[+-]?\d{1,6}$/.test(words)) return words;
    let left = this.#blackOut(words);
    for (const { text, to } of items) {
      for (const number of to) left = left.replaceAll(nationalDigits(number), '…');
      if (text.length < SHORTEST_TEXT) continue;
      const at = left.search(new RegExp(anyForm(text.slice(0, BEGINNING)), 'i'));
      if (at >= 0) left = `${left.slice(0, at)}…`;
    }
    return left.length > MOST_WORDS ? `${left.slice(0, MOST_WORDS)}…` : left;
  }

  #blackOut(text: string): string {
    const left = this.#patterns.reduce((rest, pattern) => rest.replace(pattern, BLACK), text);
    return left.replace(KEY, (key) => (this.#keys.has(key.toLowerCase()) ? BLACK : key));
  }
}

/** What every way to write a number has in common. */
function nationalDigits(number: string): string {
  return number.replace(/^(\+|00)/, '').slice(-11);
}
