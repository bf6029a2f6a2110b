/**
 * The sends of one account, so that a report finds the message that it is about: by the vendor's id and the recipient
 * where it tells both, by the id alone, or, for reports without an id, by recipient, line and time.
 */
import { comparable } from '../core/recipient';
import type { Report } from '../core/report';
import type { State } from '../core/state';
import { isProgress } from '../core/state';
import { CLOCK_SLACK, type Adoption, type DoubtfulSend } from './adoption';
import { EarlyReports, type Arrival } from './early-reports';
import { sendKey, sendNumber, toldChange, type EventMemory, type KeptAccount, type ToldRecord } from './event-memory';
import type { ReportEvent, SendQuery } from './events';
import { LazyIndex } from './lazy-index';
import { Multimap } from './multimap';
import { forgetOldest } from './oldest';
import { SendsById } from './sends-by-id';
import type { Change } from './store/store';
import { TrackedSend, type SendFacts } from './tracked-send';

/** Sends that are remembered; the oldest go first. */
const MOST_SENDS = 100_000;
/** Reports that no send remembers, and that are remembered to know their repetitions. */
const MOST_TOLD = 100_000;
/** Sends that come before the oldest are forgotten again. */
const FORGET_EVERY = 1000;
const MINUTE = 60_000;

/** What is new by a report, and what is to be kept once that is told. */
export interface News {
  readonly event: ReportEvent;
  readonly changes: readonly Change[];
}

/** How long what is over is remembered. */
export interface Retention {
  /** Milliseconds. */
  readonly span: number;
  /** Whether texts are, too. */
  readonly bodies: boolean;
}

export class SendRegister {
  /** By the time from which on their age counts. */
  readonly #sends = new Set<TrackedSend>();
  readonly #byId = new SendsById();
  /** By our key and by the caller's. */
  readonly #byName = new LazyIndex(this.#sends, ({ facts }) => facts);
  /** Those whose fate is open, by recipient. */
  readonly #openByNumber = new Multimap<string, TrackedSend>();
  /** States of reports without an id or about nobody's sends, by what is equal for repetitions. */
  readonly #told = new Map<string, State>();
  readonly #early = new EarlyReports();
  #open = 0;
  /** Number of the next send. */
  #next = 0;
  /** Sends since the oldest were forgotten, and when that was. */
  #sinceForgot = 0;
  #forgotAt = -Infinity;
  #country: string;

  constructor(
    private readonly account: string,
    country: string,
    private readonly memory: EventMemory,
    /** A send is remembered for so long; where the vendor waits, from its time on. */
    private readonly retention: Retention,
    /** Sends of the account that are in doubt. */
    private readonly adoption: Adoption,
  ) {
    this.#country = country;
  }

  /** Takes up what was kept when the process ended. */
  restore({ sends, told }: KeptAccount): void {
    for (const [key, record] of sends) {
      this.#index(TrackedSend.restore(record, this.#comparable(record.facts.to), key));
      this.#next = Math.max(this.#next, sendNumber(key) + 1);
    }
    for (const { name, state } of told) if (state !== undefined) this.#told.set(name, state as State);
  }

  /** The country code that numbers are compared by. */
  set country(country: string) {
    this.#country = country;
  }

  /**
   * A request goes out: reports of what it sends may come before its answer. To be called with the ids in that answer
   * once they are recorded is what it gives; that gives the reports that need not wait any more. They are still held.
   */
  begin(): (ids: Iterable<string>) => readonly Arrival[] {
    return this.#early.begin();
  }

  add(facts: SendFacts, now: number): TrackedSend {
    const send = new TrackedSend(facts, this.#comparable(facts.to), sendKey(this.account, this.#next++));
    this.#index(send);
    if (this.memory.keeps) this.memory.note(send.change);
    if (++this.#sinceForgot >= FORGET_EVERY || now - this.#forgotAt >= MINUTE) this.#forgetTooMany(now);
    return send;
  }

  /**
   * Forgets what is over for long enough. Gives what is to be told of those of which nothing was heard in that time; they
   * are known no more.
   */
  forgetOld(now: number): ReportEvent[] {
    const given: ReportEvent[] = [];
    for (const oldest of this.#sends) {
      if (now - oldest.rememberedFrom <= this.retention.span) break;
      // The vendor still waits, or has sent it but lately: its turn comes again.
      if (!oldest.final && now - (oldest.facts.due ?? 0) <= this.retention.span) this.#remember(oldest, now);
      else {
        this.#forget(oldest);
        if (!oldest.final) given.push(oldest.unheard(now));
      }
    }
    return given;
  }

  /**
   * Takes a report. Gives what is new by it; nothing where it says nothing new, or where the answer of
   * a request under way may tell whose it is: then it comes back from what `begin` gave, and need not wait a second time.
   */
  take(arrival: Arrival, mayWait = true): News | undefined {
    const { report, at: now } = arrival;
    // Without an id, what was told is not known by the send that it was about: that one is closed.
    if (report.id === undefined && this.#isTold(report)) return undefined;
    const send = this.#find(report) ?? this.#adopt(this.adoption.ofId(report, this.#country), report.id, now);
    if (send) return this.#takeFor(send, report, now);
    if (mayWait && this.#early.hold(arrival)) return undefined;
    // Where there was no room for it to wait, it may be about a request under way.
    const isStrange = !mayWait || this.#early.isIdle;
    const doubtful =
      isStrange && !this.#told.has(this.#nameOf(report))
        ? this.#adopt(this.adoption.ofNumber(report, now, this.#country), report.id, now)
        : undefined;
    if (doubtful) return this.#takeFor(doubtful, report, now);
    const news = this.#takeStranger(report, now);
    if (!arrival.isOld) return news;
    this.memory.note(...(news?.changes ?? []));
    return undefined;
  }

  /**
   * Where a send in doubt is known here, the process ended between the two: it was accepted. To be called once, after what
   * was kept of either is taken up.
   */
  reconcile(): void {
    for (const doubtful of this.adoption.open) {
      const send = doubtful.isOpen() ? this.#sendOf(doubtful) : undefined;
      if (!send) continue;
      const { id, ids } = send.facts;
      const { watcher } = doubtful.factsOf(id);
      if (watcher) send.watch(watcher);
      doubtful.adopt(id, ids);
      if (isProgress('accepted', send.state)) watcher?.(send.event);
    }
  }

  /** Open sends that are due to be asked for at `now`, by id: those first that were asked for longest ago. */
  idsToAsk(now: number, pauseFor: (age: number) => number | undefined, most: number): string[] {
    const isDue = ({ final, askedAt, facts: { sentAt } }: TrackedSend): boolean => {
      const pause = final ? undefined : pauseFor(now - sentAt);
      return pause !== undefined && now - Math.max(askedAt, sentAt) >= pause;
    };
    // The best so far, in order: to sort all of them would take long where there are many.
    const best: TrackedSend[] = [];
    for (const sends of this.#byId) {
      const send = firstOf(sends, isDue);
      if (!send) continue;
      let place = best.length;
      while (place > 0 && isEarlier(send, best[place - 1])) place--;
      if (place < most) best.splice(place, 0, send);
      if (best.length > most) best.pop();
    }
    return best.map(({ facts }) => facts.id);
  }

  /** Notes that an id was asked for. */
  asked(id: string, now: number): void {
    for (const send of this.#byId.of(id)) send.askedAt = now;
  }

  /** Sends whose fate is open. */
  get open(): number {
    return this.#open;
  }

  /** The send with that id to that recipient. */
  get(id: string, number: string): TrackedSend | undefined {
    return this.#byId.get(id, this.#comparable(number));
  }

  find({ key, id, to }: SendQuery): TrackedSend[] {
    const byKey = key === undefined ? [] : this.#byName.get(key);
    const found = byKey.length > 0 || id === undefined ? byKey : this.#byId.of(id);
    const named = to && new Set(to.map((written) => this.#comparable(written)));
    return [...found].filter(
      (send) => (id === undefined || key === undefined || send.ids.includes(id)) && (!named || named.has(send.number)),
    );
  }

  #find({ id, to, line, at }: Report): TrackedSend | undefined {
    if (id === undefined) return to === undefined ? undefined : this.#findByRecipient(to, line, at);
    return to === undefined ? this.#byId.only(id) : this.#byId.get(id, this.#comparable(to));
  }

  /** Only where it fits one send: a report that may be about another is about none. */
  #findByRecipient(to: string, line: string | undefined, at: number | undefined): TrackedSend | undefined {
    const fitting = this.#openByNumber
      .get(this.#comparable(to))
      .filter(
        (send) =>
          (line === undefined || send.line === undefined || send.line === line) &&
          (at === undefined || send.facts.sentAt <= at + CLOCK_SLACK),
      );
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #sendOf({ key, number, text, at }: DoubtfulSend): TrackedSend | undefined {
    const sends = this.find({ key, to: [number] });
    return sends.find(({ facts, text: known }) => facts.sentAt === at && (known === text || known === ''));
  }

  #takeFor(send: TrackedSend, report: Report, now: number): News | undefined {
    const changes = report.id === undefined ? this.#noteTold(report, now) : [];
    const event = send.take(report, now);
    if (!event) return undefined;
    if (event.final) this.#close(send);
    if (event.final && !this.retention.bodies) send.forgetText();
    send.tell(event);
    return { event, changes: this.memory.keeps ? [...changes, send.change] : [] };
  }

  /** A send in doubt was accepted under an id: from now on it is one like any other. */
  #adopt(doubtful: DoubtfulSend | undefined, id: string | undefined, now: number): TrackedSend | undefined {
    if (!doubtful || id === undefined) return undefined;
    const send = this.add(doubtful.factsOf(id), now);
    doubtful.adopt(id);
    return send;
  }

  #takeStranger(report: Report, now: number): News | undefined {
    const { id = '', to, state, final, at = now, line, vendorCode, vendorText, vendorTextKey, failure, raw } = report;
    if (!isProgress('accepted', state)) return undefined;
    if (this.#isTold(report)) return undefined;
    const changes = this.#noteTold(report, now);
    const event = {
      id,
      ...(to === undefined ? {} : { to }),
      ...{ state, final, at },
      ...(line === undefined ? {} : { line }),
      ...(vendorCode === undefined ? {} : { vendorCode }),
      ...(vendorText === undefined ? {} : { vendorText }),
      ...(vendorTextKey === undefined ? {} : { vendorTextKey }),
      ...(failure ? { failure } : {}),
      raw,
    };
    return { event, changes };
  }

  /** Whether a report about no known send was told before, or one that says more. */
  #isTold(report: Report): boolean {
    const told = this.#told.get(this.#nameOf(report));
    return told !== undefined && !isProgress(told, report.state);
  }

  #noteTold(report: Report, now: number): Change[] {
    const name = this.#nameOf(report);
    if (name === '') return [];
    this.#told.delete(name);
    this.#told.set(name, report.state);
    forgetOldest(this.#told, MOST_TOLD);
    return !this.memory.keeps
      ? []
      : [toldChange(this.account, { at: now, name, state: report.state } satisfies ToldRecord)];
  }

  /** What is equal for repetitions; blank where nothing is. */
  #nameOf({ id, to, identity = '' }: Report): string {
    return id === undefined ? identity : `${id} ${to === undefined ? '' : this.#comparable(to)}`;
  }

  #close(send: TrackedSend): void {
    if (this.#openByNumber.delete(send.number, send)) this.#open--;
  }

  #index(send: TrackedSend): void {
    const { number, ids } = send;
    this.#sends.add(send);
    for (const id of ids) this.#byId.add(id, send);
    this.#byName.add(send);
    if (send.final) return;
    this.#open++;
    this.#openByNumber.add(number, send);
  }

  /** Now and then: to look for the oldest each time would take long, for they leave gaps. */
  #forgetTooMany(now: number): void {
    this.#sinceForgot = 0;
    this.#forgotAt = now;
    for (const oldest of this.#sends) {
      if (this.#sends.size <= MOST_SENDS) break;
      this.#forget(oldest);
    }
  }

  #remember(send: TrackedSend, from: number): void {
    send.rememberedFrom = from;
    this.#sends.delete(send);
    this.#sends.add(send);
  }

  #forget(send: TrackedSend): void {
    this.#sends.delete(send);
    this.#close(send);
    this.memory.note({ key: send.key });
    for (const id of send.ids) this.#byId.delete(id, send);
    this.#byName.delete(send);
  }

  #comparable(number: string): string {
    return comparable(number, this.#country);
  }
}

function firstOf<T>(elements: Iterable<T>, which: (element: T) => boolean): T | undefined {
  for (const element of elements) if (which(element)) return element;
  return undefined;
}

/** Whether it was asked for longer ago than the other. */
function isEarlier(send: TrackedSend, other: TrackedSend | undefined): boolean {
  if (!other) return false;
  return (send.askedAt - other.askedAt || send.facts.sentAt - other.facts.sentAt) < 0;
}
