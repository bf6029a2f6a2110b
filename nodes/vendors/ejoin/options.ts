/** The options of a gateway and of a message: the task's and the request's parameters of 6.3.1.3, and a few of ours. */
import { PORTS_PATTERN } from '../../core/port';
import type { Attachment, OptionSpec, OptionValues } from '../driver';
import { METHODS } from './crypt';
import { AUTH_ORDERS } from './session';

/** Characters of a long SMS that a POST carries (6.2). */
export const DEFAULT_MAX_LENGTH = 300;

/** The device stores these as 32-bit integers. */
const MOST = 2 ** 31 - 1;

/** Names are those of the document, except for the whole request's: its `sr_cnt` and the task's are not the same. */
export const OPTIONS: readonly OptionSpec[] = [
  { name: 'ports', type: 'string', scope: 'gateway', pattern: PORTS_PATTERN, names: 'ports' },
  { name: 'slots', type: 'integer', scope: 'gateway', min: 1, max: 999 },
  { name: 'crypt', type: 'choice', scope: 'gateway', choices: ['off', ...METHODS], default: 'off' },
  { name: 'authOrder', type: 'choice', scope: 'gateway', choices: ['auto', ...AUTH_ORDERS], default: 'auto' },
  { name: 'maxLength', type: 'integer', scope: 'gateway', min: 1, max: 10_000, default: DEFAULT_MAX_LENGTH },
  { name: 'reportCount', type: 'integer', scope: 'gateway', min: 1, max: MOST },
  { name: 'reportPeriod', type: 'integer', scope: 'gateway', min: 1, max: MOST },
  // 1 would bring the old push form, which says less.
  { name: 'inboundCount', type: 'integer', scope: 'gateway', min: 2, max: MOST },
  { name: 'inboundPeriod', type: 'integer', scope: 'gateway', min: 1, max: MOST },
  { name: 'deleteRead', type: 'boolean', scope: 'gateway', default: false },
  { name: 'from', type: 'string', scope: 'message', pattern: PORTS_PATTERN, names: 'ports' },
  { name: 'perPort', type: 'boolean', scope: 'message' },
  { name: 'chs', type: 'choice', scope: 'both', choices: ['utf8', 'base64'] },
  { name: 'coding', type: 'integer', scope: 'both', min: 0, max: 2 },
  { name: 'smstype', type: 'integer', scope: 'both', min: 0, max: 1 },
  { name: 'smstitle', type: 'string', scope: 'both' },
  { name: 'attachments', type: 'attachments', scope: 'message' },
  { name: 'smsc', type: 'string', scope: 'both', pattern: /^\+?\d{3,20}$/ },
  { name: 'intvl', type: 'string', scope: 'both', pattern: /^\s*\d{1,9}(?:\s*-\s*\d{1,9})?\s*$/ },
  { name: 'tmo', type: 'integer', scope: 'both', min: 1, max: MOST },
  { name: 'sdr', type: 'integer', scope: 'both', min: 0, max: 1 },
  { name: 'fdr', type: 'integer', scope: 'both', min: 0, max: 1 },
  { name: 'dr', type: 'integer', scope: 'both', min: 0, max: 1 },
  { name: 'sr_prd', type: 'integer', scope: 'both', min: 0, max: MOST },
  { name: 'sr_cnt', type: 'integer', scope: 'both', min: 0, max: MOST },
];

/** A number option; `undefined` where it is not set. */
export function integerOption(options: OptionValues, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A text option, trimmed; `undefined` where it is not set or blank. A bare number (`from: 2`) is its text. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text;
}

/** 0 or 1; `undefined` where it is not set. */
export function flagOption(options: OptionValues, name: string): 0 | 1 | undefined {
  const value = options[name];
  if (value === true || value === 1) return 1;
  return value === false || value === 0 ? 0 : undefined;
}

/** Whether the message is an MMS (`smstype` 1). */
export function isMms(options: OptionValues): boolean {
  return options.smstype === 1;
}

/** The title of an MMS, exactly as it was typed. */
export function titleOption(options: OptionValues): string | undefined {
  return typeof options.smstitle === 'string' && options.smstitle !== '' ? options.smstitle : undefined;
}

export function attachmentsOption(options: OptionValues): readonly Attachment[] {
  return Array.isArray(options.attachments) ? (options.attachments as readonly Attachment[]) : [];
}

/** Milliseconds between the SMS of one task. */
export interface Interval {
  readonly least: number;
  readonly most: number;
}

/** `intvl`: one number, or the range within which the device picks; `undefined` where it is not set or no interval. */
export function intervalOption(options: OptionValues): Interval | 'invalid' | undefined {
  const text = textOption(options, 'intvl');
  if (text === undefined) return undefined;
  const parts = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(text);
  if (!parts) return 'invalid';
  const least = Number(parts[1]);
  const most = Number(parts[2] ?? parts[1]);
  if (most < least) return 'invalid';
  return { least, most };
}

/**
 * Whether the recipients of a text share a task: where the device is to pause between them, for it does so only inside a
 * task. An interval of "0" is the device's default and asks for nothing; `perPort` needs tasks of one recipient.
 */
export function isShared(options: OptionValues): boolean {
  const interval = intervalOption(options);
  return typeof interval === 'object' && interval.most > 0 && options.perPort !== true;
}
