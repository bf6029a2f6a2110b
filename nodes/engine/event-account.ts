/** What comes back to one account: its sources are polled once, however many nodes ask, and its sends are known here. */
import { randomUUID } from 'node:crypto';
import { failure, failureOf, type Failure } from '../core/failure';
import type { Inbound } from '../core/inbound';
import type { EventKind, Events, HttpAnswer, Page, Position, PushRead, Push, Source } from '../vendors/driver';
import { NOT_KEPT, partOf, type EventJournal, type JournalEntry, type Kept } from './event-journal';
import { pollChange, toldChange, type EventMemory, type KeptAccount, type PollRecord } from './event-memory';
import type { EventOf, InboundEvent, PushTaken, Told } from './events';
import type { Gateway } from './gateway';
import type { Adoption } from './adoption';
import type { OptOuts } from './opt-outs';
import { setAlarm } from './alarm';
import { forgetOldest } from './oldest';
import { Poller } from './poller';
import { SendRegister, type News, type Retention } from './send-register';
import type { Change } from './store/store';
import { Throughput } from './throughput';
import type { SendFacts } from './tracked-send';
import { Twins } from './twins';

/** Inbound SMS that are remembered, to know their repetitions. */
const MOST_SEEN = 100_000;
/** What lay at the vendor for longer before anybody asked for it is not news: no flow must act on it. */
const OLD = 10 * 60_000;

/**
 * Milliseconds after the first gateway came until what was kept is handed on, and until anything is asked for that no node
 * asks for: the nodes that it is for come a moment later.
 */
const NODES_PATIENCE = 2_000;
/** Milliseconds between two looks for what is to be forgotten, at most. */
const FORGET_EVERY = 3_600_000;

/** What the account tells those who listen to it. */
export interface AccountEvents {
  /** The nodes that listen to it should be there by now. */
  ready(account: EventAccount): void;
  /** `node`: the only one that is told; absent: all. */
  tell<Kind extends Told>(account: EventAccount, kind: Kind, event: EventOf[Kind], kept: Kept, node?: string): void;
  trouble(account: EventAccount, kinds: readonly EventKind[], reason: Failure | undefined): void;
  unreadable(account: EventAccount, kinds: readonly EventKind[], records: readonly unknown[]): void;
  /** More is sent in a day than the reports that can be fetched in one. */
  outrun(account: EventAccount, perDay: number): void;
}

export class EventAccount {
  readonly sends: SendRegister;
  readonly #journal: EventJournal;
  readonly #events: AccountEvents;
  readonly #gateways = new Map<string, Gateway>();
  readonly #pollers = new Map<string, Poller>();
  /** Identities of inbound SMS that were told. */
  readonly #seen = new Set<string>();
  readonly #twins = new Twins();
  readonly #throughput = new Throughput();
  readonly #polls: ReadonlyMap<string, PollRecord>;
  readonly #optOuts: OptOuts;
  /** Gateways that keep opt-outs, also those that are away at the moment. */
  readonly #keepers = new Set<string>();
  /** What came before the process started and has not reached every node. */
  #entries: KeptAccount['entries'];
  #cancelReady?: () => void;
  /** The nodes that listen should be there. */
  #isReady = false;
  #cancelForget?: () => void;
  #isReconciled = false;

  constructor(
    readonly key: string,
    country: string,
    journal: EventJournal,
    private readonly memory: EventMemory,
    private readonly retention: Retention,
    adoption: Adoption,
    optOuts: OptOuts,
    events: AccountEvents,
  ) {
    this.sends = new SendRegister(key, country, memory, retention, adoption);
    this.#journal = journal;
    this.#optOuts = optOuts;
    this.#events = events;
    const kept = memory.take(key);
    if (kept) this.sends.restore(kept);
    for (const { name, state } of kept?.told ?? []) if (state === undefined) this.#seen.add(name);
    this.#polls = kept?.polls ?? new Map<string, PollRecord>();
    this.#entries = kept?.entries ?? [];
  }

  attach(gateway: Gateway): void {
    this.#gateways.set(gateway.id, gateway);
    this.sends.country = gateway.country;
    if (!this.#isReconciled) this.sends.reconcile();
    this.#isReconciled = true;
    for (const { name } of this.#sources()) {
      if (!this.#pollers.has(name)) this.#pollers.set(name, new Poller(this.#host(name), this.#polls.get(name)));
      this.#pollers.get(name)?.renew();
    }
    if (gateway.optOut) this.#keepOptOuts(gateway);
    else this.#keepers.delete(gateway.id);
    if (!this.#isReady) {
      this.#cancelReady ??= setAlarm(Date.now() + NODES_PATIENCE, () => {
        this.#isReady = true;
        this.#replay();
        this.#events.ready(this);
      });
    }
    this.#cancelForget ??= this.#forgetLater();
  }

  detach(gateway: Gateway): void {
    if (this.#gateways.get(gateway.id) === gateway) this.#gateways.delete(gateway.id);
    for (const poller of this.#pollers.values()) poller.schedule();
    if (!this.isIdle) return;
    this.#cancelReady?.();
    this.#cancelForget?.();
    this.#cancelReady = this.#cancelForget = undefined;
  }

  /** Resolves once the polls that are under way now are over. Never rejects. */
  async drained(): Promise<void> {
    await Promise.all([...this.#pollers.values()].map((poller) => poller.drained()));
  }

  /** Sets the pace of each source: `paceOf` gives seconds for a kind, by the vendor's own pace; nothing: nobody asks. */
  setPaces(paceOf: (kind: EventKind, usual: number) => number | undefined): void {
    for (const [name, poller] of this.#pollers) {
      const source = this.#source(name);
      if (!source) continue;
      const paces = source.gives.flatMap((kind) => paceOf(kind, source.interval.default) ?? []);
      poller.pace = paces.length === 0 ? undefined : Math.max(Math.min(...paces), source.interval.least);
      poller.schedule();
    }
  }

  /** What was kept when the process ended has been handed on. */
  get isCaughtUp(): boolean {
    return this.#entries.length === 0;
  }

  /** No gateway of the account is there. */
  get isIdle(): boolean {
    return this.#gateways.size === 0;
  }

  /** Some gateway of the account asks for events itself: for evidence about sends in doubt, or for opt-outs. */
  wants(kind: EventKind): boolean {
    const asks = ({ doubtAfter, optOut }: Gateway): boolean => (kind === 'reports' ? doubtAfter > 0 : optOut);
    return this.#isReady && [...this.#gateways.values()].some(asks);
  }

  async pollNow(kind: EventKind): Promise<Failure | undefined> {
    const pollers = this.#sources()
      .filter(({ gives }) => gives.includes(kind))
      .flatMap(({ name }) => this.#pollers.get(name) ?? []);
    if (pollers.length === 0) return failure('unsupported', 'no-poll');
    const reasons = await Promise.all(pollers.map((poller) => poller.now()));
    return reasons.find((reason) => reason !== undefined);
  }

  async takePush(gateway: Gateway, push: Push, node?: string): Promise<PushTaken> {
    const read = readWith(gateway, push);
    if (!read) return { outcome: 'unreadable' };
    const at = Date.now();
    let kept: Kept;
    try {
      kept = await this.#journal.keep({ account: this.key, at, push, ...(node === undefined ? {} : { node }) });
    } catch {
      return { outcome: 'not-stored' };
    }
    this.#handOn(read, at, kept);
    this.#events.tell(this, 'pushes', { push, read }, kept, node);
    kept.release();
    return { outcome: 'taken', read, answer: gateway.driver.capabilities.pushAnswer ?? '' };
  }

  /** What the vendor held under an id will not be sent. */
  cancelled(id: string, raw: unknown): void {
    const report = { id, state: 'cancelled', final: true, failure: failure('cancelled'), raw } as const;
    this.#tellReport(this.sends.take({ report, at: Date.now(), kept: NOT_KEPT }, false), NOT_KEPT);
  }

  /** Hands on what was kept when the process ended. */
  #replay(): void {
    const [gateway] = this.#gateways.values();
    if (!gateway) return;
    const entries = this.#entries;
    this.#entries = [];
    for (const { key, entry } of entries) {
      const kept = this.#journal.resume(key);
      const { at, push, poll, node } = entry;
      const events = this.#readEntry(gateway, entry);
      if (events) this.#handOn(events, at, kept, poll?.oldest);
      if (push && events && 'type' in events) this.#events.tell(this, 'pushes', { push, read: events }, kept, node);
      kept.release();
    }
  }

  /** What came before the process started is handed on a little later; until then nothing must go to whom it concerns. */
  #keepOptOuts(gateway: Gateway): void {
    this.#keepers.add(gateway.id);
    for (const { entry } of this.#entries) {
      for (const sms of this.#readEntry(gateway, entry)?.inbound ?? []) this.#optOuts.take(this.key, sms, entry.at);
    }
  }

  #readEntry(gateway: Gateway, { push, poll }: JournalEntry): PushRead | Page | undefined {
    if (push) return readWith(gateway, push);
    const source = poll && this.#source(poll.source);
    if (!source) return undefined;
    const page = readPage(source, poll.answer, poll.position);
    return 'code' in page ? undefined : page;
  }

  #forgetLater(): () => void {
    return setAlarm(Date.now() + Math.min(FORGET_EVERY, this.retention.span), () => {
      this.#cancelForget = this.#forgetLater();
      for (const event of this.sends.forgetOld(Date.now())) this.#tellReport({ event, changes: [] }, NOT_KEPT);
    });
  }

  /** A request goes out (see `Deliveries`). */
  begin(): (accepted: readonly SendFacts[], unclear: readonly string[]) => () => void {
    const recorded = this.sends.begin();
    return (accepted, unclear) => {
      const now = Date.now();
      const ids = accepted.flatMap((facts) => this.sends.add(facts, now).ids);
      this.#countSent(ids.length, now);
      return () => {
        for (const early of recorded(new Set([...ids, ...unclear]))) {
          this.#tellReport(this.sends.take(early, false), early.kept);
          early.kept.release();
        }
      };
    };
  }

  #sources(): readonly Source[] {
    const [gateway] = this.#gateways.values();
    return gateway?.account.sources ?? [];
  }

  #source(name: string): Source | undefined {
    return this.#sources().find((source) => source.name === name);
  }

  #host(name: string): ConstructorParameters<typeof Poller>[0] {
    return {
      source: () => this.#source(name),
      ids: (pauseFor, most) => this.sends.idsToAsk(Date.now(), pauseFor, most),
      asked: (id) => {
        this.sends.asked(id, Date.now());
      },
      take: (...answered) => this.#takeAnswer(...answered),
      remember: (record) => {
        this.memory.note(pollChange(this.key, name, record));
      },
      trouble: (reason) => {
        this.#events.trouble(this, this.#source(name)?.gives ?? [], reason);
      },
    };
  }

  async #takeAnswer(
    source: Source,
    answer: HttpAnswer,
    position: Position,
    since: number | undefined,
  ): Promise<Page | Failure> {
    const at = Date.now();
    const oldest = since === undefined ? undefined : since - OLD;
    const poll = { source: source.name, answer, position, ...(oldest === undefined ? {} : { oldest }) };
    // What is handed out only once is gone at the vendor: it is kept before anything can go wrong with it.
    const kept = await this.#journal.keep({ account: this.key, at, poll }).catch((error: unknown) => {
      // Nor can it be refused. Those who are there have it at least.
      if (source.once) return NOT_KEPT;
      throw error;
    });
    const page = readPage(source, answer, position);
    if (!('code' in page)) {
      this.#handOn(page, at, kept, oldest);
      this.#show(source, page.unreadable);
    } else if (source.once && page.code === 'unreadable-answer') {
      // The vendor will not tell it again: a person may still read it.
      this.#show(source, [answer.body.toString('utf8')]);
    }
    kept.release();
    return page;
  }

  /** Lets people see what could not be read. */
  #show({ gives }: Source, records: readonly unknown[]): void {
    const [gateway] = this.#gateways.values();
    if (records.length === 0) return;
    const shown = records.map((record) => (gateway ? gateway.discreet(record) : undefined));
    this.#events.unreadable(this, gives, shown);
  }

  /** What is of before `oldest` is noted and told to nobody, but for reports on sends that are known. */
  #handOn({ reports, inbound }: Events, at: number, kept: Kept, oldest = -Infinity): void {
    for (const report of reports) {
      this.#tellReport(this.sends.take({ report, at, kept, isOld: (report.at ?? at) < oldest }), kept);
    }
    for (const sms of inbound) {
      if (this.#isRepeated(sms) || this.#twins.isTold(sms, sms.at ?? at)) continue;
      // However old it is, and before anything is forgotten of the SMS.
      if (this.#keepers.size > 0) this.#optOuts.take(this.key, sms, at);
      const { identity } = sms;
      const changes = identity === undefined ? [] : [toldChange(this.key, { at, name: identity })];
      if ((sms.at ?? at) >= oldest) this.#tell('inbound', completed(sms, at), kept, changes);
      else this.memory.note(...changes);
    }
  }

  #tellReport(news: News | undefined, kept: Kept): void {
    if (news) this.#tell('reports', news.event, kept, news.changes);
  }

  /** What is told is noted once everyone has had it: if the process ends before, it is told again. */
  #tell<Kind extends Told>(kind: Kind, event: EventOf[Kind], kept: Kept, changes: readonly Change[]): void {
    const part = partOf(kept, () => {
      this.memory.note(...changes);
    });
    this.#events.tell(this, kind, event, part);
    part.release();
  }

  #isRepeated({ identity }: Inbound): boolean {
    if (identity === undefined) return false;
    if (this.#seen.has(identity)) return true;
    this.#seen.add(identity);
    forgetOldest(this.#seen, MOST_SEEN);
    return false;
  }

  /** Says so where reports would be lost because they cannot be fetched as fast as SMS are sent. */
  #countSent(count: number, now: number): void {
    this.#throughput.add(count, now);
    for (const { once, gives, interval } of this.#sources()) {
      if (!once?.hours || !gives.includes('reports')) continue;
      // Whatever the pace, a full page is followed by the next as soon as the vendor bears it.
      const perDay = Math.floor((86_400 / interval.least) * once.page);
      if (this.#throughput.exceeds(perDay, now)) this.#events.outrun(this, perDay);
    }
  }
}

function readWith({ account }: Gateway, push: Push): PushRead | undefined {
  try {
    return account.readPush?.(push);
  } catch {
    // A mistake in a driver; the vendor may push it again to a driver that is mended.
    return undefined;
  }
}

function readPage(source: Source, answer: HttpAnswer, position: Position): Page | Failure {
  try {
    return source.read(answer, position);
  } catch (error) {
    return failureOf(error, failure('unreadable-answer'));
  }
}

/** An inbound SMS always has an id and a time, if need be ours. */
function completed(sms: Inbound, at: number): InboundEvent {
  const id = sms.id ?? sms.identity ?? randomUUID().replaceAll('-', '');
  return { ...sms, id, at: sms.at ?? at };
}
