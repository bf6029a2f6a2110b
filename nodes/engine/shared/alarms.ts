/** Which gateways are paused or cannot work, as the worker says, for those who watch them at any instance. */
import type { Failure } from '../../core/failure';
import { Multimap } from '../multimap';
import type { Store } from '../store/store';
import { ALARMS } from './keys';
import { Sweep } from './sweep';

type Watcher = (alarm: Failure | undefined) => void;

export class Alarms {
  readonly #store: Store;
  readonly #watchers = new Multimap<string, Watcher>();
  #alarms: ReadonlyMap<string, Failure> = new Map();
  readonly #sweep = new Sweep(() => this.#collect());

  constructor(store: Store) {
    this.#store = store;
  }

  /** As `Dispatcher.watchGateway`. */
  watch(gateway: string, watcher: Watcher): () => void {
    this.#watchers.add(gateway, watcher);
    const alarm = this.#alarms.get(gateway);
    if (alarm) watcher(alarm);
    return () => {
      this.#watchers.delete(gateway, watcher);
    };
  }

  /** Reads what there is now. Never rejects. */
  collect(): Promise<void> {
    return this.#sweep.run();
  }

  async #collect(): Promise<void> {
    const alarms = new Map<string, Failure>();
    for await (const [key, value] of this.#store.read(ALARMS)) alarms.set(key.slice(ALARMS.length), value as Failure);
    const before = this.#alarms;
    this.#alarms = alarms;
    for (const gateway of this.#watchers.keys) {
      const alarm = alarms.get(gateway);
      if (JSON.stringify(alarm) === JSON.stringify(before.get(gateway))) continue;
      for (const watcher of this.#watchers.get(gateway)) watcher(alarm);
    }
  }
}
