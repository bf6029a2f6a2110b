/** A device node at work: each input is one command, answered by one output or one error. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import { UNEXPECTED } from '../runtime/guard';
import { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';
import { WatchedGateway } from '../runtime/watched-gateway';
import { readConfig, type DeviceConfig, type DeviceDef } from './config';
import { readRequest } from './request';
import { deviceMessage, isPartial, type DeviceMessage } from './result';
import { DeviceStatus } from './status';

export class DeviceNode {
  readonly #node: Node;
  readonly #gateway: WatchedGateway;
  readonly #texts: Texts;
  readonly #status: DeviceStatus;
  readonly #config: DeviceConfig | undefined;
  /** What is wrong in the node's own configuration. */
  readonly #fault: Failure | undefined;

  constructor(red: NodeAPI, node: Node, def: DeviceDef, texts: Texts) {
    this.#node = node;
    this.#gateway = new WatchedGateway(red, node, def.gateway, texts);
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
    this.#gateway.takeInputs(async (msg, send) => {
      const stop = this.#status.running();
      try {
        send(await this.#run(msg));
        return undefined;
      } catch (thrown) {
        const reason = failureOf(thrown, UNEXPECTED);
        this.#status.failed(reason);
        return reason;
      } finally {
        stop();
      }
    });
    const unwatch = this.#gateway.watch(() => {
      this.#status.simulated = this.#gateway.simulated;
      this.#status.broken(this.#fault ?? this.#gateway.broken);
    });
    this.#node.on('close', (done: () => void) => {
      this.#status.close();
      unwatch();
      done();
    });
  }

  /** Rejects with an `SmsError` where the command was not run or not taken. */
  async #run(msg: NodeMessage): Promise<DeviceMessage> {
    if (!this.#config) throw new SmsError(this.#fault ?? failure('invalid-config'));
    const gateway = await this.#gateway.open();
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
}
