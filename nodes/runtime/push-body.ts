/** The body of a push, byte for byte, within bounds of size and time. */
import type { IncomingMessage } from 'node:http';

export const MOST_BODY = 1024 * 1024;
/** Milliseconds from the head of a request to the end of its body. */
export const DEADLINE = 10_000;

/** Why there is no body: too long, too slow, or the sender went away, or whoever wanted it did. */
export type BodyTrouble = 'too-long' | 'too-slow' | 'gone' | 'cancelled';

export interface Reading {
  readonly body: Promise<Buffer | BodyTrouble>;
  /** Ends it at once, as `cancelled`. */
  readonly cancel: () => void;
}

/** `grew` is told of every chunk's length as it comes. */
export function readBody(request: IncomingMessage, grew: (bytes: number) => void = () => undefined): Reading {
  let cancel = (): void => undefined;
  const body = new Promise<Buffer | BodyTrouble>((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (result: Buffer | BodyTrouble): void => {
      clearTimeout(timer);
      request.off('data', add).off('end', finish).off('error', leave).off('close', leave);
      // What a socket says after this concerns nobody, and an error without a listener would end the process.
      request.on('error', () => undefined);
      resolve(result);
    };
    const add = (chunk: Buffer): void => {
      size += chunk.length;
      grew(chunk.length);
      if (size > MOST_BODY) end('too-long');
      else chunks.push(chunk);
    };
    const finish = (): void => {
      end(Buffer.concat(chunks));
    };
    const leave = (): void => {
      end('gone');
    };
    const timer = setTimeout(() => {
      end('too-slow');
    }, DEADLINE);
    cancel = () => {
      end('cancelled');
    };
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY) end('too-long');
    else if (request.readableEnded) end(alreadyRead(request));
    else request.on('data', add).on('end', finish).on('error', leave).on('close', leave);
  });
  return { body, cancel };
}

/** Somebody in front of us, such as the program that Node-RED is a part of, has read the body already. */
function alreadyRead(request: IncomingMessage): Buffer {
  const { body } = request as IncomingMessage & { readonly body?: unknown };
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : '');
}
