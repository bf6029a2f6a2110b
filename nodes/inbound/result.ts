/** What leaves a node for inbound SMS (contract, section 4). */
import type { NodeMessage } from 'node-red';
import { writeMoment } from '../core/time';
import type { InboundEvent } from '../engine/events';
import type { OwnGateway } from '../runtime/watched-gateway';

export interface InboundSms {
  readonly gateway: string;
  readonly gatewayId: string;
  readonly vendor: string;
  readonly id: string;
  readonly from: string;
  readonly to?: string;
  readonly extension?: string;
  readonly line?: string;
  readonly text: string;
  readonly at: string;
  readonly smsc?: string;
  readonly iccid?: string;
  readonly raw: unknown;
}

export interface InboundMessage extends NodeMessage {
  payload: string;
  topic: string;
  from: string;
  sms: InboundSms;
}

/** There is no `msg.to`: a send node then writes to `msg.topic`, the sender. */
export function inboundMessage(event: InboundEvent, own: OwnGateway): InboundMessage {
  const { id, from, extension, line, text, at, smsc, iccid, raw } = event;
  const { name: gateway, id: gatewayId, vendor } = own;
  const to = event.to ?? line;
  return {
    payload: text,
    topic: from,
    from,
    sms: {
      gateway,
      gatewayId,
      vendor,
      id,
      from,
      ...(to === undefined ? {} : { to }),
      ...(extension === undefined ? {} : { extension }),
      ...(line === undefined ? {} : { line }),
      text,
      at: writeMoment(at, own.timezone),
      ...(smsc === undefined ? {} : { smsc }),
      ...(iccid === undefined ? {} : { iccid }),
      raw,
    },
  };
}
