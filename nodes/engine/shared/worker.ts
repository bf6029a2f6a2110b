/**
 * The instance that does the work: it runs the engine on the shared store for as long as it holds the lease, and takes what
 * the others ask.
 */
import { failure, failureOf, type Failure } from '../../core/failure';
import type { Outcome } from '../dispatcher';
import type { BrokenGateway, Gateway } from '../gateway';
import { numberOf } from '../store/keys';
import type { Store } from '../store/store';
import { StoredEngine, type EngineSettings } from '../stored-engine';
import type { Taken } from './caller';
import type { Answer, Call, CallKind, Calls } from './calls';
import { FencedStore, fencedGateway, type Fence } from './fence';
import { ALARMS, ANSWERS, answerKey, CALLS, instanceOf, OUTCOMES, outcomeKey, TAKEN } from './keys';
import { Sweep } from './sweep';
import { TakenKeys } from './taken-keys';

/** Milliseconds for which it is known which calls of an instance were taken, after it is gone. */
const TAKEN_KNOWN = 86_400_000;

/** What an instance hears of the worker. */
export type Notice = 'calls' | 'answers' | 'outcomes' | 'alarms';

export interface WorkerOptions {
  readonly store: Store;
  readonly fence: Fence;
  /** Number of the worker: it grows from one to the next. */
  readonly epoch: number;
  readonly settings: EngineSettings;
  /** Something is there for an instance, or for all. Must not throw. */
  readonly tell: (notice: Notice, instance?: string) => void;
}

export class Worker implements Fence {
  readonly engine: StoredEngine;
  readonly #options: WorkerOptions;
  readonly #store: Store;
  /** The last call of each instance that is taken once. */
  readonly #taken = new Map<string, number>();
  /** Keys of calls that are being taken. */
  readonly #underWay = new TakenKeys();
  /** Nodes of all instances through which something may leave. */
  readonly #exits = new Set<string>();
  #outcomes = 0;
  #isDone = false;
  #isReady = false;
  readonly #sweep = new Sweep(() => this.#underWay.during(() => this.#takeAll()));

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#store = new FencedStore(options.store, this);
    this.engine = new StoredEngine(this.#store, options.settings);
  }

  get isOpen(): boolean {
    return !this.#isDone && this.#options.fence.isOpen;
  }

  /** Takes up what the worker before it left. To be called before all else, and again where it rejects. */
  async recover(): Promise<void> {
    for await (const [key, value] of this.#store.read(TAKEN)) {
      this.#taken.set(instanceOf(key), (value as Taken).number);
    }
    for await (const [key] of this.#store.read(ALARMS)) this.#store.note([{ key }]);
    for (const { order } of await this.engine.recover()) this.#openExit(order.node);
    this.#isReady = true;
    this.#options.tell('alarms');
  }

  /** Does nothing more, and loses nothing: another takes up what is kept. */
  discard(): void {
    this.#isDone = true;
    // It refuses what is still on its way, and lets its connection go.
    void this.#options.store.close();
  }

  /** Takes the calls that are there. Never rejects. */
  async takeCalls(): Promise<void> {
    if (this.#isReady) await this.#sweep.run();
  }

  /**
   * Makes a gateway known, and its alarm to all instances. Gives what detaches it.
   */
  attachGateway(gateway: Gateway | BrokenGateway): (removed: boolean) => void {
    const key = ALARMS + gateway.id;
    const detach = this.engine.attachGateway('failure' in gateway ? gateway : fencedGateway(gateway, this));
    let wasAlarmed = false;
    const unwatch = this.engine.dispatcher.watchGateway(gateway.id, (alarm) => {
      if (!alarm && !wasAlarmed) return;
      wasAlarmed = alarm !== undefined;
      this.#keep([{ key, ...(alarm ? { value: alarm } : {}) }], 'alarms');
    });
    return (removed) => {
      unwatch();
      detach(removed);
      if (wasAlarmed) this.#keep([{ key }], 'alarms');
    };
  }

  /** Instances other than `living` of which something is left; removes what only they could need. Never rejects. */
  async gone(living: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const gone = new Set<string>();
    const oldest = Date.now() - TAKEN_KNOWN;
    try {
      for await (const [key] of this.#store.read(OUTCOMES)) if (!living.has(instanceOf(key))) gone.add(instanceOf(key));
      for await (const [key] of this.#store.read(ANSWERS)) {
        if (!living.has(instanceOf(key))) this.#store.note([{ key }]);
      }
      for await (const [key, value] of this.#store.read(TAKEN)) {
        if (!living.has(instanceOf(key)) && (value as Taken).at < oldest) this.#store.note([{ key }]);
      }
    } catch {
      // The next time.
    }
    return gone;
  }

  async #takeAll(): Promise<void> {
    for await (const [key, value] of this.#store.read(CALLS)) {
      if (!this.isOpen) return;
      this.#take(key, value as Call);
    }
  }

  #take(key: string, call: Call): void {
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    const instance = instanceOf(key);
    const number = numberOf(key.split('!')[2] ?? '');
    const isOnce = call.kind === 'send' || call.kind === 'settle';
    if (isOnce && number <= (this.#taken.get(instance) ?? 0)) {
      // It was kept a second time, by an instance that did not know of the first.
      this.#keep([{ key }]);
      return;
    }
    if (isOnce) {
      const { log } = this.engine;
      this.#taken.set(instance, number);
      const answered = this.#perform(instance, call);
      // In one write with what came of it: it is taken once.
      log.also({ key });
      log.also({ key: TAKEN + instance, value: { number, at: Date.now() } satisfies Taken });
      log.saved().then(
        () => {
          this.#underWay.removed(key);
          if (call.kind === 'settle') this.#answer(instance, number, answered);
        },
        (error: unknown) => {
          // It is written with what comes next; until then it is not taken again.
          if (call.kind === 'settle') this.#answer(instance, number, Promise.reject(asError(error)));
        },
      );
      return;
    }
    this.#answer(instance, number, this.#perform(instance, call), key);
  }

  /** What a call comes to. What is done at once is done when this returns. */
  async #perform<Kind extends CallKind>(instance: string, call: Call): Promise<Calls[Kind]['answer']> {
    const { dispatcher, events, ids } = this.engine;
    switch (call.kind) {
      case 'send':
        dispatcher.send({ ...call.args, node: this.#exitOf(instance, call.args.node) });
        return undefined;
      case 'settle':
        return dispatcher.settle({ ...call.args, node: this.#exitOf(instance, call.args.node) });
      case 'cancel':
        return await dispatcher.cancel(call.args.gateway, call.args.ids);
      case 'push':
        return await events.takePush(call.args.gateway, call.args.push, call.args.node);
      case 'poll':
        return await events.pollNow(call.args.gateway, call.args.kind);
      case 'find':
        return events.find(call.args.gateway, call.args.query);
      case 'ids':
        return await ids.reserve(call.args.device, call.args.count);
    }
  }

  /** Keeps the answer in one write with the end of the call. */
  #answer(instance: string, number: number, answered: Promise<unknown>, key?: string): void {
    const end = key === undefined ? [] : [{ key }];
    const answer = answered.then(
      (value): Answer => ({ value }),
      (error: unknown): Answer => ({ failure: reasonOf(error) }),
    );
    void answer.then((value) => {
      this.#keep([...end, { key: answerKey(instance, number), value }], 'answers', instance, () => {
        if (key !== undefined) this.#underWay.removed(key);
      });
    });
  }

  #exitOf(instance: string, node: string): string {
    const exit = `${instance} ${node}`;
    this.#openExit(exit);
    return exit;
  }

  /** What leaves through a node of an instance is kept for that instance: before it counts as gone. */
  #openExit(exit: string): void {
    if (this.#exits.has(exit)) return;
    this.#exits.add(exit);
    const [instance = '', ...rest] = exit.split(' ');
    const node = rest.join(' ');
    this.engine.dispatcher.attachNode(exit, (outcome: Outcome) => {
      const { log } = this.engine;
      const key = outcomeKey(instance, this.#options.epoch, this.#outcomes++);
      // In one write with the end of the order, which follows in this very turn.
      log.also({ key, value: { ...outcome, node } });
      log
        .saved()
        .then(() => this.#store.write([]))
        .then(
          () => {
            this.#options.tell('outcomes', instance);
          },
          () => undefined,
        );
    });
  }

  #keep(
    changes: Parameters<Store['write']>[0],
    notice?: Notice,
    instance?: string,
    kept = (): void => undefined,
  ): void {
    // What cannot be kept at once is kept as soon as it can be.
    this.#store.note(changes);
    this.#store.write([]).then(
      () => {
        kept();
        if (notice) this.#options.tell(notice, instance);
      },
      () => undefined,
    );
  }
}

function reasonOf(error: unknown): Failure {
  return failureOf(error, failure('store-failed'));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
