/** What the two calls have in common that hand out events, each of them once (document, 4.2 and 4.3). */
import { failure, type Failure } from '../../core/failure';
import type { HttpAnswer, Page, Source } from '../driver';
import { fieldOf, isRecord, type JsonRecord } from '../json';
import { answeredOrFailure, readAnswer, type Connection } from './call';

/** The platform blocks who asks more often; it advises 30 to 300 seconds. */
const INTERVAL = { default: 30, least: 30 };

/** What tells one call from the other. */
export interface Collection<Event> {
  readonly name: 'SmsGetRecv' | 'SmsGetReport';
  readonly gives: 'inbound' | 'reports';
  /** Most records of an answer. */
  readonly page: number;
  /** How long the platform keeps them. */
  readonly hours: number;
  /** One record of `Details`; `undefined` where it makes no sense. */
  readonly read: (record: JsonRecord) => Event | undefined;
}

/** The source of events that a call is. It has no parameters: the platform knows what it has handed out. */
export function sourceOf<Event>(connection: Connection, collection: Collection<Event>): Source {
  const { name, gives, page, hours } = collection;
  return {
    name,
    gives: [gives],
    interval: INTERVAL,
    perId: false,
    once: { page, hours },
    fetch: async () => (await connection.call(name, [])).http,
    read: (answer) => readPage(answer, collection),
  };
}

function readPage<Event>(http: HttpAnswer, { gives, page, read }: Collection<Event>): Page | Failure {
  const answer = answeredOrFailure(readAnswer(http));
  if (!('record' in answer)) return answer;
  const details = fieldOf(answer.record, 'Details') ?? [];
  if (!Array.isArray(details) && !isRecord(details)) return failure('unreadable-answer');
  const rows: readonly unknown[] = Array.isArray(details) ? details : [details];
  const events: Event[] = [];
  const unreadable: unknown[] = [];
  for (const row of rows) {
    const event = isRecord(row) ? read(row) : undefined;
    if (event === undefined) unreadable.push(row);
    else events.push(event);
  }
  const none = { reports: [], inbound: [], devices: [] };
  return { ...none, [gives]: events, unreadable, more: rows.length >= page };
}
