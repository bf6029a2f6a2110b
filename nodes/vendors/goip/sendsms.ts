/** Section 2: sending. */
import { failure, vendorTextKey, type Failure } from '../../core/failure';
import type { HttpAnswer, OptionValues, RecipientResult, SendAnswer, SendRequest } from '../driver';
import { sameForAll, statusResult, unreadable } from '../http-status';
import { fieldOf, isRecord, textOf, type JsonRecord } from '../json';
import { readAnswer } from './answer';
import { REASON } from './codes';

/** 2.1: most numbers of one request. */
export const MOST_RECIPIENTS = 9999;

/** The parameters of `sendsms` (2.1) but for `auth`, which every call has. */
export function sendParameters(request: SendRequest): JsonRecord {
  const [item] = request.items;
  return {
    ...senderOf(request.options),
    number: (item?.to ?? []).map(wireNumber).join(','),
    content: item?.text ?? '',
  };
}

/** The server keeps numbers as they come and dials them: without `+` (seen). */
function wireNumber(to: string): string {
  return to.replace(/^\+/, '');
}

/** Longer numbers are cut by the server (seen). */
export function checkRecipient(to: string): Failure | undefined {
  return /^\d{1,20}$/.test(wireNumber(to)) ? undefined : failure('invalid-recipient', 'goip-number');
}

/** 2.1, notes: with both, the line wins and the provider is ignored; with neither, all online lines take turns. */
function senderOf(options: OptionValues): JsonRecord {
  if (isSet(options.line)) return { goip_line: options.line };
  return isSet(options.provider) ? { provider: options.provider } : {};
}

/** The line wins over the provider, so a message that names a provider alone gives up its gateway's line. */
export function mergeOptions(gateway: OptionValues, message: OptionValues): OptionValues {
  const merged = { ...gateway, ...message };
  return isSet(message.provider) && !isSet(message.line) ? { ...merged, line: undefined } : merged;
}

function isSet(option: unknown): option is string {
  return typeof option === 'string' && option.trim() !== '';
}

/** 2.2: one answer and one task id for all numbers of the request. */
export function readSendAnswer(request: SendRequest, answer: HttpAnswer): SendAnswer {
  const { value, raw, broken } = readAnswer(answer);
  const status = statusResult(answer);
  if (status) return sameForAll(request, status, raw);
  const result = isRecord(value) ? resultOf(value) : undefined;
  if (broken) {
    // An acceptance beside a failed database command: nobody can tell which of them counts.
    return result?.state === 'accepted'
      ? unreadable(request, raw)
      : sameForAll(request, { state: 'rejected', failure: broken }, raw);
  }
  return result ? sameForAll(request, result, raw) : unreadable(request, raw);
}

function resultOf(answer: JsonRecord): RecipientResult | undefined {
  switch (textOf(fieldOf(answer, 'result'))?.toUpperCase()) {
    case 'ACCEPT': {
      const id = textOf(fieldOf(answer, 'taskID'));
      // An acceptance without a task stored nothing that could be asked for, but may have sent.
      return id !== undefined && /^\d*[1-9]\d*$/.test(id) ? { state: 'accepted', id } : undefined;
    }
    case 'REJECT':
      return { state: 'rejected', failure: rejection(answer) };
    default:
      return undefined;
  }
}

/** Why a request was rejected; a reason that no table knows is the vendor's error. */
export function rejection(answer: JsonRecord): Failure {
  const reason = textOf(fieldOf(answer, 'reason'));
  if (reason === undefined) return failure('vendor-error');
  const name = reason.toLowerCase();
  const code = Object.hasOwn(REASON, name) ? REASON[name] : undefined;
  const vendor = { vendorCode: reason, vendorText: reason };
  if (code === undefined) return { ...failure('vendor-error'), ...vendor };
  return { ...failure(code), ...vendor, vendorTextKey: vendorTextKey('reason', name) };
}
