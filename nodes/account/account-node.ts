/** An account node at work: it answers inputs, asks for the balance by itself, and says below itself what came of it. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { Balance } from '../core/account';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import type { GatewayName } from '../engine/dispatcher';
import type { Gateway } from '../engine/gateway';
import { engineOf } from '../runtime/engine';
import { whenFlowsStarted } from '../runtime/flows-started';
import { gatewayNode } from '../runtime/gateways';
import { guard } from '../runtime/guard';
import { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { lacks } from './commands';
import { readConfig, type AccountConfig, type AccountDef } from './config';
import { readIds } from './ids';
import { balanceMessage, cancelMessage, signatureMessage } from './result';
import { AccountStatus } from './status';
import { forgetThreshold, thresholdOf, type Threshold } from './threshold';

/** What leaves by the two outputs. */
type Messages = [NodeMessage, NodeMessage | null];
type Send = (messages: Messages) => void;
type Done = (error?: Error) => void;

export class AccountNode {
  readonly #red: NodeAPI;
  readonly #node: Node;
  /** Id of the gateway node. */
  readonly #gateway: string;
  readonly #texts: Texts;
  readonly #status: AccountStatus;
  readonly #config: AccountConfig | undefined;
  readonly #threshold: Threshold | undefined;
  /** What is wrong in the node's own configuration. */
  readonly #fault: Failure | undefined;
  /** The gateway's vendor, as far as it is known. */
  #vendor = '';
  /** Why the gateway cannot work. */
  #broken: Failure | undefined;
  /** Why the last balance that nobody asked for did not come. */
  #trouble: Failure | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  #hasWarned = false;
  #closed = false;

  constructor(red: NodeAPI, node: Node, def: AccountDef, texts: Texts) {
    this.#red = red;
    this.#node = node;
    this.#gateway = def.gateway;
    this.#texts = texts;
    this.#status = new AccountStatus(new Status(node, texts), texts);
    try {
      this.#config = readConfig(red, node, def);
    } catch (error) {
      this.#fault = failureOf(error, failure('invalid-config'));
      node.error(texts.sentence(this.#fault));
    }
    const { threshold } = this.#config ?? {};
    if (threshold === undefined) forgetThreshold(node.id);
    else this.#threshold = thresholdOf(node.id, threshold);
  }

  /** Works until the node is closed. */
  start(): void {
    const take = this.#guarded((msg: NodeMessage, send: Send, done: Done) => this.#take(msg, send, done));
    this.#node.on('input', (msg, send, done) => {
      take(msg, send, done);
    });
    const look = this.#guarded(() => this.#look());
    const poll = this.#guarded(() => this.#poll());
    // A later deploy may bring the gateway, or mend what kept the balance from coming.
    const wait = (): (() => void) =>
      whenFlowsStarted(this.#red, () => {
        cancel = wait();
        look();
        if (this.#timer === undefined || this.#trouble) poll();
      });
    let cancel = wait();
    const unwatch = engineOf(this.#red).dispatcher.watchGateway(
      this.#gateway,
      this.#guarded((reason?: Failure) => {
        // An account that is paused can still be asked; what it answers says more.
        this.#broken = reason?.code === 'invalid-config' ? reason : undefined;
        this.#show();
      }),
    );
    this.#node.on('close', (removed: boolean, done: () => void) => {
      this.#closed = true;
      this.#status.close();
      clearTimeout(this.#timer);
      cancel();
      unwatch();
      if (removed) forgetThreshold(this.#node.id);
      done();
    });
  }

  async #take(msg: NodeMessage, send: Send, done: Done): Promise<void> {
    let error: Error | undefined;
    const stop = this.#status.asking();
    try {
      send(await this.#answer(msg));
    } catch (thrown) {
      const reason = failureOf(thrown, failure('invalid-message', 'unexpected'));
      this.#status.failed(reason);
      error = this.#texts.asError(reason, this.#vendor);
    } finally {
      stop();
    }
    done(error);
  }

  /** Rejects with an `SmsError` where there is no answer. */
  async #answer(msg: NodeMessage): Promise<Messages> {
    if (!this.#config) throw new SmsError(this.#fault ?? failure('invalid-config'));
    const { command } = this.#config;
    switch (command) {
      case 'balance': {
        const gateway = await this.#open();
        return this.#balanceMessages(msg, gateway, await balanceOf(gateway));
      }
      case 'signature': {
        const gateway = await this.#open();
        const { account } = gateway;
        if (!account.signature) throw new SmsError(lacks(command, gateway));
        const signature = await account.signature();
        this.#status.signature(signature);
        return [signatureMessage(msg, gateway, signature), null];
      }
      case 'cancel': {
        const ids = readIds(msg.payload);
        const gateway = await this.#name();
        const outcome = await engineOf(this.#red).dispatcher.cancel(this.#gateway, ids);
        this.#status.cancelled(outcome);
        return [cancelMessage(msg, gateway, outcome, this.#texts), null];
      }
    }
  }

  /** By output 1 the balance; by output 2 as well where it has just fallen below the threshold. */
  #balanceMessages(msg: NodeMessage, gateway: Gateway, balance: Balance): Messages {
    const threshold = this.#threshold;
    // What leaves a node that is closed may get lost: the fall is then for the node that comes after it.
    const hasFallen = !this.#closed && threshold?.falls(balance, gateway.accountKey) === true;
    this.#status.balance(balance, threshold?.isBelow ?? false);
    if (threshold?.isMeaningless(balance) && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#node.warn(this.#texts.text('account.postpaid', { threshold: threshold.level }));
    }
    return [
      balanceMessage(msg, gateway, balance),
      hasFallen ? balanceMessage(msg, gateway, balance, threshold.level) : null,
    ];
  }

  /** The gateway as it is now. Rejects with an `SmsError` where it is missing or cannot work. */
  async #open(): Promise<Gateway> {
    const source = gatewayNode(this.#red, this.#gateway);
    if (!source) throw new SmsError(noGateway());
    // What is asked for right after a deploy needs a gateway that is ready.
    const opened = await source.opened;
    if (!opened) throw new SmsError(this.#broken ?? failure('invalid-config'));
    this.#status.simulated = opened.simulated;
    this.#vendor = opened.gateway.vendor;
    return opened.gateway;
  }

  /** The gateway's name: what waits can be cancelled although the gateway cannot work. Rejects where it is missing. */
  async #name(): Promise<GatewayName> {
    const source = gatewayNode(this.#red, this.#gateway);
    if (source && !(await source.opened)) return { id: source.id, name: source.name ?? '', vendor: '' };
    return this.#open();
  }

  /** Says once that the gateway is missing, and below the node whether it is simulated. */
  async #look(): Promise<void> {
    const source = gatewayNode(this.#red, this.#gateway);
    const isMissing = this.#broken?.detail === noGateway().detail;
    if (source) {
      if (isMissing) this.#broken = undefined;
      this.#status.simulated = (await source.opened)?.simulated ?? false;
    } else if (!isMissing) {
      this.#broken = noGateway();
      this.#node.error(this.#texts.sentence(noGateway()));
    }
    this.#show();
  }

  /** Asks for the balance that nobody asked for, and for the next one when it is time. */
  async #poll(): Promise<void> {
    const { interval } = this.#config ?? {};
    if (interval === undefined || this.#isPolling || this.#closed) return;
    clearTimeout(this.#timer);
    this.#isPolling = true;
    const stop = this.#status.asking();
    try {
      const gateway = await this.#open();
      const balance = await balanceOf(gateway);
      if (!this.#isOver()) this.#node.send(this.#balanceMessages({}, gateway, balance));
      this.#noteTrouble(undefined);
    } catch (error) {
      this.#noteTrouble(failureOf(error, failure('unreadable-answer')));
    } finally {
      stop();
      this.#isPolling = false;
    }
    if (this.#isOver()) return;
    const again = this.#guarded(() => this.#poll());
    this.#timer = setTimeout(again, interval);
  }

  /** Whether the node was closed meanwhile. */
  #isOver(): boolean {
    return this.#closed;
  }

  /** One line when balances cease to come or fail to come for another reason, one when they come again. */
  #noteTrouble(reason: Failure | undefined): void {
    if (this.#closed) return;
    const before = this.#trouble;
    this.#trouble = reason;
    this.#status.trouble(reason);
    // What is wrong with the gateway is said by the gateway, and by the look for it.
    if (reason?.code === before?.code || reason?.code === 'invalid-config') return;
    if (reason) {
      const { message } = this.#texts.error(reason, this.#vendor);
      this.#node.warn(this.#texts.text('polling.fails', { reason: message }));
    } else if (before?.code !== 'invalid-config') {
      this.#node.log(this.#texts.text('polling.works'));
    }
  }

  #show(): void {
    this.#status.broken(this.#fault ?? this.#broken);
  }

  #guarded<Args extends unknown[]>(work: (...args: Args) => void | Promise<void>): (...args: Args) => void {
    return guard(work, (error, ..._args) => {
      this.#node.error(this.#texts.sentence(failureOf(error, failure('invalid-message', 'unexpected'))));
    });
  }
}

/** Rejects with an `SmsError` where the vendor has no such call or did not tell. */
async function balanceOf(gateway: Gateway): Promise<Balance> {
  const { account } = gateway;
  if (!account.balance) throw new SmsError(lacks('balance', gateway));
  return account.balance();
}

function noGateway(): Failure {
  return failure('invalid-config', 'no-gateway', { field: 'gateway' });
}
