/** The one engine of a Node-RED process. It outlives deploys: what waits goes on through the nodes that come after. */
import type { NodeAPI } from 'node-red';
import { readNumber } from '../core/option';
import type { Dispatcher } from '../engine/dispatcher';
import { EventCenter } from '../engine/event-center';
import { MemoryJournal } from '../engine/event-journal';
import type { EventHub } from '../engine/events';
import type { BrokenGateway, Gateway } from '../engine/gateway';
import { IdCounters } from '../engine/id-counter';
import { OrderDispatcher } from '../engine/order-dispatcher';

const QUEUE_LIMIT = 100_000;

interface Engine {
  readonly dispatcher: Dispatcher;
  readonly events: EventHub;
  readonly ids: IdCounters;
  /** Makes a gateway known to whatever sends and receives. Gives what detaches it. */
  readonly attachGateway: (gateway: Gateway | BrokenGateway) => () => void;
}

let engine: Engine | undefined;

/** The engine; made with the settings that Node-RED has at the first call. */
export function engineOf(red: NodeAPI): Engine {
  engine ??= makeEngine(readNumber(settingsOf(red).queueLimit) ?? QUEUE_LIMIT);
  return engine;
}

function makeEngine(queueLimit: number): Engine {
  const events = new EventCenter(new MemoryJournal());
  const dispatcher = new OrderDispatcher({ queueLimit }, events);
  return {
    ...{ dispatcher, events, ids: new IdCounters(Math.floor(Date.now() / 1000)) },
    attachGateway: (gateway) => {
      // Events first: what waited for the gateway may be sent at once.
      const detach = 'failure' in gateway ? undefined : events.attachGateway(gateway);
      const detachSending = dispatcher.attachGateway(gateway);
      return () => {
        detachSending();
        detach?.();
      };
    },
  };
}

/** `smswire` in `settings.js`. */
function settingsOf(red: NodeAPI): { queueLimit?: unknown } {
  const { smswire } = red.settings as { smswire?: unknown };
  return typeof smswire === 'object' && smswire !== null ? smswire : {};
}
