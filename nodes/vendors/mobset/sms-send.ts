/** Sending (document, 4.1, `Methods=SmsSend`). */
import { failure, type Failure } from '../../core/failure';
import type { OptionValues, RecipientResult, SendAnswer, SendItem, SendRequest } from '../driver';
import { sameForAll, statusResult } from '../http-status';
import { fieldOf, isRecord, textOf, withField, type JsonRecord } from '../json';
import { refusal, type Connection, type Parameter, type PlatformAnswer } from './call';
import { beijingTime, monthAfter } from './clock';
import { checkRecipient, wireNumber } from './numbers';

/** Section 4.1.1: more than these make the platform slow, and clients send again. */
export const MOST_RECIPIENTS = 50;
/** The platform was seen to refuse longer texts; the document names no limit. */
const MOST_CHARACTERS = 900;

/** The document leaves the length to the operator: the user tries which one works. */
export const ADD_NUM = /^\d{1,20}$/;

/** What is wrong with a text, before anything is sent. Characters are counted as an SMS has them: UTF-16 units. */
export function checkText(text: string, options: OptionValues): Failure | undefined {
  const addNum = textOf(options.addNum);
  if (addNum !== undefined && !ADD_NUM.test(addNum)) return failure('sender-refused', 'mobset-addnum');
  if (/\p{Surrogate}/u.test(text)) return failure('invalid-message', 'mobset-half-character');
  if (text.length > MOST_CHARACTERS) return failure('text-too-long', 'mobset-length', { limit: MOST_CHARACTERS });
  return undefined;
}

export async function send(connection: Connection, request: SendRequest): Promise<SendAnswer> {
  const [item, ...more] = request.items;
  if (item === undefined || more.length > 0) return refuse(request, failure('unsupported', 'mobset-batch'));
  const now = connection.clock.now();
  const at = timerOf(request, now);
  const bad = checkText(item.text, request.options) ?? checkTimer(at, now);
  if (bad !== undefined) return refuse(request, bad);

  const outcome = await sendTo(connection, numbersOf(item), at, item.text, request.options);
  const results = item.to.map((to): RecipientResult => {
    const unfit = checkRecipient(to);
    return unfit === undefined ? outcome.of(wireNumber(to)) : { state: 'rejected', failure: unfit };
  });
  const { isRefused, raw, rawFor } = outcome;
  return {
    ...{ results, raw },
    ...(isRefused ? { isRefused } : {}),
    ...(rawFor ? { rawFor: (places) => rawFor(places.map((place) => wireNumber(item.to[place] ?? ''))) } : {}),
  };
}

/** The same for every recipient, without a request. */
function refuse(request: SendRequest, reason: Failure): SendAnswer {
  return sameForAll(request, { state: 'rejected', failure: reason }, null);
}

/** Each number once, however it was written; without those that cannot be sent to. */
function numbersOf(item: SendItem): string[] {
  return [...new Set(item.to.filter((to) => checkRecipient(to) === undefined).map(wireNumber))];
}

/** When the platform is to send; `undefined` = at once, or we wait ourselves. */
function timerOf({ at, options }: SendRequest, now: number): number | undefined {
  return options.vendorSchedule === true && at !== undefined && at > now ? at : undefined;
}

/** Error -333: at most a month ahead. */
function checkTimer(at: number | undefined, now: number): Failure | undefined {
  return at !== undefined && at > monthAfter(now) ? failure('invalid-message', 'mobset-month') : undefined;
}

/** What the request came to, number by number. */
interface Outcome {
  of(number: string): RecipientResult;
  /** It was refused as one. */
  readonly isRefused: boolean;
  readonly raw: unknown;
  /** The answer with no more than the rows of these numbers. */
  readonly rawFor?: (numbers: readonly string[]) => unknown;
}

async function sendTo(
  connection: Connection,
  numbers: readonly string[],
  at: number | undefined,
  text: string,
  options: OptionValues,
): Promise<Outcome> {
  if (numbers.length === 0) return { of: () => unreadable(), isRefused: false, raw: null };
  const answer = await connection.call('SmsSend', [
    ...optionParameters(options),
    ...(at === undefined ? [] : [['TimerSend', beijingTime(at)] as const]),
    ['PhoneNumbers', numbers.join(',')],
    ['Content', text],
  ]);
  const forAll = statusResult(answer.http) ?? refusalOf(answer);
  if (forAll !== undefined) return { of: () => forAll, isRefused: forAll.state === 'rejected', raw: answer.raw };
  const { record, raw } = answer;
  const ids = idsByNumber(rowsOf(record), numbers);
  const state = at === undefined ? 'accepted' : 'scheduled';
  const rawFor = (own: readonly string[]): unknown =>
    record ? withField(record, 'SmsIdList', rowsFor(record, new Set(own))) : raw;
  return { of: (number) => resultOf(ids.get(number) ?? [], state), isRefused: false, raw, rawFor };
}

function optionParameters(options: OptionValues): Parameter[] {
  const addNum = textOf(options.addNum);
  return [
    ['LongSms', options.longSms === false ? '0' : '1'],
    ...(addNum === undefined ? [] : [['AddNum', addNum] as const]),
  ];
}

/** What holds for the whole request: a `Code` below 0, or an answer that says nothing. */
function refusalOf(answer: PlatformAnswer): RecipientResult | undefined {
  const { code } = answer;
  if (code === undefined) return unreadable();
  if (code >= 0) return undefined;
  // A refusal that names ids contradicts itself.
  if (rowsOf(answer.record).some(({ id }) => isId(id))) return unreadable();
  return { state: 'rejected', failure: refusal({ ...answer, code }) };
}

function unreadable(): RecipientResult {
  return { state: 'in-doubt', failure: failure('unreadable-answer') };
}

/** A row of SmsIdList: `number` as we wrote it, `id` verbatim. */
interface Row {
  readonly number?: string;
  readonly id?: string;
}

function rowsOf(record: JsonRecord | undefined): Row[] {
  return listOf(record).map((row) => ({ number: numberOf(row), id: textOf(fieldOf(row, 'SmsId')) }));
}

/** The rows of these numbers, as they came. */
function rowsFor(record: JsonRecord, numbers: ReadonlySet<string>): JsonRecord[] {
  return listOf(record).filter((row) => numbers.has(numberOf(row) ?? ''));
}

function listOf(record: JsonRecord | undefined): JsonRecord[] {
  const list = record === undefined ? undefined : fieldOf(record, 'SmsIdList');
  return (Array.isArray(list) ? list : [list]).filter(isRecord);
}

function numberOf(row: JsonRecord): string | undefined {
  const number = textOf(fieldOf(row, 'PhoneNumber'));
  return number === undefined ? undefined : wireNumber(number);
}

/** Ids of each number in the order of the rows: a long SMS gets several. */
function idsByNumber(rows: readonly Row[], numbers: readonly string[]): Map<string, (string | undefined)[]> {
  const ids = new Map<string, (string | undefined)[]>();
  for (const row of rows) {
    // Where one number was sent to, a row that names none is about that one.
    const number = row.number ?? (numbers.length === 1 ? numbers[0] : undefined);
    if (number === undefined) continue;
    ids.set(number, [...(ids.get(number) ?? []), row.id]);
  }
  return ids;
}

function isId(id: string | undefined): id is string {
  return id !== undefined && !isZero(id) && !id.startsWith('-');
}

function isZero(id: string | undefined): boolean {
  return id !== undefined && /^[+-]?0+$/.test(id);
}

/**
 * Section 4.1.2: SmsId 0 = this number failed. A number without an id is in doubt although `Code` speaks of success:
 * `Code` counts, and does not say whom. So is one of whose parts only some failed.
 */
function resultOf(written: readonly (string | undefined)[], state: 'accepted' | 'scheduled'): RecipientResult {
  const ids = written.filter(isId);
  const [id] = ids;
  if (id !== undefined && ids.length === written.length) return { state, id, ...(ids.length > 1 ? { ids } : {}) };
  if (written.length > 0 && written.every(isZero)) {
    return { state: 'rejected', failure: failure('recipient-refused', 'mobset-number') };
  }
  const detail = ids.length > 0 ? 'mobset-parts' : 'mobset-no-id';
  return { state: 'in-doubt', failure: failure('unreadable-answer', detail) };
}
