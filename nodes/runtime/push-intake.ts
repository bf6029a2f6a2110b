/** Reads the HTTP requests that are pushes, hands them on, and answers them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ownTurn } from '../core/turns';
import type { PushTaken } from '../engine/events';
import type { Push } from '../vendors/driver';
import { isBurden } from './burden';
import { MOST_BODY, readBody, type BodyTrouble } from './push-body';
import { contentTypeOf } from './whole-bodies';

/** Bodies that are being read at once hold so many bytes together: more cannot be a vendor. */
const MOST_HELD = 32 * MOST_BODY;
/** Seconds after which a push that could not be taken may come again. */
const RETRY_AFTER = 30;
/** Whoever is still sending when the answer is out may go on for so long, or the answer would be lost with the connection. */
const LINGER = 2_000;

/** Where a push came to: what follows the secret path, and the query without `?`. */
export interface Target {
  readonly secret: string;
  readonly path: string;
  readonly query: string;
}

/** Takes a request's target apart; the first part of its path is the secret. */
export function readTarget(url: string): Target {
  const mark = url.indexOf('?');
  const whole = mark < 0 ? url : url.slice(0, mark);
  const end = whole.indexOf('/', 1);
  return {
    secret: whole.slice(1, end < 0 ? undefined : end),
    path: end < 0 || end === whole.length - 1 ? '' : whole.slice(end),
    query: mark < 0 ? '' : url.slice(mark + 1),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The same for everything that is nowhere. */
export const NOT_FOUND: Answer = { status: 404, text: 'not found' };
export const FORBIDDEN: Answer = { status: 403, text: 'forbidden' };
const LATER: Answer = { status: 503, text: 'try again later', headers: { 'retry-after': String(RETRY_AFTER) } };
const WRONG_METHOD: Answer = { status: 405, text: 'GET or POST', headers: { allow: 'GET, POST' } };
const COMPRESSED: Answer = { status: 415, text: 'no content encoding', headers: { 'accept-encoding': 'identity' } };
const UNREADABLE: Answer = { status: 400, text: 'not understood' };
const TROUBLE: Readonly<Record<BodyTrouble, Answer>> = {
  'too-long': { status: 413, text: 'too long' },
  'too-slow': { status: 408, text: 'too slow' },
  gone: UNREADABLE,
  cancelled: LATER,
};

/** Why a push was not taken. */
export type Refusal = Exclude<PushTaken['outcome'], 'taken'>;

export interface PushHandler {
  /** Never rejects. */
  take(push: Push): Promise<PushTaken>;
  /** Called once a push that was not taken is answered. Must not throw. */
  refused(push: Push, outcome: Refusal): void;
}

export class PushIntake {
  readonly #handler: PushHandler;
  /** Ends the requests that are being read. */
  readonly #reading = new Set<() => void>();
  #held = 0;
  #closed = false;

  constructor(handler: PushHandler) {
    this.#handler = handler;
  }

  /** Answers the request. Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse, { path, query }: Target): Promise<void> {
    // A client that breaks the connection off is no error of ours.
    response.on('error', () => undefined);
    const { method } = request;
    if (method !== 'GET' && method !== 'POST') {
      answer(request, response, WRONG_METHOD);
      return;
    }
    if (!/^(identity)?$/i.test(request.headers['content-encoding']?.trim() ?? '')) {
      answer(request, response, COMPRESSED);
      return;
    }
    const body = await this.#read(request);
    if (!Buffer.isBuffer(body)) {
      answer(request, response, TROUBLE[body]);
      return;
    }
    await ownTurn();
    const push: Push = { method, path, query, contentType: contentTypeOf(request), body };
    const taken = await this.#take(push);
    answer(request, response, answerTo(taken));
    if (taken.outcome === 'taken') return;
    await ownTurn();
    if (!this.#closed) this.#handler.refused(push, taken.outcome);
  }

  /** What is being read is given up, and its senders are told to come again. */
  close(): void {
    this.#closed = true;
    for (const cancel of [...this.#reading]) cancel();
  }

  #take(push: Push): PushTaken | Promise<PushTaken> {
    if (this.#closed) return { outcome: 'not-stored' };
    return isBurden(push.body) ? { outcome: 'unreadable' } : this.#handler.take(push);
  }

  async #read(request: IncomingMessage): Promise<Buffer | BodyTrouble> {
    if (this.#closed) return 'cancelled';
    let mine = 0;
    const reading = readBody(request, (bytes) => {
      mine += bytes;
      this.#held += bytes;
      if (this.#held > MOST_HELD) reading.cancel();
    });
    this.#reading.add(reading.cancel);
    const body = await reading.body;
    this.#reading.delete(reading.cancel);
    this.#held -= mine;
    return body;
  }
}

function answerTo(taken: PushTaken): Answer {
  if (taken.outcome === 'taken') return { status: 200, text: taken.answer };
  return taken.outcome === 'unreadable' ? UNREADABLE : LATER;
}

/** Answers at once; a request whose end is not here yet costs the connection. */
export function answer(request: IncomingMessage, response: ServerResponse, { status, text, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const unfinished = hasBody(request) && !request.complete;
  response.writeHead(status, {
    ...{ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    'content-length': Buffer.byteLength(text),
    ...headers,
    ...(unfinished ? { connection: 'close' } : {}),
  });
  if (!unfinished) {
    response.end(text);
  } else if (status === 408) {
    response.end(text, () => request.destroy());
  } else {
    response.write(text);
    linger(request, response);
  }
}

/** Lets the sender come to its end, unless that takes it long; then the connection ends. */
function linger(request: IncomingMessage, response: ServerResponse): void {
  let left = MOST_BODY;
  const timer = setTimeout(() => request.destroy(), LINGER);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('error', () => undefined);
  request.on('end', end).on('close', end);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? '');
}
