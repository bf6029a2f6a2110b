/**
 * The pushes of a simulator: real HTTP, to whatever URL it was told. To one URL they go one after the other, in their
 * order; what one URL does holds up no other. Whatever the receiver does, nothing is thrown.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Timers } from './server';

const TIME_LIMIT = 10_000;
const MOST_WAITING = 100_000;
const MOST_ANSWER = 65_536;

export interface PushAnswer {
  readonly status: number;
  /** As UTF-8; at most its first 64 KiB. */
  readonly body: string;
}

export interface Push {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Asked when its turn comes: a receiver that was told off meanwhile gets nothing more. */
  readonly isWanted: () => boolean;
  /** Whether the answer says that the push arrived. Without it every answer does. */
  readonly acknowledges?: (answer: PushAnswer) => boolean;
  /** Milliseconds after which a push that was not acknowledged is pushed again, one for each time. Without it: never. */
  readonly again?: readonly number[];
  /**
   * Called once: `arrived`; `lost`, when it was not acknowledged and is not pushed again; `unwanted`, when its turn came
   * and it was not wanted any more. Not called after the simulator is closed.
   */
  readonly onEnd?: (end: 'arrived' | 'lost' | 'unwanted') => void;
}

interface Turn {
  readonly push: Push;
  /** How often it was pushed before. */
  readonly repeats: number;
}

export class Pusher {
  readonly #timers: Timers;
  readonly #queues = new Map<string, Turn[]>();
  readonly #cancels = new Set<() => void>();
  #closed = false;

  constructor(timers: Timers) {
    this.#timers = timers;
    timers.whenClosed(() => {
      this.#closed = true;
      this.#queues.clear();
      for (const cancel of this.#cancels) cancel();
    });
  }

  /** Queues a push behind those to the same URL. One too many is lost. */
  push(push: Push): void {
    this.#queue({ push, repeats: 0 });
  }

  #queue(turn: Turn): void {
    if (this.#closed) return;
    const { push } = turn;
    const queue = this.#queues.get(push.url);
    if (queue === undefined) {
      const started = [turn];
      this.#queues.set(push.url, started);
      void this.#work(push.url, started);
    } else if (queue.length < MOST_WAITING) {
      queue.push(turn);
    } else {
      push.onEnd?.('lost');
    }
  }

  /** Pushes what is queued for a URL, and what is added meanwhile, over one connection. */
  async #work(url: string, queue: Turn[]): Promise<void> {
    const post = posterTo(url);
    // By pages: taking single ones off the front of a long array would cost more than all else here.
    while (queue.length > 0)
      for (const turn of queue.splice(0)) {
        // The simulator was closed.
        if (this.#queues.get(url) !== queue) break;
        if (!turn.push.isWanted()) turn.push.onEnd?.('unwanted');
        else this.#settle(turn, await this.#attempt(turn.push, post));
      }
    post?.end();
    if (this.#queues.get(url) === queue) this.#queues.delete(url);
  }

  async #attempt(push: Push, post: Poster | undefined): Promise<boolean> {
    if (post === undefined) return false;
    try {
      const answer = await new Promise<PushAnswer | undefined>((resolve) => {
        const cancel = post.send(push, (found) => {
          stopTimer();
          this.#cancels.delete(cancel);
          resolve(found);
        });
        const stopTimer = this.#timers.later(TIME_LIMIT, cancel);
        this.#cancels.add(cancel);
      });
      return answer !== undefined && (push.acknowledges?.(answer) ?? true);
    } catch {
      return false;
    }
  }

  #settle({ push, repeats }: Turn, hasArrived: boolean): void {
    if (this.#closed) return;
    const pause = push.again?.[repeats];
    if (hasArrived) push.onEnd?.('arrived');
    else if (pause === undefined) push.onEnd?.('lost');
    // Those behind it do not wait for that.
    else
      this.#timers.later(pause, () => {
        this.#queue({ push, repeats: repeats + 1 });
      });
  }
}

/** A connection to one receiver. */
interface Poster {
  /** Gives the answer once, `undefined` where none came; never at once. What it gives ends the attempt. */
  send(push: Push, done: (answer: PushAnswer | undefined) => void): () => void;
  end(): void;
}

/** `undefined` where the URL is none. The connection is only kept while pushes follow on each other. */
function posterTo(text: string): Poster | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return {
    send: ({ headers, body }, done) => {
      const request = open(url, {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      let found: PushAnswer | undefined;
      request.on('response', (response) => {
        read(response, (answer) => {
          found = answer;
        });
      });
      request.on('error', () => undefined);
      request.once('close', () => {
        done(found);
      });
      request.end(body);
      return () => {
        request.destroy();
      };
    },
    end: () => {
      agent.destroy();
    },
  };
}

/** Gives nothing where the answer ends in its middle. */
function read(response: IncomingMessage, done: (answer: PushAnswer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    if (size < MOST_ANSWER) chunks.push(chunk);
    size += chunk.length;
  });
  response.on('end', () => {
    const body = Buffer.concat(chunks).subarray(0, MOST_ANSWER).toString('utf8');
    done({ status: response.statusCode ?? 0, body });
  });
}
