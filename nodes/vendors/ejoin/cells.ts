/** What stands in the rows and records that a device tells events with: times, ports, SIM cards. */
import { formatPort, parsePort } from '../../core/port';
import type { Events } from '../driver';
import { textOf } from '../json';

export type Row = readonly unknown[];

/** No port has a longer name. */
const LONGEST_LINE = 64;

/** UTC seconds as epoch milliseconds; `undefined` where they are none, or of a year with five digits. */
export function momentIn(cell: unknown): number | undefined {
  const text = textOf(cell);
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : undefined;
}

/**
 * The port of an SMS: `2B` whatever form the device chose, a SIM pool's and one of an unknown form as it stands there.
 * Nothing in it where none is told. `undefined` where it cannot be told: JSON's 1.1 may be slot 1 or slot 10.
 */
export function lineIn(cell: unknown): { readonly line?: string } | undefined {
  if (cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '')) return {};
  const port = parsePort(cell);
  if (port !== undefined) return { line: formatPort(port, 'letter') };
  const line = typeof cell === 'string' ? cell.trim() : '';
  return line !== '' && line.length <= LONGEST_LINE ? { line } : undefined;
}

/**
 * A row without the ICCID that central servers put into the third place of it, and that ICCID. It is known by its
 * shape, and where it is blank by the time behind it, which then stands one place further; `time` is where it belongs.
 */
export function withoutIccid(row: Row, time: number): { readonly cells: Row; readonly iccid?: string } {
  const third = row[2];
  const text = textOf(third);
  const cells = row.toSpliced(2, 1);
  if (text !== undefined) return /^\d{6}[0-9a-f]{9,16}$/i.test(text) ? { cells, iccid: text } : { cells: row };
  const shifted = momentIn(row[time]) === undefined && momentIn(cells[time]) !== undefined;
  return { cells: shifted ? cells : row };
}

/** Events of which most kinds are missing. */
export function eventsOf(given: Partial<Events>): Events {
  return { reports: [], inbound: [], devices: [], unreadable: [], ...given };
}
