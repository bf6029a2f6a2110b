/**
 * Encrypted sessions (section 3): the handshake, and who a later request of a session comes from. The document names no
 * codes: 1 = the `auth` is not that of a user, 14 = there is no such session (any more) or its `seq` has been used up,
 * 15 = a parameter is missing or none.
 */
import { randomBytes } from 'node:crypto';
import type { SimulatedAnswer } from '../server';
import { answerJson, type Query } from './call';
import { TASK_CODES, type TaskCode } from './codes';
import { decrypt, isMethod, md5, type Method } from './crypt';

/** What `auth` of a later request ends with: the document's order (3.3.2), or the one that working clients use. */
export type AuthOrder = 'url-seq' | 'seq-url';

export const HANDSHAKE = '/crypt_sess.json';

/** Seconds (3.2.1). */
const LIFE = 180;
const MOST_SESSIONS = 100;

interface Session {
  readonly username: string;
  readonly password: string;
  readonly method: Method;
  /** The `auth` of the handshake. */
  readonly auth: string;
  /** Epoch milliseconds. */
  end: number;
  /** The highest that was used. */
  seq: number;
}

/** Where a request of a session comes from, and what its body says. */
export interface Entered {
  readonly username: string;
  /** `undefined` where the body was not encrypted as it should be. */
  readonly open: (body: Buffer) => Buffer | undefined;
}

export class Sessions {
  readonly #order: AuthOrder;
  readonly #sessions = new Map<string, Session>();

  constructor(order: AuthOrder) {
    this.#order = order;
  }

  /** The handshake (3.2.1, 3.2.2). `now` in epoch milliseconds. */
  handshake(query: Query, passwords: ReadonlyMap<string, string>, now: number): SimulatedAnswer {
    const [username, cnonce, auth] = [query.get('username'), query.get('cnonce'), query.get('auth')];
    const method = query.get('crypt') ?? 'none';
    const expires = seconds(query.get('expires') ?? String(LIFE));
    if (!username || !cnonce || !auth || expires === undefined || !isMethod(method)) return refusal(15);
    const password = passwords.get(username);
    if (password === undefined || auth !== md5(username, password, cnonce, HANDSHAKE)) return refusal(1);
    const session = randomBytes(8).toString('hex');
    this.#sessions.set(session, { username, password, method, auth, end: now + expires * 1000, seq: -1 });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return answerJson({ code: 0, session, expires });
  }

  /** A later request (3.2.3), or the code of its refusal. Only one that is not refused uses its `seq` up. */
  enter(query: Query, path: string, now: number): Entered | TaskCode {
    const [id, seq, auth] = [query.get('session') ?? '', query.get('seq') ?? '', query.get('auth')];
    const session = this.#sessions.get(id);
    if (session && now >= session.end) this.#sessions.delete(id);
    if (!session || now >= session.end) return 14;
    const expires = query.get('expires');
    const life = expires === undefined ? undefined : seconds(expires);
    if (!/^\d{1,15}$/.test(seq) || (expires !== undefined && life === undefined)) return 15;
    const { username, password, method } = session;
    const end = this.#order === 'url-seq' ? [path, seq] : [seq, path];
    if (auth !== md5(username, password, id, ...end)) return 1;
    if (Number(seq) <= session.seq) return 14;
    session.seq = Number(seq);
    if (life !== undefined) session.end = now + life * 1000;
    const key = Buffer.from(md5(username, password, session.auth, id, seq), 'latin1');
    return { username, open: (body) => decrypt(method, key, body) };
  }

  /** The device was started again. */
  clear(): void {
    this.#sessions.clear();
  }
}

/** `undefined` where the text is no number of seconds. */
function seconds(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** The handshake calls its words `desc`. */
function refusal(code: TaskCode): SimulatedAnswer {
  return answerJson({ code, desc: TASK_CODES[code] });
}
