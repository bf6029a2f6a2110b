/**
 * What the server pushes by itself: the results of sending (section 2.3) and received SMS (section 5), one object a
 * push, all of an account to one URL. Whatever is answered, nothing is pushed twice; without a URL it is lost.
 */
import { Alarm } from '../alarm';
import { DueQueue } from '../due-queue';
import { Pusher } from '../pusher';
import type { Timers } from '../server';

/** Below this many due things nothing is forgotten: two for each recipient of several of the largest tasks. */
const MOST_DUE = 100_000;
const HEADERS = { 'content-type': 'application/json' };

interface Announced {
  readonly username: string;
  readonly body: Readonly<Record<string, string>>;
}

export class Pushes {
  readonly #now: () => number;
  readonly #pusher: Pusher;
  readonly #alarm: Alarm;
  readonly #urls = new Map<string, string>();
  readonly #waiting = new DueQueue<Announced>(MOST_DUE);

  constructor(timers: Timers, now: () => number) {
    this.#now = now;
    this.#pusher = new Pusher(timers);
    this.#alarm = new Alarm(timers, now, () => this.#pushDue());
  }

  pushTo(username: string, url: string | undefined): void {
    if (url === undefined) this.#urls.delete(username);
    else this.#urls.set(username, url);
  }

  /** Pushes the fields in their order at the time `due`, epoch milliseconds. */
  add(due: number, username: string, body: Readonly<Record<string, string>>): void {
    this.#waiting.add(due, { username, body });
    this.#alarm.set(due);
  }

  #pushDue(): number {
    for (const { value } of this.#waiting.take(this.#now(), Number.POSITIVE_INFINITY)) {
      const url = this.#urls.get(value.username);
      if (url === undefined) continue;
      this.#pusher.push({
        url,
        headers: HEADERS,
        body: phpJson(value.body),
        isWanted: () => this.#urls.get(value.username) === url,
      });
    }
    return this.#waiting.next;
  }
}

/** JSON as PHP writes it: nothing but ASCII, and a backslash in front of a slash. */
function phpJson(value: Readonly<Record<string, string>>): string {
  return JSON.stringify(value)
    .replace(/\//g, '\\/')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
