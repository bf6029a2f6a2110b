/**
 * What the nodes for reports and for inbound SMS have in common: they listen at a gateway, poll when they are asked to,
 * and say below themselves how that goes.
 */
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { failure, failureOf, type Failure } from '../core/failure';
import { readNumber } from '../core/option';
import type { EventOf } from '../engine/events';
import type { EventKind } from '../vendors/driver';
import { engineOf } from './engine';
import { resolveVariables } from './environment';
import { whileFlowsRun } from './flows-started';
import { guardOf } from './guard';
import { Status, type Mood } from './status';
import type { Texts } from './texts';
import { arrival } from './wires';
import { WatchedGateway, type OwnGateway, type Send } from './watched-gateway';

export interface EventNodeDef extends NodeDef {
  gateway: string;
  interval: unknown;
}

type Params = Readonly<Record<string, string | number>>;

export class EventNode<Kind extends EventKind> {
  readonly #red: NodeAPI;
  readonly #node: Node;
  readonly #def: EventNodeDef;
  readonly #kind: Kind;
  readonly #texts: Texts;
  readonly #status: Status;
  readonly #interval?: number;
  readonly #gateway: WatchedGateway;
  /** What is wrong in the node's own configuration, by property. */
  readonly #faults = new Map<string, Failure>();
  /** Polling fails. */
  #trouble?: Failure;
  #polls = 0;
  #last?: { readonly mood: Mood; readonly key: string; readonly params: Params };
  #closed = false;

  constructor(red: NodeAPI, node: Node, def: EventNodeDef, kind: Kind, texts: Texts) {
    this.#red = red;
    this.#node = node;
    this.#def = def;
    this.#kind = kind;
    this.#texts = texts;
    this.#status = new Status(node, texts);
    this.#gateway = new WatchedGateway(red, node, def.gateway, texts);
    this.#interval = this.read('interval', def.interval, (value) => {
      const seconds = readNumber(value);
      return seconds !== undefined && seconds >= 0
        ? seconds
        : failure('invalid-config', 'interval', { field: 'interval' });
    });
  }

  /** Its gateway, as far as it is known. */
  get gateway(): OwnGateway {
    return this.#gateway.own;
  }

  /**
   * A property of the node, with the value of its variable put in; `undefined` where it is blank, and where it is wrong:
   * that is then said.
   */
  read<Value>(field: string, value: unknown, convert: (value: unknown) => Value | Failure): Value | undefined {
    try {
      const resolved = resolveVariables(value, (name) =>
        this.#red.util.evaluateNodeProperty(name, 'env', this.#node, {}),
      );
      if (isBlank(resolved)) return undefined;
      const converted = convert(resolved);
      if (!isFailure(converted)) return converted;
      this.#refuse(field, converted);
    } catch (error) {
      this.#refuse(field, failureOf(error, failure('invalid-config')));
    }
    return undefined;
  }

  /** Whether the property could not be read. */
  failed(field: string): boolean {
    return this.#faults.has(field);
  }

  /** Listens, from the start of the flows to the end of the node. */
  listen(receive: (event: EventOf[Kind]) => void): void {
    const { events } = engineOf(this.#red);
    const { id: node } = this.#node;
    const { gateway } = this.#def;
    const interval = this.#interval === undefined ? {} : { interval: this.#interval };
    const guarded = guardOf(this.#node, this.#texts);
    const listener = {
      ...{ node, gateway, ...interval },
      receive: guarded(receive),
      leaving: () => arrival(this.#red, this.#node),
      trouble: guarded((reason?: Failure) => {
        this.#noteTrouble(reason);
      }),
      unreadable: guarded((records: readonly unknown[]) => {
        this.#noteUnreadable(records);
      }),
      outrun: guarded((perDay: number) => {
        this.#node.warn(this.#texts.text('polling.outrun', { perDay }));
      }),
    };
    let end = (_removed: boolean): void => undefined;
    let areFlowsRunning = false;
    const show = (): void => {
      this.#show();
    };
    const unwatch = this.#gateway.watch(show, () => {
      // What the vendor hands out only once must not come before the nodes that it goes to are there.
      if (!areFlowsRunning || !gateway) return;
      end = events.listen<Kind>(this.#kind, listener);
    });
    // Nor while a deploy takes them away, be it that it leaves this node as it is.
    const forget = whileFlowsRun(this.#red, () => {
      areFlowsRunning = true;
      return () => {
        areFlowsRunning = false;
        end(false);
      };
    });
    this.#node.on('close', (removed: boolean, done: () => void) => {
      this.#closed = true;
      unwatch();
      forget();
      end(removed);
      done();
    });
  }

  /** Hands inputs to `work`, which says what went wrong with one. Whatever happens, `done` is called once. */
  takeInputs(work: (msg: NodeMessage, send: Send) => Promise<Failure | undefined>): void {
    this.#gateway.takeInputs(async (msg, send) => {
      const engine = engineOf(this.#red);
      await Promise.all([this.#gateway.ready(), engine.ready]);
      return engine.failure ?? work(msg, send);
    });
  }

  /** Polls as soon as the vendor bears it, and says what went wrong. Never rejects. */
  async poll(): Promise<Failure | undefined> {
    const { broken } = this.#gateway;
    if (broken) return broken;
    this.#polls++;
    this.#show();
    try {
      return await engineOf(this.#red).events.pollNow(this.#def.gateway, this.#kind);
    } finally {
      this.#polls--;
      this.#show();
    }
  }

  /** Shows what came last. */
  show(mood: Mood, key: string, params: Params): void {
    this.#last = { mood, key, params };
    this.#show();
  }

  #refuse(field: string, fault: Failure): void {
    this.#faults.set(field, fault);
    this.#node.error(this.#texts.sentence(fault));
    this.#show();
  }

  /** One line when polling begins to fail or fails for another reason, one when it works again. */
  #noteTrouble(reason: Failure | undefined): void {
    const before = this.#trouble;
    this.#trouble = reason;
    this.#show();
    if (reason?.code === before?.code) return;
    if (reason) {
      const { message } = this.#texts.error(reason, this.#gateway.own.vendor);
      this.#node.warn(this.#texts.text('polling.fails', { reason: message }));
    } else {
      this.#node.log(this.#texts.text('polling.works'));
    }
  }

  #noteUnreadable(records: readonly unknown[]): void {
    const reason = failure('unreadable-answer', 'records', { count: records.length });
    this.#node.error(this.#texts.asError(reason, this.#gateway.own.vendor), { payload: records });
  }

  #show(): void {
    if (this.#closed) return;
    const [fault] = this.#faults.values();
    const broken = fault ?? this.#gateway.broken;
    this.#status.simulated = this.#gateway.simulated;
    if (broken) this.#status.show('alarm', 'broken', { code: this.#texts.text(`codes.${broken.code}`) });
    else if (this.#trouble)
      this.#status.show('alarm', 'pollFails', { code: this.#texts.text(`codes.${this.#trouble.code}`) });
    else if (this.#polls > 0) this.#status.show('working', 'polling');
    else if (this.#last) this.#status.show(this.#last.mood, this.#last.key, this.#last.params);
    else this.#status.clear();
  }
}

function isBlank(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isBlank);
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value;
}
