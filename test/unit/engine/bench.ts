/** What the engine tests share: made-up vendors that note what they are asked, and a dispatcher under a virtual clock. */
import { failure, type ErrorCode, type Failure } from '../../../nodes/core/failure';
import type { Order, Outcome } from '../../../nodes/engine/dispatcher';
import type { Gateway } from '../../../nodes/engine/gateway';
import { EventCenter, RETENTION } from '../../../nodes/engine/event-center';
import { MemoryJournal } from '../../../nodes/engine/event-journal';
import { OrderDispatcher } from '../../../nodes/engine/order-dispatcher';
import type { Report } from '../../../nodes/core/report';
import type { EventOf, Listener, Told } from '../../../nodes/engine/events';
import type { Store } from '../../../nodes/engine/store/store';
import { attachTo, StoredEngine } from '../../../nodes/engine/stored-engine';
import type {
  Account,
  Capabilities,
  Driver,
  Events,
  OptionSpec,
  RecipientResult,
  SendAnswer,
  SendRequest,
} from '../../../nodes/vendors/driver';
import { VirtualClock, settle } from './virtual-clock';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** One request that a vendor got. */
export interface Asked {
  /** Milliseconds since the bench was set up. */
  readonly after: number;
  readonly gateway: string;
  readonly to: readonly string[];
  readonly request: SendRequest;
}

type Answer = SendAnswer | Promise<SendAnswer>;

export const numbersOf = ({ items }: SendRequest): string[] => items.flatMap(({ to }) => to);

/** The same for every recipient of a request. */
const each = (request: SendRequest, result: (to: string, index: number) => RecipientResult): SendAnswer => ({
  results: numbersOf(request).map(result),
  raw: 'answer',
});

export const accept = (request: SendRequest): SendAnswer =>
  each(request, (to) => ({ state: 'accepted', id: `id-${to}` }));

export const reject =
  (code: ErrorCode, more: Partial<Failure> = {}) =>
  (request: SendRequest): SendAnswer =>
    each(request, () => ({ state: 'rejected', failure: { ...failure(code), ...more } }));

export const doubt = (request: SendRequest): SendAnswer =>
  each(request, () => ({ state: 'in-doubt', failure: failure('no-answer') }));

/** A report on what `accept` accepted. */
export const reportOn = (to: string, state: Report['state'], more: Partial<Report> = {}): Report => ({
  ...{ id: `id-${to}`, to, state, final: state !== 'sent', raw: { to, state } },
  ...more,
});

/** What comes back, in full. */
export const telling = (events: Partial<Events>): Events => ({
  ...{ reports: [], inbound: [], devices: [], unreadable: [] },
  ...events,
});

/** One result for each number; those that are not named are accepted. */
export const byNumber =
  (results: Readonly<Record<string, RecipientResult>>) =>
  (request: SendRequest): SendAnswer =>
    each(request, (to) => results[to] ?? { state: 'accepted', id: `id-${to}` });

export class FakeVendor {
  readonly asked: Asked[] = [];
  probes = 0;
  /** Answers in turn; the last one stays. */
  answers: ((request: SendRequest) => Answer)[] = [accept];
  probe: () => Promise<Failure | undefined> = () => Promise.resolve(undefined);
  capabilities: Capabilities = {
    recipientsPerRequest: () => 100,
    batch: false,
    schedules: () => false,
    defaultWindow: 4,
    defaultTimeout: 10,
  };
  /** Put over the account's own methods. */
  checks: Partial<Account> = {};
  options: readonly OptionSpec[] = [];
  /** What the next push tells; nothing: it makes no sense. */
  pushed: Events | undefined;

  constructor(
    readonly id: string,
    private readonly bench: Bench,
  ) {}

  /** Pushes to a gateway of it. */
  push(events: Partial<Events> | undefined, gateway = this.id): ReturnType<Bench['events']['takePush']> {
    this.pushed = events && telling(events);
    const push = { method: 'POST', path: '', query: '', contentType: '', body: Buffer.from('push') } as const;
    return this.bench.events.takePush(gateway, push);
  }

  /** How often it was asked to send to each number. */
  get counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const to of this.sent) counts.set(to, (counts.get(to) ?? 0) + 1);
    return counts;
  }

  /** The numbers of all requests, in their order. */
  get sent(): string[] {
    return this.asked.flatMap(({ to }) => to);
  }

  /** When it was asked, in milliseconds since the bench was set up. */
  get times(): number[] {
    return this.asked.map(({ after }) => after);
  }

  gateway(over: Partial<Gateway> = {}): Gateway {
    const driver: Driver = {
      id: this.id,
      capabilities: this.capabilities,
      fields: { url: { required: true }, credentials: [] },
      options: this.options,
      open: () => account,
    };
    const id = over.id ?? this.id;
    const account: Account = {
      send: async (request) => {
        this.asked.push({ after: this.bench.elapsed, gateway: id, to: numbersOf(request), request });
        const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
        return (answer ?? accept)(request);
      },
      checkText: () => undefined,
      checkRecipient: () => undefined,
      probe: () => {
        this.probes++;
        return this.probe();
      },
      readPush: () => this.pushed && { ...this.pushed, type: 'push' },
      ...this.checks,
    };
    return {
      ...{ id, name: `${id} name`, vendor: this.id, accountKey: `${this.id} account`, fingerprint: '1' },
      ...{
        rate: 0,
        window: 4,
        doubt: 'hold',
        doubtAfter: 0,
        optOut: false,
        timezone: 'Asia/Shanghai',
        country: '86',
        options: {},
      },
      ...{ driver, account, callbackUrl: () => undefined, discreet: (words: unknown) => words },
      reserveIds: (count) => Promise.resolve(this.bench.reserveIds(count)),
      ...over,
    };
  }
}

export type OrderParts = Partial<Omit<Order, 'items'>> & {
  readonly to?: readonly string[];
  readonly text?: string;
  readonly items?: Order['items'];
};

export class Bench {
  readonly clock = new VirtualClock();
  events: EventCenter;
  dispatcher: OrderDispatcher;
  readonly outcomes: Outcome[] = [];
  readonly #start = this.clock.now;
  #keys = 0;
  #nextId = 1;

  private constructor(queueLimit: number, journalBytes: number) {
    this.events = new EventCenter(new MemoryJournal(journalBytes));
    this.dispatcher = new OrderDispatcher({ queueLimit }, this.events);
  }

  /** Starts the engine that finds what is in a store, as a process that starts does. */
  async start(store: Store, retention = RETENTION): Promise<void> {
    const startedAt = Math.floor(this.clock.now / 1000);
    const engine = new StoredEngine(store, { queueLimit: 1_000_000, retention, startedAt });
    this.events = engine.events;
    this.dispatcher = engine.dispatcher;
    await engine.recover();
  }

  /** Runs a test with a bench of its own. */
  static run(
    work: (bench: Bench) => void | Promise<void>,
    queueLimit = 1_000_000,
    journalBytes = 1_000_000,
  ): () => Promise<void> {
    return async () => {
      const bench = new Bench(queueLimit, journalBytes);
      const restore = bench.clock.install();
      try {
        bench.dispatcher.attachNode('node', (outcome) => bench.outcomes.push(outcome));
        await work(bench);
      } finally {
        restore();
      }
    };
  }

  /** Ids that were never given before, whatever process asks. */
  reserveIds(count: number): number {
    const first = this.#nextId;
    this.#nextId += count;
    return first;
  }

  get elapsed(): number {
    return this.clock.now - this.#start;
  }

  vendor(id: string): FakeVendor {
    return new FakeVendor(id, this);
  }

  /** A vendor whose gateway of the same id is there. */
  attached(id: string, over: Partial<Gateway> = {}): FakeVendor {
    const vendor = this.vendor(id);
    this.attach(vendor, over);
    return vendor;
  }

  /** Brings a gateway of a vendor, and gives what takes it away. */
  attach(vendor: FakeVendor, over: Partial<Gateway> = {}): () => void {
    const gateway = vendor.gateway(over);
    const detach = attachTo(this, gateway);
    return () => {
      detach(false);
    };
  }

  /** Hands in an order and gives its key. By default: one recipient, gateway `a`, no time limit but a day. */
  order({ to = ['13800000001'], text = 'text', ...parts }: OrderParts = {}): string {
    const key = parts.key ?? `key-${++this.#keys}`;
    this.dispatcher.send({
      ...{ key, node: 'node', gateways: ['a'], items: [{ text, to }], priority: 0, ttl: DAY, options: {} },
      ...{ envelope: key, until: 'accepted', deadline: 3_600_000 },
      ...parts,
    });
    return key;
  }

  /** A node that listens, what it heard, and what ends it. */
  listen<Kind extends Told>(
    kind: Kind,
    over: Partial<Listener<Kind>> = {},
  ): { heard: EventOf[Kind][]; end: (removed: boolean) => void } {
    const heard: EventOf[Kind][] = [];
    const receive = (event: EventOf[Kind]): number => heard.push(event);
    const end = this.events.listen(kind, { node: 'listener', gateway: 'a', receive, ...over });
    return { heard, end };
  }

  advance(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  settle(): Promise<void> {
    return settle();
  }

  outcome(key: string): Outcome | undefined {
    return this.outcomes.find((outcome) => outcome.key === key);
  }

  /** What became of an order: for each recipient its state and code; nothing as long as it is not out. */
  brief(key: string): string[] | undefined {
    return this.outcome(key)?.recipients.map(({ state, failure: why }) => (why ? `${state} ${why.code}` : state));
  }
}
