/**
 * Simulates the DBL GoIP SMS SERVER (document 000): `sendsms`, `querysms`, `querylines`, with the faults of real servers.
 *
 * What it refuses, in this order:
 *
 * | request | answer |
 * | --- | --- |
 * | another address, or one without the slash at its end (section 1, note 3) | HTTP 404 |
 * | no JSON, no login or a wrong one (section 1, note 1) | HTTP 401, empty |
 * | no content, content `0`, no number, an empty one, one above 20 characters, more than 9999 | `content or number error` |
 * | an apostrophe in the line, the provider or the content | HTTP 200, `Bad query: …` |
 * | an unknown provider | `none_provider` |
 * | an unknown line, or no line that is online, registered and within its quotas | `none_line` |
 *
 * What it makes of the magic numbers where the document has no such refusal. A request is taken or refused as a whole.
 *
 * | magic number | answer |
 * | --- | --- |
 * | recipient refused, content refused | `content or number error` |
 * | balance refused | `unknown` |
 * | busy | `none_line` |
 * | login refused, IP address refused | HTTP 401, empty |
 * | undelivered | failed, code 27 |
 * | no answer from the network | failed, code 332 |
 * | sent | succeeded, never a receipt |
 * | no report | sending, for ever |
 *
 * Recipients for whom the quotas of the lines do not suffice stay `unsend`.
 *
 * Results of sending (section 2.3) and what handsets send (section 5) are pushed to the URL of the account, which stands
 * in the server's screens (`pushTo`), one object a push; nothing is pushed again. `succeeded`, and with the receipt once
 * more; `failed`; never `unsend` and `sending`. The document leaves open who of several logins is told: here it is the
 * one that sent. A handset writes to the line and the login that wrote to it last, else to the first line that works and
 * to the login that called last. No call hands out what handsets send: without a URL it is lost.
 */
import { refusedBelow, spoiled } from '../bad-answers';
import { Conversations } from '../conversations';
import { FirstTimes, magicOf } from '../magic';
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import { shanghaiTime } from '../shanghai';
import type { AcceptedSms, Simulator, SimulatorAccount, StartSimulator } from '../simulator';
import { Lines, type Choice } from './lines';
import { Pushes } from './pushes';
import { pushedStates, Tasks, type SubTask } from './tasks';

const MOST_NUMBERS = 9999;
const LONGEST_NUMBER = 20;
const REPLY_AFTER = 1000;

const ACCOUNT: SimulatorAccount = { accountId: '', username: 'demo', password: 'goip-demo-password' };

const UNAUTHORIZED: SimulatedAnswer = { status: 401, headers: { 'content-type': 'text/html' } };
const NOT_FOUND: SimulatedAnswer = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>',
};

type Parameters = Readonly<Record<string, unknown>>;
type Complete = Exclude<SimulatedAnswer, string>;

class SmsServer {
  readonly #now: () => number;
  readonly #accept: (sms: AcceptedSms) => void;
  readonly #passwords = new Map<string, string>();
  readonly #firstTimes = new FirstTimes();
  readonly #lines = new Lines();
  readonly #conversations = new Conversations<{ readonly username: string; readonly line?: string }>();
  readonly #pushes: Pushes;
  readonly #tasks: Tasks;

  constructor(now: () => number, server: SimulatorServer) {
    this.#now = now;
    this.#accept = (sms) => {
      server.accept(sms);
    };
    this.#pushes = new Pushes(server, now);
    this.#tasks = new Tasks(now());
  }

  addAccount({ username, password }: SimulatorAccount): void {
    this.#passwords.set(username, password);
  }

  pushTo(username: string, url: string | undefined): void {
    this.#pushes.pushTo(username, url);
    if (url !== undefined) this.#conversations.called({ username });
  }

  /** A handset writes. `to` is a line, by its id or its number. */
  receive({ from, to, text }: { from: string; to?: string; text: string }): void {
    const { username, line } = this.#conversations.of(from) ?? { username: ACCOUNT.username };
    this.#report({ from, line: this.#lines.receiving(to ?? line), text }, username, this.#now());
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    const call = /^\/goip\/(sendsms|querysms|querylines)\/$/.exec(request.path)?.[1];
    if (call === undefined) return NOT_FOUND;
    const parameters = parametersOf(request.body);
    const username = parameters === undefined ? undefined : this.#login(parameters.auth);
    if (parameters === undefined || username === undefined) return UNAUTHORIZED;
    this.#conversations.called({ username });
    switch (call) {
      case 'sendsms':
        return this.#send(parameters, username);
      case 'querysms':
        return this.#query(textOf(parameters.taskID));
      default:
        return json(this.#lines.rows(this.#now()));
    }
  }

  /** The user name of a right login. */
  #login(auth: unknown): string | undefined {
    if (!isRecord(auth)) return undefined;
    const username = textOf(auth.username);
    return username !== '' && this.#passwords.get(username) === textOf(auth.password) ? username : undefined;
  }

  /** Section 2. */
  #send(parameters: Parameters, username: string): SimulatedAnswer {
    const content = textOf(parameters.content);
    const numbers = [...new Set(textOf(parameters.number).split(','))];
    if (content === '' || content === '0' || !areNumbers(numbers)) return reject('content or number error');

    const choice = choiceOf(parameters);
    const unquotable = [choice.line ?? choice.provider ?? '', content].find((value) => value.includes("'"));
    if (unquotable !== undefined) return badQuery(unquotable);
    const refusal = this.#lines.refusal(choice, this.#now());
    if (refusal !== undefined) return reject(refusal);

    const outcome = numbers.some((number) => magicOf(number).answer === 'refuse-recipient')
      ? 'refuse-recipient'
      : this.#firstTimes.answerTo(numbers);
    switch (outcome) {
      case 'refuse-recipient':
      case 'refuse-content':
        return reject('content or number error');
      case 'refuse-balance':
        return reject('unknown');
      case 'busy':
        return reject('none_line');
      case 'refuse-login':
      case 'refuse-ip':
        return UNAUTHORIZED;
      default:
        return refusedBelow(outcome) ?? spoiled(outcome, this.#take(numbers, content, choice, username));
    }
  }

  #take(numbers: readonly string[], content: string, choice: Choice, username: string): Complete {
    const at = this.#now();
    const recipients = numbers.map((number): SubTask => ({
      number,
      line: this.#lines.take(choice, at),
      fate: magicOf(number).fate,
    }));
    const id = this.#tasks.add(recipients, at);
    const parameters = {
      ...(choice.provider === undefined ? {} : { provider: choice.provider }),
      ...(choice.line === undefined ? {} : { goip_line: choice.line }),
    };
    for (const to of numbers) this.#accept({ at, to, text: content, id, username, parameters });
    for (const recipient of recipients) this.#followUp(id, recipient, username, at);
    return json({ result: 'ACCEPT', taskID: id });
  }

  /** What is pushed of an SMS, and what the handset answers. */
  #followUp(id: string, recipient: SubTask, username: string, at: number): void {
    const { number, line, fate } = recipient;
    if (line === undefined) return;
    this.#conversations.wrote({ username, line }, number);
    for (const { after, ...state } of pushedStates(recipient))
      this.#pushes.add(at + after, username, { taskID: `${id}.${number}`, goip_line: line, ...state });
    const { reply } = magicOf(number);
    if (reply === undefined || fate.report === 'none') return;
    this.#report({ from: number, line, text: reply }, username, at + fate.after + REPLY_AFTER);
  }

  /** Section 5. */
  #report(sms: { from: string; line: string; text: string }, username: string, at: number): void {
    this.#pushes.add(at, username, {
      goip_line: sms.line,
      from_number: sms.from,
      content: sms.text,
      recv_time: shanghaiTime(at),
    });
  }

  /** Section 3. */
  #query(id: string): SimulatedAnswer {
    return id.includes("'") ? badQuery(id) : json(this.#tasks.rows(id, this.#now()));
  }
}

function choiceOf(parameters: Parameters): Choice {
  const line = textOf(parameters.goip_line);
  const provider = textOf(parameters.provider);
  return { ...(line === '' ? {} : { line }), ...(provider === '' ? {} : { provider }) };
}

/** Numbers are taken as they are: a blank in front of one belongs to it. */
function areNumbers(numbers: readonly string[]): boolean {
  return (
    numbers.length <= MOST_NUMBERS &&
    numbers.every((number) => number !== '' && number !== '0' && number.length <= LONGEST_NUMBER)
  );
}

function parametersOf(body: Buffer): Parameters | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text or a number as text; blank for everything else. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Real servers give all they say as `text/html`. */
function html(body: string): Complete {
  return { headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
}

function json(value: unknown): Complete {
  return html(JSON.stringify(value));
}

function reject(reason: 'none_line' | 'none_provider' | 'content or number error' | 'unknown'): Complete {
  return json({ result: 'REJECT', reason });
}

/** Real servers put what they get into their SQL as it is, and show the statement when the database refuses it. */
function badQuery(value: string): Complete {
  return html(`Bad query: select id from sms where value='${value}'`);
}

export const start: StartSimulator = async ({ port = 0, now = Date.now } = {}) => {
  const receive: Simulator['receive'] = (sms) => {
    vendor.receive(sms);
  };
  const server = await SimulatorServer.start(port, (request) => vendor.answer(request), receive);
  const vendor = new SmsServer(now, server);
  vendor.addAccount(ACCOUNT);
  return {
    url: server.root,
    account: ACCOUNT,
    accepted: server.accepted,
    requests: server.requests,
    addAccount: (account) => {
      vendor.addAccount(account);
    },
    pushTo: ({ username }, url) => {
      vendor.pushTo(username, url);
    },
    receive,
    close: () => server.close(),
  };
};
