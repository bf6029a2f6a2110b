/** Every code of the document. The texts are in the locales, `vendors.sms57.codes.<table>.<code>`. */
import { failure, vendorTextKey, type ErrorCode, type Failure } from '../../core/failure';
import type { State } from '../../core/state';
import { textOf } from '../json';

/** 7, 8: the code of success in both tables. */
export const SUCCESS = '0';

/** 7: what a request came to, but for success. 8 and 9 are of a newer edition. */
export const STATUS: Readonly<Record<string, ErrorCode>> = {
  1: 'vendor-error',
  2: 'ip-refused',
  3: 'auth-failed',
  4: 'unsupported',
  5: 'vendor-error',
  6: 'permission-denied',
  7: 'account-disabled',
  8: 'recipient-refused',
  9: 'content-refused',
  21: 'vendor-busy',
  100: 'no-route',
  102: 'too-many-recipients',
};

/** 8: what one number came to, but for success. */
export const RESULT: Readonly<Record<string, ErrorCode>> = {
  10: 'sender-refused',
  15: 'insufficient-balance',
  17: 'signature-refused',
};

/** 10: codes with a remedy of their own, and the sentence that tells it. */
const REMEDIES: Readonly<Record<string, string>> = {
  10: 'sms57-extno',
  15: 'sms57-balance',
  17: 'sms57-signature',
};

/** What a status code of a report says. Open states may be followed by another. */
export interface StatMeaning {
  readonly state: State;
  readonly final: boolean;
  /** Why, where it is no success. */
  readonly code?: ErrorCode;
}

const failed = (code: ErrorCode): StatMeaning => ({ state: 'undelivered', final: true, code });
const open = (state: State): StatMeaning => ({ state, final: false });

/** 9: what became of an SMS. Those without a text of the document are seen at its relatives. */
export const STAT: Readonly<Record<string, StatMeaning>> = {
  DELIVRD: { state: 'delivered', final: true },
  EXPIRED: failed('undelivered'),
  DELETED: failed('undelivered'),
  REJECTED: failed('undelivered'),
  UNDELIV: failed('undelivered'), // not in the document
  ACCEPTD: open('accepted'), // not in the document
  ENROUTE: open('sent'), // not in the document
  UNKNOWN: open('unknown'), // not in the document
  'MA:0001': failed('recipient-refused'), // 全局黑名单号码
  'MA:0002': failed('content-refused'), // 内容非法
  'MA:0003': failed('no-route'), // 无法找到下级路由
  'MA:0004': failed('vendor-error'), // 未知
  'MA:0005': failed('invalid-recipient'), // 目的号码格式错误
  'MA:0006': failed('vendor-error'), // 系统拒绝
  'MA:0009': failed('vendor-error'), // 未定义错误
  'MA:0011': failed('vendor-error'), // 未知系统内部错误
  'MA:0012': failed('content-refused'), // 防钓鱼
  'MA:0013': failed('vendor-error'), // 非法错误的包时序
  'MA:0014': failed('no-route'), // 非法的 OP_ISDN 号段
  'MA:0021': failed('invalid-recipient'), // 号码格式错误
  'MA:0022': failed('rate-limited'), // 号码超过半小时下发次数限制
  'MA:0023': failed('recipient-refused'), // 客户黑名单号码
  'MA:0024': failed('template-refused'), // 内容未报备
  'MA:0025': failed('unsupported'), // 不支持该短信
  'MA:0026': failed('vendor-error'), // 分条发送,组包超时
  'MA:0027': failed('recipient-refused'), // 通道黑名单
  'MA:0028': failed('recipient-refused'), // 全局黑名单号段
  'MA:0029': failed('recipient-refused'), // 通道黑名单号段
  'MA:0030': failed('undelivered'), // 直接产生拒绝报告
  'MO:0200': failed('text-too-long'), // 不支持分条短信
  // The upstream gateway did not answer: the SMS may have gone out.
  'MO:0254': { state: 'unknown', final: true, code: 'no-answer' }, // 转发提交超时
  'MO:0255': { state: 'unknown', final: true, code: 'no-answer' }, // 转发提交过程中,连接断开
  'MO:NNNN': failed('vendor-error'), // any other number of the upstream gateway
};

/** Spellings of codes that are one and the same. */
const ALIASES: Readonly<Record<string, string>> = { REJECTD: 'REJECTED' };

export function isSuccess(written: string): boolean {
  return String(Number(written)) === SUCCESS;
}

/**
 * The failure that a `status` or `result` other than 0 stands for. The two tables share no code, and section 10 does
 * not say where its codes appear: each is looked up in both.
 */
export function codeFailure(written: string): Failure {
  const number = String(Number(written));
  for (const [table, codes] of Object.entries({ status: STATUS, result: RESULT })) {
    const code = codes[number];
    if (code === undefined) continue;
    return {
      ...failure(code, REMEDIES[number]),
      vendorCode: written,
      vendorTextKey: vendorTextKey(table, number),
    };
  }
  return { ...failure('vendor-error'), vendorCode: written };
}

/**
 * What the `stat` of a report means (section 9). `MO:200` and `MO:0200` are one; an unknown `MO:` is the upstream
 * gateway's own; a code of no table is a failure with the vendor's code.
 */
export function statMeaning(stat: unknown): StatMeaning & Pick<Failure, 'vendorTextKey'> & { failure?: Failure } {
  const written = textOf(stat);
  if (written === undefined) return { ...failed('vendor-error'), failure: failure('vendor-error') };
  const key = statKey(written);
  const meaning = key === undefined ? failed('vendor-error') : (STAT[key] ?? failed('vendor-error'));
  const text = key === undefined ? {} : { vendorTextKey: vendorTextKey('stat', key) };
  if (meaning.code === undefined) return { ...meaning, ...text };
  return { ...meaning, ...text, failure: { ...failure(meaning.code), vendorCode: written, ...text } };
}

function statKey(written: string): string | undefined {
  const upper = written.toUpperCase();
  const numbered = /^(MA|MO)\s*:\s*0*(\d{1,4})$/.exec(upper);
  const key = numbered ? `${numbered[1] ?? ''}:${(numbered[2] ?? '').padStart(4, '0')}` : (ALIASES[upper] ?? upper);
  if (Object.hasOwn(STAT, key)) return key;
  return upper.startsWith('MO:') ? 'MO:NNNN' : undefined;
}
