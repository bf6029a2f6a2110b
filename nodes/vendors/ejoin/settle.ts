/**
 * Asking again for tasks of which nobody knows whether the device took them (6.3.1). While it runs it remembers their tids,
 * and says 13 to one that it has: the same tasks under the same tids are taken once. For how long it remembers is in no
 * document. A start makes it forget for certain, so nothing is sent unless it is in the run that it was in then.
 *
 * What remains: a device that starts again in the moment between its answer to that question and the arrival of the tasks
 * takes them a second time where it had taken them before. In a session that cannot be, as far as a device forgets its
 * sessions when it starts: the question and the tasks are of the same. And a tid that another client of the device had
 * used before, or that the device keeps of a task which it refused, looks like that of a task which was taken.
 */
import { failure, failureOf, type Failure } from '../../core/failure';
import type { RecipientResult, SettleAnswer, Unsettled } from '../driver';
import { recipientCount, sameForAll } from '../http-status';
import { readTasks } from './answer';
import { checkOptions } from './check';
import { isOfContent, saysDuplicate } from './codes';
import type { Connection } from './connection';
import type { DeviceRun } from './device-run';
import { POST_SMS, spread } from './sending';
import { sendBody, tasksOf } from './tasks';

type Doubt = RecipientResult & { readonly state: 'in-doubt' };

export async function settle(
  { request, run }: Unsettled,
  connection: Connection,
  device: DeviceRun,
): Promise<SettleAnswer> {
  const unasked = (why: Failure, askAgain: boolean): SettleAnswer => ({
    ...sameForAll(request, inDoubt(why), undefined),
    askAgain,
  });
  const unfit = checkOptions(request.options);
  if (unfit) return unasked(unfit, false);
  if (run === undefined) return unasked(failure('in-doubt', 'ejoin-no-run'), false);
  try {
    const now = await device.ask();
    if (now === undefined) return unasked(failure('unreadable-answer'), true);
    if (now !== run) return unasked(failure('in-doubt', 'ejoin-restarted'), false);
    const tasks = tasksOf(request, request.ids);
    const answer = await connection.post(POST_SMS, sendBody(request, tasks), connection.session);
    const tids = tasks.map(({ tid }) => tid);
    const read = readTasks(answer, tids);
    let results = read.results.map((result, index) => meaningOf(result, String(tids[index])));
    // What another run refuses may have been taken in the one before.
    if (results.some(isRejected) && (await device.ask().catch(() => undefined)) !== run) {
      results = results.map((result) => (isRejected(result) ? inDoubt(result.failure) : result));
    }
    const recipients = new Array<RecipientResult>(recipientCount(request));
    spread(tasks, results, recipients);
    return { results: recipients, raw: read.raw, askAgain: results.some(({ state }) => state === 'in-doubt') };
  } catch (error) {
    device.forget();
    return unasked(failureOf(error, failure('unreadable-answer')), true);
  }
}

/**
 * What an answer to the repetition says of both times. A refusal of what the task holds met it the first time, too; any
 * other may be about the repetition alone, for nobody knows whether the device looks for the tid first.
 */
function meaningOf(result: RecipientResult, id: string): RecipientResult {
  if (!isRejected(result)) return result;
  const { code, vendorCode, vendorText } = result.failure;
  if (code === 'duplicate-id' && saysDuplicate(vendorText)) return { state: 'accepted', id };
  return isOfContent(Number(vendorCode)) ? result : inDoubt(result.failure);
}

function isRejected(result: RecipientResult): result is RecipientResult & { readonly state: 'rejected' } {
  return result.state === 'rejected';
}

function inDoubt(why: Failure): Doubt {
  return { state: 'in-doubt', failure: why };
}
