/** The node `smswire-inbound`: SMS that handsets send. */
import type { Node, NodeAPI } from 'node-red';
import { failure, type Failure } from '../core/failure';
import { EventNode, type EventNodeDef } from '../runtime/event-node';
import { Texts } from '../runtime/texts';
import { readMatch, readSenders, type TextTest } from './criteria';
import { inboundMessage } from './result';

interface InboundDef extends EventNodeDef {
  match: unknown;
  senders: unknown;
}

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);

  function InboundNode(this: Node, def: InboundDef): void {
    RED.nodes.createNode(this, def);
    const inbound = new EventNode(RED, this, def, 'inbound', texts);
    const match = inbound.read('match', def.match, readTest);
    const senders = inbound.read('senders', def.senders, readSenders);
    // A criterion that cannot be read lets nothing through: a list of senders guards what stands behind output 1.
    const isClosed = inbound.failed('match') || inbound.failed('senders');
    let count = 0;

    inbound.listen((event) => {
      const { gateway } = inbound;
      const message = inboundMessage(event, gateway);
      const isMatch = !isClosed && (match?.(event.text) ?? true) && (senders?.(event.from, gateway.country) ?? true);
      this.send(isMatch ? [message, null] : [null, message]);
      inbound.show('good', 'received', { count: ++count });
    });

    inbound.takeInputs(() => inbound.poll());
  }

  RED.nodes.registerType('smswire-inbound', InboundNode);
}

function readTest(value: unknown): TextTest | Failure {
  try {
    return readMatch(String(value));
  } catch {
    return failure('invalid-config', 'match', { field: 'match' });
  }
}
