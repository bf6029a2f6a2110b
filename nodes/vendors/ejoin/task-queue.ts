/** The device's queue: tasks that wait to be sent, listed (6.3.6), paused, resumed and removed (6.3.3 to 6.3.5). */
import { failure, SmsError } from '../../core/failure';
import type { CommandAnswer, CommandRequest } from '../../core/command';
import { formatPort } from '../../core/port';
import type { OptionSpec } from '../driver';
import { fieldOf, isRecord, leadingInteger, textOf, type JsonRecord } from '../json';
import { wordsOf } from './answer';
import { recordOf, requireInteger, requireWholePorts, takenRecord, type Command, type Device } from './command';
import { isSuccess, QUEUE_STATES } from './codes';
import { fromBase64 } from './sms-text';

const MOST = 2 ** 31 - 1;

const PORT: OptionSpec = { name: 'port', type: 'string', scope: 'message', names: 'port' };
const POS: OptionSpec = { name: 'pos', type: 'integer', scope: 'message', min: 0, max: MOST };
const NUM: OptionSpec = { name: 'num', type: 'integer', scope: 'message', min: 1, max: MOST };
const CONTENT: OptionSpec = { name: 'content', type: 'boolean', scope: 'message', default: false };
const TIDS: OptionSpec = { name: 'tids', type: 'strings', scope: 'message', pattern: /\d{1,15}/ };
const ALL: OptionSpec = { name: 'all', type: 'boolean', scope: 'message', default: false };

/** A task that waits. */
interface Task {
  readonly id: string;
  /** Ports, as the device writes them; null where it chooses. */
  readonly from: string | null;
  /** One number, or several with commas. */
  readonly to: string | null;
  /** Null where the content was not asked for. A PDU as the device wrote it. */
  readonly text: string | null;
  readonly coding: number | null;
  readonly paused: boolean | null;
}

/** What came of one task. */
interface TaskResult {
  readonly id: string;
  readonly ok: boolean;
  readonly vendorCode: string | null;
  readonly vendorText: string | null;
}

export const QUEUE_COMMANDS: readonly Command[] = [
  { spec: { name: 'tasks', ports: 'none', args: [PORT, POS, NUM, CONTENT] }, run: list },
  tasksCommand('pause'),
  tasksCommand('resume'),
  tasksCommand('remove'),
];

/** Without `num` the device gives ten. */
async function list({ connection }: Device, { args }: CommandRequest): Promise<CommandAnswer> {
  const port = onePort(args.port);
  const pos = requireInteger(args, 'pos');
  const raw = recordOf(
    await connection.get('goip_get_tasks.html', {
      port,
      pos,
      ...(typeof args.num === 'number' ? { num: args.num } : {}),
      ...(args.content === true ? { has_content: 1 } : {}),
    }),
  );
  const rows = fieldOf(raw, 'tasks');
  const total = leadingInteger(fieldOf(raw, 'total_num'));
  if (!Array.isArray(rows) && total !== 0) throw new SmsError(failure('unreadable-answer'));
  const tasks = (Array.isArray(rows) ? (rows as readonly unknown[]) : []).filter(isRecord).flatMap(taskOf);
  return { payload: { total: total ?? null, tasks }, raw };
}

function onePort(given: unknown): string {
  const field = 'port';
  const ports = requireWholePorts(typeof given === 'string' || typeof given === 'number' ? String(given) : '', field);
  const [port, ...others] = ports === 'all' ? [] : ports;
  if (port === undefined || others.length > 0)
    throw new SmsError(failure('invalid-message', 'ejoin-one-port', { field }));
  return formatPort(port, 'number');
}

/** Nothing for a row without an id, with which nothing could be done. */
function taskOf(row: JsonRecord): Task[] {
  const id = textOf(fieldOf(row, 'tid'));
  if (id === undefined) return [];
  const state = QUEUE_STATES[leadingInteger(fieldOf(row, 'state')) ?? -1];
  return [
    {
      id,
      from: textOf(fieldOf(row, 'from')) ?? null,
      to: textOf(fieldOf(row, 'to')) ?? null,
      text: contentOf(row),
      coding: leadingInteger(fieldOf(row, 'coding')) ?? null,
      paused: state === undefined ? null : state === 'paused',
    },
  ];
}

function contentOf(row: JsonRecord): string | null {
  const sms = fieldOf(row, 'sms');
  if (typeof sms !== 'string' && typeof sms !== 'number') return null;
  const text = String(sms);
  return textOf(fieldOf(row, 'chs'))?.toLowerCase() === 'base64' ? (fromBase64(text) ?? text) : text;
}

/** Without `tids` the device takes all tasks, so that is sent only where it is asked for. */
function tasksCommand(name: 'pause' | 'resume' | 'remove'): Command {
  return {
    spec: {
      ...{ name, ports: 'none', args: [TIDS, ALL] },
      ...(name === 'remove' ? { needsConfirm: (_ports, { all }) => all === true } : {}),
    },
    async run({ connection }, { args }) {
      const ids = args.all === true ? undefined : requireTids(args.tids);
      if (args.all === true && idsIn(args.tids).length > 0) {
        throw new SmsError(failure('invalid-message', 'ejoin-tids-and-all', { field: 'tids', other: 'all' }));
      }
      const data = ids === undefined ? {} : { tids: ids.map(Number) };
      const answer = await connection.post(`goip_${name}_sms.html`, JSON.stringify(data));
      if (ids === undefined) return { payload: { ok: true, results: [] }, raw: takenRecord(answer) };
      const raw = recordOf(answer);
      const results = resultsOf(raw, ids);
      return { payload: { ok: results.every(({ ok }) => ok), results }, raw };
    },
  };
}

function idsIn(given: unknown): readonly string[] {
  return Array.isArray(given) ? [...new Set((given as readonly unknown[]).map(String))] : [];
}

function requireTids(given: unknown): readonly string[] {
  const ids = idsIn(given);
  if (ids.length > 0 && ids.every((id) => /^\d{1,15}$/.test(id))) return ids;
  throw new SmsError(failure('invalid-message', 'ejoin-tids', { field: 'tids', other: 'all' }));
}

/** One result for each id, in their order. A task that the answer does not speak of was not dealt with. */
function resultsOf(raw: JsonRecord, ids: readonly string[]): readonly TaskResult[] {
  const given = fieldOf(raw, 'results');
  if (!Array.isArray(given)) throw new SmsError(failure('unreadable-answer'));
  const rows = new Map<number, unknown>();
  for (const row of (given as readonly unknown[]).filter(isRecord)) {
    const tid = textOf(fieldOf(row, 'tid')) ?? '';
    const known = rows.get(Number(tid));
    // Of rows that contradict each other, one that refuses counts.
    if (/^\d{1,15}$/.test(tid) && !isRefused(known)) rows.set(Number(tid), fieldOf(row, 'status'));
  }
  return ids.map((id) => {
    const status = rows.get(Number(id));
    const code = leadingInteger(status);
    return {
      id,
      ok: code !== undefined && isSuccess(code),
      vendorCode: code === undefined ? null : String(code),
      vendorText: wordsOf(status) ?? null,
    };
  });
}

function isRefused(status: unknown): boolean {
  const code = leadingInteger(status);
  return code !== undefined && !isSuccess(code);
}
