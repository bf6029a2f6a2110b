/** What a gateway's own rules say of a message before anything is requested. */
import { convertOptions, type OptionValues } from '../core/option';
import { failure, failureOf, type Failure } from '../core/failure';
import { endOfSpan } from '../core/time';
import type { GatewayName } from './dispatcher';
import type { Gateway } from './gateway';
import type { Message, Recipient } from './message';

/** Messages of this priority and above ignore quiet hours and never wait for a paused account. */
export const URGENT = 100;

/** What a driver says; `otherwise` where it throws: a mistake in a driver must not lose a recipient. */
export function tolerate<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

/** The recipient wants nothing from the gateway's account. */
export const OPTED_OUT = failure('opted-out');

/** A driver that throws where it is asked about a message cannot carry it. */
const UNEXPECTED = failure('unsupported');

export function nameOf({ id, name, vendor }: GatewayName): GatewayName {
  return { id, name, vendor };
}

/** What the options come to for messages without options of their own, by gateway: for all of them the same. */
const common = new WeakMap<Gateway, OptionValues>();

function hasOptions({ order }: Message): boolean {
  return Object.keys(order.options).length > 0;
}

/** What `optionsFor` has found; before, and without a message, those of the gateway. */
export function optionsOf(message: Message | undefined, gateway: Gateway): OptionValues {
  if (!message) return gateway.options;
  return (hasOptions(message) ? message.optionsAt(gateway.id) : common.get(gateway)) ?? gateway.options;
}

/** The gateway's options with the message's over them, kept for later; or why they cannot be used. */
export function optionsFor(message: Message, gateway: Gateway): { options: OptionValues } | { failure: Failure } {
  const isCommon = !hasOptions(message);
  const known = isCommon ? common.get(gateway) : message.optionsAt(gateway.id);
  if (known) return { options: known };
  const { driver } = gateway;
  try {
    const own = convertOptions(driver.options, message.order.options, 'message');
    const merged = driver.mergeOptions?.(gateway.options, own) ?? { ...gateway.options, ...own };
    if (isCommon) common.set(gateway, merged);
    else message.setOptionsAt(gateway.id, merged);
    return { options: merged };
  } catch (error) {
    return { failure: failureOf(error, failure('invalid-message', 'options')) };
  }
}

/** Why the gateway cannot carry the recipient's message, by the vendor's rules. */
export class Inspection {
  readonly #texts = new Map<number, Failure | undefined>();
  readonly #all: Failure | undefined;

  constructor(
    readonly message: Message,
    readonly gateway: Gateway,
    readonly options: OptionValues,
  ) {
    this.#all = tolerate(() => gateway.account.checkMessage?.(options, message.recipients.length), UNEXPECTED);
  }

  refusalOf(recipient: Recipient): Failure | undefined {
    const { account } = this.gateway;
    if (this.#all) return this.#all;
    if (!this.#texts.has(recipient.item)) {
      this.#texts.set(recipient.item, this.#refusalOfText(this.message.textOf(recipient.item)));
    }
    return this.#texts.get(recipient.item) ?? tolerate(() => account.checkRecipient(recipient.number), UNEXPECTED);
  }

  #refusalOfText(text: string): Failure | undefined {
    const { account, driver } = this.gateway;
    if (text === '' && !tolerate(() => driver.capabilities.allowsEmptyText?.(this.options) === true, false)) {
      return failure('invalid-message', 'no-text', { field: 'text' });
    }
    return tolerate(() => account.checkText(text, this.options), UNEXPECTED);
  }
}

export interface Timing {
  /** Epoch milliseconds before which nothing is requested. */
  readonly notBefore: number;
  /** The time for the vendor to send at, where it is the vendor who waits. */
  readonly at?: number;
}

/** When a message may leave through a gateway. */
export function timingOf(message: Message, gateway: Gateway, now: number): Timing {
  const { order } = message;
  const options = optionsOf(message, gateway);
  const wanted = Math.max(order.at ?? 0, now);
  const quiet = gateway.quietHours && order.priority < URGENT ? gateway.quietHours : undefined;
  const due = quiet ? endOfSpan(wanted, quiet, gateway.timezone) : wanted;
  const { capabilities } = gateway.driver;
  const vendorWaits = due > now && order.at !== undefined && tolerate(() => capabilities.schedules(options), false);
  return vendorWaits ? { notBefore: now, at: due } : { notBefore: due };
}
