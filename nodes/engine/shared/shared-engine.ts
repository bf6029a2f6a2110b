/**
 * The engine of an instance that shares its store with others: one of them, the worker, does all the work, and the others
 * ask it. Who that is may change at any time; nodes do not notice.
 */
import { randomUUID } from 'node:crypto';
import { failure, failureOf, type Failure } from '../../core/failure';
import { setAlarm } from '../alarm';
import type { Dispatcher, Order } from '../dispatcher';
import type { Engine } from '../engine';
import type { EventHub, Listener, Told } from '../events';
import type { IdReserve } from '../id-counter';
import { Recovery } from '../recovery';
import { refusedOutcome } from '../refused-outcome';
import { DeferredStore } from '../store/deferred-store';
import { PostgresDatabase } from '../store/postgres/database';
import { Lease } from '../store/postgres/lease';
import { PostgresStore } from '../store/postgres/postgres-store';
import { Presence } from '../store/postgres/presence';
import type { EngineSettings } from '../stored-engine';
import { Alarms } from './alarms';
import { Attachments } from './attachments';
import { Caller, NO_WORKER } from './caller';
import { Outcomes } from './outcomes';
import { Worker, type Notice } from './worker';

/** Milliseconds between two looks at what is there, for notices may get lost. */
const LOOK_EVERY = 2_000;
/** Looks between two at what is left of instances that are gone. */
const CARE_EVERY = 3;

export interface SharedTold {
  /** The store does not work, and why; nothing: it works again. Must not throw. */
  readonly trouble: (reason: Failure | undefined) => void;
  /** This instance has become the worker, or is it no longer. Must not throw. */
  readonly isWorker: (isWorker: boolean) => void;
}

export class SharedEngine implements Engine {
  readonly dispatcher: Dispatcher;
  readonly events: EventHub;
  readonly ids: IdReserve;
  readonly ready: Promise<void>;
  readonly attachGateway: Engine['attachGateway'];
  readonly drained: Engine['drained'];
  readonly flush: Engine['flush'];
  readonly #instance = randomUUID();
  readonly #settings: EngineSettings;
  readonly #told: SharedTold;
  readonly #recovery: Recovery;
  /** Nodes before gateways: what comes of a gateway is for somebody then. */
  readonly #nodes = new Attachments<Worker>();
  readonly #gateways = new Attachments<Worker>();
  /** Anybody's: for what the instances write to each other. */
  readonly #store: DeferredStore;
  readonly #caller: Caller;
  readonly #outcomes: Outcomes;
  readonly #alarms: Alarms;
  readonly #notices = new Set<string>();
  #database: PostgresDatabase | undefined;
  #presence: Presence | undefined;
  #worker: Worker | undefined;
  /** The user was told that this instance works. */
  #isTold = false;
  /** Why the database does not answer at the moment. */
  #trouble: Failure | undefined;
  #looks = 0;

  /** `url`: where the database is, as `postgres://user:password@host:port/name`. */
  constructor(url: string, settings: EngineSettings, told: SharedTold) {
    this.#settings = settings;
    this.#told = told;
    this.#store = new DeferredStore(async () => new PostgresStore((this.#database = await PostgresDatabase.open(url))));
    this.#caller = new Caller({
      instance: this.#instance,
      store: this.#store,
      database: () => this.#database,
      called: () => {
        this.#tell('calls');
      },
    });
    this.#outcomes = new Outcomes(this.#instance, this.#store);
    this.#alarms = new Alarms(this.#store);
    this.attachGateway = (gateway) => this.#gateways.add((worker) => worker.attachGateway(gateway));
    this.drained = async (gatewayId) => {
      if (this.#worker?.isOpen) await this.#worker.engine.drained(gatewayId);
    };
    this.flush = async () => {
      await this.#outcomes.flush();
      if (this.#worker?.isOpen) await this.#worker.engine.flush();
    };
    this.dispatcher = this.#dispatcher();
    this.events = this.#events();
    this.ids = {
      reserve: async (device, count) =>
        this.#worker ? this.#worker.engine.ids.reserve(device, count) : this.#caller.ask('ids', { device, count }),
    };
    this.#recovery = new Recovery(() => this.#begin(), told.trouble);
    this.ready = this.#recovery.tried;
  }

  get failure(): Failure | undefined {
    return this.#recovery.failure ?? this.#trouble;
  }

  get isWorker(): boolean {
    return this.#worker?.isOpen ?? false;
  }

  #dispatcher(): Dispatcher {
    const caller = this.#caller;
    const outcomes = this.#outcomes;
    return {
      send: (order) => void this.#send(order),
      settle: async (verdict) => {
        const number = caller.nextNumber();
        const envelope = outcomes.pack(number, verdict.envelope);
        let isAwaited = false;
        try {
          const taken = await caller.ask('settle', { ...verdict, envelope }, number);
          isAwaited = taken === 'own-outcome';
          return taken;
        } finally {
          if (!isAwaited) outcomes.unpack(number);
        }
      },
      cancel: async (gateway, ids) => {
        try {
          return await caller.ask('cancel', { gateway, ids });
        } catch (error) {
          return { results: ids.map((id) => ({ id, failure: failureOf(error, NO_WORKER) })) };
        }
      },
      attachNode: (id, sink) => outcomes.attachNode(id, sink),
      watchGateway: (id, listener) => this.#alarms.watch(id, listener),
    };
  }

  #events(): EventHub {
    const caller = this.#caller;
    return {
      listen: (kind, listener) =>
        this.#nodes.add((worker) => worker.engine.events.listen(kind, listenerOf(worker, listener))),
      takePush: async (gateway, push, node) => {
        try {
          return await caller.ask('push', { gateway, push, ...(node === undefined ? {} : { node }) });
        } catch {
          return { outcome: 'not-stored' };
        }
      },
      pollNow: async (gateway, kind) => {
        try {
          return await caller.ask('poll', { gateway, kind });
        } catch (error) {
          return failureOf(error, NO_WORKER);
        }
      },
      find: async (gateway, query) => [...(await caller.ask('find', { gateway, query }))],
    };
  }

  async #send(order: Order): Promise<void> {
    const number = this.#caller.nextNumber();
    const envelope = this.#outcomes.pack(number, order.envelope);
    try {
      await this.#caller.post(number, 'send', { ...order, envelope });
    } catch (error) {
      this.#outcomes.unpack(number);
      this.#outcomes.deliver(refusedOutcome(order, failureOf(error, NO_WORKER)));
    }
  }

  async #begin(): Promise<void> {
    await this.#store.open();
    const database = this.#database;
    if (!database) return;
    const lease: Lease = new Lease(database, this.#instance, (isHeld) => {
      if (isHeld) this.#becomeWorker(database, lease);
      else this.#stopWorking();
    });
    this.#presence = new Presence(database, this.#instance);
    this.#presence.start();
    database.listen(
      (payload) => {
        const [notice = '', whom = ''] = payload.split(' ');
        if (whom === '' || whom === this.#instance) this.#look(notice as Notice);
      },
      () => {
        this.#lookAtAll();
      },
    );
    this.#lookAgain(database);
    lease.start();
  }

  #becomeWorker(database: PostgresDatabase, lease: Lease): void {
    this.#stopWorking();
    const { epoch } = lease;
    const fence = {
      get isOpen() {
        return lease.isHeld && lease.epoch === epoch;
      },
    };
    const store = new PostgresStore(database, {
      epoch,
      get isHeld() {
        return fence.isOpen;
      },
    });
    const tell = (notice: Notice, instance?: string): void => {
      this.#tell(notice, instance);
    };
    const worker = new Worker({ store, fence, epoch, settings: this.#settings, tell });
    this.#worker = worker;
    const taking = new Recovery(
      async () => {
        // Another has become it meanwhile: that one takes it up.
        if (worker.isOpen) await worker.recover();
      },
      (reason) => {
        if (worker.isOpen) this.#told.trouble(reason);
      },
    );
    taking.whenDone(() => {
      if (!worker.isOpen) return () => undefined;
      this.#isTold = true;
      this.#told.isWorker(true);
      this.#nodes.moveTo(worker);
      this.#gateways.moveTo(worker);
      void worker.takeCalls();
      return () => undefined;
    });
  }

  #stopWorking(): void {
    const worker = this.#worker;
    if (!worker) return;
    // First, so that nothing that is taken from it now is taken for the end of anything.
    worker.discard();
    this.#worker = undefined;
    this.#gateways.moveTo(undefined);
    this.#nodes.moveTo(undefined);
    if (this.#isTold) this.#told.isWorker(false);
    this.#isTold = false;
  }

  /** Tells the instances, and this one at once. */
  #tell(notice: Notice, instance?: string): void {
    const isMine = instance === this.#instance;
    if (isMine || instance === undefined) this.#look(notice);
    if (isMine || (notice === 'calls' && this.isWorker)) return;
    if (this.#notices.size === 0) {
      setImmediate(() => {
        const notices = [...this.#notices];
        this.#notices.clear();
        // One that gets lost costs time alone.
        for (const each of notices) this.#database?.notify(each).catch(() => undefined);
      });
    }
    this.#notices.add(instance === undefined ? notice : `${notice} ${instance}`);
  }

  #look(notice: Notice): void {
    if (notice === 'calls') void this.#worker?.takeCalls();
    else if (notice === 'answers') void this.#caller.collect();
    else if (notice === 'outcomes') void this.#outcomes.collect();
    else void this.#alarms.collect();
  }

  #lookAtAll(): void {
    for (const notice of ['calls', 'answers', 'outcomes', 'alarms'] as const) this.#look(notice);
  }

  #lookAgain(database: PostgresDatabase): void {
    setAlarm(Date.now() + LOOK_EVERY, () => {
      this.#lookAtAll();
      const isTurn = this.#looks++ % CARE_EVERY === 0;
      void Promise.all([this.#try(database), isTurn ? this.#care() : undefined]).then(() => {
        this.#lookAgain(database);
      });
    });
  }

  /** While the database does not answer nothing is taken, so that whoever sends hears of it. Never rejects. */
  async #try(database: PostgresDatabase): Promise<void> {
    const trouble = await database.query('SELECT 1').then(
      () => undefined,
      (error: unknown) => failureOf(error, failure('store-failed')),
    );
    const hasChanged = (trouble === undefined) !== (this.#trouble === undefined);
    this.#trouble = trouble;
    if (hasChanged) this.#told.trouble(trouble);
  }

  /** The worker takes care of what is left of instances that are gone. Never rejects. */
  async #care(): Promise<void> {
    const worker = this.#worker;
    const living = worker?.isOpen ? await this.#presence?.living().catch(() => undefined) : undefined;
    // The database may take this one for dead as well.
    const gone = worker && living ? await worker.gone(new Set([...living, this.#instance])) : new Set<string>();
    this.#outcomes.careFor(worker?.isOpen ? gone : new Set());
  }
}

/** A listener that hears nothing of an engine that works no longer: another tells it again. */
function listenerOf<Kind extends Told>(worker: Worker, listener: Listener<Kind>): Listener<Kind> {
  const { receive, leaving } = listener;
  return {
    ...listener,
    ...(receive
      ? {
          receive: (event) => {
            if (worker.isOpen) receive(event);
          },
        }
      : {}),
    ...(leaving
      ? {
          leaving: () => {
            const hasLeft = leaving();
            return () => worker.isOpen && hasLeft();
          },
        }
      : {}),
  };
}
