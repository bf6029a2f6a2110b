/** What the magic numbers that concern the connection do to an answer, whatever the vendor. */
import type { FirstTimes } from './magic';
import type { SimulatedAnswer } from './server';

type Outcome = ReturnType<FirstTimes['answerTo']>;
type Complete = Exclude<SimulatedAnswer, string>;

const SLOW = 3000;
const BROKEN_SERVER: Complete = {
  status: 500,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>',
};

/** The answer to a request that must not be accepted; `undefined` where the outcome is not of that kind. */
export function refusedBelow(outcome: Outcome): SimulatedAnswer | undefined {
  switch (outcome) {
    case 'refuse-500':
      return BROKEN_SERVER;
    case 'refuse-reset':
      return 'reset';
    case 'too-many':
      return { status: 429, headers: { 'retry-after': '1' } };
    default:
      return undefined;
  }
}

/** What becomes of the answer to a request that was accepted. */
export function spoiled(outcome: Outcome, answer: Complete): SimulatedAnswer {
  switch (outcome) {
    case 'accept-silent':
      return 'silent';
    case 'accept-reset':
      return 'reset';
    case 'accept-500':
      return BROKEN_SERVER;
    case 'accept-broken': {
      const body = Buffer.from(answer.body ?? '');
      return { ...answer, body: body.subarray(0, body.length >> 1) };
    }
    case 'accept-slow':
      return { ...answer, after: SLOW };
    default:
      return answer;
  }
}
