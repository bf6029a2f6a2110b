/**
 * The simulator of `mobset`: the platform of the document "广州首易短信接口 (HTTP V3.0)", of February 2024. It takes all six
 * calls of its section 4, and refuses what the document refuses.
 *
 * Magic numbers, where the platform has a refusal of its own or only a near one:
 *
 * | magic            | here                                                                           |
 * | ---------------- | ------------------------------------------------------------------------------ |
 * | refuse-recipient | SmsId 0 for this number; the others of the request are accepted                |
 * | refuse-content   | -110 content length (nearest: words are only judged later, by report status 7) |
 * | refuse-balance   | -128 company balance                                                           |
 * | busy, busy-twice | -190 system busy                                                               |
 * | refuse-login     | -105 account verification failed                                               |
 * | refuse-ip        | -106 illegal IP                                                                |
 * | no-answer        | report status 15 unknown                                                       |
 * | undelivered      | report status 13 reception failed                                              |
 * | sent             | report status 10 sent                                                          |
 *
 * Where the document is silent: a `TimeStamp` that is too far off gets -109; a number may be any 3 to 20 digits, with or
 * without `+`; every login has its own balance, reports and inbound SMS; a cancelled SMS is not paid for.
 *
 * Reports and inbound SMS are fetched here; this vendor pushes nothing.
 */
import { refusedBelow, spoiled } from '../bad-answers';
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import type { Simulator, SimulatorAccount, SimulatorOptions, StartSimulator } from '../simulator';
import { parametersOf } from './parameters';
import { Platform } from './platform';

const PATH = '/SDK3/Sms';
const DEMO: SimulatorAccount = { accountId: '300999', username: 'smswire', password: 'simulated-3' };

export interface MobsetSimulatorOptions extends SimulatorOptions {
  /** Messages that every account has at the start. */
  readonly balance?: number;
}

export const start = (async (options: MobsetSimulatorOptions = {}): Promise<Simulator> => {
  const now = options.now ?? Date.now;
  const receive: Simulator['receive'] = (sms) => {
    platform.receive(sms);
  };
  const server = await SimulatorServer.start(
    options.port ?? 0,
    (request) => dated(answerTo(request, platform), now()),
    receive,
  );
  const platform = new Platform(now, options.balance ?? 1_000_000, (sms) => {
    server.accept(sms);
  });
  platform.addAccount(DEMO);
  return {
    url: server.root + PATH,
    account: DEMO,
    accepted: server.accepted,
    requests: server.requests,
    addAccount: (account) => {
      platform.addAccount(account);
    },
    receive,
    close: () => server.close(),
  };
}) satisfies StartSimulator;

function answerTo(request: SimulatedRequest, platform: Platform): SimulatedAnswer {
  if (request.path !== PATH) return { status: 404 };
  if (request.method !== 'GET' && request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
  const { body, manner } = platform.answer(parametersOf(request));
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return refusedBelow(manner) ?? spoiled(manner, { headers, body });
}

/** Clients learn from the header how far their clock is off: it has to follow the clock of this platform. */
function dated(answer: SimulatedAnswer, now: number): SimulatedAnswer {
  if (typeof answer === 'string') return answer;
  return { ...answer, headers: { ...answer.headers, date: new Date(now).toUTCString() } };
}
