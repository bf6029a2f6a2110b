/** The node `smswire-send`: hands messages to the engine, and what became of them to the flow. */
import { randomUUID } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import { SmsError, failure, failureOf, type Failure } from '../core/failure';
import { readRecipients } from '../core/recipient';
import type { Order, Outcome } from '../engine/dispatcher';
import { NO_GATEWAY } from '../engine/gateway';
import { refusedOutcome } from '../engine/refused-outcome';
import { engineOf } from '../runtime/engine';
import { DEFAULT_COUNTRY, DEFAULT_ZONE, gatewayNode } from '../runtime/gateways';
import { whileFlowsRun } from '../runtime/flows-started';
import { UNEXPECTED, guard, guardOf } from '../runtime/guard';
import { Status } from '../runtime/status';
import { Texts } from '../runtime/texts';
import { arrival, isWired } from '../runtime/wires';
import { InputReader, readCarried, type Carried, type SendDef, type SendMessage } from './input';
import { isSender, newKey } from './own-keys';
import { refusalOf, resultOf, type Result } from './result';
import { showOutcome } from './status';

/** What travels with an order and comes back with its outcome. */
interface Envelope {
  readonly msg: SendMessage;
  readonly carried: Carried;
}

type Send = (messages: (SendMessage | null)[]) => void;
type Done = (error?: Error) => void;

/** One for all messages that name none. */
const NO_OPTIONS = {};

/** Outcomes whose input belonged to an instance that is gone: they enter the new one as messages, to get a `done`. */
const returning = new WeakMap<SendMessage, Outcome>();

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);

  class Sender {
    readonly #node: Node;
    readonly #def: SendDef;
    readonly #reader: InputReader;
    readonly #status: Status;
    /** Inputs of this instance that have no outcome yet. */
    readonly #waiting = new WeakMap<Envelope, { send: Send; done: Done }>();
    #inFlight = 0;
    #hasLeft = (): boolean => true;
    #alarm?: Failure;

    constructor(node: Node, def: SendDef) {
      this.#node = node;
      this.#def = def;
      this.#reader = new InputReader(RED, node, def);
      this.#status = new Status(node, texts);
    }

    /** Takes an input, or an outcome that comes to this instance as one. */
    async take(msg: SendMessage, send: Send, done: Done): Promise<void> {
      const outcome = returning.get(msg);
      if (outcome) {
        returning.delete(msg);
        this.#emit(outcome, msg, send, done);
        return;
      }
      try {
        await engineOf(RED).ready;
        const carried = readCarried(msg);
        if (carried.resolve === undefined) await this.#order(msg, carried, { send, done });
        else await this.#settle(msg, carried, { send, done });
      } catch (error) {
        this.#refuse(msg, failureOf(error, UNEXPECTED), send, done);
      }
    }

    /**
     * The outcome of an order of this node, of this instance or of one before it. Node-RED hands on a turn later what is
     * sent: what this gives tells then whether a deploy came first, so that nobody got it.
     */
    receive(outcome: Outcome): () => boolean {
      const { msg } = outcome.envelope as Envelope;
      const waiting = this.#waiting.get(outcome.envelope as Envelope);
      // It may come once more, if nobody was behind this node.
      this.#waiting.delete(outcome.envelope as Envelope);
      if (waiting) {
        this.#inFlight--;
        this.#emit(outcome, msg, waiting.send, waiting.done);
      } else {
        returning.set(msg, outcome);
        this.#node.receive(msg);
      }
      return this.#hasLeft;
    }

    alarm(reason: Failure | undefined): void {
      this.#alarm = reason;
      this.#showWork();
    }

    async #order(msg: SendMessage, carried: Carried, waiting: { send: Send; done: Done }): Promise<void> {
      const first = await gatewayNode(RED, this.#def.gateway)?.opened;
      const { country = DEFAULT_COUNTRY, timezone = DEFAULT_ZONE } = first?.gateway ?? {};
      const returned = isSender(this.#node.id, carried.key);
      const { items, batch, ...timing } = await this.#reader.read(msg, { returned, country, timezone });
      const envelope = { msg, carried };
      const key = newKey(this.#node.id);
      const order = { key, node: this.#node.id, items, batch, envelope };
      const terms = this.#terms();
      if ('failure' in terms) {
        this.#emit(refusedOutcome(order, terms.failure), msg, waiting.send, waiting.done);
        return;
      }
      this.#waiting.set(envelope, waiting);
      this.#inFlight++;
      this.#status.simulated = first?.simulated ?? false;
      engineOf(RED).dispatcher.send({
        priority: carried.priority ?? 0,
        options: carried.options ?? NO_OPTIONS,
        ...order,
        ...terms,
        ...timing,
        ...(carried.once === undefined ? {} : { once: carried.once }),
        ...(carried.ref === undefined ? {} : { ref: carried.ref }),
      });
      this.#showWork();
    }

    /** What the node is set to, or why it cannot send: the gateways to try, in turn, those left out that a deploy took away. */
    #terms(): Pick<Order, 'gateways' | 'ttl' | 'until' | 'deadline'> | { failure: Failure } {
      const { failure: refusal } = engineOf(RED);
      if (refusal) return { failure: refusal };
      const { gateway, backup1, backup2, backup3 } = this.#def;
      if (!gatewayNode(RED, gateway)) return { failure: NO_GATEWAY };
      const backups = [backup1, backup2, backup3].filter((id) => gatewayNode(RED, id));
      try {
        const { ttl, until, deadline } = this.#reader;
        return { gateways: [...new Set([gateway, ...backups])], ttl, until, deadline };
      } catch (error) {
        return { failure: failureOf(error, failure('invalid-config')) };
      }
    }

    async #settle(msg: SendMessage, carried: Carried, waiting: { send: Send; done: Done }): Promise<void> {
      const { key, resolve } = carried;
      if (key === undefined || resolve === undefined) {
        throw new SmsError(failure('invalid-message', 'no-key', { field: 'msg.sms.key' }));
      }
      const { failure: refusal, dispatcher } = engineOf(RED);
      if (refusal) throw new SmsError(refusal);
      const envelope = { msg, carried };
      const named = msg.to === undefined || msg.to === null ? undefined : readRecipients(msg.to, '');
      // Before it is asked for, for the outcome may be here before the answer.
      this.#waiting.set(envelope, waiting);
      this.#inFlight++;
      this.#showWork();
      try {
        const taken = await dispatcher.settle({
          ...{ key, verdict: resolve, node: this.#node.id, envelope },
          ...(named ? { to: named } : {}),
        });
        if (taken === 'own-outcome') return;
        if (taken === 'not-found') throw new SmsError(failure('not-found', 'no-doubt'));
      } catch (error) {
        this.#stopWaiting(envelope);
        throw error;
      }
      this.#stopWaiting(envelope);
      waiting.done();
    }

    #stopWaiting(envelope: Envelope): void {
      if (!this.#waiting.delete(envelope)) return;
      this.#inFlight--;
      this.#showWork();
    }

    #emit(outcome: Outcome, msg: SendMessage, send: Send, done: Done): void {
      const { carried } = outcome.envelope as Envelope;
      this.#leave(resultOf(outcome, msg, carried, texts), msg, send, done);
      if (this.#alarm || this.#inFlight > 0) this.#showWork();
      else showOutcome(this.#status, outcome, texts);
    }

    #refuse(msg: SendMessage, reason: Failure, send: Send, done: Done): void {
      this.#leave(refusalOf(reason, msg, randomUUID(), texts), msg, send, done);
      this.#status.show('bad', 'failed', { code: texts.text(`codes.${reason.code}`) });
    }

    /** One `send`, then one `done`: with an error where nothing is wired to what failed. */
    #leave({ outputs, whole, failures }: Result, msg: SendMessage, send: Send, done: Done): void {
      const leaving = outputs.map((output, index) => (output && isWired(RED, this.#node, index) ? output : null));
      const used = [...leaving.keys()].filter((index) => leaving[index] !== null);
      this.#hasLeft = arrival(RED, this.#node, used);
      if (leaving.some((output) => output !== null)) send(leaving);
      // Catch and Complete are given the input message: it becomes what they are to see.
      const unwired = ([2, 1] as const).find((index) => outputs[index] && !leaving[index]);
      const reason = unwired === undefined ? undefined : failures[unwired];
      Object.assign(msg, reason && unwired !== undefined ? outputs[unwired] : whole);
      done(reason ? texts.asError(reason, vendorOf(msg)) : undefined);
    }

    #showAlarm({ code }: Failure): void {
      this.#status.show('alarm', code === 'invalid-config' ? 'broken' : 'paused', {
        code: texts.text(`codes.${code}`),
      });
    }

    #showWork(): void {
      if (this.#alarm) this.#showAlarm(this.#alarm);
      else if (this.#inFlight > 0) this.#status.show('working', 'sending', { count: this.#inFlight });
      else this.#status.clear();
    }
  }

  function SendNode(this: Node, def: SendDef): void {
    RED.nodes.createNode(this, def);
    const { dispatcher, events, flush } = engineOf(RED);
    const sender = new Sender(this, def);
    const guarded = guardOf(this, texts);
    const take = guard(
      (msg: SendMessage, send: Send, done: Done) => sender.take(msg, send, done),
      (error, _msg, _send, done) => {
        done(texts.asError(failureOf(error, UNEXPECTED), ''));
      },
    );
    this.on('input', (msg, send, done) => {
      take(msg, send, done);
    });

    // An outcome may be waiting for this node. It must not leave while the nodes that it goes to are not there.
    const receive = guarded((outcome: Outcome, later: (hasLeft: () => boolean) => void) => {
      let hasLeft = (): boolean => true;
      later(() => hasLeft());
      hasLeft = sender.receive(outcome);
    });
    const detach = whileFlowsRun(RED, () => dispatcher.attachNode(this.id, receive));
    const unwatch = dispatcher.watchGateway(
      def.gateway,
      guarded((reason?: Failure) => {
        sender.alarm(reason);
      }),
    );
    // Whoever waits for deliveries asks for reports, at every gateway that may send.
    const { gateway, backup1, backup2, backup3, until } = def;
    const gateways = until === 'delivered' ? new Set([gateway, backup1, backup2, backup3].filter(Boolean)) : [];
    const listening = [...gateways].map((id) => events.listen('reports', { node: `${this.id} ${id}`, gateway: id }));
    this.on('close', (removed: boolean, done: () => void) => {
      unwatch();
      detach();
      for (const end of listening) end(removed);
      // What has left must not leave again when Node-RED starts the next time.
      void flush().then(done);
    });
  }

  RED.nodes.registerType('smswire-send', SendNode);
}

function vendorOf({ sms }: SendMessage): string {
  const { vendor } = (sms ?? {}) as { vendor?: unknown };
  return typeof vendor === 'string' ? vendor : '';
}
