/** Whatever a device pushes, told apart by its form and its `type`. */
import type { Events, Push, PushRead } from '../driver';
import { fieldOf, isRecord, parseJson, textOf, type JsonRecord } from '../json';
import { isDevStatus, readDevStatus, readPortStatus } from './device-status';
import { readRecvSms } from './recv-sms';
import { readSmsToHttp } from './sms-to-http';
import { readStatusReport } from './status-report';

/** A push; `undefined` where it is none that a device makes. */
export function readPush(push: Push): PushRead | undefined {
  // It comes first: its body is what somebody wrote, and must not be taken for a device's own words.
  const sms = readSmsToHttp(push);
  if (sms) return { type: 'sms-to-http', ...sms };
  // For the same reason nothing may stand in front of the JSON.
  if (!/^\uFEFF?\s*\{/.test(push.body.toString('utf8'))) return undefined;
  const body = parseJson(push.body);
  if (!isRecord(body)) return undefined;
  const type = textOf(fieldOf(body, 'type'))?.toLowerCase() ?? '';
  // The state of all ports and that of one are told apart by what they hold.
  const kind = /^(dev|port)-status$/.test(type) ? (isDevStatus(body) ? 'dev-status' : 'port-status') : type;
  const events = READERS.get(kind)?.(body);
  return events && { type: kind, ...events };
}

type Reader = (body: JsonRecord) => Events | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['status-report', readStatusReport],
  ['recv-sms', readRecvSms],
  ['dev-status', readDevStatus],
  ['port-status', readPortStatus],
]);
