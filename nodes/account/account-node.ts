/** An account node at work: it answers inputs, asks for the balance by itself, and says below itself what came of it. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { Balance } from '../core/account';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import type { Gateway } from '../engine/gateway';
import { engineOf } from '../runtime/engine';
import { UNEXPECTED, guardOf } from '../runtime/guard';
import { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { WatchedGateway } from '../runtime/watched-gateway';
import { BalancePolling } from './balance-polling';
import { lacks } from './commands';
import { readConfig, type AccountConfig, type AccountDef } from './config';
import { readIds } from './ids';
import { balanceMessage, cancelMessage, signatureMessage } from './result';
import { AccountStatus } from './status';
import { forgetThreshold, thresholdOf, type Threshold } from './threshold';

/** What leaves by the two outputs. */
type Messages = [NodeMessage, NodeMessage | null];

export class AccountNode {
  readonly #red: NodeAPI;
  readonly #node: Node;
  readonly #gateway: WatchedGateway;
  readonly #texts: Texts;
  readonly #status: AccountStatus;
  readonly #config: AccountConfig | undefined;
  readonly #threshold: Threshold | undefined;
  readonly #polling: BalancePolling | undefined;
  /** What is wrong in the node's own configuration. */
  readonly #fault: Failure | undefined;
  /** The reason that was said last why balances do not come by themselves. */
  #told: Failure['code'] | undefined;
  #hasWarned = false;
  #closed = false;

  constructor(red: NodeAPI, node: Node, def: AccountDef, texts: Texts) {
    this.#red = red;
    this.#node = node;
    this.#gateway = new WatchedGateway(red, node, def.gateway, texts);
    this.#texts = texts;
    this.#status = new AccountStatus(new Status(node, texts), texts);
    try {
      this.#config = readConfig(red, node, def);
    } catch (error) {
      this.#fault = failureOf(error, failure('invalid-config'));
      node.error(texts.sentence(this.#fault));
    }
    const { threshold, interval } = this.#config ?? {};
    if (threshold === undefined) forgetThreshold(node.id);
    else this.#threshold = thresholdOf(node.id, threshold);
    if (interval !== undefined) this.#polling = this.#pollingEvery(interval);
  }

  /** Works until the node is closed. */
  start(): void {
    this.#gateway.takeInputs(async (msg, send) => {
      const stop = this.#status.asking();
      try {
        send(await this.#answer(msg));
        return undefined;
      } catch (thrown) {
        const reason = failureOf(thrown, UNEXPECTED);
        this.#status.failed(reason);
        return reason;
      } finally {
        stop();
      }
    });
    const show = (): void => {
      this.#status.simulated = this.#gateway.simulated;
      this.#status.broken(this.#fault ?? this.#gateway.broken);
    };
    const unwatch = this.#gateway.watch(show, async () => {
      const gateway = await this.#gateway.open().catch(() => undefined);
      this.#polling?.started(gateway?.fingerprint);
    });
    this.#node.on('close', (removed: boolean, done: () => void) => {
      this.#closed = true;
      this.#status.close();
      this.#polling?.end();
      unwatch();
      if (removed) forgetThreshold(this.#node.id);
      done();
    });
  }

  /** Rejects with an `SmsError` where there is no answer. */
  async #answer(msg: NodeMessage): Promise<Messages> {
    if (!this.#config) throw new SmsError(this.#fault ?? failure('invalid-config'));
    const { command } = this.#config;
    switch (command) {
      case 'balance': {
        const gateway = await this.#gateway.open();
        const balance = await balanceOf(gateway);
        this.#polling?.works();
        return this.#balanceMessages(msg, gateway, balance);
      }
      case 'signature': {
        const gateway = await this.#gateway.open();
        const { account } = gateway;
        if (!account.signature) throw new SmsError(lacks(command, gateway));
        const signature = await account.signature();
        this.#status.signature(signature);
        return [signatureMessage(msg, gateway, signature), null];
      }
      case 'cancel': {
        const ids = readIds(msg.payload);
        // What waits can be cancelled although the gateway cannot work.
        const gateway = await this.#gateway.name();
        const engine = engineOf(this.#red);
        await engine.ready;
        if (engine.failure) throw new SmsError(engine.failure);
        const outcome = await engine.dispatcher.cancel(gateway.id, ids);
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

  #pollingEvery(interval: number): BalancePolling {
    const ask = async (): Promise<void> => {
      // Of several that share a store, one asks.
      if (!engineOf(this.#red).isWorker) return;
      const stop = this.#status.asking();
      try {
        const gateway = await this.#gateway.open();
        const balance = await balanceOf(gateway);
        if (!this.#closed) this.#node.send(this.#balanceMessages({}, gateway, balance));
      } finally {
        stop();
      }
    };
    const trouble = (reason: Failure | undefined): void => {
      this.#noteTrouble(reason);
    };
    return new BalancePolling(interval, { ask, trouble }, guardOf(this.#node, this.#texts));
  }

  /** One line when balances cease to come or fail to come for another reason, one when they come again. */
  #noteTrouble(reason: Failure | undefined): void {
    this.#status.trouble(reason);
    // What is wrong with the gateway is said by the gateway, and by the look for it.
    if (reason?.code === this.#told || (reason && this.#gateway.broken)) return;
    this.#told = reason?.code;
    if (reason) {
      const { message } = this.#texts.error(reason, this.#gateway.own.vendor);
      this.#node.warn(this.#texts.text('polling.fails', { reason: message }));
    } else {
      this.#node.log(this.#texts.text('polling.works'));
    }
  }
}

/** Rejects with an `SmsError` where the vendor has no such call or did not tell. */
async function balanceOf(gateway: Gateway): Promise<Balance> {
  const { account } = gateway;
  if (!account.balance) throw new SmsError(lacks('balance', gateway));
  return account.balance();
}
