/** Recipients of requests that were under way when the process ended, until their gateway is there. */
import { failure } from '../core/failure';
import { setAlarm } from './alarm';
import type { Recipient } from './message';
import { Multimap } from './multimap';

/** Milliseconds after a start by which a gateway should be there. */
const GATEWAY_PATIENCE = 60_000;

/** The process ended while the request was under way. */
export const INTERRUPTED = failure('in-doubt', 'interrupted');

export class Interrupted {
  /** By the gateway that they went to. */
  readonly #byGateway = new Multimap<string, Recipient>();

  /** `giveUp` is told of those whose gateway does not come back: it has no rule. */
  constructor(private readonly giveUp: (recipient: Recipient) => void) {}

  add(recipients: readonly Recipient[]): void {
    for (const recipient of recipients) {
      const id = recipient.gatewayId ?? '';
      const { doubt } = recipient;
      // One in doubt may have been asked for elsewhere since; what is in doubt is in doubt where it was.
      if (doubt && recipient.state === 'in-doubt') {
        Object.assign(recipient, { intent: doubt.intent, clientId: doubt.clientId });
        recipient.showDoubt();
      } else {
        recipient.comeIntoDoubt(INTERRUPTED, recipient.intent?.gateway ?? { id, name: '', vendor: '' });
      }
      this.#byGateway.add(id, recipient);
    }
    setAlarm(Date.now() + GATEWAY_PATIENCE, () => {
      for (const recipient of recipients) {
        if (this.#byGateway.delete(recipient.gatewayId ?? '', recipient)) this.giveUp(recipient);
      }
    });
  }

  /** Those who waited for a gateway. */
  take(gateway: string): Recipient[] {
    return this.#byGateway.take(gateway).filter(({ settled, state }) => !settled && state === 'in-doubt');
  }

  /** It has its outcome. */
  forget(recipient: Recipient): void {
    this.#byGateway.delete(recipient.gatewayId ?? '', recipient);
  }
}
