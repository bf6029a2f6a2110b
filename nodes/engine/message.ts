/** A message on its way: what the engine knows of it and of each recipient. */
import { RETRY, type Failure } from '../core/failure';
import type { OptionValues } from '../core/option';
import { cleanNumber } from '../core/recipient';
import type { State } from '../core/state';
import type { Expiring } from './deadlines';
import type { Attempt, GatewayName, Order, RecipientOutcome } from './dispatcher';
import type { ReportEvent } from './events';
import type { OnceRecord } from './once';

/** Attempts that a message keeps: the first, which shows how it began, and the latest. */
const MOST_ATTEMPTS = 100;

/** Most recipients have none: one array for all of them, for there are very many. */
const NONE: readonly never[] = [];
const PATHS: (readonly number[])[] = [];

/** A request, as it was written down before it was made. */
export interface Intent {
  readonly gateway: GatewayName;
  /** Key of the account that was asked. */
  readonly account: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The first of the ids that we chose for it; absent where the vendor chooses. */
  readonly first?: number;
  /** The run of the device to which it went, where that is known. */
  readonly run?: string;
}

/** A request that may have been accepted. */
export interface Doubt {
  readonly failure: Failure;
  readonly gateway: GatewayName;
  readonly intent?: Intent;
  /** The id that we chose for the recipient. */
  readonly clientId?: number;
  /** One before it that may have been accepted as well. */
  readonly earlier?: Doubt;
}

export class Recipient {
  state: State = 'queued';
  /** It has its outcome. */
  settled = false;
  id?: string;
  ids?: readonly string[];
  failure?: Failure;
  gateway?: GatewayName;
  /** Positions in the order's gateways that are still to be tried in this round; the first is the current one. */
  path: readonly number[];
  /** Positions that may work in a later round. */
  later: readonly number[] = NONE;
  /** Positions passed over because their account is paused. */
  paused: readonly number[] = NONE;
  /** Rounds begun after the first. */
  rounds = 0;
  /** Epoch milliseconds before which a vendor does not want to be asked again. */
  retryAt = 0;
  /**
   * Most recipients in a request that it is part of: a larger one was refused because of one of them, nobody knows which.
   * Absent: as many as the vendor takes.
   */
  together?: number;
  /** Requests repeated although the one before may have been accepted. */
  resends = 0;
  /** The last request that may have been accepted: whatever comes after it, the recipient has not failed for certain. */
  doubt?: Doubt;
  /** The last request. */
  intent?: Intent;
  /** The id that we chose for it in the last request. */
  clientId?: number;
  /** Each takes back that a report may show one of its requests in doubt to have been accepted. */
  marks: readonly (() => void)[] = NONE;
  /** What is known under the order's idempotency key; not as long as another order cares for that. */
  once?: OnceRecord;
  /** The order waits for the report on what another one with the same idempotency key has sent, and that one's outcome. */
  awaited?: { readonly once: OnceRecord; readonly outcome: RecipientOutcome | undefined };
  /** Another order with the same idempotency key sends to it: it has no time limit of its own. */
  following = false;
  /** Epoch milliseconds at which the vendor is to send it, where it is the vendor who waits. */
  due?: number;
  /** Ends the wait for evidence about a send in doubt. */
  cancelDoubt?: () => void;
  /** The vendor has it, and its order waits until the handset confirms. Ends that wait. */
  endWait?: () => void;
  /** What was sent to it stays known for long; ends that it is known with it, and with it the message. */
  endWatch?: () => void;
  /** It counts among those that wait to be sent. */
  counted = false;
  /** In which state it ends where no gateway is left: the vendor reported one of them, or all refused it. */
  lastState: 'rejected' | 'undelivered' = 'rejected';
  /** Epoch milliseconds at which the vendor had it, where its order waits for the handset. */
  sentAt?: number;
  /** It was in doubt, and the user's word on it has an outcome of its own. */
  isSettledElsewhere = false;

  constructor(
    readonly message: Message,
    /** Its place in the message. */
    readonly index: number,
    readonly item: number,
    /** As written. */
    readonly to: string,
    /** Digits with an optional `+`; blank where it is no number. */
    readonly number: string,
  ) {
    this.path = pathOf(message.order.gateways.length);
  }

  /** Id of the current gateway; nothing where none is left in this round. */
  get gatewayId(): string | undefined {
    return this.message.order.gateways[this.path[0] ?? -1];
  }

  /** Takes a mark back: the last one where none is named. */
  unmark(mark = this.marks.at(-1)): void {
    mark?.();
    this.marks = this.marks.filter((each) => each !== mark);
  }

  /** Notes that the current gateway did not accept, and goes on to the next one of this round, if there is one. */
  passOn(failure: Failure, gateway?: GatewayName): boolean {
    const position = this.skip();
    if (position !== undefined && RETRY[failure.code] === 'later') this.later = [...this.later, position];
    this.failure = failure;
    this.gateway = gateway ?? this.gateway;
    return this.path.length > 0;
  }

  /** Goes on to the next gateway of this round. Gives the position of the one that is left. */
  skip(): number | undefined {
    const [position] = this.path;
    this.path = this.path.slice(1);
    return position;
  }

  /** Passes over the current gateway, whose account is paused. */
  passOver(failure: Failure, gateway: GatewayName): boolean {
    const position = this.skip();
    if (position !== undefined) this.paused = [...this.paused, position];
    this.failure ??= failure;
    this.gateway ??= gateway;
    return this.path.length > 0;
  }

  /** Starts another round with the gateways that may work now. */
  startOver(): void {
    this.rounds++;
    this.path = [...this.later, ...this.paused, ...this.path].sort((a, b) => a - b);
    this.later = NONE;
    this.paused = NONE;
  }

  /** Keeps to the current gateway: what may have been accepted is asked for again there and nowhere else. */
  stay(): void {
    this.path = this.path.slice(0, 1);
    this.later = NONE;
    this.paused = NONE;
  }

  /** Takes the way again from the gateway at which it came into doubt, which is settled now. */
  goOn(): void {
    const [current = 0] = this.path;
    this.path = pathOf(this.message.order.gateways.length).slice(current);
    this.doubt = undefined;
  }

  /** Nobody knows whether its last request was accepted. Gives whether that is new. */
  comeIntoDoubt(failure: Failure, gateway: GatewayName): boolean {
    const { intent, clientId, doubt } = this;
    const isKnown = doubt !== undefined && isSame(doubt.intent, intent);
    const earlier = isKnown ? doubt.earlier : (doubt?.earlier ?? doubt);
    this.doubt = {
      failure,
      gateway,
      ...(intent ? { intent } : {}),
      ...(clientId === undefined ? {} : { clientId }),
      ...(earlier ? { earlier } : {}),
    };
    this.showDoubt();
    return !isKnown;
  }

  /** Shows again what is in doubt, whatever came after it. */
  showDoubt(): void {
    if (!this.doubt) return;
    const { failure, gateway } = this.doubt;
    Object.assign(this, { state: 'in-doubt', failure, gateway });
  }

  /** What became of the request in doubt is known. */
  leaveDoubt(): void {
    this.doubt = this.doubt?.earlier;
  }

  /** It is at the vendor, or may be: nothing that is done here keeps it from being sent. */
  get isOut(): boolean {
    return this.state === 'sending' || this.state === 'in-doubt' || this.endWait !== undefined;
  }

  /** Whom to tell of what was sent to it now; nothing reaches it any more once it has its outcome. */
  watcher(tell: (recipient: Recipient, event: ReportEvent) => void): (event: ReportEvent) => void {
    this.endWatch?.();
    const link: { recipient?: Recipient } = { recipient: this };
    this.endWatch = () => {
      link.recipient = undefined;
    };
    return (event) => {
      if (link.recipient) tell(link.recipient, event);
    };
  }

  get outcome(): RecipientOutcome {
    const { to, item, state, id, ids, failure, gateway } = this;
    return {
      to,
      item,
      state,
      ...(id === undefined ? {} : { id }),
      ...(ids === undefined ? {} : { ids }),
      ...(failure ? { failure } : {}),
      ...(gateway ? { gateway } : {}),
    };
  }
}

/** Positions of so many gateways. One array for all recipients that have as many. */
function pathOf(count: number): readonly number[] {
  return (PATHS[count] ??= Array.from({ length: count }, (_, index) => index));
}

function isSame(one: Intent | undefined, other: Intent | undefined): boolean {
  return one?.at === other?.at && one?.account === other?.account;
}

/** Which recipient of an order is meant. */
export interface RecipientName {
  /** Index of the order's item. */
  readonly item: number;
  /** As written. */
  readonly to: string;
}

export class Message implements Expiring {
  recipients: readonly Recipient[] = NONE;
  attempts: readonly Attempt[] = NONE;
  raw?: unknown;
  /** Recipients without an outcome. */
  open = 0;
  expiryPlace = -1;
  /** The order's options, converted for each gateway. Made where there are some, for most messages have none. */
  #options?: Map<string, OptionValues>;
  /** Keys of the accounts that refused it as a whole. */
  #refusedBy?: Set<string>;

  /** Its outcome is with the flow; it is remembered for what is in doubt of it. */
  isOut = false;

  constructor(
    readonly order: Order,
    /** Epoch milliseconds at which it was handed in. */
    readonly since: number,
    /** It is about these recipients of the order and no others. */
    readonly only?: readonly RecipientName[],
  ) {}

  /** Adds the recipients that the message is about. */
  addAll(): readonly Recipient[] {
    const named =
      this.only ??
      this.order.items.flatMap(({ to }, item) => to.map((written): RecipientName => ({ item, to: written })));
    this.recipients = named.map(({ item, to }, index) => new Recipient(this, index, item, to, cleanNumber(to) ?? ''));
    this.open = this.recipients.length;
    return this.recipients;
  }

  /** The options of its own, over those of a gateway; nothing where it has none, or they are not known yet. */
  optionsAt(gateway: string): OptionValues | undefined {
    return this.#options?.get(gateway);
  }

  setOptionsAt(gateway: string, options: OptionValues): void {
    (this.#options ??= new Map()).set(gateway, options);
  }

  /** An account refused it as a whole: it does not wait until that works again. */
  noteRefusalBy(account: string): void {
    (this.#refusedBy ??= new Set()).add(account);
  }

  isRefusedBy(account: string): boolean {
    return this.#refusedBy?.has(account) ?? false;
  }

  textOf(item: number): string {
    return this.order.items[item]?.text ?? '';
  }

  /** Epoch milliseconds; Infinity where it never expires. */
  get expiresAt(): number {
    const { ttl, at = 0 } = this.order;
    return ttl > 0 ? Math.max(this.since, at) + ttl : Infinity;
  }

  /** Its time is over: what is not sent by now is not sent any more. */
  isOver(now: number): boolean {
    return now >= this.expiresAt;
  }

  note(attempt: Attempt): void {
    const kept = this.attempts.length < MOST_ATTEMPTS ? this.attempts : this.attempts.toSpliced(1, 1);
    this.attempts = [...kept, attempt];
  }
}
