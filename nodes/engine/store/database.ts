/**
 * A LevelDB database as the store needs it. Keys of the store's users stand behind a dot, what is its own does not; each
 * value has a checksum before it, because LevelDB does not look at those of its tables.
 */
import { crc32 } from 'node:zlib';
import type { ClassicLevel } from 'classic-level';
import { failure, SmsError } from '../../core/failure';
import { Damage } from './trouble';

/** A change as it is written. */
export interface Operation {
  readonly key: string;
  /** Absent: removed. */
  readonly text: string | undefined;
}

export type Level = ClassicLevel;

const OWN_KEYS = '.';
const FORMAT_KEY = 'format';
/** Never there: what is written to make the disk have all before it. */
const SYNC_KEY = 'sync';
/** Behind all keys. */
const LAST_KEY = '\u{10ffff}';
const DIGITS = 8;
/** Entries that are read at once. */
const PAGE = 1000;

const OPTIONS = {
  // Fewer and larger tables: most of what is written here is soon removed again, often before it gets into one.
  writeBufferSize: 16 * 1024 * 1024,
  // What is compressed could not be salvaged from a damaged table.
  compression: false,
};

/** The package, only now: where it has no build for this machine, nothing but the store may fail. */
export async function loadLevel(): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel;
  } catch {
    const platform = `${process.platform}-${process.arch}, Node.js ${process.versions.node}`;
    throw new SmsError(failure('store-failed', 'no-build', { platform }));
  }
}

function sealed(key: string, text: string): string {
  return sealOf(key, text) + text;
}

/** The text of a sealed value; `undefined` where it is not what was written. */
function unsealed(key: string, value: string): string | undefined {
  const text = value.slice(DIGITS);
  return value.startsWith(sealOf(key, text)) ? text : undefined;
}

/** The checksum of a key and its text as one. */
function sealOf(key: string, text: string): string {
  return crc32(text, crc32(key)).toString(16).padStart(DIGITS, '0');
}

/** The first text that is greater than every text with this beginning, as UTF-8 has it. */
function endOf(beginning: string): string {
  const characters = Array.from(beginning);
  const last = characters.pop()?.codePointAt(0) ?? 0;
  if (last === 0x10_ffff) return endOf(characters.join(''));
  return characters.join('') + String.fromCodePoint(last === 0xd7_ff ? 0xe0_00 : last + 1);
}

export class Database {
  readonly #level: Level;

  private constructor(level: Level) {
    this.#level = level;
  }

  /** Rejects as LevelDB does. */
  static async open(Level: typeof ClassicLevel, folder: string, createIfMissing: boolean): Promise<Database> {
    const level = new Level(folder, { ...OPTIONS, createIfMissing });
    await level.open();
    return new Database(level);
  }

  /** All or none. With `sync` it resolves once they would survive a power cut. */
  async write(operations: readonly Operation[], sync: boolean): Promise<void> {
    if (operations.length === 0) return;
    const batch = this.#level.batch();
    for (const { key, text } of operations) {
      const own = OWN_KEYS + key;
      if (text === undefined) batch.del(own);
      else batch.put(own, sealed(own, text));
    }
    await batch.write({ sync });
  }

  /** What would bring these keys back to what they have now. */
  async before(keys: readonly string[]): Promise<Operation[]> {
    const own = keys.map((key) => OWN_KEYS + key);
    const values = await this.#level.getMany(own);
    return keys.map((key, index) => {
      const value = values[index];
      return { key, text: value === undefined ? undefined : unsealed(OWN_KEYS + key, value) };
    });
  }

  /** What is kept under keys with this beginning, behind the key `after`. */
  async *pages(prefix: string, after?: string): AsyncGenerator<readonly [key: string, text: string][]> {
    const from = after === undefined ? { gte: OWN_KEYS + prefix } : { gt: OWN_KEYS + after };
    const iterator = this.#level.iterator({ ...from, lt: endOf(OWN_KEYS + prefix), highWaterMarkBytes: 256 * 1024 });
    try {
      let next = iterator.nextv(PAGE);
      for (let page = await next; page.length > 0; page = await next) {
        // The next one is read while this one is taken.
        next = iterator.nextv(PAGE);
        next.catch(() => undefined);
        yield page.map(([own, value]): [string, string] => {
          const text = unsealed(own, value);
          if (text === undefined) throw new Damage('A value is not what was written.');
          return [own.slice(OWN_KEYS.length), text];
        });
      }
    } finally {
      await iterator.close();
    }
  }

  /** Reads all there is, and removes what is not what was written. Gives how many entries are left. */
  async clean(): Promise<number> {
    let sound = 0;
    for await (const [key, value] of this.#level.iterator()) {
      if (unsealed(key, value) === undefined) await this.#level.del(key);
      else sound++;
    }
    return sound;
  }

  /** Writes all tables anew, so that each key is in one of them. */
  async compact(): Promise<void> {
    await this.#level.compactRange('', LAST_KEY);
  }

  /** Version of what is kept; `undefined` in a new database. */
  async format(): Promise<number | undefined> {
    const value = await this.#level.get(FORMAT_KEY);
    if (value === undefined) return undefined;
    const format = Number(unsealed(FORMAT_KEY, value));
    if (!Number.isSafeInteger(format)) throw new Damage('The format is not what was written.');
    return format;
  }

  async setFormat(format: number): Promise<void> {
    await this.#level.put(FORMAT_KEY, sealed(FORMAT_KEY, String(format)), { sync: true });
  }

  /** Makes everything up to now survive a power cut. */
  async sync(): Promise<void> {
    await this.#level.del(SYNC_KEY, { sync: true });
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}
