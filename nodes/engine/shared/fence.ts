/**
 * Keeps an engine that is no longer the worker from doing anything: whatever it is about to ask a vendor, or to keep, comes
 * to no end. Another has taken up what it had kept, and knows of all that may be on its way.
 */
import type { Gateway } from '../gateway';
import type { Change, Entry, Store } from '../store/store';

/** Never settles, so that whoever waits for it does nothing more. */
function forEver<Value>(): Promise<Value> {
  return new Promise<Value>(() => undefined);
}

export interface Fence {
  /** Whether its engine may still do anything. */
  readonly isOpen: boolean;
}

/** The gateway, with calls that are made only while the fence is open. */
export function fencedGateway(gateway: Gateway, fence: Fence): Gateway {
  const account = fenced(gateway.account, fence, ['send', 'settle', 'currentRun', 'probe', 'cancel', 'balance', 'run']);
  const { sources } = account;
  return {
    ...gateway,
    account: sources
      ? fenced(account, fence, [], { sources: sources.map((each) => fenced(each, fence, ['fetch'])) })
      : account,
    reserveIds: (count) => (fence.isOpen ? gateway.reserveIds(count) : forEver()),
  };
}

/** What somebody has, but that some of its methods do nothing while the fence is shut, and some properties are others. */
function fenced<Target extends object>(
  target: Target,
  fence: Fence,
  methods: readonly (keyof Target & string)[],
  others: Partial<Target> = {},
): Target {
  return new Proxy(target, {
    get(_target, name) {
      if (name in others) return others[name as keyof Target];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const isFenced = (methods as readonly (string | symbol)[]).includes(name);
      return (...args: unknown[]): unknown =>
        isFenced && !fence.isOpen ? forEver() : (value as (...args: unknown[]) => unknown).apply(target, args);
    },
  });
}

/** The store, of which nobody hears once the fence is shut that something could not be kept. */
export class FencedStore implements Store {
  constructor(
    private readonly store: Store,
    private readonly fence: Fence,
  ) {}

  async write(changes: readonly Change[]): Promise<void> {
    if (!this.fence.isOpen) await forEver();
    try {
      await this.store.write(changes);
    } catch (error) {
      if (!this.fence.isOpen) await forEver();
      throw error;
    }
    // It is kept, but whoever did it must not go on from it.
    if (!this.fence.isOpen) await forEver();
  }

  note(changes: readonly Change[]): void {
    if (this.fence.isOpen) this.store.note(changes);
  }

  read(prefix: string): AsyncIterable<Entry> {
    return this.store.read(prefix);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
