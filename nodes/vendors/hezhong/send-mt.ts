/** Sending (document, 二, `SendMt.do`). */
import { failure, type Failure } from '../../core/failure';
import type { OptionValues, RecipientResult, SendAnswer, SendRequest } from '../driver';
import { sameForAll, statusResult } from '../http-status';
import { textOf } from '../json';
import { refusal, tidy, type Connection, type PlatformAnswer } from './call';
import { carries, charsetFor, formatOf, MSG_FORMAT } from './charset';
import { checkRecipient, wireNumber } from './numbers';

/** Section 二.2 and the errors -10 and -9. */
export const MOST_RECIPIENTS = 1000;
const MOST_CHARACTERS = 1000;
/** Section 二.2: "at most 5 to 6 digits". */
export const SUB = /^\d{1,6}$/;

/** What is wrong with a text, before anything is sent. Characters are counted as an SMS has them: UTF-16 units. */
export function checkText(text: string, options: OptionValues): Failure | undefined {
  const sub = textOf(options.sub);
  if (sub !== undefined && !SUB.test(sub)) return failure('sender-refused', 'hezhong-sub');
  if (/\p{Surrogate}/u.test(text)) return failure('invalid-message', 'hezhong-half-character');
  if (text.length > MOST_CHARACTERS) return failure('text-too-long', 'hezhong-length', { limit: MOST_CHARACTERS });
  const charset = charsetFor(text, formatOf(options.msgFormat));
  if (carries(text, charset)) return undefined;
  // Not `invalid-message`: another gateway may well carry it.
  return failure('content-refused', charset === 'latin1' ? 'hezhong-latin1' : 'hezhong-gbk');
}

export async function send(connection: Connection, request: SendRequest): Promise<SendAnswer> {
  const refuse = (reason: Failure): SendAnswer => sameForAll(request, { state: 'rejected', failure: reason }, null);
  const [item, ...more] = request.items;
  if (item === undefined || more.length > 0) return refuse(failure('unsupported', 'hezhong-batch'));
  const bad = checkText(item.text, request.options);
  if (bad !== undefined) return refuse(bad);

  // Each number once, however it was written.
  const numbers = [...new Set(item.to.filter((to) => checkRecipient(to) === undefined).map(wireNumber))];
  const answer = numbers.length === 0 ? undefined : await submit(connection, numbers, item.text, request.options);
  const outcome: RecipientResult = answer === undefined ? unreadable() : outcomeOf(answer);
  const results = item.to.map((to): RecipientResult => {
    const unfit = checkRecipient(to);
    return unfit === undefined ? outcome : { state: 'rejected', failure: unfit };
  });
  return { results, ...(outcome.state === 'rejected' ? { isRefused: true } : {}), raw: answer?.text ?? null };
}

function submit(
  connection: Connection,
  numbers: readonly string[],
  text: string,
  options: OptionValues,
): Promise<PlatformAnswer> {
  const charset = charsetFor(text, formatOf(options.msgFormat));
  const sub = textOf(options.sub);
  return connection.call('SendMt', [
    ['mobs', numbers.join(',')],
    ['msg', text, charset],
    ...(sub === undefined ? [] : [['sub', sub] as const]),
    ['msgFormat', MSG_FORMAT[charset]],
  ]);
}

/** Section 二.3: `0,id`, one id for all numbers. A success without its id is in doubt: no report could be told to be its own. */
function outcomeOf({ http, text }: PlatformAnswer): RecipientResult {
  const status = statusResult(http);
  if (status !== undefined) return status;
  const id = /^\+?0+,(\w[\w.:-]*)[\s,;]*$/.exec(tidy(text))?.[1];
  if (id !== undefined) return { state: 'accepted', id };
  const refused = refusal(text);
  return refused === undefined ? unreadable() : { state: 'rejected', failure: refused };
}

function unreadable(): RecipientResult {
  return { state: 'in-doubt', failure: failure('unreadable-answer') };
}
