/** Sending (6.3.1): one request, and again what the device refused only because it knew the tid. */
import { failure, failureOf } from '../../core/failure';
import type { DriverIo, RecipientResult, SendAnswer, SendRequest } from '../driver';
import { recipientCount, sameForAll } from '../http-status';
import { readTasks } from './answer';
import { checkOptions } from './check';
import type { Connection } from './connection';
import type { Sender } from './sender';
import { draftTasks, sendBody, type Draft } from './tasks';

/**
 * How many tids are left out before each try. A tid that the device knows already was certainly not accepted, so the
 * task may go again at once under another. The steps grow: whoever used the tid may have used the next ones as well.
 */
const SKIPPED = [0, 0, 1_000, 100_000] as const;

/** `goip_post_sms.html` (6.3.1). */
export async function send(
  request: SendRequest,
  connection: Connection,
  sender: Sender,
  io: DriverIo,
): Promise<SendAnswer> {
  const count = recipientCount(request);
  const refused = checkOptions(request.options);
  if (refused) return sameForAll(request, { state: 'rejected', failure: refused }, undefined);
  const results = new Array<RecipientResult>(count);
  let drafts: readonly Draft[] = draftTasks(request, sender);
  let raw: unknown;
  for (let tries = 0; drafts.length > 0 && tries < SKIPPED.length; tries += 1) {
    const first = await firstTid(drafts.length, tries, io);
    if (first === undefined) break;
    const tids = drafts.map((_, index) => first + index);
    const answer = await connection
      .post('goip_post_sms.html', sendBody(request, drafts, first))
      .catch((error: unknown) => {
        // Nothing is known yet after the first try; later ones must not take away what the others came to.
        if (tries === 0) throw error;
        return unanswered(error);
      });
    const read = 'state' in answer ? { results: tids.map(() => answer), raw } : readTasks(answer, tids);
    raw = read.raw;
    drafts = drafts.filter((draft, index) => {
      const result = read.results[index];
      if (result) for (const place of draft.recipients) results[place] = result;
      return result?.state === 'rejected' && result.failure.code === 'duplicate-id';
    });
  }
  return { results, raw };
}

/** The first of a row of new tids; nothing where a repetition gets none, for then the earlier refusal stands. */
async function firstTid(count: number, tries: number, io: DriverIo): Promise<number | undefined> {
  const skipped = SKIPPED[tries] ?? 0;
  try {
    return skipped + (await io.nextIds(skipped + count));
  } catch (error) {
    if (tries === 0) throw error;
    return undefined;
  }
}

/** What a task comes to whose repetition got no answer, or was not made at all. */
function unanswered(error: unknown): RecipientResult {
  const why = failureOf(error, failure('no-answer'));
  return { state: why.code === 'no-answer' ? 'in-doubt' : 'rejected', failure: why };
}
