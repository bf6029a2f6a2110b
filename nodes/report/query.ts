/** What an input of a report node asks for. */
import type { NodeMessage } from 'node-red';
import { readRecipients } from '../core/recipient';
import type { SendQuery } from '../engine/events';

export interface ReportInput extends NodeMessage {
  to?: unknown;
  sms?: unknown;
}

/** The sends that are asked for, by our id or the vendor's; `undefined` where the input asks for nothing but a poll. */
export function readQuery({ sms, to }: ReportInput, country: string): SendQuery | undefined {
  const { key, id } = (typeof sms === 'object' && sms !== null ? sms : {}) as { key?: unknown; id?: unknown };
  const asked = { key: idText(key), id: idText(id) };
  if (asked.key === undefined && asked.id === undefined) return undefined;
  const narrowed = readRecipients(to, country);
  return {
    ...(asked.key === undefined ? {} : { key: asked.key }),
    ...(asked.id === undefined ? {} : { id: asked.id }),
    ...(narrowed.length === 0 ? {} : { to: narrowed }),
  };
}

/** Ids are texts; a number is taken where it has kept all its digits. */
function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
