/**
 * The encrypted session (3): after a handshake, calls carry the session, a serial number and a digest instead of the
 * login, and the data of a POST is encrypted. Answers are not. The device wants the serial number to rise from call to
 * call, so one call is made at a time.
 */
import { failure, SmsError } from '../../core/failure';
import type { DriverIo, HttpAnswer } from '../driver';
import { fieldOf, isRecord, leadingInteger, textOf } from '../json';
import { rawOf } from './answer';
import { requestOf, type Call } from './call';
import { INVALID_USER, isDoubtful, isSuccess, UNAUTHORIZED } from './codes';
import { encrypt, md5, type Method } from './crypt';
import { EXPIRES, shakeHands, type Agreement, type Login } from './handshake';

/** What the digest is made of at its end (3.3): the document says first the path, working clients put the number first. */
export type AuthOrder = 'url-seq' | 'seq-url';
export const AUTH_ORDERS: readonly AuthOrder[] = ['url-seq', 'seq-url'];

/** Milliseconds before a session's end in which it is not used any more: a call takes its time to arrive. */
const MARGIN = 5_000;

interface Session extends Agreement {
  seq: number;
  /** Epoch milliseconds. */
  until: number;
}

interface Asked {
  readonly answer: HttpAnswer;
  /** The device does not accept the session, so the call was not made. */
  readonly refused: boolean;
}

export class SessionCaller {
  readonly #root: string;
  readonly #login: Login;
  readonly #method: Method;
  readonly #io: DriverIo;
  /** The ways to put the digest together, the most promising first. */
  #orders: readonly AuthOrder[];
  #session?: Session;
  #opened = 0;
  /** When the call before is over. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string, login: Login, method: Method, order: AuthOrder | 'auto', io: DriverIo) {
    this.#root = root;
    this.#login = login;
    this.#method = method;
    this.#orders = order === 'auto' ? AUTH_ORDERS : [order];
    this.#io = io;
  }

  /** How many sessions were opened: the number of the one in use. */
  get opened(): number {
    return this.#opened;
  }

  /** Makes a call when all calls before it are over. */
  call(call: Call): Promise<HttpAnswer> {
    const turn = this.#last.then(() => this.#answerTo(call));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * What the device refused because of its session was certainly not done, so it may be asked again in a new one; whatever
   * got no answer may not. A session may be over without our knowing, for a device that starts again forgets it. Where a
   * new one is refused too, the digest is tried in the other order.
   */
  async #answerTo(call: Call): Promise<HttpAnswer> {
    const [usual, ...others] = this.#orders as readonly [AuthOrder, ...AuthOrder[]];
    const known = this.#session;
    if (call.session !== undefined) return this.#answerWithin(call.session, call, usual);
    if (known && this.#io.now() < known.until) {
      const { answer, refused } = await this.#ask(call, known, usual);
      if (!refused) return answer;
    }
    let asked = await this.#ask(call, await this.#open(), usual);
    for (const order of others) {
      if (!asked.refused) break;
      asked = await this.#ask(call, await this.#open(), order);
      if (!asked.refused) this.#orders = [order, usual];
    }
    if (asked.refused) this.#session = undefined;
    return asked.answer;
  }

  /** Makes a call that is not to be made in another session: whoever opens one does not know what the device has forgotten. */
  async #answerWithin(number: number, call: Call, order: AuthOrder): Promise<HttpAnswer> {
    const session = this.#session;
    if (!session || number !== this.#opened || this.#io.now() >= session.until) {
      throw new SmsError(failure('network', 'ejoin-session'));
    }
    const { answer, refused } = await this.#ask(call, session, order);
    if (refused) this.#session = undefined;
    return answer;
  }

  async #open(): Promise<Session> {
    this.#session = undefined;
    const asked = this.#io.now();
    const agreement = await shakeHands(this.#root, this.#login, this.#method, this.#io.http);
    this.#session = { ...agreement, seq: 0, until: endOf(agreement, asked) };
    this.#opened += 1;
    return this.#session;
  }

  async #ask(call: Call, session: Session, order: AuthOrder): Promise<Asked> {
    session.seq += 1;
    const { username, password } = this.#login;
    // The path as the device sees it: what may stand in front of it is a proxy's.
    const end = order === 'url-seq' ? [`/${call.name}`, session.seq] : [session.seq, `/${call.name}`];
    const auth = md5(username, password, session.session, ...end);
    const key = md5(username, password, session.auth, session.session, session.seq);
    const credentials = { session: session.session, seq: session.seq, auth, expires: EXPIRES };
    const body = call.data === undefined ? undefined : encrypt(this.#method, key, call.data);
    const asked = this.#io.now();
    const answer = await this.#io.http(requestOf(this.#root, call, Object.entries(credentials), body));
    // `expires` begins the session's life anew.
    session.until = endOf(session, asked);
    return { answer, refused: isSessionRefused(answer) };
  }
}

function endOf({ expires }: Agreement, from: number): number {
  return from + Math.max(expires * 500, expires * 1000 - MARGIN);
}

/**
 * Whether the device refused a call because it does not accept its session. How it says so is in no document: like a
 * wrong login, or in the words of 3.2.2, or with words about it. Rows about tasks show that the call went through.
 */
function isSessionRefused(answer: HttpAnswer): boolean {
  if (answer.status === 401 || answer.status === 403) return true;
  const raw = answer.status >= 200 && answer.status < 300 ? rawOf(answer) : undefined;
  if (!isRecord(raw) || ['status', 'results'].some((name) => Array.isArray(fieldOf(raw, name)))) return false;
  const code = leadingInteger(fieldOf(raw, 'code'));
  if (code === undefined || isSuccess(code) || isDoubtful(code)) return false;
  if (code === INVALID_USER || code === UNAUTHORIZED) return true;
  const [desc, reason] = [textOf(fieldOf(raw, 'desc')), textOf(fieldOf(raw, 'reason'))];
  return reason === undefined ? desc !== undefined : /session|expired|\bseq|\bauth/i.test(reason);
}
