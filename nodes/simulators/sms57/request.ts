/** Reading a request: parameters from the query and from a form, as a servlet takes them, and what they hold. */
import type { SimulatedRequest } from '../server';

export type Parameters = ReadonlyMap<string, string>;

/** `undefined` where the encoding is broken. The query comes first, and the first of two equal names wins. */
export function parametersOf(request: SimulatedRequest): Parameters | undefined {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(String(request.headers['content-type'] ?? ''));
  const form = request.method === 'POST' && isForm ? request.body.toString('latin1') : '';
  const parameters = new Map<string, string>();
  for (const pair of `${request.query}&${form}`.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** Percent-encoded UTF-8, with `+` for a blank. Bytes that were not encoded at all are taken as UTF-8 too. */
function decoded(text: string): string | undefined {
  const encoded = text.replace(/\+/g, ' ').replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** What a `send` or `p2p` wants sent: a number and its text. */
export interface Submission {
  readonly mobile: string;
  readonly content: string;
}

/** Section 1.2: one content to numbers separated by commas. `undefined` where a part is missing. */
export function submissionsOfSend(parameters: Parameters): Submission[] | undefined {
  const content = parameters.get('content') ?? '';
  const mobiles = (parameters.get('mobile') ?? '').split(',').filter((mobile) => mobile !== '');
  if (content === '' || mobiles.length === 0) return undefined;
  return mobiles.map((mobile) => ({ mobile, content }));
}

/** Section 2.2: records `mobile#content`, separated by a line break. `undefined` where one of them is none. */
export function submissionsOfP2p(parameters: Parameters): Submission[] | undefined {
  const records = (parameters.get('mobileContentList') ?? '').split(/\r\n|\r|\n/).filter((record) => record !== '');
  const submissions: Submission[] = [];
  for (const record of records) {
    const hash = record.indexOf('#');
    if (hash <= 0 || hash === record.length - 1) return undefined;
    submissions.push({ mobile: record.slice(0, hash), content: record.slice(hash + 1) });
  }
  return submissions.length === 0 ? undefined : submissions;
}

/** What the MD5 of a call covers besides the password (sections 1.2, 2.2, 3.2). */
export function signedPart(parameters: Parameters): string {
  const value = (name: string): string => parameters.get(name) ?? '';
  switch (parameters.get('action')) {
    case 'send':
      return value('extno') + value('content') + value('mobile');
    case 'p2p':
      return value('extno') + value('mobileContentList').replace(/[\r\n]/g, '');
    default:
      return '';
  }
}

/** How many rows a `report` or `mo` may give (sections 4.2, 5.2). `undefined` where it is out of the limits. */
export function sizeOf(parameters: Parameters, most: number): number | undefined {
  const text = parameters.get('size') ?? parameters.get('szie') ?? '1000';
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return size >= 10 && size <= most ? size : undefined;
}
