/** The one engine of a Node-RED process. It outlives deploys: what waits goes on through the nodes that come after. */
import type { NodeAPI } from 'node-red';
import { readNumber } from '../core/option';
import type { Dispatcher } from '../engine/dispatcher';
import { IdCounters } from '../engine/id-counter';
import { MemoryDispatcher } from '../engine/memory-dispatcher';

const QUEUE_LIMIT = 100_000;

interface Engine {
  readonly dispatcher: Dispatcher;
  readonly ids: IdCounters;
}

let engine: Engine | undefined;

/** The engine; made with the settings that Node-RED has at the first call. */
export function engineOf(red: NodeAPI): Engine {
  engine ??= {
    dispatcher: new MemoryDispatcher({ queueLimit: readNumber(settingsOf(red).queueLimit) ?? QUEUE_LIMIT }),
    ids: new IdCounters(Math.floor(Date.now() / 1000)),
  };
  return engine;
}

/** `smswire` in `settings.js`. */
function settingsOf(red: NodeAPI): { queueLimit?: unknown } {
  const { smswire } = red.settings as { smswire?: unknown };
  return typeof smswire === 'object' && smswire !== null ? smswire : {};
}
