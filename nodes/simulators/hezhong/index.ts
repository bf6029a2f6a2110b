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
 * Reports and inbound SMS are pushed by this vendor, and cannot be fetched: they wait in the account's `Outbox` until the
 * account has a URL (`pushTo`), and go to `/report` and `/mo` below it. They come out of order; what does not arrive is lost.
 */
import { refusedBelow, spoiled } from '../bad-answers';
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import type { Simulator, SimulatorAccount, SimulatorOptions, StartSimulator } from '../simulator';
import type { Outbox } from './outbox';
import { Parameters } from './parameters';
import { Platform } from './platform';

const SEND = '/sms/api/SendMt.do';
const BALANCE = '/sms/api/QueryBalance.do';
const DEMO: SimulatorAccount = { accountId: '50999', username: 'SmsWire', password: 'simulated-4' };

export interface HezhongSimulatorOptions extends SimulatorOptions {
  /** What every account has at the start; hundredths count. */
  readonly balance?: number;
}

export interface HezhongSimulator extends Simulator {
  /** What waits to be pushed to an account, empty where a URL takes it all. */
  outboxOf(account: SimulatorAccount): Outbox | undefined;
}

export const start = (async (options: HezhongSimulatorOptions = {}): Promise<HezhongSimulator> => {
  const now = options.now ?? Date.now;
  const receive: Simulator['receive'] = (sms) => {
    platform.receive(sms);
  };
  const server = await SimulatorServer.start(options.port ?? 0, (request) => answerTo(request, platform), receive);
  const platform = new Platform(now, options.balance ?? 50_000, server);
  platform.addAccount(DEMO);
  return {
    url: server.root,
    account: DEMO,
    accepted: server.accepted,
    requests: server.requests,
    addAccount: (account) => {
      platform.addAccount(account);
    },
    pushTo: (account, url) => {
      platform.pushTo(account, url);
    },
    receive,
    outboxOf: (account) => platform.outboxOf(account),
    close: () => server.close(),
  };
}) satisfies StartSimulator;

function answerTo(request: SimulatedRequest, platform: Platform): SimulatedAnswer {
  if (request.path !== SEND && request.path !== BALANCE) return { status: 404 };
  if (request.method !== 'GET' && request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
  const parameters = new Parameters(request);
  const headers = { 'content-type': 'text/plain;charset=GBK' };
  if (request.path === BALANCE) return { headers, body: platform.queryBalance(parameters) };
  const { body, manner } = platform.sendMt(parameters);
  // A broken answer ends before the id: a part of an id would be another id.
  if (manner === 'accept-broken') return { headers, body: body.slice(0, body.indexOf(',') + 1) };
  return refusedBelow(manner) ?? spoiled(manner, { headers, body });
}
