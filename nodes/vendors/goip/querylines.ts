/** Section 4: the state of all lines. */
import type { Failure } from '../../core/failure';
import type { PortStatus } from '../../core/port-status';
import type { HttpAnswer } from '../driver';
import { fieldOf, textOf, type JsonRecord } from '../json';
import { ONLINE, REG } from './codes';
import { lineOf, readEach, type RowsRead } from './rows';

/** The lines in the answer to `querylines` (4.2). */
export function readLines(answer: HttpAnswer): RowsRead<PortStatus> | Failure {
  return readEach(answer, readLine);
}

/** What the answer says against the account: nothing, where it is a list of lines, be it an empty one. */
export function readProbe(answer: HttpAnswer): Failure | undefined {
  const lines = readLines(answer);
  return 'code' in lines ? lines : undefined;
}

/** 4.2; `num`, the SIM card's own number, is seen, not in the document. A line has neither port nor slot. */
function readLine(row: JsonRecord): PortStatus | undefined {
  const line = lineOf(row);
  if (line === undefined) return undefined;
  const online = meaningIn(ONLINE, fieldOf(row, 'online'));
  const reg = fieldOf(row, 'reg');
  // Empty means the same as LOGOUT.
  const registered = meaningIn(REG, reg === '' || reg === null ? 'LOGOUT' : reg);
  return {
    port: null,
    slot: null,
    line,
    state: stateOf(online, registered),
    code: null,
    registered,
    online,
    operator: null,
    number: textOf(fieldOf(row, 'num')) ?? null,
    imei: null,
    imsi: null,
    iccid: null,
    balance: null,
    signal: null,
    remaining: quotaOf(fieldOf(row, 'remain_sms')),
    remainingToday: quotaOf(fieldOf(row, 'day_remain_sms')),
  };
}

/** A line that is away does not tell what becomes of its SIM card. */
function stateOf(online: boolean | null, registered: boolean | null): string {
  if (online === false) return 'offline';
  if (registered === null) return 'unknown';
  return registered ? 'registered' : 'unregistered';
}

function meaningIn(table: Readonly<Record<string, boolean>>, value: unknown): boolean | null {
  const word = textOf(value)?.toUpperCase() ?? '';
  return Object.hasOwn(table, word) ? (table[word] ?? null) : null;
}

/** SMS that are left; null for -1, which is no limit. */
function quotaOf(value: unknown): number | null {
  const text = textOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
