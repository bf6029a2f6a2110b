/**
 * Simulates the SMS57-SMGW gateway (document 001): `send`, `p2p`, `balance`, `report` and `mo` at `/sms`, by GET and by
 * POST of a form, with plain or MD5 passwords.
 *
 * What it refuses, in this order:
 *
 * | request | answer |
 * | --- | --- |
 * | another address | HTTP 404 |
 * | broken encoding, an unknown action, no account | STATUS 1 |
 * | wrong password | STATUS 3 |
 * | no number, no content, a p2p record without one of them, a size out of the limits | STATUS 1 |
 * | more than 500 numbers | STATUS 102 |
 * | a satellite telephone (1349…, 1740…): the account has no channel for it | STATUS 100 |
 * | an extno that does not look like 106…; without one the account's own is taken | RESULT 10 for each number |
 * | a text with the signature 【未报备】, which is not registered | RESULT 17 |
 * | the balance does not suffice | RESULT 15 for each number that it does not suffice for |
 *
 * A number that is none at all is accepted, and reported as MA:0005.
 *
 * What it makes of the magic numbers where the document has no such refusal:
 *
 * | magic number | answer |
 * | --- | --- |
 * | recipient refused | RESULT 10 for this number alone |
 * | content refused | RESULT 17 for all that share the content |
 * | balance refused | RESULT 15 for this number alone |
 * | busy | STATUS 21 |
 * | login refused, IP address refused | STATUS 3, STATUS 2 |
 * | undelivered, no answer from the network, sent | MA:0029, MO:0254, ENROUTE |
 *
 * Reports and inbound SMS are fetched; an account that told a URL (section 6.1, `pushTo`) gets them pushed. What is
 * answered by anything but HTTP 200 and exactly `OK` is pushed again after 1, 2, 4, 8 and 16 seconds; until a push of it is
 * acknowledged, a fetch gets it too. Every push that was acknowledged is pushed once more half a second later, as if the
 * acknowledgement had been lost.
 */
import { refusedBelow, spoiled } from '../bad-answers';
import type { Due } from '../due-queue';
import { Conversations } from '../conversations';
import { FirstTimes, magicOf, type Fate } from '../magic';
import { SimulatorServer, type SimulatedAnswer, type SimulatedRequest } from '../server';
import { shanghaiTime } from '../shanghai';
import type { AcceptedSms, Simulator, SimulatorAccount, SimulatorOptions, StartSimulator } from '../simulator';
import { Account } from './account-state';
import { RESULT, STATUS, written, type Fields } from './answer';
import { Pushes } from './pushes';
import {
  parametersOf,
  signedPart,
  sizeOf,
  submissionsOfP2p,
  submissionsOfSend,
  type Parameters,
  type Submission,
} from './request';

const ACTIONS: ReadonlySet<string> = new Set(['send', 'p2p', 'balance', 'report', 'mo']);
const MOST_NUMBERS = 500;
const MOST_REPORTS = 10_000;
const MOST_INBOUND = 1000;
const OWN_CODE = '10690000057';
const REPLY_AFTER = 1000;

const ACCOUNT: SimulatorAccount = { accountId: '', username: '900057', password: 'sms57-demo-password' };

export interface Sms57SimulatorOptions extends SimulatorOptions {
  /** Milliseconds before each repetition of a push that was not acknowledged. */
  readonly pushPauses?: readonly number[];
}

/** A request whose account is known. */
interface Call {
  readonly account: Account;
  readonly parameters: Parameters;
  readonly isJson: boolean;
}

/** A row of the list that answers `send` and `p2p` (section 1.3). */
interface SubmissionRow {
  readonly mid: string;
  readonly mobile: string;
  readonly result: number;
}

class Gateway {
  readonly #now: () => number;
  readonly #accept: (sms: AcceptedSms) => void;
  readonly #accounts = new Map<string, Account>();
  readonly #firstTimes = new FirstTimes();
  readonly #conversations = new Conversations<{ readonly account: Account; readonly code: string }>();
  readonly #pushes: Pushes;
  /** Ids of SMS: the time of the start, then a counter, both in eight hexadecimal digits. */
  #nextMid: bigint;
  #nextInbound = 1;

  constructor(now: () => number, server: SimulatorServer, pushPauses: readonly number[] | undefined) {
    this.#now = now;
    this.#accept = (sms) => {
      server.accept(sms);
    };
    this.#pushes = new Pushes(server, now, pushPauses);
    this.#nextMid = (BigInt(Math.floor(now() / 1000)) << 32n) | 1n;
  }

  addAccount(account: SimulatorAccount): Account {
    const known = this.#accounts.get(account.username);
    known?.changePassword(account.password);
    const added = known ?? new Account(account);
    this.#accounts.set(account.username, added);
    return added;
  }

  pushTo(username: string, url: string | undefined): void {
    const account = this.#accounts.get(username);
    if (account === undefined) return;
    this.#pushes.pushTo(account, url);
    if (url !== undefined) this.#conversations.called({ account, code: OWN_CODE });
  }

  /** A handset writes to whoever wrote to it last, else to the account that called last, else to the demo account. */
  receive(sms: { from: string; to?: string; text: string }, demo: Account): void {
    const { account, code } = this.#conversations.of(sms.from) ?? { account: demo, code: OWN_CODE };
    this.#deliver(account, { from: sms.from, to: sms.to ?? code, text: sms.text }, this.#now());
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    if (request.path !== '/sms') return { status: 404 };
    if (request.method !== 'GET' && request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
    const parameters = parametersOf(request);
    const isJson = parameters?.get('rt') === 'json';
    const action = parameters?.get('action') ?? '';
    const name = parameters?.get('account') ?? '';
    // The status of a balance is a number; everywhere else it is a string.
    const unknownCaller = (status: number): SimulatedAnswer =>
      written({ status: action === 'balance' ? status : String(status) }, isJson);
    if (parameters === undefined || !ACTIONS.has(action) || name === '') return unknownCaller(STATUS.badFormat);

    const account = this.#accounts.get(name);
    if (!account?.admits(parameters.get('password') ?? '', signedPart(parameters)))
      return unknownCaller(STATUS.badLogin);
    this.#conversations.called({ account, code: OWN_CODE });
    const call: Call = { account, parameters, isJson };
    switch (action) {
      case 'send':
        return this.#submit(call, submissionsOfSend(parameters), action);
      case 'p2p':
        return this.#submit(call, submissionsOfP2p(parameters), action);
      case 'report':
        return this.#fetch(call, account.reports, MOST_REPORTS);
      case 'mo':
        return this.#fetch(call, account.inbound, MOST_INBOUND);
      default:
        return written({ status: STATUS.ok, balance: account.balance, chargeType: account.chargeType }, isJson);
    }
  }

  /** Sections 1 and 2. */
  #submit(call: Call, submissions: Submission[] | undefined, action: string): SimulatedAnswer {
    if (submissions === undefined) return refusal(call, STATUS.badFormat);
    if (submissions.length > MOST_NUMBERS) return refusal(call, STATUS.tooManyNumbers);
    if (submissions.some(({ mobile }) => /^1(349|740)/.test(mobile))) return refusal(call, STATUS.noChannel);

    // Some refusals concern a number alone; the others are answered to the request as a whole.
    const outcome = this.#firstTimes.answerTo(
      submissions.map(({ mobile }) => mobile).filter((mobile) => resultOfMagic(mobile) === RESULT.ok),
    );
    switch (outcome) {
      case 'busy':
        return refusal(call, STATUS.tooManyConnections);
      case 'refuse-login':
        return refusal(call, STATUS.badLogin);
      case 'refuse-ip':
        return refusal(call, STATUS.badAddress);
      default: {
        const below = refusedBelow(outcome);
        if (below !== undefined) return below;
      }
    }
    const refusedContents = new Set(
      submissions
        .filter(
          ({ mobile, content }) => content.includes('【未报备】') || resultOfMagic(mobile) === RESULT.badSignature,
        )
        .map(({ content }) => content),
    );
    const list = submissions.map((submission) =>
      this.#submitOne(call, submission, action, refusedContents.has(submission.content)),
    );
    const answer = written({ status: String(STATUS.ok), balance: call.account.balance, list }, call.isJson);
    return list.some(({ result }) => result === RESULT.ok) ? spoiled(outcome, answer) : answer;
  }

  #submitOne({ account, parameters }: Call, sms: Submission, action: string, isRefused: boolean): SubmissionRow {
    const { mobile, content } = sms;
    const extno = parameters.get('extno') ?? '';
    const code = extno === '' ? OWN_CODE : extno;
    const refused = (result: number): SubmissionRow => ({ mid: '', mobile, result });
    if (!/^106\d{2,17}$/.test(code)) return refused(RESULT.badExtno);
    if (isRefused) return refused(RESULT.badSignature);
    const magic = resultOfMagic(mobile);
    if (magic !== RESULT.ok) return refused(magic);
    if (!account.charge(content)) return refused(RESULT.noBalance);

    const at = this.#now();
    const mid = (this.#nextMid++).toString(16).toUpperCase().padStart(16, '0');
    this.#accept({
      at,
      to: mobile,
      text: content,
      id: mid,
      username: account.username,
      parameters: { action, ...(extno === '' ? {} : { extno }) },
    });
    this.#conversations.wrote({ account, code }, mobile);
    this.#followUp(account, { mid, mobile, code, at });
    return { mid, mobile, result: RESULT.ok };
  }

  /** The report of an SMS, and what the handset answers. */
  #followUp(account: Account, sms: { mid: string; mobile: string; code: string; at: number }): void {
    const { mid, mobile, code, at } = sms;
    const { fate, reply } = magicOf(mobile);
    const stat = /^\+?\d{3,20}$/.test(mobile) ? statOf(fate) : 'MA:0005';
    const after = fate.report === 'none' ? 0 : fate.after;
    if (stat !== undefined)
      account.reports.add(at + after, {
        flag: 1,
        mid,
        spid: account.username,
        accessCode: code,
        mobile,
        stat,
        time: shanghaiTime(at + after),
      });
    this.#pushes.expect(account);
    if (reply !== undefined) this.#deliver(account, { from: mobile, to: code, text: reply }, at + after + REPLY_AFTER);
  }

  /** Puts an inbound SMS where `mo` finds it. Its id begins with zeros. */
  #deliver(account: Account, sms: { from: string; to: string; text: string }, at: number): void {
    account.inbound.add(at, {
      flag: 0,
      mid: (this.#nextInbound++).toString(16).toUpperCase().padStart(16, '0'),
      spid: account.username,
      accessCode: sms.to,
      mobile: sms.from,
      content: sms.text,
      time: shanghaiTime(at),
    });
    this.#pushes.expect(account);
  }

  /** Sections 4 and 5: what was handed out is not handed out again. */
  #fetch(
    call: Call,
    queue: { take(now: number, count: number): readonly Due<object>[] },
    most: number,
  ): SimulatedAnswer {
    const size = sizeOf(call.parameters, most);
    if (size === undefined) return refusal(call, STATUS.badFormat);
    const list = queue.take(this.#now(), size).map(({ value }) => value);
    return written({ status: String(STATUS.ok), balance: call.account.balance, list }, call.isJson);
  }
}

/** RESULT that a magic number gets alone. */
function resultOfMagic(mobile: string): number {
  switch (magicOf(mobile).answer) {
    case 'refuse-recipient':
      return RESULT.badExtno;
    case 'refuse-content':
      return RESULT.badSignature;
    case 'refuse-balance':
      return RESULT.noBalance;
    default:
      return RESULT.ok;
  }
}

/** STAT table (section 9). ENROUTE is not in it: an open state as SMPP names it. */
function statOf(fate: Fate): string | undefined {
  switch (fate.report) {
    case 'delivered':
      return 'DELIVRD';
    case 'undelivered':
      return 'MA:0029';
    case 'no-answer':
      return 'MO:0254';
    case 'sent':
      return 'ENROUTE';
    case 'none':
      return undefined;
  }
}

function refusal({ account, isJson }: Call, status: number): SimulatedAnswer {
  const fields: Fields = { status: String(status), balance: account.balance, list: null };
  return written(fields, isJson);
}

export const start = (async (options: Sms57SimulatorOptions = {}): Promise<Simulator> => {
  const receive: Simulator['receive'] = (sms) => {
    vendor.receive(sms, demo);
  };
  const server = await SimulatorServer.start(options.port ?? 0, (request) => vendor.answer(request), receive);
  const vendor = new Gateway(options.now ?? Date.now, server, options.pushPauses);
  const demo = vendor.addAccount(ACCOUNT);
  return {
    url: `${server.root}/sms`,
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
}) satisfies StartSimulator;
