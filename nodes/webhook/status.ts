/** What stands below a webhook node: whether it listens, what has come, and what keeps it from working. */
import type { Failure } from '../core/failure';
import type { PushTaken } from '../engine/events';
import type { Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';

/** Why it does not listen. */
export type Deafness = 'no-path' | 'no-http' | 'path-taken';

const DEAF = { 'no-path': 'noPath', 'no-http': 'noHttp', 'path-taken': 'pathTaken' } as const;

export interface GatewayLook {
  readonly missing: boolean;
  readonly broken: boolean;
  readonly simulated: boolean;
  /** The vendor pushes nothing. */
  readonly silent: boolean;
}

/** Milliseconds between two changes: pushes may come by the hundred. */
const PACE = 500;

export class WebhookStatus {
  readonly #status: Status;
  readonly #texts: Texts;
  #deaf: Deafness | undefined;
  #hears = false;
  #gateway: GatewayLook | undefined;
  #count = 0;
  #last: { readonly outcome: PushTaken['outcome']; readonly at: Date } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(status: Status, texts: Texts) {
    this.#status = status;
    this.#texts = texts;
  }

  hears(): void {
    this.#hears = true;
    this.#deaf = undefined;
    this.#show();
  }

  deaf(reason: Deafness): void {
    this.#hears = false;
    this.#deaf = reason;
    this.#show();
  }

  gateway(look: GatewayLook): void {
    this.#gateway = look;
    this.#status.simulated = look.simulated;
    this.#show();
  }

  broken({ code }: Failure): void {
    this.#status.show('alarm', 'broken', { code: this.#texts.text(`codes.${code}`) });
  }

  pushed(outcome: PushTaken['outcome']): void {
    this.#count++;
    this.#last = { outcome, at: new Date() };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show();
    }, PACE);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #show(): void {
    const { missing = false, broken = false, simulated = false, silent = false } = this.#gateway ?? {};
    if (missing || broken) {
      this.#status.show('alarm', missing ? 'noGateway' : 'broken', { code: this.#texts.text('codes.invalid-config') });
    } else if (this.#last) {
      this.#showLast(this.#last);
    } else if (silent) {
      this.#status.show('idle', 'pushesNothing');
    } else if (this.#hears) {
      this.#status.show('good', 'listening');
    } else if (this.#deaf) {
      // Pushes of a simulated gateway come all the same.
      const harmless = simulated && this.#deaf !== 'path-taken';
      this.#status.show(harmless ? 'idle' : 'alarm', DEAF[this.#deaf]);
    }
  }

  #showLast({ outcome, at }: { readonly outcome: PushTaken['outcome']; readonly at: Date }): void {
    const params = { count: this.#count, time: at.toTimeString().slice(0, 8) };
    if (outcome === 'taken') this.#status.show('good', 'pushed', params);
    else this.#status.show('bad', outcome === 'unreadable' ? 'unreadablePush' : 'refusedPush', params);
  }
}
