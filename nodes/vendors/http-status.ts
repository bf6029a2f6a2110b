/** What an HTTP status other than success says about a send, the same at every vendor. */
import { failure, type Failure } from '../core/failure';
import type { HttpAnswer, RecipientResult, SendAnswer, SendRequest } from './driver';

/**
 * A refusal is certain only where the status says that nobody looked at the request. All else may come from a vendor
 * that took the message and broke afterwards.
 */
export function statusResult(answer: HttpAnswer): Exclude<RecipientResult, { id: string }> | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const vendorCode = `HTTP ${status}`;
  const rejected = (refusal: Failure): RecipientResult & { state: 'rejected' } => ({
    state: 'rejected',
    failure: { ...refusal, vendorCode },
  });
  switch (status) {
    case 301:
    case 307:
    case 308:
      return rejected(failure('invalid-config', 'redirected'));
    case 401:
      return rejected(failure('auth-failed'));
    case 403:
      return rejected(failure('permission-denied', 'http'));
    case 404:
    case 405:
    case 410:
      return rejected(failure('invalid-config', 'no-such-address'));
    case 407:
      return rejected(failure('invalid-config', 'proxy-login'));
    case 400:
    case 411:
    case 413:
    case 414:
    case 415:
    case 431:
      return rejected(failure('vendor-error', 'http'));
    case 429:
      return rejected({ ...failure('rate-limited'), ...retryAfter(answer) });
    default:
      return { state: 'in-doubt', failure: { ...failure('no-answer', 'http'), vendorCode } };
  }
}

/** `Retry-After` in seconds; the form with a date is not used by any vendor here. */
function retryAfter(answer: HttpAnswer): Pick<Failure, 'retryAfter'> {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfter: Math.min(seconds, 86_400) * 1000 } : {};
}

/** How many recipients a request has. */
export function recipientCount(request: SendRequest): number {
  return request.items.reduce((sum, item) => sum + item.to.length, 0);
}

/** One result for every recipient of a request. */
export function sameForAll(request: SendRequest, result: RecipientResult, raw: unknown): SendAnswer {
  const results = new Array<RecipientResult>(recipientCount(request)).fill(result);
  return { results, ...(result.state === 'rejected' ? { isRefused: true } : {}), raw };
}

/** An answer that no reading of the document explains: the vendor may have taken the message. */
export function unreadable(request: SendRequest, raw: unknown): SendAnswer {
  return sameForAll(request, { state: 'in-doubt', failure: failure('unreadable-answer') }, raw);
}
