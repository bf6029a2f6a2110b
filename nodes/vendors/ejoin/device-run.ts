/**
 * Which run of the device is going on. Its name is the `ssrc` of `goip_get_sms.html` (8.2.3): the device makes a new one
 * each time that it starts. Nothing else in the document tells for certain: the `seq` of a status (4.1.3) begins anew, too,
 * but has soon risen to where it was; a session (3) ends with its time as well; and no call tells how long the device is up.
 */
import { failure, failureOf, SmsError } from '../../core/failure';
import type { DriverIo, HttpAnswer } from '../driver';
import { statusResult } from '../http-status';
import { fieldOf, isRecord, textOf } from '../json';
import { rawOf } from './answer';
import type { Connection } from './connection';

/** The call that tells it, as that which fetches SMS is called. */
export const GET_SMS = 'goip_get_sms.html';

/** Milliseconds after which the device is asked again. */
const KNOWN_FOR = 30_000;
/**
 * A device that never answered is taken for one without that call after so many questions in a row without an answer, and
 * after so many milliseconds: while it starts, it refuses very many in no time.
 */
const MOST_UNANSWERED = 5;
const LONGEST_START = 180_000;

/** The device is there, as far as anybody knows, and says nothing. */
const SILENT = failure('network', 'ejoin-silent');

export class DeviceRun {
  readonly #connection: Connection;
  readonly #io: DriverIo;
  /** What it was at a time, epoch milliseconds. */
  #known?: { readonly name: string; readonly at: number };
  #asking?: Promise<string | undefined>;
  /** It has answered before. */
  #answers = false;
  /** Questions since then without an answer. */
  #unanswered = 0;
  /** When the first of these was asked, epoch milliseconds. */
  #silentSince = 0;
  /** Why the last one had none. */
  #cause = SILENT;

  constructor(connection: Connection, io: DriverIo) {
    this.#connection = connection;
    this.#io = io;
  }

  /** The run, as far as it was seen lately; nothing where the device does not tell. Never rejects. */
  current(): Promise<string | undefined> {
    const { name, at } = this.#known ?? {};
    const age = this.#io.now() - (at ?? -Infinity);
    if (age >= 0 && age < KNOWN_FOR) return Promise.resolve(name);
    this.#asking ??= this.ask()
      .catch(() => undefined)
      .finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Asks the device, by a call that gives one SMS at most and takes none away. Rejects as `HttpCall` does. */
  async ask(): Promise<string | undefined> {
    const at = this.#io.now();
    let answer: HttpAnswer;
    try {
      answer = await this.#connection.get(GET_SMS, { sms_id: 1, sms_num: 1 });
    } catch (error) {
      if (this.#unanswered++ === 0) this.#silentSince = at;
      this.#cause = failureOf(error, SILENT);
      throw error;
    }
    return this.see(answer, at);
  }

  /**
   * Throws where the device did not answer the last question: it is starting, or away, and what was sent to it now would
   * only be in doubt, for good.
   */
  checkAnswers(): void {
    if (this.#unanswered === 0 || this.#isWithoutThatCall) return;
    // Where nothing could be sent at all, that says more.
    throw new SmsError(this.#cause.code === 'network' ? this.#cause : SILENT);
  }

  get #isWithoutThatCall(): boolean {
    const span = this.#io.now() - this.#silentSince;
    return !this.#answers && this.#unanswered >= MOST_UNANSWERED && span >= LONGEST_START;
  }

  /** Looks at an answer to that call, whoever made it. `at`: when it was made, epoch milliseconds. */
  see(answer: HttpAnswer, at: number): string | undefined {
    this.#answers = true;
    this.#unanswered = 0;
    const raw = statusResult(answer) ? undefined : rawOf(answer);
    const name = isRecord(raw) ? textOf(fieldOf(raw, 'ssrc')) : undefined;
    this.#known = name === undefined ? undefined : { name, at };
    return name;
  }

  /** Something went wrong: the device may be starting. */
  forget(): void {
    this.#known = undefined;
  }
}
