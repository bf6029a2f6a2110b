/** One task of a `send-sms` request, read and checked parameter by parameter (6.3.1.3). */
import { decodeBase64 } from './base64';
import { isFields, type Fields } from './call';
import type { TaskCode } from './codes';
import { readAttachments } from './mms';
import { parsePorts, type PortName } from './ports';

export interface TaskRequest {
  readonly tid: number;
  readonly to: readonly string[];
  /** The ports that the task asks for; empty = the device chooses. */
  readonly from: readonly PortName[];
  readonly text: string;
  /** `dr`: the handset's confirmation is wanted. */
  readonly deliveryReports: boolean;
  /** `sdr`: a status report names what was sent. */
  readonly sentDetails: boolean;
  /** `fdr`: a status report names what failed. */
  readonly failureDetails: boolean;
  /** `sr_prd`: seconds between two status reports of the task; 0 = there is no such period. */
  readonly reportPeriod: number;
  /** `sr_cnt`: SMS of the task after which there is a status report. */
  readonly reportCount: number;
  /** Milliseconds between two SMS of the task: the lower end of `intvl`. */
  readonly interval: number;
  /** Every parameter that the task gave but `tid`, `to` and `sms`, under its own name. */
  readonly given: Readonly<Record<string, unknown>>;
}

export type ReadTask = TaskRequest | { readonly tid: number; readonly code: TaskCode };

const MOST_TID = 2 ** 31 - 1;
const REPORT_PERIOD = 60;
const REPORT_COUNT = 10;

const flag = (value: unknown): boolean => value === 0 || value === 1;
const integer =
  (least: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= least;
const matching =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === 'string' && pattern.test(value);

/** What every other parameter of a task must be. The document has no code for a bad value: 15 is the closest. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  chs: matching(/^(utf-?8|base64)$/i),
  coding: (value) => flag(value) || value === 2,
  smstype: flag,
  smsc: matching(/^(\+?\d{3,20})?$/),
  intvl: (value) => interval(value) !== undefined,
  tmo: integer(1),
  sdr: flag,
  fdr: flag,
  dr: flag,
  sr_prd: integer(0),
  // Below 1 the device uses its default.
  sr_cnt: integer(-MOST_TID),
};

/** Never throws; what is wrong with the task comes back as its code. */
export function readTask(value: unknown): ReadTask {
  const fields: Fields = isFields(value) ? value : {};
  const { tid } = fields;
  if (typeof tid !== 'number' || !Number.isSafeInteger(tid) || tid < 1 || tid > MOST_TID) return { tid: 0, code: 11 };
  const refused = (code: TaskCode): ReadTask => ({ tid, code });

  const to = readNumbers(fields.to);
  if (!to) return refused(9);
  const from = readFrom(fields.from);
  if (typeof from === 'number') return refused(from);
  const given: Record<string, unknown> = fields.from === undefined ? {} : { from: fields.from };
  for (const [name, holds] of Object.entries(CHECKS)) {
    if (fields[name] === undefined) continue;
    if (!holds(fields[name])) return refused(15);
    given[name] = fields[name];
  }
  const text = readText(fields.sms, fields.chs);
  if (text === undefined) return refused(8);
  if (given.smstype === 1) {
    const mms = readMms(fields, text);
    if (typeof mms === 'number') return refused(mms);
    Object.assign(given, mms);
  } else if (text === '') return refused(8);
  return {
    tid,
    to,
    from,
    text,
    deliveryReports: given.dr === 1,
    sentDetails: given.sdr === 1,
    failureDetails: given.fdr !== 0,
    reportPeriod: typeof given.sr_prd === 'number' ? given.sr_prd : REPORT_PERIOD,
    reportCount: typeof given.sr_cnt === 'number' && given.sr_cnt >= 1 ? given.sr_cnt : REPORT_COUNT,
    interval: interval(given.intvl) ?? 0,
    given,
  };
}

/** Numbers separated by commas; `undefined` where there is none, or one that nobody can be called by. */
function readNumbers(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined;
  const numbers = value.split(',').map((number) => number.trim());
  const found = numbers.filter((number) => number !== '');
  return found.length > 0 && found.every((number) => /^\+?\d{3,20}$/.test(number)) ? found : undefined;
}

/** Clients were seen to give a single port as a number. A value that holds no port at all is 12, a bad one 2. */
function readFrom(value: unknown): PortName[] | TaskCode {
  if (value === undefined || value === '') return [];
  if (typeof value !== 'string' && typeof value !== 'number') return 12;
  const ports = parsePorts(String(value));
  if (!ports) return 2;
  return ports.length > 0 ? ports : 12;
}

/** The text in the character set that `chs` names; `undefined` where it is none. */
function readText(sms: unknown, chs: unknown): string | undefined {
  if (sms === undefined) return '';
  if (typeof sms !== 'string') return undefined;
  if (typeof chs !== 'string' || chs.toLowerCase() !== 'base64') return sms;
  const bytes = decodeBase64(sms);
  if (!bytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Title and attachments. Without attachments the text is sent as one; without either there is nothing to send. */
function readMms(fields: Fields, text: string): Fields | TaskCode {
  const { smstitle = '', attachments = '' } = fields;
  if (typeof smstitle !== 'string') return 17;
  const files = readAttachments(attachments);
  if (typeof files === 'number') return files;
  if (files.length === 0 && text === '') return 19;
  return { smstitle, attachments: files };
}

/** The lower end of `"500"` or `"500-2000"`, in milliseconds. */
function interval(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const range = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(String(value));
  if (!range) return undefined;
  const least = Number(range[1]);
  return range[2] !== undefined && Number(range[2]) < least ? undefined : least;
}
