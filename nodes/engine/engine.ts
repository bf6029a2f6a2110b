/** What sends and receives, as a whole: what the nodes of one Node-RED talk to, wherever the work is done. */
import type { Failure } from '../core/failure';
import type { Dispatcher } from './dispatcher';
import type { EventHub } from './events';
import type { BrokenGateway, Gateway } from './gateway';
import type { IdReserve } from './id-counter';

export interface Engine {
  readonly dispatcher: Dispatcher;
  readonly events: EventHub;
  readonly ids: IdReserve;
  /**
   * Resolves once what was kept when the last process ended is taken up, or cannot be for now; nothing is to be asked
   * before. Never rejects.
   */
  readonly ready: Promise<void>;
  /** Why it cannot be for now: nothing is to be sent or asked. It is tried again and again. */
  readonly failure: Failure | undefined;
  /** Whether what is done regularly of itself is this process's to do: of several on one store, one does it. */
  readonly isWorker: boolean;
  /**
   * Makes a gateway known to whatever sends and receives. Gives what detaches it; `removed`: no deploy is going on that
   * brings it back.
   */
  readonly attachGateway: (gateway: Gateway | BrokenGateway) => (removed: boolean) => void;
  /**
   * Resolves once what this process has under way with the vendor of a gateway now is over: requests to send, and polls.
   * Never rejects.
   */
  readonly drained: (gatewayId: string) => Promise<void>;
  /** Resolves once all that happened so far is kept, or cannot be. Never rejects. */
  readonly flush: () => Promise<void>;
}
