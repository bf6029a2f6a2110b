/** The gateway of a node, as the node sees it: found anew at each use, with what keeps it from working. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import type { GatewayName } from '../engine/dispatcher';
import { NO_GATEWAY, type Gateway } from '../engine/gateway';
import { engineOf } from './engine';
import { wheneverFlowsStart } from './flows-started';
import { DEFAULT_COUNTRY, DEFAULT_ZONE, gatewayNode, type GatewayNode } from './gateways';
import { UNEXPECTED, guardOf } from './guard';
import type { Texts } from './texts';

/** What a node writes of its gateway, also while that is away. */
export interface OwnGateway extends GatewayName {
  readonly timezone: string;
  readonly country: string;
}

export type Send = (messages: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

export class WatchedGateway {
  readonly #red: NodeAPI;
  readonly #node: Node;
  readonly #id: string;
  readonly #texts: Texts;
  #own: OwnGateway;
  /** The config node that was looked at last. */
  #source: GatewayNode | undefined;
  #broken: Failure | undefined;
  #simulated = false;
  #changed = (): void => undefined;

  constructor(red: NodeAPI, node: Node, id: string, texts: Texts) {
    this.#red = red;
    this.#node = node;
    this.#id = id;
    this.#texts = texts;
    this.#own = { id, name: '', vendor: '', timezone: DEFAULT_ZONE, country: DEFAULT_COUNTRY };
  }

  /** As far as it is known. */
  get own(): OwnGateway {
    if (gatewayNode(this.#red, this.#id) !== this.#source) guardOf(this.#node, this.#texts)(() => this.#look())();
    return this.#own;
  }

  /** Why it cannot work. One whose account is paused can still be asked, and what it answers says more. */
  get broken(): Failure | undefined {
    return this.#broken;
  }

  get simulated(): boolean {
    return this.#simulated;
  }

  /**
   * Looks at it after every start of the flows, for any deploy may bring it or take it away, until what this gives is
   * called. `changed`: something else may be true of it now. `started`: the flows are started, and it is ready if it ever
   * will be.
   */
  watch(changed: () => void, started: () => void | Promise<void> = () => undefined): () => void {
    const guarded = guardOf(this.#node, this.#texts);
    this.#changed = changed;
    const look = guarded(async () => {
      await this.#look();
      await started();
    });
    const cancel = wheneverFlowsStart(this.#red, look);
    const unwatch = engineOf(this.#red).dispatcher.watchGateway(
      this.#id,
      guarded((reason?: Failure) => {
        this.#broken = reason?.code === 'invalid-config' ? reason : undefined;
        changed();
      }),
    );
    return () => {
      cancel();
      unwatch();
    };
  }

  /**
   * Hands the node's inputs to `work`, which gives or throws what went wrong with one. Whatever happens, `done` is called
   * once.
   */
  takeInputs(work: (msg: NodeMessage, send: Send) => Promise<Failure | undefined>): void {
    const take = guardOf(
      this.#node,
      this.#texts,
    )(async (msg: NodeMessage, send: Send, done: (error?: Error) => void) => {
      const reason = await work(msg, send).catch((error: unknown) => failureOf(error, UNEXPECTED));
      done(reason && this.#texts.asError(reason, this.#own.vendor));
    });
    this.#node.on('input', (msg, send, done) => {
      take(msg, send, done);
    });
  }

  /** The gateway as it is now. Rejects with an `SmsError` where it is missing or cannot work. */
  async open(): Promise<Gateway> {
    const source = this.#find();
    const opened = await this.#read(source);
    if (!opened) throw new SmsError(this.#broken ?? failure('invalid-config'));
    return opened;
  }

  /** Waits until it is ready, for what is asked right after a deploy. */
  async ready(): Promise<void> {
    await gatewayNode(this.#red, this.#id)?.opened;
  }

  /** Its name, also where it cannot work. Rejects with an `SmsError` where it is missing. */
  async name(): Promise<GatewayName> {
    await this.#read(this.#find());
    return this.#own;
  }

  #find(): GatewayNode {
    const source = gatewayNode(this.#red, this.#id);
    if (!source) throw new SmsError(NO_GATEWAY);
    return source;
  }

  /** Says once that it is missing. */
  async #look(): Promise<void> {
    const source = gatewayNode(this.#red, this.#id);
    const wasMissing = this.#broken === NO_GATEWAY;
    this.#source = source;
    if (source && wasMissing) this.#broken = undefined;
    if (!source && !wasMissing) {
      this.#broken = NO_GATEWAY;
      this.#node.error(this.#texts.sentence(NO_GATEWAY));
    }
    if (source) await this.#read(source);
    else this.#simulated = false;
    this.#changed();
  }

  /** Nothing where it cannot work. */
  async #read(source: GatewayNode): Promise<Gateway | undefined> {
    const opened = await source.opened;
    this.#simulated = opened?.simulated ?? false;
    if (opened) {
      const { id, name, vendor, timezone, country } = opened.gateway;
      this.#own = { id, name, vendor, timezone, country };
    } else {
      const { id, vendor } = source;
      this.#own = { ...this.#own, id, name: source.name || vendor, vendor };
    }
    return opened?.gateway;
  }
}
