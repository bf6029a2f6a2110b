/** What stands below a device node: the command under way, what came of the last one, and what keeps it from working. */
import type { Failure } from '../core/failure';
import type { Mood, Status } from '../runtime/status';
import type { Texts } from '../runtime/texts';

interface Line {
  readonly mood: Mood;
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export class DeviceStatus {
  readonly #status: Status;
  readonly #texts: Texts;
  /** The node or its gateway is not configured as it must be. */
  #broken: Failure | undefined;
  #last: Line | undefined;
  /** Commands under way. */
  #running = 0;
  #closed = false;

  constructor(status: Status, texts: Texts) {
    this.#status = status;
    this.#texts = texts;
  }

  set simulated(simulated: boolean) {
    this.#status.simulated = simulated;
  }

  broken(reason: Failure | undefined): void {
    this.#broken = reason;
    this.#show();
  }

  /** A command is under way, until what this gives is called. */
  running(): () => void {
    this.#running++;
    this.#show();
    return () => {
      this.#running--;
      this.#show();
    };
  }

  done(command: string, isPartial: boolean): void {
    this.#last = {
      ...{ mood: isPartial ? 'doubtful' : 'good', key: isPartial ? 'commandPartly' : 'commandDone' },
      params: { command },
    };
    this.#show();
  }

  failed({ code }: Failure): void {
    this.#last = { mood: 'bad', key: 'failed', params: { code: this.#texts.text(`codes.${code}`) } };
    this.#show();
  }

  /** Nothing is shown any more. */
  close(): void {
    this.#closed = true;
  }

  #show(): void {
    if (this.#closed) return;
    if (this.#broken) {
      this.#status.show('alarm', 'broken', { code: this.#texts.text(`codes.${this.#broken.code}`) });
    } else if (this.#running > 0) this.#status.show('working', 'asking');
    else if (this.#last) this.#status.show(this.#last.mood, this.#last.key, this.#last.params);
    else this.#status.clear();
  }
}
