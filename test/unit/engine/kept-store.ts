/** A disk under a virtual clock: what is written is safe a moment later, in order, and a cut loses what is not. */
import { decode, encode } from '../../../nodes/engine/store/encoding';
import type { Change, Store } from '../../../nodes/engine/store/store';
import type { VirtualClock } from './virtual-clock';

export class KeptStore implements Store {
  #isCut = false;
  #last: Promise<void> = Promise.resolve();
  /** Rejects every write with it, from now on. */
  trouble?: Error;

  constructor(
    private readonly clock: VirtualClock,
    /** Milliseconds that a write takes. */
    private readonly latency: () => number,
    /** Values in JSON, by key. */
    private readonly disk = new Map<string, string>(),
    /** Whatever was ever on the disk, in JSON. */
    readonly ever = new Set<string>(),
    private readonly everByKey = new Map<string, string[]>(),
  ) {}

  /** The process ends now. Gives the store that the next one finds. */
  cut(): KeptStore {
    this.#isCut = true;
    return new KeptStore(this.clock, this.latency, this.disk, this.ever, this.everByKey);
  }

  get keys(): string[] {
    return [...this.disk.keys()].sort();
  }

  /** All that is on the disk. */
  get content(): string {
    return [...this.disk].flat().join('\n');
  }

  /** What was first kept under keys with these beginnings, in JSON. */
  everOf(...prefixes: readonly string[]): { key: string; json: string }[] {
    return [...this.everByKey].flatMap(([key, [json = '']]) =>
      prefixes.some((prefix) => key.startsWith(prefix)) ? { key, json } : [],
    );
  }

  write(changes: readonly Change[]): Promise<void> {
    const frozen = changes.map(({ key, value }) => ({
      key,
      json: value === undefined ? undefined : encode(value),
    }));
    const done = this.#last.then(async () => {
      const wait = this.latency();
      if (wait > 0) await this.clock.sleep(wait);
      // A process that has ended hears of nothing any more.
      if (this.#isCut) await new Promise(() => undefined);
      if (this.trouble) throw this.trouble;
      for (const { key, json } of frozen) {
        if (json === undefined) this.disk.delete(key);
        else this.disk.set(key, json);
        if (json === undefined) continue;
        this.ever.add(json);
        this.everByKey.set(key, [...(this.everByKey.get(key) ?? []), json]);
      }
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  note(changes: readonly Change[]): void {
    this.write(changes).catch(() => undefined);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is on this disk is there at once
  async *read(prefix: string): AsyncIterable<readonly [key: string, value: unknown]> {
    for (const key of this.keys) {
      if (key.startsWith(prefix)) yield [key, decode(this.disk.get(key) ?? 'null')];
    }
  }

  close(): Promise<void> {
    return this.#last;
  }
}
