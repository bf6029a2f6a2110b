/** The node `smswire-webhook`: the URL that a vendor or device pushes to. */
import type { NodeAPI, NodeMessage } from 'node-red';
import { failure, failureOf, type Failure } from '../core/failure';
import type { PushTaken } from '../engine/events';
import { engineOf } from '../runtime/engine';
import { whenFlowsStarted } from '../runtime/flows-started';
import { gatewayNode, type OpenGateway } from '../runtime/gateways';
import { guardOf } from '../runtime/guard';
import { addPushOutput } from '../runtime/push-outputs';
import { payloadOf, rawOf, type Push } from '../runtime/push-payload';
import { Status } from '../runtime/status';
import { Texts } from '../runtime/texts';
import { isWired } from '../runtime/wires';
import { serveWebhookInfo } from '../runtime/webhook-info';
import { httpNodeRoot, openWebhook } from '../runtime/webhooks';
import { readConfig, type WebhookConfig, type WebhookCredentials, type WebhookDef, type WebhookNode } from './config';
import { WebhookStatus } from './status';

type Out = NodeMessage & { sms: Readonly<Record<string, unknown>> };

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);
  serveWebhookInfo(RED);

  class Receiver {
    readonly #node: WebhookNode;
    readonly #gateway: string;
    readonly #status: WebhookStatus;
    #closed = false;

    constructor(node: WebhookNode, gateway: string, status: WebhookStatus) {
      this.#node = node;
      this.#gateway = gateway;
      this.#status = status;
    }

    /** Shows what keeps pushes from being taken, as far as it lies with the gateway. */
    async lookAtGateway(): Promise<void> {
      const opened = await this.#opened();
      if (this.#closed) return;
      const { account } = opened?.gateway ?? {};
      this.#status.gateway({
        missing: !gatewayNode(RED, this.#gateway),
        broken: opened === undefined,
        simulated: opened?.simulated ?? false,
        silent: account !== undefined && account.readPush === undefined,
      });
    }

    take(push: Push): Promise<PushTaken> {
      return engineOf(RED).events.takePush(this.#gateway, push);
    }

    async account(): Promise<string | undefined> {
      return (await this.#opened())?.gateway.accountKey;
    }

    async emit(push: Push, taken: PushTaken): Promise<void> {
      const { id, name, vendor } = (await this.#opened())?.gateway ?? {};
      if (this.#closed) return;
      this.#status.pushed(taken.outcome);
      if (taken.outcome === 'not-stored') return;
      const origin = { gateway: name, gatewayId: id ?? this.#gateway, vendor };
      if (taken.outcome === 'unreadable') {
        this.#complain({ payload: rawOf(push), sms: origin });
        return;
      }
      const { type, devices, unreadable } = taken.read;
      const [first, second] = [0, 1].map((output) => isWired(RED, this.#node, output));
      const statuses = devices.map(({ ports, ...device }): Out => ({
        payload: { ports },
        sms: { ...origin, ...device },
      }));
      const whole = second ? { payload: payloadOf(push), sms: { ...origin, type, raw: rawOf(push) } } : null;
      if ((first && statuses.length > 0) || whole) this.#node.send([first ? statuses : null, whole]);
      if (unreadable.length > 0) this.#complain({ payload: unreadable, sms: { ...origin, type } });
    }

    close(): void {
      this.#closed = true;
      this.#status.close();
    }

    async #opened(): Promise<OpenGateway | undefined> {
      return gatewayNode(RED, this.#gateway)?.opened;
    }

    /** What came is for a Catch node alone: logs hold no bodies. */
    #complain(msg: Out): void {
      const { code, message } = texts.error(failure('unreadable-push'), '');
      this.#node.error(Object.assign(new Error(message), { code }), msg);
    }
  }

  /** Opens the URL once everything that a push leads to is there. Gives what closes it. */
  function start(node: WebhookNode, { gateway, path, allow }: WebhookConfig, status: WebhookStatus): () => void {
    const receiver = new Receiver(node, gateway, status);
    const guarded = guardOf(node, texts, failure('unreadable-push'));
    const emit = guarded((push: Push, taken: PushTaken) => receiver.emit(push, taken));
    const look = guarded(() => receiver.lookAtGateway());
    let closeUrl = (): void => undefined;
    const open = guarded(() => {
      look();
      if (path === '') {
        status.deaf('no-path');
      } else if (httpNodeRoot(RED) === false) {
        status.deaf('no-http');
      } else {
        closeUrl = openWebhook(RED, {
          ...{ gateway, path, allow, taken: emit },
          take: (push) => receiver.take(push),
          listening: (yes) => {
            if (yes) status.hears();
            else status.deaf('path-taken');
          },
        });
      }
    });
    const cancelOpen = whenFlowsStarted(RED, open);
    const removeOutput = addPushOutput({ account: () => receiver.account(), emit });
    const unwatch = engineOf(RED).dispatcher.watchGateway(gateway, look);
    return () => {
      cancelOpen();
      unwatch();
      removeOutput();
      closeUrl();
      receiver.close();
    };
  }

  function Webhook(this: WebhookNode, def: WebhookDef): void {
    RED.nodes.createNode(this, def);
    const status = new WebhookStatus(new Status(this, texts), texts);
    const broken = (reason: Failure): (() => void) => {
      this.error(texts.sentence(reason));
      // Earlier, no status node would be there to hear it.
      return whenFlowsStarted(RED, () => {
        status.broken(reason);
      });
    };
    let close: () => void;
    try {
      close = start(this, readConfig(RED, this, def), status);
    } catch (error) {
      close = broken(failureOf(error, failure('invalid-config')));
    }
    this.on('close', close);
  }

  RED.nodes.registerType<WebhookNode, WebhookDef, object, WebhookCredentials>('smswire-webhook', Webhook, {
    credentials: { path: { type: 'text' } },
  });
}
