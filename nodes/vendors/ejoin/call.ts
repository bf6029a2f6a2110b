/** One call to a device, however it goes there: with the login in its URL, or in a session. */
import type { HttpAnswer, HttpRequest } from '../driver';

export interface Call {
  /** The document's name of it: `goip_post_sms.html`. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** JSON, for a POST; absent for a GET. */
  readonly data?: string;
  /** It is to be made in this session, by its number, or not at all. */
  readonly session?: number;
}

/** Makes calls. Rejects as `HttpCall` does, or with what is certain to have kept the call from being made. */
export type Caller = (call: Call) => Promise<HttpAnswer>;

export type Parameters = readonly (readonly [name: string, value: string | number])[];

/** The request of a call whose device is at `root`. `credentials` show who calls. */
export function requestOf(
  root: string,
  { name, parameters, data }: Call,
  credentials: Parameters,
  body: string | Buffer | undefined = data,
): HttpRequest {
  const query = [['version', '1.1'] as const, ...credentials, ...Object.entries(parameters)];
  const url = `${root}/${name}?${queryOf(query)}`;
  if (body === undefined) return { method: 'GET', url };
  return { method: 'POST', url, headers: { 'content-type': 'application/json;charset=utf-8' }, body };
}

/** The parameters as they stand in a URL. */
export function queryOf(parameters: Parameters): string {
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}
