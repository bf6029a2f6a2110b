/**
 * Values as text. Plain data is JSON as it stands; what JSON has no form for is an object with one key that begins with
 * a single `$`, and a key of the user's that begins so gets another `$`, so that nobody can pretend. What cannot be kept
 * at all, functions, sockets, cycles, leaves its property out: a Node-RED message may hold any of them.
 */
import { types } from 'node:util';

/** How deep a value may be; below, it is left out. Also what ends a cycle on the fast path. */
const MOST_DEPTH = 100;
/** Most objects, arrays and primitives in one value. */
const MOST_NODES = 500_000;
/** Most characters of all texts in one value; a Buffer counts as its base64. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** What stands for something that is left out. */
const NOTHING = Symbol('nothing');

type Tree = string | number | boolean | null | Tree[] | { [key: string]: Tree };

/** The text of a value. Never throws. */
export function encode(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  try {
    if (new PlainCheck().isPlain(value, 0)) return JSON.stringify(value);
  } catch {
    // A getter or a proxy that throws: the careful way leaves it out.
  }
  const tree = new Walk().tree(value, 0);
  return JSON.stringify(tree === NOTHING ? null : tree);
}

/** The value of a text that `encode` made. Throws where it is none. */
export function decode(text: string): unknown {
  const tree = JSON.parse(text) as Tree;
  return text.includes('"$') ? revive(tree) : tree;
}

/** Also true for objects of another context: those that function nodes make. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** Finds out whether JSON carries a value as it is. */
class PlainCheck {
  #nodes = MOST_NODES;
  #characters = MOST_CHARACTERS;

  isPlain(value: unknown, depth: number): boolean {
    if (--this.#nodes < 0) return false;
    switch (typeof value) {
      case 'string':
        return (this.#characters -= value.length) >= 0;
      case 'number':
      case 'boolean':
        return true;
      case 'object':
        if (value === null) return true;
        if (depth >= MOST_DEPTH || types.isProxy(value)) return false;
        if (Array.isArray(value)) return this.#isPlainArray(value, depth);
        return this.#isPlainObject(value, depth);
      default:
        return false;
    }
  }

  #isPlainArray(value: readonly unknown[], depth: number): boolean {
    return value.length <= this.#nodes && value.every((each) => this.isPlain(each, depth + 1));
  }

  #isPlainObject(value: object, depth: number): boolean {
    if (!isPlainObject(value) || 'toJSON' in value) return false;
    for (const key of Object.keys(value)) {
      if (key.startsWith('$')) return false;
      this.#characters -= key.length;
      const below = (value as Record<string, unknown>)[key];
      if (below !== undefined && !this.isPlain(below, depth + 1)) return false;
    }
    return true;
  }
}

/** Copies what can be kept. */
class Walk {
  #nodes = MOST_NODES;
  #characters = MOST_CHARACTERS;
  /** The objects around the current place. */
  readonly #around = new Set<object>();

  tree(value: unknown, depth: number): Tree | typeof NOTHING {
    if (--this.#nodes < 0) return NOTHING;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
      case 'boolean':
        return value;
      case 'object':
        if (value === null) return null;
        if (depth >= MOST_DEPTH || this.#around.has(value)) return NOTHING;
        this.#around.add(value);
        try {
          return this.#object(value, depth);
        } catch {
          return NOTHING;
        } finally {
          this.#around.delete(value);
        }
      default:
        return NOTHING;
    }
  }

  #text(text: string): string | typeof NOTHING {
    if (text.length > this.#characters) return NOTHING;
    this.#characters -= text.length;
    return text;
  }

  #tagged(tag: string, value: Tree | typeof NOTHING): Tree | typeof NOTHING {
    return value === NOTHING ? NOTHING : { [tag]: value };
  }

  #object(value: object, depth: number): Tree | typeof NOTHING {
    if (types.isDate(value)) return { $date: Date.prototype.getTime.call(value) };
    if (types.isUint8Array(value)) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return this.#tagged(Buffer.isBuffer(value) ? '$buffer' : '$bytes', this.#text(bytes.toString('base64')));
    }
    if (Array.isArray(value)) return this.#array(value, depth);
    if (types.isBoxedPrimitive(value)) return this.tree(value.valueOf(), depth);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || isLiving(value)) return NOTHING;
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === 'function'
      ? this.tree((toJSON as (key: string) => unknown).call(value, ''), depth + 1)
      : this.#properties(value, depth);
  }

  #array(value: readonly unknown[], depth: number): Tree {
    const copy: Tree[] = [];
    for (let index = 0; index < value.length && this.#nodes > 0; index++) {
      const tree = this.#attempt(() => this.tree(value[index], depth + 1));
      copy.push(tree === NOTHING ? null : tree);
    }
    return copy;
  }

  #properties(value: object, depth: number): Tree | typeof NOTHING {
    // Without a prototype, `__proto__` is a key like any other.
    const copy = Object.create(null) as Record<string, Tree>;
    let kept = false;
    let leftOut = false;
    for (const key of Object.keys(value)) {
      const name = key.startsWith('$') ? `$${key}` : key;
      const tree =
        this.#text(name) === NOTHING
          ? NOTHING
          : this.#attempt(() => {
              const below = (value as Record<string, unknown>)[key];
              return below === undefined ? undefined : this.tree(below, depth + 1);
            });
      if (tree === NOTHING) {
        leftOut = true;
      } else if (tree !== undefined) {
        copy[name] = tree;
        kept = true;
      }
    }
    // Nothing but functions and sockets, as in the `msg.res` of an http-in node: no use in an empty object.
    return leftOut && !kept ? NOTHING : copy;
  }

  #attempt<T>(take: () => T): T | typeof NOTHING {
    try {
      return take();
    } catch {
      return NOTHING;
    }
  }
}

/** Sockets, requests, streams, timers: things with a life of their own, not data. */
function isLiving(value: object): boolean {
  const { on, emit, pipe, ref, unref } = value as Record<string, unknown>;
  const pairs = [
    [on, emit],
    [on, pipe],
    [ref, unref],
  ];
  return pairs.some((pair) => pair.every((each) => typeof each === 'function'));
}

/** Puts back what a tree stands for, in place as far as it goes. */
function revive(tree: Tree): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) {
    const array = tree as unknown[];
    for (const [index, each] of tree.entries()) {
      if (typeof each === 'object') array[index] = revive(each);
    }
    return array;
  }
  const keys = Object.keys(tree);
  const [first = ''] = keys;
  if (keys.length === 1 && first.startsWith('$') && !first.startsWith('$$')) return revived(first, tree[first]);
  const escaped = keys.some((key) => key.startsWith('$'));
  const copy: object = escaped ? {} : tree;
  for (const key of keys) {
    const below = tree[key];
    if (!escaped && (typeof below !== 'object' || below === null)) continue;
    setOwn(copy, key.startsWith('$') ? key.slice(1) : key, revive(below ?? null));
  }
  return copy;
}

function revived(tag: string, value: Tree | undefined): unknown {
  if (tag === '$date') return new Date(typeof value === 'number' ? value : Number.NaN);
  if (typeof value === 'string') {
    if (tag === '$buffer') return Buffer.from(value, 'base64');
    if (tag === '$bytes') return Uint8Array.from(Buffer.from(value, 'base64'));
  }
  throw new SyntaxError(`No such form: ${tag}`);
}

/** Sets a property of the object itself, whatever it is called. */
function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (target as Record<string, unknown>)[key] = value;
  }
}
