/** A device node at work: each input is one command, answered by one output or one error. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import type { Gateway } from '../engine/gateway';
import { engineOf } from '../runtime/engine';
import { whenFlowsStarted } from '../runtime/flows-started';
import { gatewayNode } from '../runtime/gateways';
import { guard } from '../runtime/guard';
import { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { readConfig, type DeviceConfig, type DeviceDef } from './config';
import { readRequest } from './request';
import { deviceMessage, isPartial, type DeviceMessage } from './result';
import { DeviceStatus } from './status';

type Send = (message: NodeMessage) => void;
type Done = (error?: Error) => void;

export class DeviceNode {
  readonly #red: NodeAPI;
  readonly #node: Node;
  /** Id of the gateway node. */
  readonly #gateway: string;
  readonly #texts: Texts;
  readonly #status: DeviceStatus;
  readonly #config: DeviceConfig | undefined;
  /** What is wrong in the node's own configuration. */
  readonly #fault: Failure | undefined;
  /** The gateway's vendor, as far as it is known. */
  #vendor = '';
  /** Why the gateway cannot work. */
  #broken: Failure | undefined;

  constructor(red: NodeAPI, node: Node, def: DeviceDef, texts: Texts) {
    this.#red = red;
    this.#node = node;
    this.#gateway = def.gateway;
    this.#texts = texts;
    this.#status = new DeviceStatus(new Status(node, texts), texts);
    try {
      this.#config = readConfig(red, node, def);
    } catch (error) {
      this.#fault = failureOf(error, failure('invalid-config'));
      node.error(texts.sentence(this.#fault));
    }
  }

  /** Works until the node is closed. */
  start(): void {
    const take = this.#guarded((msg: NodeMessage, send: Send, done: Done) => this.#take(msg, send, done));
    this.#node.on('input', (msg, send, done) => {
      take(msg, send, done);
    });
    const look = this.#guarded(() => this.#look());
    // A later deploy may bring the gateway.
    const wait = (): (() => void) =>
      whenFlowsStarted(this.#red, () => {
        cancel = wait();
        look();
      });
    let cancel = wait();
    const unwatch = engineOf(this.#red).dispatcher.watchGateway(
      this.#gateway,
      this.#guarded((reason?: Failure) => {
        // A device whose sending is paused can still be commanded; that may be what mends it.
        this.#broken = reason?.code === 'invalid-config' ? reason : undefined;
        this.#show();
      }),
    );
    this.#node.on('close', (done: () => void) => {
      this.#status.close();
      cancel();
      unwatch();
      done();
    });
  }

  async #take(msg: NodeMessage, send: Send, done: Done): Promise<void> {
    let error: Error | undefined;
    const stop = this.#status.running();
    try {
      send(await this.#run(msg));
    } catch (thrown) {
      const reason = failureOf(thrown, failure('invalid-message', 'unexpected'));
      this.#status.failed(reason);
      error = this.#texts.asError(reason, this.#vendor);
    } finally {
      stop();
    }
    done(error);
  }

  /** Rejects with an `SmsError` where the command was not run or not taken. */
  async #run(msg: NodeMessage): Promise<DeviceMessage> {
    if (!this.#config) throw new SmsError(this.#fault ?? failure('invalid-config'));
    const gateway = await this.#open();
    const { account, driver } = gateway;
    const { command, ports, args } = readRequest(this.#config, msg.payload, driver.commands ?? []);
    if (!account.run) throw new SmsError(failure('unsupported', 'no-commands'));
    const callbackUrl = gateway.callbackUrl();
    const answer = await account.run(command, {
      ...{ ports, args },
      ...(callbackUrl === undefined ? {} : { callbackUrl }),
    });
    this.#status.done(command, isPartial(answer.payload));
    return deviceMessage(msg, gateway, command, answer, this.#texts);
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

  #show(): void {
    this.#status.broken(this.#fault ?? this.#broken);
  }

  #guarded<Args extends unknown[]>(work: (...args: Args) => void | Promise<void>): (...args: Args) => void {
    return guard(work, (error, ..._args) => {
      this.#node.error(this.#texts.sentence(failureOf(error, failure('invalid-message', 'unexpected'))));
    });
  }
}

function noGateway(): Failure {
  return failure('invalid-config', 'no-gateway', { field: 'gateway' });
}
