/**
 * Sees to it that pushes come to us as they were sent. Where the editor and the HTTP nodes share a root, as they do unless
 * they are told otherwise, the editor's API is asked first: it parses every JSON and every form, whoever that is for, and
 * the bytes are gone. It goes by the type of the content, so that is hidden until a push has come to us.
 */
import type { IncomingMessage } from 'node:http';
import type { EventEmitter } from 'node:events';

const types = new WeakMap<IncomingMessage, string>();

/** Hides the type of what comes to a path and below. Gives what ends that. */
export function keepBodiesWhole(server: EventEmitter | undefined, path: string): () => void {
  // A program that Node-RED is a part of may have given it no server.
  if (typeof server?.prependListener !== 'function') return () => undefined;
  const hide = (request: IncomingMessage): void => {
    const { headers, url = '' } = request;
    const type = headers['content-type'];
    if (type === undefined || !isBelow(url, path)) return;
    types.set(request, type);
    headers['content-type'] = 'application/octet-stream';
  };
  server.prependListener('request', hide);
  return () => {
    server.off('request', hide);
  };
}

/** The type of a request's content, as it was sent. */
export function contentTypeOf(request: IncomingMessage): string {
  return types.get(request) ?? request.headers['content-type'] ?? '';
}

/** Paths are found whatever case they are written in. */
function isBelow(url: string, path: string): boolean {
  return `${url.split('?', 1)[0] ?? ''}/`.toLowerCase().startsWith(`${path}/`.toLowerCase());
}
