/** Pushes to the ejoin driver, as tests make them. */
import type { Push, PushRead } from '../../../nodes/vendors/driver';
import { open } from './ejoin-device';

export function push(body: string | object | Buffer, more: Partial<Push> = {}): Push {
  const written = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const contentType = 'application/json;charset=utf-8';
  return { method: 'POST', path: '', query: 'version=1.1', contentType, body: Buffer.from(written), ...more };
}

export function readPush(body: string | object | Buffer, more: Partial<Push> = {}): PushRead | undefined {
  const { account } = open();
  return account.readPush?.(push(body, more));
}

/** What must be understood. */
export function mustRead(body: string | object | Buffer, more: Partial<Push> = {}): PushRead {
  const read = readPush(body, more);
  if (read === undefined) throw new Error(`not understood: ${JSON.stringify(body)}`);
  return read;
}

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
