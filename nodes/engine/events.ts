/**
 * What nodes ask of the engine about what comes back: reports and inbound SMS, however the vendor hands them over. A node
 * listens at a gateway; the engine polls, takes pushes, and tells each listener each event once.
 */
import type { Failure } from '../core/failure';
import type { Inbound } from '../core/inbound';
import type { State } from '../core/state';
import type { EventKind, Push, PushRead } from '../vendors/driver';
import type { GatewayName } from './dispatcher';

/** What became of one recipient, as far as it is new. */
export interface ReportEvent {
  /** The gateway that the SMS went through, where it is known. */
  readonly gateway?: GatewayName;
  /** The vendor's id; blank where none is known. */
  readonly id: string;
  /** The recipient: as it was written where the message is known, else as the vendor writes it. */
  readonly to?: string;
  readonly state: State;
  /** Nothing more is to be expected of it. */
  readonly final: boolean;
  /** Epoch milliseconds: the vendor's time, or when it was learnt where the vendor tells none. */
  readonly at: number;
  readonly line?: string;
  /** How many parts a long SMS was taken as, where the vendor gives each an id. */
  readonly parts?: number;
  readonly vendorCode?: string;
  readonly vendorText?: string;
  readonly vendorTextKey?: string;
  readonly failure?: Failure;
  /** The send that it belongs to, where that is known. */
  readonly message?: {
    readonly key: string;
    readonly text: string;
    /** Epoch milliseconds. */
    readonly sentAt: number;
    readonly ref?: unknown;
  };
  /** The vendor's record; absent where nothing was reported yet. */
  readonly raw?: unknown;
}

/** An inbound SMS whose id and time are filled in where the vendor tells none. */
export type InboundEvent = Inbound & { readonly id: string; readonly at: number };

/** A push as a whole, as it came and as it was read. */
export interface PushEvent {
  readonly push: Push;
  readonly read: PushRead;
}

export interface EventOf {
  readonly reports: ReportEvent;
  readonly inbound: InboundEvent;
  readonly pushes: PushEvent;
}

export type Told = keyof EventOf;

/** A node that wants to know. */
export interface Listener<Kind extends Told> {
  /** Id of the node. */
  readonly node: string;
  /** Id of the gateway node. */
  readonly gateway: string;
  /** Seconds between polls; absent: as the vendor recommends; 0: this node is content with what is pushed. */
  readonly interval?: number;
  /** Must not throw. Absent: the node asks for events, so that others get them, and wants none itself. */
  readonly receive?: (event: EventOf[Kind]) => void;
  /**
   * What the node sends on leaves it in a turn to come. Called before events are handed over; what it gives is asked right
   * before they leave, whether anybody is there to get them: else they come again. Neither must throw. Absent: it has an
   * event as soon as it was handed over.
   */
  readonly leaving?: () => () => boolean;
  /** Polling fails, and why; nothing: it works again. Must not throw. */
  readonly trouble?: (reason: Failure | undefined) => void;
  /** Records that make no sense came with an answer to a poll. Must not throw. */
  readonly unreadable?: (records: readonly unknown[]) => void;
  /** More is sent than the reports that can be fetched: `perDay` is the most. Said once a day. Must not throw. */
  readonly outrun?: (perDay: number) => void;
}

/** What became of a push. */
export type PushTaken =
  | { readonly outcome: 'taken'; readonly read: PushRead; readonly answer: string }
  /** It is none of the vendor's. */
  | { readonly outcome: 'unreadable' }
  /** The gateway is missing or broken, or there is no room: the vendor should push again later. */
  | { readonly outcome: 'not-stored' };

/** Which sends are asked for. */
export interface SendQuery {
  /** Our id of the message. */
  readonly key?: string;
  /** The vendor's id. */
  readonly id?: string;
  /** Only these of its recipients, as written. */
  readonly to?: readonly string[];
}

export interface EventHub {
  /**
   * Tells a node of every event from now on. Gives what ends that: `removed` says that the node does not come back; else
   * its events wait for the instance that follows it.
   */
  listen<Kind extends Told>(kind: Kind, listener: Listener<Kind>): (removed: boolean) => void;
  /**
   * Takes a push to a gateway. `node`: the one that is told of the push as a whole; absent: all of the account that listen
   * for that. Never rejects.
   */
  takePush(gateway: string, push: Push, node?: string): Promise<PushTaken>;
  /** Polls as soon as the vendor bears it. Resolves when that is done, with what went wrong. Never rejects. */
  pollNow(gateway: string, kind: EventKind): Promise<Failure | undefined>;
  /**
   * What is known of sends through the gateway's account; none where they are unknown. A promise rejects with an `SmsError`
   * of code `store-failed` where nobody could be asked.
   */
  find(gateway: string, query: SendQuery): ReportEvent[] | Promise<ReportEvent[]>;
}
