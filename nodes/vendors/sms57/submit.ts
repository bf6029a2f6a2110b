/** Sections 1 and 2: `send`, one text for many numbers, and `p2p`, a text for each. */
import { failure } from '../../core/failure';
import type { HttpAnswer, OptionValues, RecipientResult, SendAnswer, SendRequest } from '../driver';
import { sameForAll, statusResult } from '../http-status';
import { fieldOf, isRecord, textOf, withField, type JsonRecord } from '../json';
import { integerOf, readAnswer } from './answer';
import { codeFailure, isSuccess } from './codes';
import { comparable, wireNumber } from './numbers';

/** The parameters of a call but for the login; `signed` is what the MD5 form of the password covers beside it. */
export interface Call {
  readonly parameters: Readonly<Record<string, string>>;
  readonly signed: string;
}

/** 1.2: at most 500 numbers; 102 of section 7 advises 200. */
export function recipientsPerRequest(options: OptionValues): number {
  const { batch } = options;
  return typeof batch === 'number' && batch >= 1 && batch <= 500 ? Math.trunc(batch) : 200;
}

/**
 * `p2p` separates its records by line breaks, so a text with one would end its record, and what follows could be read
 * as another recipient's. Any other control character goes alone too: nobody knows what a gateway splits at.
 */
export function batchable(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

/** One text goes by `send`, several by `p2p`. */
export function callOf(request: SendRequest): Call {
  const [first, ...others] = request.items;
  const text = first?.text ?? '';
  const isOneText = others.every((item) => item.text === text);
  return isOneText ? sendCall(request, text) : p2pCall(request);
}

/** 1.2 */
function sendCall(request: SendRequest, content: string): Call {
  const mobile = request.items.flatMap((item) => item.to.map(wireNumber)).join(',');
  const extno = extnoOf(request.options);
  return { parameters: { action: 'send', mobile, content, ...extno }, signed: (extno.extno ?? '') + content + mobile };
}

/** 2.2: the MD5 form leaves out the line breaks between the records. */
function p2pCall(request: SendRequest): Call {
  const records = request.items.flatMap(({ to, text }) => to.map((number) => `${wireNumber(number)}#${text}`));
  const extno = extnoOf(request.options);
  return {
    parameters: { action: 'p2p', mobileContentList: records.join('\n'), ...extno },
    signed: (extno.extno ?? '') + records.join(''),
  };
}

/** The access number that the options name. */
export function extnoOf({ extno }: OptionValues): { readonly extno?: string } {
  return typeof extno === 'string' && extno.trim() !== '' ? { extno: extno.trim() } : {};
}

const UNREADABLE: RecipientResult = { state: 'in-doubt', failure: failure('unreadable-answer') };

/** 1.3, 2.3: a status for the request, then a row for each number. */
export function readSubmitAnswer(request: SendRequest, answer: HttpAnswer): SendAnswer {
  const { record, refusal, unreadable, raw } = readAnswer(answer);
  const status = statusResult(answer);
  if (status) return sameForAll(request, status, raw);
  if (unreadable) return sameForAll(request, { state: 'in-doubt', failure: unreadable }, raw);
  const list = record ? fieldOf(record, 'list') : undefined;
  const rows = Array.isArray(list) ? list.filter(isRecord) : [];
  const sent = request.items.flatMap(({ to, text }) => to.map((number) => ({ number: comparable(number), text })));
  const rowOf = match(sent, rows);
  const results = rowOf.map((row): RecipientResult => {
    const result = row ? rowResult(row) : UNREADABLE;
    if (!refusal) return result;
    // A refused request with an accepted row contradicts itself.
    return result.state === 'accepted' ? UNREADABLE : { state: 'rejected', failure: refusal };
  });
  const rawFor = (places: readonly number[]): unknown =>
    record ? withField(record, 'list', [...new Set(places.flatMap((place) => rowOf[place] ?? []))]) : raw;
  return { results, ...(refusal ? { isRefused: true } : {}), raw, rawFor };
}

/** The row of each number: rows keep the order of the request, and a number that was sent twice has two. */
function match(sent: readonly { number: string; text: string }[], rows: readonly JsonRecord[]) {
  const byNumber = new Map<string, JsonRecord[]>();
  for (const row of rows) {
    const number = comparable(textOf(fieldOf(row, 'mobile')) ?? '');
    const same = byNumber.get(number);
    if (same) same.push(row);
    else byNumber.set(number, [row]);
  }
  const last = new Map<string, JsonRecord>();
  return sent.map(({ number, text }, index): JsonRecord | undefined => {
    const own = byNumber.get(number)?.shift();
    // One text that names a number in two ways may have been merged into one row.
    if (own) last.set(`${number}#${text}`, own);
    const row = own ?? last.get(`${number}#${text}`);
    if (row) return row;
    // Rows without any number: their place tells whose they are, as long as there is one for each.
    const placed = rows.length === sent.length ? rows[index] : undefined;
    return placed && textOf(fieldOf(placed, 'mobile')) === undefined ? placed : undefined;
  });
}

function rowResult(row: JsonRecord): RecipientResult {
  const result = integerOf(fieldOf(row, 'result'));
  if (result === undefined) return UNREADABLE;
  if (!isSuccess(result)) return { state: 'rejected', failure: codeFailure(result) };
  const id = textOf(fieldOf(row, 'mid'));
  return id === undefined ? UNREADABLE : { state: 'accepted', id };
}
