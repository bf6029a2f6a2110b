/** `SmsSend` (section 4.1): what a request asks for, and what taking it costs. */
import { fromShanghaiDigits, shanghaiMonthLater } from '../shanghai';
import type { Refusal } from './codes';
import type { Parameters } from './parameters';

const MOST_NUMBERS = 50;
/** Seen at the platform; the document only has the code. */
const MOST_CHARACTERS = 900;
const ALONE = 70;
const IN_A_CHAIN = 67;

export interface SendCall {
  readonly numbers: readonly string[];
  readonly content: string;
  readonly longSms: boolean;
  /** Epoch milliseconds; `undefined` for at once. */
  readonly at?: number;
  readonly addNum: string;
}

/** The request, or why it is refused. A time in the past means at once. */
export function readSend(parameters: Parameters, now: number): SendCall | Refusal {
  const phoneNumbers = parameters.get('PhoneNumbers');
  if (phoneNumbers === undefined) return { code: '-102', parameter: 'PhoneNumbers' };
  const content = parameters.get('Content');
  if (content === undefined) return { code: '-102', parameter: 'Content' };
  const numbers = phoneNumbers.split(',');
  if (phoneNumbers === '' || numbers.length > MOST_NUMBERS) return { code: '-112' };
  if (content === '' || content.length > MOST_CHARACTERS) return { code: '-110' };
  const addNum = parameters.get('AddNum') ?? '';
  if (!/^\d*$/.test(addNum)) return { code: '-102', parameter: 'AddNum' };

  const longSms = parameters.get('LongSms') !== '0';
  const timerSend = parameters.get('TimerSend') ?? '';
  if (timerSend === '') return { numbers, content, longSms, addNum };
  const wellFormed = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(timerSend);
  const at = wellFormed ? fromShanghaiDigits(timerSend.replace(/\D/g, '')) : undefined;
  if (at === undefined) return { code: '-102', parameter: 'TimerSend' };
  if (at > shanghaiMonthLater(now)) return { code: '-333' };
  return { numbers, content, longSms, addNum, at: at > now ? at : undefined };
}

/** Whether the platform takes the number; the document has no rule, so all that can be a number is one. */
export function isNumber(number: string): boolean {
  return /^\+?\d{3,20}$/.test(number);
}

/**
 * How many SMS a text becomes. The signature and its brackets count (section 4.5), unless the text begins or ends with
 * it. A long SMS has it once; without `LongSms` every SMS stands alone and carries its own.
 */
export function partsOf(content: string, sign: string, longSms: boolean): number {
  const signature = `【${sign}】`;
  const signed = content.startsWith(signature) || content.endsWith(signature);
  const whole = content.length + (signed ? 0 : signature.length);
  if (whole <= ALONE) return 1;
  if (longSms) return Math.ceil(whole / IN_A_CHAIN);
  return Math.ceil((whole - signature.length) / (ALONE - signature.length));
}
