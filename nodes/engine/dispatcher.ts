/**
 * What nodes ask of the engine. Nodes hand over an order and later get its outcome; how orders wait, and where they are
 * kept, is behind this interface.
 */
import type { Failure } from '../core/failure';
import type { State } from '../core/state';

/** One text and its recipients, as written. */
export interface OrderItem {
  readonly text: string;
  readonly to: readonly string[];
}

/** A message to send. */
export interface Order {
  /** Our id of the message. */
  readonly key: string;
  /** Id of the node through which the outcome leaves. */
  readonly node: string;
  /** Ids of gateways, in the order in which they are tried. */
  readonly gateways: readonly string[];
  /** Several where it is a batch of different texts. */
  readonly items: readonly OrderItem[];
  /** Whether it is a batch, be it of one text. */
  readonly batch?: boolean;
  /** -128 to 127. */
  readonly priority: number;
  /** Epoch milliseconds before which it is not sent. */
  readonly at?: number;
  /** Milliseconds after which what is unsent expires; 0 = never. */
  readonly ttl: number;
  /** The caller's idempotency key. */
  readonly once?: string;
  /** When the outcome is out: once the vendor has accepted, or once the handset has confirmed. */
  readonly until: 'accepted' | 'delivered';
  /** Milliseconds, from the acceptance on, that `delivered` waits for a final report. */
  readonly deadline: number;
  /** Comes back with every report. */
  readonly ref?: unknown;
  /** Options of the message, not yet converted. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Comes back with the outcome, untouched. */
  readonly envelope: unknown;
}

/** How results name a gateway. */
export interface GatewayName {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
}

/** One request, as far as it concerned recipients that came to the same. */
export interface Attempt {
  readonly gateway: GatewayName;
  /** ISO 8601. */
  readonly at: string;
  readonly to: readonly string[];
  readonly state: State;
  readonly failure?: Failure;
}

export interface RecipientOutcome {
  /** As written. */
  readonly to: string;
  /** Index of the order's item. */
  readonly item: number;
  readonly state: State;
  /** The vendor's id, verbatim. */
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly failure?: Failure;
  /** The gateway at which it came to this. */
  readonly gateway?: GatewayName;
}

/** What became of an order: every recipient is in it. */
export interface Outcome {
  readonly key: string;
  readonly node: string;
  readonly items: readonly OrderItem[];
  readonly batch: boolean;
  readonly envelope: unknown;
  readonly until: Order['until'];
  readonly recipients: readonly RecipientOutcome[];
  readonly attempts: readonly Attempt[];
  /** The vendor's last answer. */
  readonly raw?: unknown;
}

/** A user's word on recipients that are in doubt. */
export interface Verdict {
  readonly key: string;
  readonly verdict: 'accepted' | 'failed' | 'resend';
  /** Recipients it is about; absent: all of them. */
  readonly to?: readonly string[];
  /** Where the outcome leaves, and what comes back with it. */
  readonly node: string;
  readonly envelope: unknown;
}

/**
 * `not-found`: no such message, or none of it is in doubt. `own-outcome`: an outcome comes to the node of the verdict, for
 * those whose order has come out. `first-outcome`: the order has not come out yet, and does, once, through its own node.
 */
export type VerdictTaken = 'not-found' | 'own-outcome' | 'first-outcome';

/** What came of something that was to be cancelled. */
export interface CancelResult {
  /** As it was given: the vendor's id, our key, or the caller's idempotency key. */
  readonly id: string;
  /** Absent where nothing of it will be sent any more. */
  readonly failure?: Failure;
}

export interface CancelOutcome {
  /** One for each that was given, in their order. */
  readonly results: readonly CancelResult[];
  /** The vendor's answer, where it was asked. */
  readonly raw?: unknown;
}

export interface Dispatcher {
  /** Takes an order. Its outcome comes to the sink of its node, once. Never throws. */
  send(order: Order): void;
  /** Never throws; a promise rejects with an `SmsError` of code `store-failed` where nobody could take the word. */
  settle(verdict: Verdict): VerdictTaken | Promise<VerdictTaken>;
  /**
   * Cancels what is not sent yet: what waits here leaves as `cancelled` through its own node, and what the vendor holds
   * until its time is taken back there. Never rejects.
   */
  cancel(gateway: string, ids: readonly string[]): Promise<CancelOutcome>;
  /**
   * Hands a node its outcomes, also those that came while nobody was there. Gives what detaches it. A sink that sends an
   * outcome on in a turn to come calls `later` before it does: what it gives tells then whether anybody is there to get it;
   * else the outcome comes again.
   */
  attachNode(id: string, sink: (outcome: Outcome, later: (hasLeft: () => boolean) => void) => void): () => void;
  /** Tells whether a gateway is paused because its account is refused: at once where it is, then at each change. */
  watchGateway(id: string, listener: (alarm: Failure | undefined) => void): () => void;
}
