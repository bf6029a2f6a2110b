/** The one engine of a Node-RED process. It outlives deploys: what waits goes on through the nodes that come after. */
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { SmsError, failure, type Failure } from '../core/failure';
import type { Dispatcher } from '../engine/dispatcher';
import { EventCenter } from '../engine/event-center';
import { MemoryJournal, StoredJournal } from '../engine/event-journal';
import { StoredEvents } from '../engine/event-memory';
import type { EventHub } from '../engine/events';
import type { BrokenGateway, Gateway } from '../engine/gateway';
import { IdCounters } from '../engine/id-counter';
import { OptOuts } from '../engine/opt-outs';
import { OrderDispatcher } from '../engine/order-dispatcher';
import { StoredOrders } from '../engine/order-log';
import { DeferredStore } from '../engine/store/deferred-store';
import { openEmbeddedStore } from '../engine/store/embedded-store';
import type { Store } from '../engine/store/store';
import { Recovery } from './recovery';
import { readSettings, type Settings } from './settings';
import { Texts } from './texts';

export interface Engine {
  readonly dispatcher: Dispatcher;
  readonly events: EventHub;
  readonly ids: IdCounters;
  /**
   * Resolves once what was kept when the last process ended is taken up, or cannot be for now; nothing is to be asked
   * before. Never rejects.
   */
  readonly ready: Promise<void>;
  /** Why it cannot be for now: nothing is to be sent or asked. It is tried again and again. */
  readonly failure: Failure | undefined;
  /** Makes a gateway known to whatever sends and receives. Gives what detaches it. */
  readonly attachGateway: (gateway: Gateway | BrokenGateway) => () => void;
  /** Resolves once all that happened so far is kept, or cannot be. Never rejects. */
  readonly flush: () => Promise<void>;
}

/** Folder of the store in the user directory. */
const FOLDER = 'smswire';

let engine: Engine | undefined;

/** The engine; made with the settings that Node-RED has at the first call. */
export function engineOf(red: NodeAPI): Engine {
  engine ??= makeEngine(red, readSettings(red));
  return engine;
}

function makeEngine(red: NodeAPI, settings: Settings): Engine {
  const startedAt = Math.floor(Date.now() / 1000);
  const { queueLimit, retention } = settings;
  if (settings.store === 'memory') {
    const events = new EventCenter(new MemoryJournal(), undefined, retention);
    const dispatcher = new OrderDispatcher({ queueLimit }, events);
    const attachGateway = (gateway: Gateway | BrokenGateway): (() => void) => attach(gateway, events, dispatcher);
    const ready = Promise.resolve();
    const ids = new IdCounters(startedAt);
    return { dispatcher, events, ids, ready, failure: undefined, attachGateway, flush: () => ready };
  }
  let isDated = false;
  const store = new DeferredStore(() =>
    openStore(red, settings, () => {
      isDated = true;
    }),
  );
  const memory = new StoredEvents(store);
  const optOuts = new OptOuts(store);
  const events = new EventCenter(new StoredJournal(store), memory, retention, optOuts);
  const log = new StoredOrders(store);
  const dispatcher = new OrderDispatcher({ queueLimit }, events, log);
  const ids = new IdCounters(startedAt, store);
  const recover = async (): Promise<void> => {
    await store.open();
    await ids.recover();
    const oldest = Date.now() - retention.span;
    await memory.recover(oldest);
    await optOuts.recover();
    dispatcher.recover(await log.recover(), { oldest, isDated });
  };
  const recovery = new Recovery(recover, (reason) => {
    const texts = new Texts(red);
    if (reason) red.log.error(texts.text('store.unopened', { reason: texts.sentence(reason) }));
    else red.log.info(texts.text('store.works'));
  });
  return {
    ...{ dispatcher, events, ids },
    ready: recovery.tried,
    get failure() {
      return recovery.failure;
    },
    // Before, what a vendor hands out only once would be lost, and what was waiting would be sent by two.
    attachGateway: (gateway) => recovery.whenDone(() => attach(gateway, events, dispatcher)),
    flush: async () => {
      await log.saved().catch(() => undefined);
      // Once more: what was about to go out has learnt by now that it does not.
      await log.saved().catch(() => undefined);
      await store.write([]).catch(() => undefined);
    },
  };
}

function attach(gateway: Gateway | BrokenGateway, events: EventCenter, dispatcher: Dispatcher): () => void {
  // Events first: what waited for the gateway may be sent at once.
  const detach = 'failure' in gateway ? undefined : events.attachGateway(gateway);
  const detachSending = dispatcher.attachGateway(gateway);
  return () => {
    detachSending();
    detach?.();
  };
}

/** `dated` is called where what was kept last may be missing. Rejects with an `SmsError` of code `store-failed`. */
async function openStore(red: NodeAPI, { store, userDir }: Settings, dated: () => void): Promise<Store> {
  if (store !== 'embedded') throw new SmsError(failure('store-failed', 'unknown-store', { field: 'smswire.store' }));
  const texts = new Texts(red);
  return await openEmbeddedStore(join(userDir, FOLDER), {
    notice: (notice, params, reason) => {
      if (notice === 'repaired' || notice === 'cut') dated();
      const text = texts.text(`store.${notice}`, { ...params, ...(reason ? { reason: texts.sentence(reason) } : {}) });
      if (notice === 'works') red.log.info(text);
      else red.log.error(text);
    },
  });
}
