/**
 * The simulator of `hezhong`: the platform of the document "合众互创短信通信协议", version 1.1 of May 2018, of which nothing but
 * the document is known. It answers one line of text; a request is taken as a whole or refused as a whole.
 *
 * Magic numbers, where the platform has a refusal of its own or only a near one:
 *
 * | magic            | here                                                                             |
 * | ---------------- | -------------------------------------------------------------------------------- |
 * | refuse-recipient | -7 no number, for the whole request (nearest: nothing is said of single numbers) |
 * | refuse-content   | -5 black word                                                                    |
 * | refuse-balance   | -4 balance                                                                       |
 * | busy, busy-twice | -99 system error (nearest: there is no "try later")                              |
 * | refuse-login     | -1 account or password                                                           |
 * | refuse-ip        | -3 address                                                                       |
 * | no-answer        | report MC:0001                                                                   |
 * | undelivered      | report UNDELIV                                                                   |
 * | sent             | no report (there is none for it)                                                 |
 *
 * -7 also answers what is no number, and an international number whose code is not in appendix 2; -99 an unknown
 * `msgFormat`. -2 (state of the user), -6, -12 and -13 (no text) cannot be brought about.
 *
 * Reports and inbound SMS are pushed by this vendor, and cannot be fetched: they wait in the account's `Outbox`.
 */
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import type { Simulator, SimulatorAccount, SimulatorOptions, StartSimulator } from '../simulator';
import type { Outbox } from './outbox';
import { Parameters } from './parameters';
import { Platform, type Reply } from './platform';

const SEND = '/sms/api/SendMt.do';
const BALANCE = '/sms/api/QueryBalance.do';
const SLOW = 3000;
const DEMO: SimulatorAccount = { accountId: '50999', username: 'SmsWire', password: 'simulated-4' };

export interface HezhongSimulatorOptions extends SimulatorOptions {
  /** What every account has at the start; hundredths count. */
  readonly balance?: number;
}

export interface HezhongSimulator extends Simulator {
  /** What waits to be pushed to an account. */
  outboxOf(account: SimulatorAccount): Outbox | undefined;
}

export const start = (async (options: HezhongSimulatorOptions = {}): Promise<HezhongSimulator> => {
  const now = options.now ?? Date.now;
  const handle = (request: SimulatedRequest): SimulatedAnswer => {
    const headers = { date: new Date(now()).toUTCString() };
    if (request.path !== SEND && request.path !== BALANCE) return { status: 404, headers };
    if (request.method !== 'GET' && request.method !== 'POST') {
      return { status: 405, headers: { ...headers, allow: 'GET, POST' } };
    }
    const parameters = new Parameters(request);
    const reply: Reply =
      request.path === SEND
        ? platform.sendMt(parameters)
        : { body: platform.queryBalance(parameters), manner: 'accept' };
    return given(reply, headers);
  };
  const server = await SimulatorServer.start(options.port ?? 0, handle);
  const platform = new Platform(now, options.balance ?? 50_000, (sms) => {
    server.accept(sms);
  });
  platform.addAccount(DEMO);
  return {
    url: server.root,
    account: DEMO,
    accepted: server.accepted,
    requests: server.requests,
    addAccount: (account) => {
      platform.addAccount(account);
    },
    receive: (sms) => {
      platform.receive(sms);
    },
    outboxOf: (account) => platform.outboxOf(account),
    close: () => server.close(),
  };
}) satisfies StartSimulator;

/** The answer in the manner that a magic number asked for. */
function given({ body, manner }: Reply, date: { date: string }): SimulatedAnswer {
  const headers = { ...date, 'content-type': 'text/plain;charset=GBK' };
  switch (manner) {
    case 'accept-silent':
      return 'silent';
    case 'accept-reset':
    case 'refuse-reset':
      return 'reset';
    case 'accept-broken':
      // Cut before the id: a part of the id would be another id.
      return { headers, body: body.slice(0, body.indexOf(',') + 1) };
    case 'accept-500':
    case 'refuse-500':
      return { status: 500, headers: date };
    case 'too-many':
      return { status: 429, headers: { ...date, 'retry-after': '1' } };
    case 'accept-slow':
      return { headers, body, after: SLOW };
    default:
      return { headers, body };
  }
}
