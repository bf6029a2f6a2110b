/** The engine on one store: all of its parts, and the order in which they take up what the last process left. */
import { EventCenter } from './event-center';
import { StoredJournal } from './event-journal';
import { StoredEvents } from './event-memory';
import type { BrokenGateway, Gateway } from './gateway';
import { IdCounters } from './id-counter';
import type { Message } from './message';
import { OptOuts } from './opt-outs';
import { OrderDispatcher } from './order-dispatcher';
import { StoredOrders } from './order-log';
import type { Retention } from './send-register';
import type { Store } from './store/store';

export interface EngineSettings {
  /** Most recipients that wait. */
  readonly queueLimit: number;
  readonly retention: Retention;
  /** When the process started, in seconds since 1970. */
  readonly startedAt: number;
}

/** What an engine is made of, wherever it keeps what it knows. */
interface Parts {
  readonly events: EventCenter;
  readonly dispatcher: OrderDispatcher;
}

export class StoredEngine {
  readonly dispatcher: OrderDispatcher;
  readonly events: EventCenter;
  readonly ids: IdCounters;
  readonly log: StoredOrders;
  readonly #store: Store;
  readonly #retention: Retention;
  readonly #memory: StoredEvents;
  readonly #optOuts: OptOuts;

  constructor(store: Store, { queueLimit, retention, startedAt }: EngineSettings) {
    this.#store = store;
    this.#retention = retention;
    this.#memory = new StoredEvents(store);
    this.#optOuts = new OptOuts(store);
    this.events = new EventCenter(new StoredJournal(store), this.#memory, retention, this.#optOuts);
    this.log = new StoredOrders(store);
    this.dispatcher = new OrderDispatcher({ queueLimit }, this.events, this.log);
    this.ids = new IdCounters(startedAt, store);
  }

  /**
   * Takes up what was kept. To be called before all else, and again where it rejects. `isDated`: what was kept last may be
   * missing. Gives the orders that were there.
   */
  async recover(isDated = false): Promise<readonly Message[]> {
    await this.ids.recover();
    const oldest = Date.now() - this.#retention.span;
    await this.#memory.recover(oldest);
    await this.#optOuts.recover();
    const kept = await this.log.recover();
    this.dispatcher.recover(kept, { oldest, isDated });
    return kept.messages;
  }

  attachGateway(gateway: Gateway | BrokenGateway): (removed: boolean) => void {
    return attachTo(this, gateway);
  }

  /** Resolves once what is under way with the vendor of a gateway now is over. Never rejects. */
  drained(gatewayId: string): Promise<void> {
    return drain(this, gatewayId);
  }

  /** Resolves once all that happened so far is kept, or cannot be. Never rejects. */
  async flush(): Promise<void> {
    await this.log.saved().catch(() => undefined);
    // Once more: what was about to go out has learnt by now that it does not.
    await this.log.saved().catch(() => undefined);
    await this.#store.write([]).catch(() => undefined);
  }
}

/** Makes a gateway known to what comes back and to what sends. Gives what detaches it. */
export function attachTo({ events, dispatcher }: Parts, gateway: Gateway | BrokenGateway): (removed: boolean) => void {
  // Events first: what waited for the gateway may be sent at once.
  const detach = events.attachGateway(gateway);
  const detachSending = dispatcher.attachGateway(gateway);
  return (removed) => {
    detachSending();
    detach(removed);
  };
}

/** Resolves once the requests to send, and the polls, that are under way with the vendor of a gateway now are over. */
export async function drain({ events, dispatcher }: Parts, gatewayId: string): Promise<void> {
  await Promise.all([dispatcher.drained(gatewayId), events.drained(gatewayId)]);
}
