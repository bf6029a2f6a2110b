/** The state of a device (4.1.3) and of a port (4.1.4). */
import { formatPort, MOST_PORT, parsePort } from '../../core/port';
import type { DeviceStatus, PortStatus } from '../../core/port-status';
import type { Events } from '../driver';
import { fieldOf, isRecord, leadingInteger, textOf, type JsonRecord } from '../json';
import { eventsOf, type Row } from './cells';
import { PORT_STATES } from './codes';

/** The states in which `opr` means something: registered, and in a call (4.1.4). */
const WITH_OPERATOR: readonly number[] = [3, 4];

/** Besides these, a card that is in a call between two ports, or waits for one, is in the network. */
const REGISTERED: readonly number[] = [...WITH_OPERATOR, 13, 14];

/** Whether a record tells of the whole device: `status` is then the list of its ports, and else the state of one. */
export function isDevStatus(body: JsonRecord): boolean {
  return Array.isArray(fieldOf(body, 'status'));
}

/** The push `dev-status`: every port of it that can be read. */
export function readDevStatus(body: JsonRecord): Events {
  const rows = fieldOf(body, 'status') as Row;
  const ports: PortStatus[] = [];
  const unreadable: unknown[] = [];
  for (const row of rows) {
    const port = isRecord(row) ? readPort(row) : undefined;
    if (port) ports.push(port);
    else unreadable.push(row);
  }
  return eventsOf({ devices: [deviceOf('device', ports, body)], unreadable });
}

/** The push `port-status`. */
export function readPortStatus(body: JsonRecord): Events {
  const port = readPort(body);
  return eventsOf(port ? { devices: [deviceOf('port', [port], body)] } : { unreadable: [body] });
}

function deviceOf(type: DeviceStatus['type'], ports: readonly PortStatus[], body: JsonRecord): DeviceStatus {
  const mac = textOf(fieldOf(body, 'mac'));
  const ip = textOf(fieldOf(body, 'ip'));
  const seq = numberOf(fieldOf(body, 'seq'));
  return {
    type,
    ports,
    ...(mac === undefined ? {} : { mac }),
    ...(ip === undefined ? {} : { ip }),
    ...(Number.isSafeInteger(seq) && seq !== null ? { seq } : {}),
    raw: body,
  };
}

/** One port; `undefined` where it has no port, one that cannot be told (JSON's 1.1), or no state. */
export function readPort(row: JsonRecord): PortStatus | undefined {
  const port = parsePort(fieldOf(row, 'port'));
  // The table has `st`, the sample `status`; a number, its text, or both with words: `3 OK`.
  const code = leadingInteger(fieldOf(row, 'st') ?? fieldOf(row, 'status'));
  if (port === undefined || (typeof port.port === 'number' && port.port > MOST_PORT)) return undefined;
  if (code === undefined || !Number.isSafeInteger(code)) return undefined;
  const known = Object.hasOwn(PORT_STATES, code) ? PORT_STATES[code] : undefined;
  const operator = textOf(fieldOf(row, 'opr'));
  const text = (name: string): string | null => textOf(fieldOf(row, name)) ?? null;
  return {
    port: port.port,
    slot: port.slot ?? null,
    line: formatPort(port, 'letter'),
    state: known?.state ?? 'unknown',
    code,
    registered: known === undefined ? null : REGISTERED.includes(code),
    online: null,
    operator: WITH_OPERATOR.includes(code) && operator !== undefined && operator !== '0' ? operator : null,
    number: text('sn'),
    imei: text('imei'),
    imsi: text('imsi'),
    iccid: text('iccid'),
    balance: numberOf(fieldOf(row, 'bal')),
    signal: numberOf(fieldOf(row, 'sig')),
    remaining: null,
    remainingToday: null,
  };
}

/** A number, or its text. */
function numberOf(value: unknown): number | null {
  const text = textOf(value);
  return text !== undefined && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : null;
}
