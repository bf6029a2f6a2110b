/** Sending (6.3.1): one request, and again what the device refused only because it knew the tid. */
import { failure, failureOf } from '../../core/failure';
import type { DriverIo, RecipientResult, SendAnswer, SendRequest } from '../driver';
import { recipientCount, sameForAll } from '../http-status';
import { readTasks } from './answer';
import { checkOptions } from './check';
import type { Connection } from './connection';
import { draftTasks, sendBody, tasksOf, type Draft, type Task } from './tasks';

export const POST_SMS = 'goip_post_sms.html';

/**
 * How many tids are left out before each try. A tid that the device knows already was certainly not accepted, so the
 * task may go again at once under another. The steps grow: whoever used the tid may have used the next ones as well.
 */
const SKIPPED = [0, 0, 1_000, 100_000] as const;

/** `goip_post_sms.html` (6.3.1). */
export async function send(request: SendRequest, connection: Connection, io: DriverIo): Promise<SendAnswer> {
  const refused = checkOptions(request.options);
  if (refused) return sameForAll(request, { state: 'rejected', failure: refused }, undefined);
  const results = new Array<RecipientResult>(recipientCount(request));
  // Ids that the caller wrote down are not ours to replace.
  let tasks = request.ids ? tasksOf(request, request.ids) : await numbered(draftTasks(request), 0, io);
  let raw: unknown;
  for (let tries = 1; tasks.length > 0; tries += 1) {
    const answer = await connection.post(POST_SMS, sendBody(request, tasks)).catch((error: unknown) => {
      // Nothing is known yet after the first try; later ones must not take away what the others came to.
      if (tries === 1) throw error;
      return unanswered(error);
    });
    const tids = tasks.map(({ tid }) => tid);
    const read = 'state' in answer ? { results: tids.map(() => answer), raw } : readTasks(answer, tids);
    raw = read.raw;
    spread(tasks, read.results, results);
    if (request.ids) break;
    const again = tasks.filter((_, index) => isKnownTid(read.results[index]));
    // Where no tid is to be had for a repetition, the refusal stands.
    tasks = await numbered(again, tries, io).catch(() => []);
  }
  return { results, raw };
}

/** Gives each recipient what its task came to. */
export function spread(
  tasks: readonly Task[],
  results: readonly RecipientResult[],
  recipients: (RecipientResult | undefined)[],
): void {
  for (const [index, task] of tasks.entries()) for (const place of task.recipients) recipients[place] = results[index];
}

function isKnownTid(result: RecipientResult | undefined): boolean {
  return result?.state === 'rejected' && result.failure.code === 'duplicate-id';
}

/** Drafts with new tids, which follow each other; none where they have been tried often enough. */
async function numbered(drafts: readonly Draft[], tried: number, io: DriverIo): Promise<Task[]> {
  const skipped = SKIPPED[tried];
  if (skipped === undefined || drafts.length === 0) return [];
  const first = skipped + (await io.nextIds(skipped + drafts.length));
  return drafts.map((draft, index) => ({ ...draft, tid: first + index }));
}

/** What a task comes to whose repetition got no answer, or was not made at all. */
function unanswered(error: unknown): RecipientResult {
  const why = failureOf(error, failure('no-answer'));
  return { state: why.code === 'no-answer' ? 'in-doubt' : 'rejected', failure: why };
}
