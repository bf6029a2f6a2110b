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

export class Status {
  readonly #node: Node;
  readonly #texts: Texts;
  /** Appended to every status: that nothing is really sent, for instance. */
  #suffix = '';

  constructor(node: Node, texts: Texts) {
    this.#node = node;
    this.#texts = texts;
  }

  set simulated(simulated: boolean) {
    this.#suffix = simulated ? ` · ${this.#texts.text('status.simulated')}` : '';
  }

  /** `key` below `status` of the shared catalog. */
  show(mood: Mood, key: string, params?: Readonly<Record<string, string | number>>): void {
    this.#node.status({ ...MOOD[mood], text: this.#texts.text(`status.${key}`, params) + this.#suffix });
  }

  /** Nothing to say but that nothing is really sent, where that is so. */
  clear(): void {
    if (this.#suffix === '') this.#node.status({});
    else this.#node.status({ ...MOOD.idle, text: this.#texts.text('status.simulated') });
  }
}
