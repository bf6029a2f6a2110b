/** What leaves a report node (contract, section 4). */
import type { NodeMessage } from 'node-red';
import type { State } from '../core/state';
import { writeMoment } from '../core/time';
import type { ReportEvent } from '../engine/events';
import type { OwnGateway } from '../runtime/watched-gateway';
import type { Mood } from '../runtime/status';
import type { ErrorShape, Texts } from '../runtime/texts';

export interface ReportSms {
  readonly gateway: string;
  readonly gatewayId: string;
  readonly vendor: string;
  readonly id: string;
  readonly to?: string;
  readonly state: State;
  readonly final: boolean;
  readonly at: string;
  readonly line?: string;
  readonly parts?: number;
  readonly vendorCode?: string;
  readonly vendorText?: string;
  readonly error?: Pick<ErrorShape, 'code' | 'message' | 'retry'>;
  readonly message?: { readonly key: string; readonly text?: string; readonly sentAt: string; readonly ref?: unknown };
  readonly raw?: unknown;
}

export interface ReportMessage extends NodeMessage {
  payload: State;
  sms: ReportSms;
}

/** A report as a message; `msg` is the input that asked for it. The gateway is the one that the SMS went through, where it is known. */
export function reportMessage(event: ReportEvent, own: OwnGateway, texts: Texts, msg: NodeMessage = {}): ReportMessage {
  return {
    ...msg,
    payload: event.state,
    ...(event.to === undefined ? {} : { topic: event.to }),
    sms: smsOf(event, own, texts),
  };
}

function smsOf(event: ReportEvent, own: OwnGateway, texts: Texts): ReportSms {
  const { id, to, state, final, at, line, parts, vendorCode, failure, message, raw } = event;
  const { name: gateway, id: gatewayId, vendor } = event.gateway ?? own;
  const vendorText = texts.vendorText(event, vendor);
  return {
    gateway,
    gatewayId,
    vendor,
    id,
    ...(to === undefined ? {} : { to }),
    state,
    final,
    at: writeMoment(at, own.timezone),
    ...(line === undefined ? {} : { line }),
    ...(parts === undefined ? {} : { parts }),
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(vendorText === undefined ? {} : { vendorText }),
    ...(failure ? { error: errorOf(texts.error(failure, vendor)) } : {}),
    ...(message ? { message: messageOf(message, own.timezone) } : {}),
    ...(raw === undefined ? {} : { raw }),
  };
}

function errorOf({ code, message, retry }: ErrorShape): ReportSms['error'] {
  return { code, message, retry };
}

/** A text is not there where it is not kept. */
function messageOf(message: NonNullable<ReportEvent['message']>, zone: string): ReportSms['message'] {
  const { key, text, sentAt, ref } = message;
  return {
    key,
    ...(text === '' ? {} : { text }),
    sentAt: writeMoment(sentAt, zone),
    ...(ref === undefined ? {} : { ref }),
  };
}

/** How the status shows a state. */
export function moodOf(state: State): Mood {
  switch (state) {
    case 'delivered':
      return 'good';
    case 'undelivered':
    case 'rejected':
    case 'expired':
    case 'cancelled':
    case 'suppressed':
      return 'bad';
    case 'unknown':
    case 'in-doubt':
      return 'doubtful';
    default:
      return 'working';
  }
}
