/** The node `smswire-webhook`: the URL that a vendor or device pushes to. */
import type { NodeAPI, NodeMessage } from 'node-red';
import { failure, failureOf, type Failure } from '../core/failure';
import type { PushEvent, PushTaken } from '../engine/events';
import { engineOf } from '../runtime/engine';
import { whenFlowsStarted, whileFlowsRun } from '../runtime/flows-started';
import { gatewayNode, type OpenGateway } from '../runtime/gateways';
import { guardOf } from '../runtime/guard';
import type { Refusal } from '../runtime/push-intake';
import { payloadOf, rawOf, type Push } from '../runtime/push-payload';
import { watchRefusals } from '../runtime/push-refusals';
import { Status } from '../runtime/status';
import { Texts } from '../runtime/texts';
import { arrival, isWired } from '../runtime/wires';
import { serveWebhookInfo } from '../runtime/webhook-info';
import { httpNodeRoot, openWebhook } from '../runtime/webhooks';
import { readConfig, type WebhookConfig, type WebhookCredentials, type WebhookDef, type WebhookNode } from './config';
import { WebhookStatus } from './status';

type Out = NodeMessage & { sms: Readonly<Record<string, unknown>> };

/** How messages name the gateway. */
interface Origin {
  readonly gateway: string | undefined;
  readonly gatewayId: string;
  readonly vendor: string | undefined;
}

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);
  serveWebhookInfo(RED);

  class Receiver {
    readonly #node: WebhookNode;
    readonly #gateway: string;
    readonly #status: WebhookStatus;
    /** What is known of the gateway. */
    #own: Origin | undefined;
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
      const { id, name, vendor, account } = opened?.gateway ?? {};
      if (id !== undefined) this.#own = { gateway: name, gatewayId: id, vendor };
      this.#status.gateway({
        missing: !gatewayNode(RED, this.#gateway),
        broken: opened === undefined,
        simulated: opened?.simulated ?? false,
        silent: account !== undefined && account.readPush === undefined,
      });
    }

    async take(push: Push): Promise<PushTaken> {
      const { ready, events } = engineOf(RED);
      // Not refused because Node-RED has just started: it may not come again.
      await ready;
      return events.takePush(this.#gateway, push, this.#node.id);
    }

    async account(): Promise<string | undefined> {
      return (await this.#opened())?.gateway.accountKey;
    }

    refused(push: Push, outcome: Refusal): void {
      if (this.#closed) return;
      this.#status.pushed(outcome);
      if (outcome === 'unreadable') this.#complain({ payload: rawOf(push), sms: { ...this.#origin } });
    }

    emit({ push, read }: PushEvent): void {
      this.#status.pushed('taken');
      const origin = this.#origin;
      const { type, devices, unreadable } = read;
      const [first, second] = [0, 1].map((output) => isWired(RED, this.#node, output));
      const statuses = devices.map(({ ports, ...device }): Out => ({
        payload: { ports },
        sms: { ...origin, ...device },
      }));
      const whole = second ? { payload: payloadOf(push), sms: { ...origin, type, raw: rawOf(push) } } : null;
      if ((first && statuses.length > 0) || whole) this.#node.send([first ? statuses : null, whole]);
      if (unreadable.length > 0) this.#complain({ payload: unreadable, sms: { ...origin, type } });
    }

    /** Without the gateway's own word what its configuration says. */
    get #origin(): Origin {
      const { name, vendor } = gatewayNode(RED, this.#gateway) ?? {};
      return this.#own ?? { gateway: name ?? vendor, gatewayId: this.#gateway, vendor };
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
  function start(
    node: WebhookNode,
    { gateway, path, allow }: WebhookConfig,
    status: WebhookStatus,
  ): (removed: boolean) => void {
    const receiver = new Receiver(node, gateway, status);
    const guarded = guardOf(node, texts, failure('unreadable-push'));
    const refused = guarded((push: Push, outcome: Refusal) => {
      receiver.refused(push, outcome);
    });
    const look = guarded(() => receiver.lookAtGateway());
    let closeUrl = (_removed: boolean): void => undefined;
    const open = guarded(() => {
      look();
      if (path === '') {
        status.deaf('no-path');
      } else if (httpNodeRoot(RED) === false) {
        status.deaf('no-http');
      } else {
        closeUrl = openWebhook(RED, {
          ...{ node: node.id, gateway, path, allow, refused },
          take: (push) => receiver.take(push),
          listening: (yes) => {
            if (yes) status.hears();
            else status.deaf('path-taken');
          },
        });
      }
    });
    const { dispatcher, events } = engineOf(RED);
    const listener = {
      ...{ node: node.id, gateway },
      receive: guarded((event: PushEvent) => {
        receiver.emit(event);
      }),
      leaving: () => arrival(RED, node),
    };
    let end = (_removed: boolean): void => undefined;
    // What was pushed must not leave while the nodes that it goes to are not there. Before the URL is open.
    const forget = whileFlowsRun(RED, () => {
      end = events.listen('pushes', listener);
      return () => {
        end(false);
      };
    });
    const cancelOpen = whenFlowsStarted(RED, open);
    const unwatchRefusals = watchRefusals({ account: () => receiver.account(), refused });
    const unwatch = dispatcher.watchGateway(gateway, look);
    return (removed) => {
      cancelOpen();
      unwatch();
      unwatchRefusals();
      closeUrl(removed);
      receiver.close();
      forget();
      end(removed);
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
    let close: (removed: boolean) => void;
    try {
      close = start(this, readConfig(RED, this, def), status);
    } catch (error) {
      close = broken(failureOf(error, failure('invalid-config')));
    }
    this.on('close', (removed: boolean, done: () => void) => {
      close(removed);
      done();
    });
  }

  RED.nodes.registerType<WebhookNode, WebhookDef, object, WebhookCredentials>('smswire-webhook', Webhook, {
    credentials: { path: { type: 'text' } },
  });
}
