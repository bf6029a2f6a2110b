/** What waits in the lane of an account, and what of it goes into one request. */
import type { Gateway } from './gateway';
import type { Message, Recipient } from './message';
import { optionsOf, tolerate } from './routing';
import type { Alike } from './same-text';

/** Jobs of one text that are looked at in vain, because their recipients are in the request already. */
const MOST_IN_VAIN = 20;

/** Recipients of one message that wait for the same gateway. */
export class Job {
  readonly priority: number;
  readonly alike?: Alike;
  /** The line that its message wants, where it wants one. */
  readonly line?: string;
  /** Those before it have been taken. */
  #next = 0;

  constructor(
    readonly message: Message,
    readonly gatewayId: string,
    readonly recipients: readonly Recipient[],
    { alike, line }: { readonly alike?: Alike | undefined; readonly line?: string | undefined } = {},
  ) {
    this.priority = message.order.priority;
    if (alike) this.alike = alike;
    if (line !== undefined) this.line = line;
  }

  /** How many still wait, those at its head that have their outcome left out. */
  get waiting(): number {
    while (this.recipients[this.#next]?.settled) this.#next++;
    return this.recipients.length - this.#next;
  }

  get isTaken(): boolean {
    return this.waiting === 0;
  }

  /** All that were not taken. */
  get rest(): readonly Recipient[] {
    return this.recipients.slice(this.#next);
  }

  /** Takes those at its head that have no outcome, as long as `fits` says so. */
  take(fits: (recipient: Recipient) => boolean): void {
    for (; this.#next < this.recipients.length; this.#next++) {
      const recipient = this.recipients[this.#next];
      if (recipient && !recipient.settled && !fits(recipient)) return;
    }
  }
}

/**
 * A job for recipients of a message. Where the vendor takes several recipients of one text, they may leave together with
 * those of other messages: unless the vendor is to wait with them, or knows the text by an id of ours.
 */
export function jobOf(gateway: Gateway, message: Message, recipients: readonly Recipient[]): Job {
  const { capabilities } = gateway.driver;
  const line = tolerate(() => capabilities.lineOf?.(optionsOf(message, gateway)), undefined);
  return new Job(message, gateway.id, recipients, { alike: alikeOf(gateway, message), line });
}

function alikeOf(gateway: Gateway, message: Message): Alike | undefined {
  const { items, at, options } = message.order;
  const [item] = items;
  if (!item || items.length > 1 || at !== undefined) return undefined;
  const { capabilities } = gateway.driver;
  const merged = optionsOf(message, gateway);
  if (tolerate(() => capabilities.clientIds?.(merged), 'item') === 'item') return undefined;
  if (mostPerRequest(gateway, message) === 1) return undefined;
  if (Object.keys(options).length === 0) return { kind: gateway.id, text: item.text };
  const own = tolerate(() => JSON.stringify(options), undefined);
  return own === undefined ? undefined : { kind: `${gateway.id} ${own}`, text: item.text };
}

/** Most recipients in one request. */
export function mostPerRequest(gateway: Gateway, message: Message): number {
  const { capabilities } = gateway.driver;
  const most = tolerate(() => capabilities.recipientsPerRequest(optionsOf(message, gateway)), 1);
  return most >= 1 ? most : 1;
}

/**
 * Takes from a job what goes into one request, at most `allowed`: all of one text, unless the vendor takes several at once;
 * and what else waits with the same text, in `others`. No number that is in it already, for vendors tell results by number.
 */
export function takeRequest(job: Job, gateway: Gateway, allowed: number, others: Iterable<Job>): Recipient[] {
  const { message } = job;
  const { driver, account } = gateway;
  const options = optionsOf(message, gateway);
  let most = Math.min(allowed, mostPerRequest(gateway, message));
  const mixes = ({ item }: Recipient): boolean =>
    driver.capabilities.batch && tolerate(() => account.batchable?.(message.textOf(item), options), false) !== false;
  const taken: Recipient[] = [];
  const add = (recipient: Recipient): boolean => {
    const together = Math.min(most, recipient.together ?? most);
    if (taken.length >= together) return false;
    most = together;
    taken.push(recipient);
    return true;
  };
  job.take((recipient) => {
    const [first] = taken;
    if (first && first.item !== recipient.item && !(mixes(first) && mixes(recipient))) return false;
    return add(recipient);
  });
  if (!job.alike || taken.length >= most || !job.isTaken) return taken;
  const numbers = new Set(taken.map(({ number }) => number));
  let inVain = 0;
  for (const other of others) {
    if (taken.length >= most || inVain > MOST_IN_VAIN) break;
    const before = taken.length;
    other.take((recipient) => {
      if (numbers.has(recipient.number) || !add(recipient)) return false;
      numbers.add(recipient.number);
      return true;
    });
    inVain = taken.length === before ? inVain + 1 : 0;
  }
  return taken;
}
