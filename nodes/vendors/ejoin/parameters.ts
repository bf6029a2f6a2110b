/**
 * The device's configuration: `goip_send_cmd.html` with `op` get or set and the parameters in the query (5.1.2), such as
 * `sms_url`, or one of an array in parentheses: `sim_imei(3)`, which counts from 0 (port - 1) * slots + (slot - 1).
 */
import { failure, SmsError } from '../../core/failure';
import type { CommandAnswer, CommandRequest } from '../../core/command';
import type { HttpAnswer, OptionSpec } from '../driver';
import { fieldOf, isRecord, leadingInteger, type JsonRecord } from '../json';
import { recordOf, takenRecord, type Command, type Device } from './command';
import { SEND_CMD } from './send-cmd';

const NAME = /[A-Za-z_][\w.-]*(?:\(\d{1,6}\))?/;
const WHOLE_NAME = new RegExp(`^${NAME.source}$`);

/** What else stands in a query. As the name of a parameter it would make another call of this one: `op`, of all things. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['version', 'username', 'password', 'session', 'seq', 'auth', 'expires'],
  ...['type', 'op', 'ops', 'ports', 'auto_fail_sim_switch'],
]);

const NAMES: OptionSpec = { name: 'params', type: 'strings', scope: 'message', pattern: NAME };
const VALUES: OptionSpec = { name: 'params', type: 'object', scope: 'message', pattern: NAME };

export const PARAMETER_COMMANDS: readonly Command[] = [
  { spec: { name: 'get', ports: 'none', args: [NAMES] }, run: get },
  { spec: { name: 'set', ports: 'none', args: [VALUES] }, run: set },
];

/** What the device says of each parameter, as text; null where it says nothing. */
async function get({ connection }: Device, { args }: CommandRequest): Promise<CommandAnswer> {
  const names = checkedNames(Array.isArray(args.params) ? (args.params as readonly unknown[]) : []);
  const query = names.map((name): [string, string] => [name, '']);
  const raw = recordOf(await connection.get(SEND_CMD, { op: 'get', ...Object.fromEntries(query) }));
  const params = names.map((name): [string, string | null] => [name, valueIn(raw, name)]);
  const known = leadingInteger(fieldOf(raw, 'code')) !== undefined || params.some(([, value]) => value !== null);
  if (!known) throw new SmsError(failure('unreadable-answer'));
  return { payload: { params: Object.fromEntries(params) }, raw };
}

/** The document does not show where the values stand: in the answer itself, or in a record in it. */
function valueIn(raw: JsonRecord, name: string): string | null {
  for (const record of [raw, ...Object.values(raw).filter(isRecord)]) {
    const value = fieldOf(record, name);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return null;
}

async function set({ connection }: Device, { args }: CommandRequest): Promise<CommandAnswer> {
  const entries = isRecord(args.params) ? Object.entries(args.params) : [];
  const names = checkedNames(entries.map(([name]) => name));
  const query = entries.map(([name, value]): [string, string] => [name, String(value)]);
  if (query.some(([, value]) => /[\0\p{Surrogate}]/u.test(value))) {
    throw new SmsError(failure('invalid-message', 'ejoin-characters', { field: 'params' }));
  }
  return setAnswer(await connection.get(SEND_CMD, { op: 'set', ...Object.fromEntries(query) }), names.length);
}

/** `par_set` is how many parameters were set. */
function setAnswer(answer: HttpAnswer, asked: number): CommandAnswer {
  const raw = takenRecord(answer);
  const count = leadingInteger(fieldOf(raw, 'par_set'));
  return { payload: { ok: count === undefined || count >= asked, parSet: count ?? null }, raw };
}

function checkedNames(names: readonly unknown[]): readonly string[] {
  const field = 'params';
  if (names.length === 0) throw new SmsError(failure('invalid-message', 'ejoin-missing', { field }));
  return names.map((name, index) => {
    if (typeof name === 'string' && WHOLE_NAME.test(name) && !RESERVED.has(name.toLowerCase())) return name;
    throw new SmsError(failure('invalid-message', 'ejoin-params', { field, item: index + 1 }));
  });
}
