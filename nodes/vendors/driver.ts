/**
 * The one interface that every vendor implements. A driver turns a send into the vendor's wire format and the vendor's
 * answer into outcomes. It holds no queue, no retry and no storage: those are the engine's. It is pure but for the HTTP
 * call, the clock and the id counter that it is handed.
 */
import type { AccountCall, Balance, CancelAnswer, Signature } from '../core/account';
import type { CommandAnswer, CommandRequest, CommandSpec } from '../core/command';
import type { Failure } from '../core/failure';
import type { Inbound } from '../core/inbound';
import type { OptionSpec, OptionValues } from '../core/option';
import type { DeviceStatus } from '../core/port-status';
import type { Report } from '../core/report';

export type { Attachment, OptionSpec, OptionValues } from '../core/option';

/** One HTTP request to the vendor. Redirects are not followed. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A complete HTTP answer, whatever its status. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * Calls the vendor. Rejects with an `SmsError` of code `network` where nothing can have reached the vendor, and of code
 * `no-answer` where the request may have reached it and no complete answer came. A driver lets both pass.
 */
export type HttpCall = (request: HttpRequest) => Promise<HttpAnswer>;

/** What a gateway of this vendor asks for. */
export interface AccountFields {
  /** `required`: the user must fill it; else the address that a blank one stands for, shown in the dialog. */
  readonly url: { readonly required: true } | { readonly required: false; readonly placeholder: string };
  readonly credentials: readonly ('accountId' | 'username' | 'password')[];
}

export interface Capabilities {
  /** Most recipients in one request; `options` are those of the request. */
  recipientsPerRequest(options: OptionValues): number;
  /** Whether one request may carry different texts. */
  readonly batch: boolean;
  /** Whether a message of these options needs no text. Absent: every message needs one. */
  allowsEmptyText?(options: OptionValues): boolean;
  /** Names the line, or lines, that these options ask for; nothing where they ask for none. Absent: there are no lines. */
  lineOf?(options: OptionValues): string | undefined;
  /** Whether, under these options, the vendor is to hold a message until its time. */
  schedules(options: OptionValues): boolean;
  /**
   * Whom an id that the client chooses is for, under these options: one recipient, or all recipients of one text. Absent:
   * the vendor makes the ids.
   */
  clientIds?(options: OptionValues): 'recipient' | 'item';
  /** Requests in flight unless the gateway says otherwise. */
  readonly defaultWindow: number;
  /** Seconds to wait for an answer unless the gateway says otherwise. */
  readonly defaultTimeout: number;
  /** What a push is answered once it is stored. Absent: the vendor pushes nothing. */
  readonly pushAnswer?: string;
  /** Most characters of the URL that is entered for pushes. Absent: any. */
  readonly longestPushUrl?: number;
}

/** One vendor account or device, as the gateway node describes it. Everything resolved, nothing left to look up. */
export interface AccountConfig {
  /** As the user typed it; blank where the vendor's default is meant. */
  readonly url: string;
  readonly accountId: string;
  readonly username: string;
  readonly password: string;
  /** The gateway's options, converted, defaults filled in. */
  readonly options: OptionValues;
  /** IANA zone of the vendor's wall-clock times. */
  readonly timezone: string;
  /** Country code without `+`. */
  readonly country: string;
}

/** What a driver is handed. */
export interface DriverIo {
  readonly http: HttpCall;
  /** Epoch milliseconds. */
  now(): number;
  /** Reserves `count` ids, never given before at this address, and gives the first; they rise by one up to 2^31-1. */
  nextIds(count: number): Promise<number>;
  /** Says something to the user that is no failure, once per key: the key of a sentence below `vendors.<vendor>.notices`. */
  notice(key: string, params?: Readonly<Record<string, string | number>>): void;
}

/** One text and whom it goes to. Numbers are cleaned: digits with an optional `+`. */
export interface SendItem {
  readonly text: string;
  readonly to: readonly string[];
}

export interface SendRequest {
  /** One item, or several where the vendor has `batch`. */
  readonly items: readonly SendItem[];
  /** The gateway's options overlaid by the message's. */
  readonly options: OptionValues;
  /**
   * Ids that the caller chose and wrote down, where the vendor has `clientIds`: one for each recipient, in the order of
   * `items` and of `to` within them, never given before at this address; the recipients of one text have the same where
   * it is for the `item`. What the vendor then refuses as `duplicate-id` was certainly not taken, and may go again under
   * other ids. Absent: the driver reserves ids, and others where the vendor knows them.
   */
  readonly ids?: readonly number[];
  /** Epoch milliseconds at which the vendor is to send; only where the vendor `schedules`. */
  readonly at?: number;
  /** Somebody wants to know what becomes of the message. */
  readonly wantReports: boolean;
  /** Where the device is to push what it learns, where there is a webhook. */
  readonly callbackUrl?: string;
}

/** What one recipient came to. */
export type RecipientResult =
  | { readonly state: 'accepted' | 'scheduled'; readonly id: string; readonly ids?: readonly string[] }
  | { readonly state: 'rejected'; readonly failure: Failure }
  | { readonly state: 'in-doubt'; readonly failure: Failure };

export interface SendAnswer {
  /** One result for each recipient, in the order of `items` and of `to` within them. */
  readonly results: readonly RecipientResult[];
  /** The vendor refused the request as one, and so took nothing of it, be it because of one recipient. */
  readonly isRefused?: boolean;
  /** The vendor's answer: parsed where it could be, else its text. */
  readonly raw: unknown;
  /**
   * The same answer with no more than what is about some of the recipients, by their places in `results`: what others sent
   * in the same request is not for everybody. Absent where the answer says nothing of single ones.
   */
  readonly rawFor?: (places: readonly number[]) => unknown;
}

/** A send of which nobody knows whether the vendor took it. */
export interface Unsettled {
  /** As it was sent. Recipients of whom more is known by now, and whole texts, may be left out. */
  readonly request: SendRequest & Required<Pick<SendRequest, 'ids'>>;
  /** What `currentRun` gave before it was sent for the first time; absent where it gave nothing. */
  readonly run?: string;
}

export interface SettleAnswer extends SendAnswer {
  /** Whether what is still in doubt may be settled by asking once more, later. */
  readonly askAgain: boolean;
}

/** What a push, or the answer to a poll, tells. */
export interface Events {
  readonly reports: readonly Report[];
  readonly inbound: readonly Inbound[];
  readonly devices: readonly DeviceStatus[];
  /** Records beside them that make no sense, as they came. */
  readonly unreadable: readonly unknown[];
}

/** What a vendor or device sent to a webhook, byte for byte. */
export interface Push {
  readonly method: 'GET' | 'POST';
  /** What follows the webhook's own path: blank, or `/report`. */
  readonly path: string;
  /** The query as it stands in the URL, without `?`. */
  readonly query: string;
  /** Blank where the header is missing. */
  readonly contentType: string;
  readonly body: Buffer;
}

export interface PushRead extends Events {
  /** What kind of push it is, in the document's word for it. */
  readonly type: string;
}

/** Which events a source gives. */
export type EventKind = 'reports' | 'inbound';

/** Where a poll goes on. */
export interface Position {
  /** What the last page left; absent at the first poll. */
  readonly cursor?: string;
  /** The id that is asked for, where the source is `perId`. */
  readonly id?: string;
}

export interface Page extends Events {
  /** Where the next poll goes on; absent where that makes no difference. */
  readonly cursor?: string;
  /** The vendor has more than fits into one answer. */
  readonly more: boolean;
}

/** A call that fetches events. */
export interface Source {
  /** Tells it from the account's other sources: the document's name of the call. */
  readonly name: string;
  readonly gives: readonly EventKind[];
  /** Seconds from one poll to the next: unless the user asks for another pace, and what the vendor bears at most. */
  readonly interval: { readonly default: number; readonly least: number };
  /** It is asked for each id that has no final report yet, and for nothing else. */
  readonly perId: boolean;
  /** Set where what was fetched is gone at the vendor: most records of an answer, and hours that the vendor keeps them. */
  readonly once?: { readonly page: number; readonly hours?: number };
  /** One request. Rejects as `send` does. */
  fetch(position: Position): Promise<HttpAnswer>;
  /** Reads its answer, or says why there is nothing to read. Never throws. */
  read(answer: HttpAnswer, position: Position): Page | Failure;
}

/** An account that is ready to be called. */
export interface Account {
  /**
   * One request. Never rejects for what a vendor answers: whatever is not a definite accept or a definite refusal is
   * `in-doubt`. Rejects only with what `http` rejected with, or with what is certain to have kept the request from being
   * made: a session that the vendor refused to open, or a question before it that got no answer.
   */
  send(request: SendRequest): Promise<SendAnswer>;
  /**
   * Names the run of the device: from one start to the next, for as long as it remembers the ids that it was given. To be
   * written down with the ids before a send. It is not asked each time, so the name may be that of a run which has just
   * ended, but never that of one which begins after the call: a send is then in doubt for longer, and never twice.
   * Nothing where it cannot be learned. Never rejects.
   */
  currentRun?(): Promise<string | undefined>;
  /**
   * Asks the vendor once more for what may have been taken before, under the same ids: it takes what had not come, and says
   * of the rest that it knows it. So this may send, and is for messages that may still go out now. It is not for one of
   * which something was reported: that was taken, and the vendor may have forgotten it by now. `accepted`: it was taken,
   * then or now. `rejected`: it was taken neither then nor now. All else is still `in-doubt`; nothing is sent where the
   * device is not certain to be in the run that it was in. Never rejects. Absent: the vendor would send twice.
   */
  settle?(unsettled: Unsettled): Promise<SettleAnswer>;
  /**
   * Looks at the options of a message to so many recipients before anything is sent, and says what would go wrong.
   * Absent: nothing depends on how many they are.
   */
  checkMessage?(options: OptionValues, recipients: number): Failure | undefined;
  /** Looks at a text and its options before anything is sent, and says what the vendor would refuse. */
  checkText(text: string, options: OptionValues): Failure | undefined;
  /**
   * Whether a text may share a request with other texts, where the vendor has `batch`; one that may not goes in a
   * request of its own. Absent: every text may.
   */
  batchable?(text: string, options: OptionValues): boolean;
  /** Looks at a number before anything is sent, and says what the vendor would refuse. */
  checkRecipient(to: string): Failure | undefined;
  /** A harmless call that shows whether the account works again: nothing, or why it still does not. */
  probe(): Promise<Failure | undefined>;
  /** Reads a push; nothing where it is none of the vendor's. Never throws. Absent: the vendor pushes nothing. */
  readPush?(push: Push): PushRead | undefined;
  /** The calls that fetch events. Absent: there are none. */
  readonly sources?: readonly Source[];
  /**
   * What is left to spend. These calls, like `run`, reject with an `SmsError` for what the vendor refuses or cannot be
   * read, and with what `http` rejected with. Absent, each: the vendor has no such call.
   */
  balance?(): Promise<Balance>;
  signature?(): Promise<Signature>;
  /** Cancels SMS that the vendor holds for later, by its ids. */
  cancel?(ids: readonly string[]): Promise<CancelAnswer>;
  /** Runs a command that the driver lists, with arguments that were converted by its spec. */
  run?(command: string, request: CommandRequest): Promise<CommandAnswer>;
}

export interface Driver {
  readonly id: string;
  readonly capabilities: Capabilities;
  readonly fields: AccountFields;
  readonly options: readonly OptionSpec[];
  /** Commands to the device or its lines. Absent: there are none. */
  readonly commands?: readonly CommandSpec[];
  /** Which of these its accounts have, so that the editor offers them before an account is opened. Absent: none. */
  readonly accountCalls?: readonly AccountCall[];
  /** Options of one message over those of its gateway, where it is more than "the message's wins". */
  mergeOptions?(gateway: OptionValues, message: OptionValues): OptionValues;
  /**
   * Where all calls go, in one form however the user wrote it: gateways with one address and one login are one account.
   * Absent: the URL as it was typed. Throws an `SmsError` of code `invalid-config` that names the field.
   */
  address?(config: AccountConfig): string;
  /** Makes an account of its configuration. Throws an `SmsError` of code `invalid-config` that names the field. */
  open(config: AccountConfig, io: DriverIo): Account;
}
