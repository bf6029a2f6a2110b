/**
 * The two addresses that every simulator has besides the vendor's, for whoever drives it from another process:
 * `GET /simulator/accepted` gives what was accepted, `POST /simulator/inbound` makes an SMS arrive. Their requests do
 * not show up in the log of the vendor's requests.
 */
import type { SimulatedAnswer, SimulatedRequest } from './server';
import type { AcceptedSms, Simulator } from './simulator';

type Receive = Simulator['receive'];

/** The answer to a request for the simulator itself; `undefined` where the request is for the vendor. */
export function controlAnswer(
  request: SimulatedRequest,
  accepted: readonly AcceptedSms[],
  receive: Receive | undefined,
): SimulatedAnswer | undefined {
  switch (request.path) {
    case '/simulator/accepted':
      return request.method === 'GET' ? json(200, accepted) : wrongMethod('GET');
    case '/simulator/inbound':
      return request.method === 'POST' ? inbound(request.body, receive) : wrongMethod('POST');
    default:
      return undefined;
  }
}

/** The body is `{ from, to?, text }`, all strings. */
function inbound(body: Buffer, receive: Receive | undefined): SimulatedAnswer {
  if (receive === undefined) return json(501, { error: 'this simulator receives nothing' });
  const sms = inboundSms(body);
  if (sms === undefined) return json(400, { error: 'expected JSON: { from, to?, text }, all strings' });
  receive(sms);
  return json(200, { ok: true });
}

function inboundSms(body: Buffer): Parameters<Receive>[0] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('from' in value) || !('text' in value)) return undefined;
  const { from, text } = value;
  const to = 'to' in value ? value.to : undefined;
  if (typeof from !== 'string' || from === '' || typeof text !== 'string') return undefined;
  if (to !== undefined && typeof to !== 'string') return undefined;
  return to === undefined ? { from, text } : { from, to, text };
}

function wrongMethod(allow: string): SimulatedAnswer {
  return { status: 405, headers: { allow } };
}

function json(status: number, value: unknown): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
