/**
 * The device's side of the encrypted session, made by hand from section 3 of the document, over real HTTP: it knows its
 * sessions, checks every digest and serial number, and decrypts what is posted. It shares nothing with the driver.
 */
import { createDecipheriv, createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient } from '../../../nodes/runtime/http';
import type { OptionValues } from '../../../nodes/vendors/driver';
import { driver } from '../../../nodes/vendors/ejoin';
import type { Json } from './ejoin-device';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A call as the device understood it. */
export interface Heard {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body as it came. */
  readonly body: Buffer;
  /** What it says. */
  readonly text: string;
  readonly session: string;
  readonly seq: number;
}

interface Known {
  readonly auth: string;
  readonly crypt: string;
  seq: number;
  until: number;
}

/** JSON, a text, an HTTP status, or null where the connection ends without an answer. */
type Answer = Json | string | number | null;

export class SessionDevice {
  readonly username = 'root';
  readonly password = 'p&ss 密码';
  /** Calls that were let in, in their order. */
  readonly heard: Heard[] = [];
  readonly handshakes: URLSearchParams[] = [];
  /** Calls that were not let in, and why. */
  readonly refused: string[] = [];
  /** Everything that came in URLs. */
  readonly urls: string[] = [];
  order: 'url-seq' | 'seq-url' = 'url-seq';
  /** Seconds that the device grants at most. */
  longest = 180;
  /** Epoch milliseconds, of device and driver alike. */
  clock = Date.UTC(2024, 0, 1);
  /** Answers a call. */
  answer: (call: Heard) => Answer = () => ({ code: 200, reason: 'OK', results: [] });
  /** How a call that is not let in is answered. */
  refusal: Answer = { code: 14, reason: 'Unauthorized' };
  /** Instead of a handshake. */
  greeting?: Answer;
  /** Calls in hand at this moment, and the most there ever were. */
  atOnce = 0;
  mostAtOnce = 0;
  readonly #sessions = new Map<string, Known>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #clients: HttpClient[] = [];
  #made = 0;

  static async start(): Promise<SessionDevice> {
    const device = new SessionDevice();
    await new Promise<void>((resolve) => device.#server.listen(0, '127.0.0.1', resolve));
    return device;
  }

  /** A driver's account at the device. */
  open(options: OptionValues, timeout = 5000) {
    const client = new HttpClient({ timeout, connections: 8, proxy: 'none' });
    this.#clients.push(client);
    let next = 5011;
    return driver.open(
      {
        ...{ url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, accountId: '' },
        ...{ username: this.username, password: this.password, options, timezone: 'Asia/Shanghai', country: '86' },
      },
      {
        http: client.call,
        now: () => this.clock,
        nextIds: (count) => {
          next += count;
          return Promise.resolve(next - count);
        },
        notice: () => undefined,
      },
    );
  }

  /** Forgets its sessions, as a device that starts again does. */
  restart(): void {
    this.#sessions.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    // Whoever writes two calls at once is caught at it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    const url = new URL(request.url ?? '', 'http://device');
    this.urls.push(url.href);
    const said = url.pathname === '/crypt_sess.json' ? this.#greet(url) : this.#hear(url, Buffer.concat(chunks));
    this.atOnce -= 1;
    if (said === null) response.destroy();
    else if (typeof said === 'number') response.writeHead(said).end();
    else response.end(typeof said === 'string' ? said : JSON.stringify(said));
  }

  /** 3.2.1 and the first digest of 3.3. */
  #greet({ searchParams: query }: URL): Answer {
    this.handshakes.push(query);
    if (this.greeting !== undefined) return this.greeting;
    const auth = query.get('auth') ?? '';
    const crypt = query.get('crypt') ?? 'none';
    const expected = md5(this.username + this.password + (query.get('cnonce') ?? '') + '/crypt_sess.json');
    if (query.get('username') !== this.username || auth !== expected) return { code: 1, desc: 'wrong auth' };
    if (!['none', 'xor', 'rc4', 'aes-ecb'].includes(crypt)) return { code: 2, desc: 'unknown crypt' };
    const expires = Math.min(this.longest, Number(query.get('expires') ?? 180));
    const session = `S${(this.#made += 1)}`;
    this.#sessions.set(session, { auth, crypt, seq: 0, until: this.clock + expires * 1000 });
    return { code: 0, session, expires };
  }

  /** 3.2.3, the second digest and the key of 3.3. */
  #hear({ pathname, searchParams: query }: URL, body: Buffer): Answer {
    const session = query.get('session') ?? '';
    const known = this.#sessions.get(session);
    const refuse = (why: string): Answer => {
      this.refused.push(why);
      return this.refusal;
    };
    if (query.has('username') || query.has('password')) return refuse('login in the URL');
    if (!known) return refuse('unknown session');
    if (this.clock >= known.until) return refuse('expired');
    const seq = Number(query.get('seq'));
    const end = this.order === 'url-seq' ? `${pathname}${seq}` : `${seq}${pathname}`;
    if (query.get('auth') !== md5(this.username + this.password + session + end)) return refuse('auth');
    if (!(seq > known.seq)) return refuse('seq');
    known.seq = seq;
    if (query.has('expires')) {
      known.until = this.clock + Math.min(this.longest, Number(query.get('expires'))) * 1000;
    }
    const key = md5(this.username + this.password + known.auth + session + String(seq));
    const text = decrypt(known.crypt, Buffer.from(key), body).toString();
    const call = { path: pathname, query, body, text, session, seq };
    this.heard.push(call);
    return this.answer(call);
  }
}

function decrypt(crypt: string, key: Buffer, body: Buffer): Buffer {
  if (body.length === 0 || crypt === 'none') return body;
  if (crypt === 'aes-ecb') {
    const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(body), decipher.final()]);
    const end = padded.indexOf(0);
    return end < 0 ? padded : padded.subarray(0, end);
  }
  const stream = crypt === 'xor' ? (index: number) => key[index % 32]! : keystream(key);
  return Buffer.from(body.map((byte, index) => byte ^ stream(index)));
}

/** The bytes of RC4, one after the other. */
function keystream(key: Buffer): () => number {
  const box = [...Array(256).keys()];
  let [i, j] = [0, 0];
  for (let n = 0; n < 256; n++) {
    j = (j + box[n]! + key[n % key.length]!) % 256;
    [box[n], box[j]] = [box[j]!, box[n]!];
  }
  j = 0;
  return () => {
    i = (i + 1) % 256;
    j = (j + box[i]!) % 256;
    [box[i], box[j]] = [box[j]!, box[i]!];
    return box[(box[i]! + box[j]!) % 256]!;
  };
}
