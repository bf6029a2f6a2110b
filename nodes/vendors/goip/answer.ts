/** What the answers of all calls have in common. */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer } from '../driver';
import { parseJson } from '../json';

export interface Answer {
  /** The JSON in the answer, if there is any. */
  readonly value: unknown;
  /** The JSON, else the text: what may be shown. */
  readonly raw: unknown;
  /** The server broke off over its database. */
  readonly broken?: Failure;
}

/** What the server prints when its database refuses a command or does not answer, and the sentence for it. */
const BROKEN: readonly (readonly [RegExp, string, string])[] = [
  [/\bBad query\s*:/i, 'Bad query', 'goip-bad-query'],
  [/\bCould not connect\b/i, 'Could not connect', 'goip-no-database'],
];

/** Reads an answer. What follows `Bad query:` is SQL with the message in it: it is kept out of everything. */
export function readAnswer(answer: HttpAnswer): Answer {
  const text = answer.body.toString('utf8');
  const value = parseJson(text);
  for (const [pattern, words, detail] of BROKEN) {
    if (pattern.test(text)) {
      const broken = { ...failure('vendor-error', detail), vendorCode: words, vendorText: words };
      return { value, raw: words, broken };
    }
  }
  return { value, raw: value ?? text };
}
