/** What leaves a device node (contract, section 5). */
import type { NodeMessage } from 'node-red';
import type { CommandAnswer } from '../core/command';
import type { GatewayName } from '../engine/dispatcher';
import type { Texts } from '../runtime/texts';
import { fieldOf, isRecord } from './values';

export interface DeviceMessage extends NodeMessage {
  payload: unknown;
  sms: {
    readonly gateway: string;
    readonly gatewayId: string;
    readonly vendor: string;
    readonly command: string;
    readonly raw: unknown;
  };
}

export function deviceMessage(
  msg: NodeMessage,
  { id, name, vendor }: GatewayName,
  command: string,
  { payload, raw }: CommandAnswer,
  texts: Texts,
): DeviceMessage {
  return {
    ...msg,
    payload: spelledOut(payload, vendor, texts),
    sms: { gateway: name, gatewayId: id, vendor, command, raw },
  };
}

/** Rows that name a text of the vendor's locale have the text itself. */
function spelledOut(payload: unknown, vendor: string, texts: Texts): unknown {
  if (!isRecord(payload)) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [
      key,
      Array.isArray(value) ? (value as readonly unknown[]).map((row) => spellOut(row, vendor, texts)) : value,
    ]),
  );
}

function spellOut(row: unknown, vendor: string, texts: Texts): unknown {
  if (!isRecord(row) || !Object.hasOwn(row, 'vendorTextKey')) return row;
  const { vendorTextKey, ...told } = row;
  const own = fieldOf(row, 'vendorText');
  const text = texts.vendorText(
    {
      ...(typeof vendorTextKey === 'string' ? { vendorTextKey } : {}),
      ...(typeof own === 'string' ? { vendorText: own } : {}),
    },
    vendor,
  );
  return { ...told, vendorText: text ?? null };
}

/** Whether the vendor took the command but did not do all of it. */
export function isPartial(payload: unknown): boolean {
  return isRecord(payload) && fieldOf(payload, 'ok') === false;
}
