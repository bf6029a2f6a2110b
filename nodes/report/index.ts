/** The node `smswire-report`: what becomes of SMS after they were accepted. */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { failure, type Failure } from '../core/failure';
import { atMost } from '../core/patience';
import type { State } from '../core/state';
import type { ReportEvent, SendQuery } from '../engine/events';
import { engineOf } from '../runtime/engine';
import { EventNode, type EventNodeDef } from '../runtime/event-node';
import { Texts } from '../runtime/texts';
import type { Send } from '../runtime/watched-gateway';
import { readQuery } from './query';
import { moodOf, reportMessage } from './result';
import { isState, stateNames } from './states';

interface ReportDef extends EventNodeDef {
  states: unknown;
}

/** Milliseconds that somebody who asks for a state waits for a poll, which the vendor may put off. */
const POLL_PATIENCE = 2000;

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);

  function ReportNode(this: Node, def: ReportDef): void {
    RED.nodes.createNode(this, def);
    const reports = new EventNode(RED, this, def, 'reports', texts);
    const wanted = reports.read('states', def.states, readStates);

    const message = (event: ReportEvent, msg?: NodeMessage): NodeMessage => {
      reports.show(moodOf(event.state), 'report', { state: texts.text(`states.${event.state}`) });
      return reportMessage(event, reports.gateway, texts, msg);
    };

    reports.listen((event) => {
      if (wanted === undefined || wanted.has(event.state)) this.send(message(event));
    });

    /** The state of each recipient now, after a poll where that may tell more. */
    const answer = async (query: SendQuery, msg: NodeMessage, send: Send): Promise<Failure | undefined> => {
      const find = async (): Promise<ReportEvent[]> => engineOf(RED).events.find(def.gateway, query);
      const known = await find();
      if (known.length === 0 || known.some(({ final }) => !final)) {
        await atMost(POLL_PATIENCE, reports.poll());
      }
      const found = await find();
      if (found.length === 0) return failure('not-found', 'no-send');
      send([found.map((event) => message(event, msg))]);
      return undefined;
    };

    reports.takeInputs((msg, send) => {
      const query = readQuery(msg, reports.gateway.country);
      return query ? answer(query, msg, send) : reports.poll();
    });
  }

  RED.nodes.registerType('smswire-report', ReportNode);
}

/** `undefined`: every state. */
function readStates(value: unknown): ReadonlySet<State> | undefined | Failure {
  const names = stateNames(value);
  const wrong = names.find((name) => !isState(name));
  if (wrong !== undefined) {
    return failure('invalid-config', 'states', { field: 'states', state: wrong.slice(0, 40) });
  }
  return names.length === 0 ? undefined : new Set(names.filter(isState));
}
