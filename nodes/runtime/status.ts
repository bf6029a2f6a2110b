/** Status below a node: verbs that become translated texts. */
import type { Node } from 'node-red';
import type { Texts } from './texts';

const MOOD = {
  idle: { fill: 'grey', shape: 'ring' },
  working: { fill: 'blue', shape: 'dot' },
  waiting: { fill: 'yellow', shape: 'ring' },
  good: { fill: 'green', shape: 'dot' },
  doubtful: { fill: 'yellow', shape: 'dot' },
  bad: { fill: 'red', shape: 'dot' },
  alarm: { fill: 'red', shape: 'ring' },
} as const;

export type Mood = keyof typeof MOOD;

/** Milliseconds between two changes that are shown. Nobody can read more, and under load they would cost more than the work. */
const PACE = 50;

export class Status {
  readonly #node: Node;
  readonly #texts: Texts;
  /** Appended to every status: that nothing is really sent, for instance. */
  #suffix = '';
  /** The last status, as long as it is not shown. */
  #next?: () => void;
  #timer?: NodeJS.Timeout;
  /** A deploy has taken its node away: what is to be said is for the one that comes after it. */
  #closed = false;

  constructor(node: Node, texts: Texts) {
    this.#node = node;
    this.#texts = texts;
    node.on('close', () => {
      clearTimeout(this.#timer);
      this.#next = undefined;
      this.#closed = true;
    });
  }

  set simulated(simulated: boolean) {
    this.#suffix = simulated ? ` · ${this.#texts.text('status.simulated')}` : '';
  }

  /** `key` below `status` of the shared catalog. */
  show(mood: Mood, key: string, params?: Readonly<Record<string, string | number>>): void {
    this.#set(() => {
      this.#node.status({ ...MOOD[mood], text: this.#texts.text(`status.${key}`, params) + this.#suffix });
    });
  }

  /** Nothing to say but that nothing is really sent, where that is so. */
  clear(): void {
    this.#set(() => {
      if (this.#suffix === '') this.#node.status({});
      else this.#node.status({ ...MOOD.idle, text: this.#texts.text('status.simulated') });
    });
  }

  /** The first of several is shown at once, then the last of those that follow. */
  #set(show: () => void): void {
    if (this.#closed) return;
    if (this.#timer) {
      this.#next = show;
      return;
    }
    show();
    this.#timer = setTimeout(() => {
      const next = this.#next;
      this.#timer = undefined;
      this.#next = undefined;
      if (next) this.#set(next);
    }, PACE).unref();
  }
}
