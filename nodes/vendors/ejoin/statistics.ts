/** Counters of SMS (9) and of calls (10), port by port and card by card. */
import { failure, SmsError } from '../../core/failure';
import type { CommandAnswer, CommandRequest } from '../../core/command';
import { formatPorts, parsePort, parsePorts } from '../../core/port';
import type { OptionSpec } from '../driver';
import { fieldOf, isRecord, leadingInteger, textOf, type JsonRecord } from '../json';
import { recordOf, requireWholePorts, type Command, type Device } from './command';

/** Of the last hour, of the last two, of today, of all time: 0 to 3. */
const TYPES = ['hour', 'two-hours', 'today', 'total'] as const;
const SLOTS: OptionSpec = { name: 'slots', type: 'string', scope: 'message', names: 'slots' };
const TYPE: OptionSpec = { name: 'type', type: 'choice', scope: 'message', choices: TYPES, default: 'hour' };

const SMS_FIELDS = ['received', 'sent', 'sent_ok', 'sent_failed', 'con_failed', 'unsent', 'sending'];

/** `nc` is a ratio, "n/m"; `asr` a percentage; `tcd` in minutes, `act_tcd` in seconds. */
const CALL_FIELDS = [
  ...['calls', 'alerted', 'connected', 'con_failed', 'nc'],
  ...['pdd', 'acd', 'asr', 'tcd', 'act_tcd'],
];

export const STATISTICS_COMMANDS: readonly Command[] = [
  statistics('sms-stats', 'goip_get_sms_stat.html', SMS_FIELDS),
  statistics('call-stats', 'goip_get_call_stat.html', CALL_FIELDS),
];

function statistics(name: string, call: string, fields: readonly string[]): Command {
  return {
    spec: { name, ports: 'optional', portKind: 'whole-ports', args: [SLOTS, TYPE] },
    async run({ connection, slots }: Device, request: CommandRequest): Promise<CommandAnswer> {
      const raw = recordOf(await connection.get(call, parametersOf(request, slots)));
      const stats = fieldOf(raw, 'stats');
      if (!Array.isArray(stats) && leadingInteger(fieldOf(raw, 'count')) !== 0) {
        throw new SmsError(failure('unreadable-answer'));
      }
      const rows = (Array.isArray(stats) ? (stats as readonly unknown[]) : []).filter(isRecord);
      return { payload: { rows: rows.map((row) => rowOf(row, fields)) }, raw };
    },
  };
}

/** Left out, `ports` are all and `slots` those of the cards in use. */
function parametersOf(
  { ports, args }: CommandRequest,
  slots: number | undefined,
): Readonly<Record<string, string | number>> {
  const named = ports.trim() === '' ? undefined : formatPorts(requireWholePorts(ports, 'ports'), 'number');
  const cards = slotsOf(args.slots, slots);
  return {
    ...(named === undefined ? {} : { ports: named }),
    ...(cards === undefined ? {} : { slots: cards }),
    type: Math.max(0, TYPES.indexOf(args.type as (typeof TYPES)[number])),
  };
}

/** Slots are written as ports are: `all`, `2`, `1-3,4`. */
function slotsOf(given: unknown, most: number | undefined): string | undefined {
  const text = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : '';
  if (text === '') return undefined;
  const field = 'slots';
  const parsed = parsePorts(text);
  if (!('ports' in parsed))
    throw new SmsError(failure('invalid-message', 'ejoin-slots', { field, entry: parsed.entry }));
  if (parsed.ports === 'all') return 'all';
  const wrong = parsed.ports.findIndex(
    ({ port, slot }) => typeof port === 'string' || slot !== undefined || port > (most ?? Infinity),
  );
  if (wrong >= 0) throw new SmsError(failure('invalid-message', 'ejoin-slots', { field, entry: wrong + 1 }));
  return formatPorts(parsed.ports, 'number');
}

/** What the document names, null where it is missing, and whatever else the device counts. */
function rowOf(row: JsonRecord, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const port = parsePort(fieldOf(row, 'port'));
  const slot = leadingInteger(fieldOf(row, 'slot')) ?? port?.slot;
  const values = new Map<string, unknown>([
    ['port', port?.port ?? null],
    ['slot', slot ?? null],
  ]);
  for (const name of [...fields, ...Object.keys(row)]) {
    const key = camelCase(name);
    if (!values.has(key)) values.set(key, valueOf(fieldOf(row, name)));
  }
  return Object.fromEntries(values);
}

/** A number, also where it arrives as text; else the text. */
function valueOf(cell: unknown): number | string | null {
  if (typeof cell === 'number') return cell;
  const text = textOf(cell);
  if (text === undefined) return null;
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

/** `Act_tcd` is `actTcd`. */
function camelCase(name: string): string {
  const [first = '', ...others] = name.toLowerCase().split('_');
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
