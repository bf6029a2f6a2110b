/** Inbound SMS and delivery reports that are fetched: `goip_get_sms.html` (8). */
import { failure, type Failure } from '../../core/failure';
import type { DriverIo, HttpAnswer, OptionValues, Page, Position, Source } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, leadingInteger, textOf, type JsonRecord } from '../json';
import { rawOf, refusalOf } from './answer';
import { eventsOf, type Row } from './cells';
import type { Connection } from './connection';
import { GET_SMS, type DeviceRun } from './device-run';
import { readSmsRows } from './recv-sms';

/** SMS of one answer; a device is a small computer, and 0 would be all that it has. */
const PAGE = 100;

/** The device numbers SMS from 1 each time that it starts. */
const FIRST = 1;

/** Where a poll goes on: the id of the next SMS, and which run of the device (8.2.3, `ssrc`) counts it. */
interface Cursor {
  readonly ssrc: string;
  readonly next: number;
}

export function getSmsSource(
  connection: Connection,
  options: OptionValues,
  run: DeviceRun,
  io: Pick<DriverIo, 'now'>,
): Source {
  const deletes = options.deleteRead === true;
  return {
    name: 'goip_get_sms',
    gives: ['reports', 'inbound'],
    interval: { default: 15, least: 5 },
    perId: false,
    // What was read is gone then: nothing of it may be taken for old, or be lost for want of room.
    ...(deletes ? { once: { page: PAGE } } : {}),
    fetch: async (position) => {
      const at = io.now();
      const answer = await connection.get(GET_SMS, {
        sms_id: cursorOf(position)?.next ?? FIRST,
        sms_num: PAGE,
        ...(deletes ? { sms_del: 1 } : {}),
      });
      run.see(answer, at);
      return answer;
    },
    read: (answer, position) => readPage(answer, cursorOf(position), deletes),
  };
}

function readPage(answer: HttpAnswer, asked: Cursor | undefined, deleted: boolean): Page | Failure {
  const status = statusResult(answer);
  if (status) return status.failure;
  const raw = rawOf(answer);
  if (!isRecord(raw)) return failure('unreadable-answer');
  const ssrc = textOf(fieldOf(raw, 'ssrc')) ?? asked?.ssrc ?? '';
  const rows = rowsOf(raw);
  if (asked !== undefined && ssrc !== asked.ssrc) {
    // The device has started again and counts anew, so the page begins anywhere. What it deleted comes never again.
    const events = deleted && rows ? readSmsRows(rows) : eventsOf({});
    return { ...events, cursor: JSON.stringify({ ssrc, next: FIRST }), more: true };
  }
  const refusal = refusalOf(raw);
  if (refusal) return refusal.failure;
  if (rows === undefined || leadingInteger(fieldOf(raw, 'code')) === undefined) return failure('unreadable-answer');
  const from = asked?.next ?? FIRST;
  const next = nextOf(raw, from, rows.length);
  return { ...readSmsRows(rows), cursor: JSON.stringify({ ssrc, next }), more: rows.length >= PAGE };
}

/** The rows of an answer. There may be no list where there is nothing in it. */
function rowsOf(raw: JsonRecord): Row | undefined {
  const data = fieldOf(raw, 'data') ?? [];
  if (!Array.isArray(data)) return undefined;
  return data.length === 0 && (leadingInteger(fieldOf(raw, 'sms_num')) ?? 0) > 0 ? undefined : (data as Row);
}

/** The id to go on with. With rows it is beyond the one asked for, whatever the device says: else they came for ever. */
function nextOf(raw: JsonRecord, from: number, rows: number): number {
  const next = idIn(fieldOf(raw, 'next_sms'));
  if (rows > 0) return next !== undefined && next > from ? next : from + rows;
  return next ?? from;
}

function idIn(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text) < FIRST ? undefined : Number(text);
}

/** The cursor that an earlier page left; `undefined` where there is none, or none of ours. */
function cursorOf({ cursor }: Position): Cursor | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value = JSON.parse(cursor) as unknown;
    if (!isRecord(value) || typeof value.ssrc !== 'string') return undefined;
    const next = idIn(value.next);
    return next === undefined ? undefined : { ssrc: value.ssrc, next };
  } catch {
    return undefined;
  }
}
