/** A request to the device as its calls see it, whether its parameters came in the query or in the body. */
import type { SimulatedAnswer, SimulatedRequest } from '../server';
import { TASK_CODES, type TaskCode } from './codes';

export type Fields = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method: string;
  /** Names in lower case: the samples write `username` and `Username`. */
  readonly query: ReadonlyMap<string, string>;
  /** The JSON of a POST; `undefined` where it is none. */
  readonly body: unknown;
}

export function readCall(request: SimulatedRequest): Call {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(request.query)) {
    const key = name.toLowerCase();
    if (!query.has(key)) query.set(key, value);
  }
  return { method: request.method, query, body: request.method === 'POST' ? readJson(request) : undefined };
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

/** Strict: the content type of the document, UTF-8, JSON. */
function readJson(request: SimulatedRequest): unknown {
  if (!/^application\/json\b/i.test(String(request.headers['content-type'] ?? ''))) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body)) as unknown;
  } catch {
    return undefined;
  }
}
