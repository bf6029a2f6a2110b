/** The parameters of a request (section 3.1): query of a GET, query and form of a POST, UTF-8, percent-encoded. */
import type { SimulatedRequest } from '../server';

export type Parameters = ReadonlyMap<string, string>;

/**
 * Names are taken as the document spells them, and the first of several wins: one of its samples has a second
 * `SecretKey`. Servers were seen to want `Methods` before `Content`; one that comes later is not seen here.
 */
export function parametersOf(request: SimulatedRequest): Parameters {
  const parameters = new Map<string, string>();
  const take = (encoded: string): void => {
    for (const [name, value] of new URLSearchParams(encoded)) {
      const late = name === 'Methods' && parameters.has('Content');
      if (!late && !parameters.has(name)) parameters.set(name, value);
    }
  };
  take(request.query);
  const type = String(request.headers['content-type'] ?? '');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
  if (request.method === 'POST' && isForm) take(request.body.toString('utf8'));
  return parameters;
}
