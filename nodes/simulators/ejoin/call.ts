/** A request to the device as its calls see it, whether its parameters came in the query or in the body. */
import type { SimulatedAnswer, SimulatedRequest } from '../server';
import { TASK_CODES, type TaskCode } from './codes';

export type Fields = Readonly<Record<string, unknown>>;
/** Names in lower case: the samples write `username` and `Username`. */
export type Query = ReadonlyMap<string, string>;

export interface Call {
  readonly method: string;
  readonly query: Query;
  /** The body of a POST as text; `undefined` where it is not UTF-8. */
  readonly text: string | undefined;
  /** The JSON of a POST; `undefined` where it is none. */
  readonly body: unknown;
}

/** Of a name that stands there twice the first counts. */
export function readQuery(query: string): Query {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, value);
  }
  return found;
}

/** `open` takes the encryption off the body; without it the body came in clear, and must say that it is JSON. */
export function readCall(request: SimulatedRequest, query: Query, open?: (body: Buffer) => Buffer | undefined): Call {
  const { method } = request;
  const text = method === 'POST' ? decode(open ? open(request.body) : request.body) : undefined;
  const isJson = open !== undefined || /^application\/json\b/i.test(String(request.headers['content-type'] ?? ''));
  return { method, query, text, body: isJson ? readJson(text) : undefined };
}

/** A parameter of the query or, as the note of 6.3.1.2 has it for POST, of the body. */
export function parameter(call: Call, name: string): string | undefined {
  const given = call.query.get(name) ?? (isFields(call.body) ? call.body[name] : undefined);
  if (typeof given === 'number') return String(given);
  return typeof given === 'string' ? given : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function answerJson(body: object): SimulatedAnswer & object {
  return { headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(body) };
}

/** A refusal of the call as a whole. */
export function refuse(code: TaskCode): SimulatedAnswer {
  return answerJson({ code, reason: TASK_CODES[code] });
}

function decode(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function readJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
