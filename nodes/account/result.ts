/** What leaves an account node (contract, section 5). */
import type { NodeMessage } from 'node-red';
import type { Balance, Signature } from '../core/account';
import type { CancelOutcome, GatewayName } from '../engine/dispatcher';
import type { ErrorShape, Texts } from '../runtime/texts';

interface AccountSms {
  readonly gateway: string;
  readonly gatewayId: string;
  readonly vendor: string;
  readonly raw?: unknown;
}

export interface BalanceMessage extends NodeMessage {
  payload: number;
  sms: AccountSms & {
    readonly unit: Balance['unit'];
    /** Only where it is so. */
    readonly postpaid?: true;
    /** Only of a balance that has fallen below it. */
    readonly threshold?: number;
  };
}

export interface SignatureMessage extends NodeMessage {
  payload: string;
  sms: AccountSms;
}

export interface CancelledId {
  readonly id: string;
  readonly ok: boolean;
  readonly vendorCode?: string;
  readonly vendorText?: string;
  readonly error?: Pick<ErrorShape, 'code' | 'message' | 'retry'>;
}

export interface CancelMessage extends NodeMessage {
  payload: { readonly results: readonly CancelledId[] };
  sms: AccountSms;
}

/** `threshold`: what the balance has fallen below, where that is what the message says. */
export function balanceMessage(
  msg: NodeMessage,
  gateway: GatewayName,
  { amount, unit, postpaid, raw }: Balance,
  threshold?: number,
): BalanceMessage {
  return {
    ...msg,
    payload: amount,
    sms: {
      ...originOf(gateway),
      unit,
      ...(postpaid ? { postpaid } : {}),
      ...(threshold === undefined ? {} : { threshold }),
      raw,
    },
  };
}

export function signatureMessage(msg: NodeMessage, gateway: GatewayName, { text, raw }: Signature): SignatureMessage {
  return { ...msg, payload: text, sms: { ...originOf(gateway), raw } };
}

export function cancelMessage(
  msg: NodeMessage,
  gateway: GatewayName,
  { results, raw }: CancelOutcome,
  texts: Texts,
): CancelMessage {
  return {
    ...msg,
    payload: { results: results.map((result) => cancelled(result, gateway.vendor, texts)) },
    sms: { ...originOf(gateway), ...(raw === undefined ? {} : { raw }) },
  };
}

function cancelled({ id, failure }: CancelOutcome['results'][number], vendor: string, texts: Texts): CancelledId {
  if (!failure) return { id, ok: true };
  const { code, message, retry, vendorCode, vendorText } = texts.error(failure, vendor);
  return {
    ...{ id, ok: false },
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(vendorText === undefined ? {} : { vendorText }),
    error: { code, message, retry },
  };
}

function originOf({ id, name, vendor }: GatewayName): AccountSms {
  return { gateway: name, gatewayId: id, vendor };
}
