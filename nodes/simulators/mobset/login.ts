/** The fixed parameters (section 3.2): who calls, and whether the secret and the time are right. */
import { createHash } from 'node:crypto';
import { fromShanghaiDigits, shanghaiDigits } from '../shanghai';
import type { Customer } from './customer';
import type { Refusal } from './codes';
import type { Parameters } from './parameters';

const FIXED = ['CorpID', 'LoginName', 'TimeStamp', 'SecretKey', 'Methods'];
const MOST_SKEW = 20 * 60_000;

export const METHODS = ['SmsSend', 'SmsGetRecv', 'SmsGetReport', 'SmsGetBalance', 'SmsGetSign', 'SmsCancel'] as const;
export type Method = (typeof METHODS)[number];

export interface Call {
  readonly customer: Customer;
  readonly method: Method;
}

/**
 * The document gives no code for a time that is too far off. Here it is -109, after the secret was found right, so that
 * the two can be told apart.
 */
export function checkLogin(parameters: Parameters, customers: readonly Customer[], now: number): Call | Refusal {
  const missing = FIXED.find((name) => !parameters.get(name));
  if (missing !== undefined) return { code: '-102', parameter: missing };
  const method = METHODS.find((name) => name === parameters.get('Methods'));
  if (!method) return { code: '-191' };

  const timeStamp = parameters.get('TimeStamp') ?? '';
  const at = timeOf(timeStamp, now);
  if (at === undefined) return { code: '-102', parameter: 'TimeStamp' };

  const company = customers.filter(({ login }) => login.accountId === parameters.get('CorpID'));
  if (company.length === 0) return { code: '-107' };
  const customer = company.find(({ login }) => login.username === parameters.get('LoginName'));
  if (!customer) return { code: '-103' };
  const { accountId, password } = customer.login;
  const secret = createHash('md5').update(accountId + password + timeStamp, 'utf8');
  if (parameters.get('SecretKey')?.toLowerCase() !== secret.digest('hex')) return { code: '-105' };
  if (Math.abs(at - now) > MOST_SKEW) return { code: '-109' };
  return { customer, method };
}

/** 14 digits, or the 10 without a year that the samples have: then the year that brings it closest to now. */
function timeOf(timeStamp: string, now: number): number | undefined {
  if (/^\d{14}$/.test(timeStamp)) return fromShanghaiDigits(timeStamp);
  if (!/^\d{10}$/.test(timeStamp)) return undefined;
  const year = Number(shanghaiDigits(now).slice(0, 4));
  return [year - 1, year, year + 1]
    .map((candidate) => fromShanghaiDigits(`${candidate}${timeStamp}`))
    .filter((at) => at !== undefined)
    .sort((a, b) => Math.abs(a - now) - Math.abs(b - now))[0];
}
