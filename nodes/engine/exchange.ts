/** One exchange with a vendor: what is written down before it, what is asked, and what is told of its answer. */
import { ownTurn } from '../core/turns';
import type { RecipientResult } from '../vendors/driver';
import type { Deliveries } from './deliveries';
import type { Attempt } from './dispatcher';
import type { ReportEvent } from './events';
import type { Gateway } from './gateway';
import { alike, beginsItem, groupBy } from './grouping';
import type { Message, Recipient } from './message';
import type { OrderLog } from './order-log';
import { ask, askAgain, factsOf, takeIds, type RequestParts } from './request';
import { nameOf, optionsOf, tolerate } from './routing';

/**
 * How many ids are left out before each try. An id that the vendor knows from somebody else was certainly not taken, so
 * the message may go again at once under another. The steps grow: whoever used the id may have used the next ones too.
 */
const SKIPPED: readonly number[] = [0, 0, 1_000, 100_000];

/** Recipients of a request whose answer keeps all else waiting for a noticeable time. */
const MANY = 20;

/** Ids that we chose for a request. */
export interface ChosenIds {
  readonly first: number;
  readonly byRecipient: ReadonlyMap<Recipient, number>;
  /** The run of the device, as far as it is known. */
  readonly run?: string;
}

/** Recipients of a request that came to the same. */
export interface Answered {
  readonly result: RecipientResult;
  readonly concerned: readonly Recipient[];
}

export interface SendAnswered {
  readonly answers: readonly Answered[];
  /** The vendor knew their ids, and did not take them: they are to go again under others. */
  readonly again: readonly Recipient[];
  /** The vendor refused the request as one. */
  readonly isRefused: boolean;
  /** To be called once the answers are applied: what was reported before comes out then. */
  readonly release: () => void;
}

export interface SettleAnswered extends Pick<SendAnswered, 'answers' | 'release'> {
  readonly askAgain: boolean;
}

export class Exchanges {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly log: OrderLog,
    /** Tells what is reported of a recipient. */
    private readonly tell: (recipient: Recipient, event: ReportEvent) => void,
  ) {}

  note(message: Message, attempt: Attempt): void {
    message.note(attempt);
    this.log.noteAttempt(message, attempt);
  }

  /**
   * Chooses the ids of a request, where the vendor wants them from us. `tried`: tries before whose ids the vendor knew.
   * Rejects with an `SmsError` where none are to be had.
   */
  choose(gateway: Gateway, recipients: readonly Recipient[], tried: number): Promise<ChosenIds> | undefined {
    const { capabilities } = gateway.driver;
    const options = optionsOf(recipients[0]?.message, gateway);
    const whom = tolerate(() => capabilities.clientIds?.(options), undefined);
    if (whom === undefined) return undefined;
    let count = 0;
    const places = recipients.map((recipient, index) => {
      if (whom === 'recipient' || beginsItem(recipient, recipients[index - 1])) count++;
      return count - 1;
    });
    return this.#reserve(gateway, SKIPPED[tried] ?? 0, count, (first) => {
      return new Map(recipients.map((recipient, index) => [recipient, first + (places[index] ?? 0)]));
    });
  }

  /** Writes down what is about to be asked. Rejects with an `SmsError` where that is not possible. */
  writeDown(
    gateway: Gateway,
    recipients: readonly Recipient[],
    due: number | undefined,
    chosen: ChosenIds | undefined,
  ): Promise<void> {
    const { first, run, byRecipient } = chosen ?? {};
    const intent = {
      gateway: nameOf(gateway),
      account: gateway.accountKey,
      at: Date.now(),
      ...(first === undefined ? {} : { first }),
      ...(run === undefined ? {} : { run }),
    };
    for (const recipient of recipients) {
      Object.assign(recipient, { state: 'sending', due, intent, clientId: byRecipient?.get(recipient) });
      this.log.touch(recipient);
    }
    return this.log.saved();
  }

  /** Asks the vendor to send. `tried` is as in `choose`. Never rejects. */
  async send(
    gateway: Gateway,
    recipients: readonly Recipient[],
    at: number | undefined,
    tried: number,
  ): Promise<SendAnswered> {
    const since = Date.now();
    const record = this.deliveries.begin(gateway);
    const { results, isRefused = false } = await ask(gateway, recipients, this.#parts(gateway, recipients, at));
    // Answers to many such requests may come at once.
    if (recipients.length >= MANY) await ownTurn();
    const mayRepeat = tried + 1 < SKIPPED.length;
    const repeats = recipients.map(
      ({ clientId }, index) => mayRepeat && clientId !== undefined && isKnownId(results[index]),
    );
    const told = recipients.filter((_, index) => !repeats[index]);
    const toldResults = results.filter((_, index) => !repeats[index]);
    return {
      release: this.#record(gateway, told, toldResults, record),
      answers: this.#noteAll(gateway, told, toldResults, since),
      again: recipients.filter((_, index) => repeats[index]),
      isRefused,
    };
  }

  /**
   * Asks the vendor once more for recipients of one request that are in doubt, under the same ids. Of those of whom more
   * is known when it answers, nothing is said. Never rejects.
   */
  async settle(gateway: Gateway, recipients: readonly Recipient[]): Promise<SettleAnswered> {
    const since = Date.now();
    const intent = recipients[0]?.intent;
    const record = this.deliveries.begin(gateway);
    const answer = await askAgain(gateway, recipients, this.#parts(gateway, recipients, recipients[0]?.due));
    const isLeft = recipients.map((recipient) => isInDoubt(recipient, intent));
    const left = recipients.filter((_, index) => isLeft[index]);
    const results = answer.results.filter((_, index) => isLeft[index]);
    takeIds(left, results);
    return {
      release: this.#record(gateway, left, results, record),
      answers: this.#noteAll(gateway, left, results, since),
      askAgain: answer.askAgain,
    };
  }

  /** From now on a report may show that the request in doubt was accepted; `adopt` is told. */
  mark(recipient: Recipient, adopt: (id: string, ids?: readonly string[]) => void): void {
    const { doubt, message, number } = recipient;
    if (!doubt?.intent) return;
    const { intent, gateway, clientId } = doubt;
    const { account, at } = intent;
    const takeBack = this.deliveries.doubt({
      account,
      at,
      number,
      recipient,
      key: message.order.key,
      text: message.textOf(recipient.item),
      ...(clientId === undefined ? {} : { id: String(clientId) }),
      isOpen: () => recipient.state === 'in-doubt' && !recipient.isSettledElsewhere,
      factsOf: (id) => factsOf(gateway, recipient, { id, state: 'accepted' }, at, this.tell),
      adopt: (id, ids) => {
        recipient.unmark(takeBack);
        adopt(id, ids);
      },
    });
    recipient.marks = [...recipient.marks, takeBack];
  }

  async #reserve(
    gateway: Gateway,
    skipped: number,
    count: number,
    byRecipient: (first: number) => ChosenIds['byRecipient'],
  ): Promise<ChosenIds> {
    const { account } = gateway;
    const [run, first] = await Promise.all([
      account.currentRun?.().catch(() => undefined),
      gateway.reserveIds(skipped + count),
    ]);
    const ids = { first: first + skipped, byRecipient: byRecipient(first + skipped) };
    return run === undefined ? ids : { ...ids, run };
  }

  #parts(gateway: Gateway, recipients: readonly Recipient[], at: number | undefined): RequestParts {
    const waits = recipients.some(({ message }) => message.order.until === 'delivered');
    return { at, wantReports: waits || this.deliveries.wantsReports(gateway) };
  }

  #record(
    gateway: Gateway,
    recipients: readonly Recipient[],
    results: readonly (RecipientResult | undefined)[],
    record: ReturnType<Deliveries['begin']>,
  ): () => void {
    const accepted = recipients.flatMap((recipient, index) => {
      const result = results[index];
      const at = recipient.intent?.at ?? Date.now();
      return result && 'id' in result ? factsOf(nameOf(gateway), recipient, result, at, this.tell) : [];
    });
    // A report under an id of ours tells what the answer has not.
    const unclear = recipients.flatMap(({ clientId }, index) => {
      const { state = 'in-doubt' } = results[index] ?? {};
      return clientId === undefined || state !== 'in-doubt' ? [] : String(clientId);
    });
    return record(accepted, unclear);
  }

  #noteAll(
    gateway: Gateway,
    recipients: readonly Recipient[],
    results: readonly RecipientResult[],
    since: number,
  ): Answered[] {
    const answers = alike(recipients, results);
    for (const { result, concerned } of answers) {
      for (const ofMessage of groupBy(concerned, ({ message }) => message)) {
        this.note(ofMessage[0].message, {
          gateway: nameOf(gateway),
          at: new Date(since).toISOString(),
          to: ofMessage.map(({ to }) => to),
          state: result.state,
          ...('failure' in result ? { failure: result.failure } : {}),
        });
      }
    }
    return answers;
  }
}

/** Nothing more is known of it than that it is in doubt since this request. */
export function isInDoubt({ settled, state, intent }: Recipient, since: Recipient['intent']): boolean {
  return !settled && state === 'in-doubt' && intent === since;
}

function isKnownId(result: RecipientResult | undefined): boolean {
  return result?.state === 'rejected' && result.failure.code === 'duplicate-id';
}
