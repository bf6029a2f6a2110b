/** The codes of section 6 that a request can bring about here, with the document's texts. */
export const CODES = {
  '-102': '请求参数不完整或有误',
  '-103': '帐号不存在',
  '-105': '帐号验证失败',
  '-106': '非法访问 IP',
  '-107': '企业不存在或状态异常',
  '-109': '校验用户失败',
  '-110': '短信内容长度不符合要求',
  '-112': '目标号码数量不符合要求',
  '-128': '企业余额不足以支持本次发送',
  '-142': '短信 ID(SmsID) 不存在或不属于此用户',
  '-143': '短信 ID(SmsID) 数量超出每次处理限额',
  '-190': '系统繁忙 1',
  '-191': 'Method 不存在',
  '-333': '定时时间不能超 1 个月',
} as const;

export type Code = keyof typeof CODES;

/** A refusal: its code, and the parameter that it is about where the server names one. */
export interface Refusal {
  readonly code: Code;
  readonly parameter?: string;
}

/** As in the samples of sections 4.1.3 and 4.2.3: `Code` with a capital, a number, and the parameter after a colon. */
export function refusalBody({ code, parameter }: Refusal): string {
  const message = parameter === undefined ? CODES[code] : `${CODES[code]}:${parameter}`;
  return JSON.stringify({ Code: Number(code), Message: message });
}
