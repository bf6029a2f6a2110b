/** The one engine of a Node-RED process. It outlives deploys: what waits goes on through the nodes that come after. */
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { SmsError, failure, type Failure } from '../core/failure';
import type { Engine } from '../engine/engine';
import { EventCenter } from '../engine/event-center';
import { MemoryJournal } from '../engine/event-journal';
import { IdCounters } from '../engine/id-counter';
import { OrderDispatcher } from '../engine/order-dispatcher';
import { Recovery } from '../engine/recovery';
import { SharedEngine } from '../engine/shared/shared-engine';
import { DeferredStore } from '../engine/store/deferred-store';
import { openEmbeddedStore } from '../engine/store/embedded-store';
import type { Store } from '../engine/store/store';
import { attachTo, drain, StoredEngine, type EngineSettings } from '../engine/stored-engine';
import { readSettings, type Settings } from './settings';
import { Texts } from './texts';

/** Folder of the store in the user directory. */
const FOLDER = 'smswire';

let engine: Engine | undefined;

/** The engine; made with the settings that Node-RED has at the first call. */
export function engineOf(red: NodeAPI): Engine {
  engine ??= makeEngine(red, readSettings(red));
  return engine;
}

function makeEngine(red: NodeAPI, settings: Settings): Engine {
  const { store, queueLimit, retention } = settings;
  const wanted = { queueLimit, retention, startedAt: Math.floor(Date.now() / 1000) };
  if (store === 'memory') return inMemory(wanted);
  return isPostgres(store) ? shared(red, store, wanted) : embedded(red, settings, wanted);
}

function inMemory({ queueLimit, retention, startedAt }: EngineSettings): Engine {
  const events = new EventCenter(new MemoryJournal(), undefined, retention);
  const dispatcher = new OrderDispatcher({ queueLimit }, events);
  const ready = Promise.resolve();
  return {
    ...{ dispatcher, events, ready, isWorker: true, failure: undefined },
    ids: new IdCounters(startedAt),
    attachGateway: (gateway) => attachTo({ events, dispatcher }, gateway),
    drained: (gatewayId) => drain({ events, dispatcher }, gatewayId),
    flush: () => ready,
  };
}

function embedded(red: NodeAPI, settings: Settings, wanted: EngineSettings): Engine {
  let isDated = false;
  const store = new DeferredStore(() =>
    openStore(red, settings, () => {
      isDated = true;
    }),
  );
  const stored = new StoredEngine(store, wanted);
  const recover = async (): Promise<void> => {
    await store.open();
    await stored.recover(isDated);
  };
  const recovery = new Recovery(recover, tellTrouble(red));
  const { dispatcher, events, ids } = stored;
  return {
    ...{ dispatcher, events, ids, isWorker: true },
    ready: recovery.tried,
    get failure() {
      return recovery.failure;
    },
    // Before, what a vendor hands out only once would be lost, and what was waiting would be sent by two.
    attachGateway: (gateway) => recovery.whenDone(() => stored.attachGateway(gateway)),
    drained: (gatewayId) => stored.drained(gatewayId),
    flush: () => stored.flush(),
  };
}

function shared(red: NodeAPI, url: string, wanted: EngineSettings): Engine {
  const texts = new Texts(red);
  return new SharedEngine(url, wanted, {
    trouble: tellTrouble(red),
    isWorker: (isWorker) => {
      red.log.info(texts.text(isWorker ? 'store.worker' : 'store.standby'));
    },
  });
}

function isPostgres(store: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(store);
}

/** Says once why nothing can be kept, and once that it works. */
function tellTrouble(red: NodeAPI): (reason: Failure | undefined) => void {
  return (reason) => {
    const texts = new Texts(red);
    if (reason) red.log.error(texts.text('store.unopened', { reason: texts.sentence(reason) }));
    else red.log.info(texts.text('store.works'));
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
