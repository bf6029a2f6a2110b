/** Cancelling SMS that wait for their time (document, 4.6, `Methods=SmsCancel`). */
import type { CancelAnswer } from '../../core/account';
import { failure, SmsError, type Failure } from '../../core/failure';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, textOf, type JsonRecord } from '../json';
import { codeFailure, integerOf, refusal, type Connection, type PlatformAnswer } from './call';

/** Section 4.6.1. */
const MOST_IDS = 50;

/** Section 4.6.2: the Status of an SMS that is cancelled. Any other is an error of section 6. */
const CANCELLED = 1;

/** Why an id was not cancelled; nothing where it was. */
type Outcome = Failure | undefined;

/**
 * Asks for 50 ids at a time, each of them once. Rejects for what is wrong with the first call as a whole. What goes wrong
 * later is told of the ids that were left, for what the calls before came to must not be lost; no more calls are made.
 */
export async function cancel(connection: Connection, ids: readonly string[]): Promise<CancelAnswer> {
  const wanted = [...new Set(ids)].filter(isWritable);
  const outcomes = new Map<string, Outcome>();
  const raws: unknown[] = [];
  for (let from = 0; from < wanted.length; from += MOST_IDS) {
    const some = wanted.slice(from, from + MOST_IDS);
    try {
      const answer = await connection.call('SmsCancel', [['SmsID', some.join(',')]]);
      const outcomeOf = readOutcomes(answer);
      for (const id of some) outcomes.set(id, outcomeOf(id));
      raws.push(answer.raw);
    } catch (thrown) {
      if (from === 0 || !(thrown instanceof SmsError)) throw thrown;
      for (const id of wanted.slice(from)) outcomes.set(id, thrown.failure);
      break;
    }
  }
  const results = ids.map((id) => {
    const why = outcomes.has(id) ? outcomes.get(id) : failure('not-found');
    return why === undefined ? { id } : { id, failure: why };
  });
  return { results, raw: raws.length > 1 ? raws : (raws[0] ?? null) };
}

/** What may be an id of the platform. Another would be taken for several, and cancel what nobody named. */
function isWritable(id: string): boolean {
  return /^[^\s,\p{Surrogate}]+$/u.test(id);
}

/** What an answer says of each id. Throws an `SmsError` where it says nothing. */
function readOutcomes(answer: PlatformAnswer): (id: string) => Outcome {
  const status = statusResult(answer.http);
  if (status !== undefined) throw new SmsError(status.failure);
  const { record, code } = answer;
  if (record === undefined || code === undefined) throw new SmsError(failure('unreadable-answer'));
  if (code < 0) {
    const why = refusal({ ...answer, code });
    return () => why;
  }
  // `Code` counts, and does not say whom.
  const statuses = statusesOf(record);
  return (id) => outcomeOf(statuses.get(id));
}

/** Each Status in `Details` by the id, which is spelt `SmsId` in the table and `SmsID` in the sample of section 4.6. */
function statusesOf(record: JsonRecord): Map<string, unknown> {
  const details = fieldOf(record, 'Details');
  const statuses = new Map<string, unknown>();
  for (const row of Array.isArray(details) ? (details as unknown[]) : [details]) {
    const id = isRecord(row) ? textOf(fieldOf(row, 'SmsID')) : undefined;
    if (!isRecord(row) || id === undefined) continue;
    const status = fieldOf(row, 'Status');
    // Two rows that contradict each other say nothing.
    const isDisputed = statuses.has(id) && integerOf(statuses.get(id)) !== integerOf(status);
    statuses.set(id, isDisputed ? undefined : status);
  }
  return statuses;
}

/** A row that is missing says as little as one that makes no sense. */
function outcomeOf(written: unknown): Outcome {
  const status = integerOf(written);
  if (status === undefined) return failure('unreadable-answer');
  return status === CANCELLED ? undefined : codeFailure(status, textOf(written));
}
