/** Section 5: an SMS that a line received. */
import type { Inbound } from '../../core/inbound';
import { readWallClock } from '../../core/time';
import { identityOf } from '../identity';
import { fieldOf, textOf, type JsonRecord } from '../json';
import { lineOf } from './rows';

/** The SMS in a row; nothing where its sender or its text is missing. A text may be empty. */
export function readInbound(row: JsonRecord, zone: string): Inbound | undefined {
  const from = textOf(fieldOf(row, 'from_number'));
  const content = fieldOf(row, 'content');
  const text = typeof content === 'number' ? String(content) : content;
  if (from === undefined || typeof text !== 'string') return undefined;
  const at = readWallClock(fieldOf(row, 'recv_time'), zone);
  const line = lineOf(row);
  return {
    from,
    text,
    ...(line === undefined ? {} : { line }),
    // Without a time, nothing would tell a second YES from the first.
    ...(at === undefined ? {} : { at, identity: identityOf(line, from, text, at) }),
    raw: row,
  };
}
