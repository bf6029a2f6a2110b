/** The status that the device pushes (section 4): the whole of it from time to time, and a port when it changes. */
import type { Push } from '../pusher';
import type { Agenda } from './agenda';
import { JSON_HEADERS } from './pushes';
import type { Port } from './lines';
import { portStatusPush } from './status';

export interface Subscriber {
  readonly url: string;
  /** Seconds between two pushes of the whole status, at least 60. */
  readonly period: number;
  readonly allSims: boolean;
}

export class Subscription {
  readonly #agenda: Agenda;
  readonly #push: (push: Push) => void;
  readonly #devStatus: (subscriber: Subscriber) => object;
  readonly #seqs = new Map<number, number>();
  #subscriber: Subscriber | undefined;

  constructor(agenda: Agenda, push: (push: Push) => void, devStatus: (subscriber: Subscriber) => object) {
    this.#agenda = agenda;
    this.#push = push;
    this.#devStatus = devStatus;
  }

  /** The URL that was told last: a later request need not repeat it. */
  get url(): string | undefined {
    return this.#subscriber?.url;
  }

  /** Takes the place of the one before. The first push comes when the period is over for the first time. */
  begin(subscriber: Subscriber, now: number): void {
    this.#subscriber = subscriber;
    this.#next(subscriber, now);
  }

  end(): void {
    this.#subscriber = undefined;
  }

  /** The device is `up` again then: it need not be subscribed to once more (4.1.2), and counts from 1. */
  restart(up: number): void {
    this.#seqs.clear();
    if (this.#subscriber) this.begin({ ...this.#subscriber }, up);
  }

  portChanged(port: Port): void {
    const seq = (this.#seqs.get(port.number) ?? 0) + 1;
    this.#seqs.set(port.number, seq);
    if (this.#subscriber) this.#send(this.#subscriber, portStatusPush(port, seq));
  }

  #next(subscriber: Subscriber, last: number): void {
    this.#agenda.add(last + subscriber.period * 1000, (at) => {
      if (this.#subscriber !== subscriber) return;
      this.#send(subscriber, this.#devStatus(subscriber));
      // A computer that slept makes up for nothing.
      this.#next(subscriber, Math.max(at, this.#agenda.now - subscriber.period * 1000));
    });
  }

  #send(subscriber: Subscriber, status: object): void {
    this.#push({
      url: subscriber.url,
      headers: JSON_HEADERS,
      body: JSON.stringify(status),
      isWanted: () => this.#subscriber?.url === subscriber.url,
    });
  }
}
